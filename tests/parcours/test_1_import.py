"""Étape 1 : la documentaliste importe un document du flux national ; le compte rendu dit tout, la fiche montre tout."""

import gzip
import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from diffusion.models import Import
from formations.models import Action, EtatAction
from structures.models import Organisme
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, membre
from tests.parcours.conftest import Ouvrir
from tests.parcours.poste import Poste

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
NATIONAL = Path(__file__).resolve().parents[1] / "donnees" / "lheo" / "flux-national-2.3.xml"


def _importer(poste: Poste, document: Path) -> Action:
    """Dépose le document, l'essaie à blanc, puis l'importe ; rend l'action née."""
    page = poste.page
    poste.ouvrir("/")
    page.locator("nav").get_by_role("link", name="Imports").first.click()
    page.get_by_label("Document LHEO").set_input_files(document)
    poste.cliquer("Essai à blanc")
    poste.titre(f"Essai à blanc : {document.name}")
    poste.voir("Rien n’a encore été modifié.")
    assert not Action.objects.exists()
    poste.cliquer("Importer ce document")
    poste.titre(f"Import : {document.name}")
    poste.voir("formation créée")
    return Action.objects.get()


def _montre_en_entier(poste: Poste, action: Action) -> None:
    """La fiche importée, onglet par onglet : brouillon, session, lieu, financement, formateur, contacts."""
    deroulement = action.deroulements.first()
    session = deroulement.sessions.first()
    formateur = deroulement.interventions.get().formateur
    poste.page.get_by_role("link", name=action.intitule).first.click()
    poste.titre(action.intitule)
    poste.voir("Brouillon")
    contact = action.contacts[0]["coordonnees"]
    poste.voir(re.compile(re.escape(contact["courriel"])))
    vue = "?vue=terminees" if session.fin and session.fin < timezone.localdate() else ""
    poste.ouvrir(f"/formations/{action.reference}/sessions/{vue}")
    ligne = poste.page.locator(f"tr#{session.reference}")
    expect(ligne).to_contain_text(deroulement.code_postal)
    expect(ligne).to_contain_text(str(formateur))
    expect(ligne).to_contain_text(f"{session.debut:%d/%m/%Y}")
    for onglet in ("indexation", "complements", "gestion"):
        poste.ouvrir(f"/formations/{action.reference}/{onglet}/")
    poste.ouvrir(f"/structure/{action.organisme.reference}/")
    poste.voir(action.organisme.siret[:3])


def test_un_document_du_flux_national_devient_un_organisme_et_son_action(ouvrir: Ouvrir) -> None:
    doc = ouvrir(UtilisateurFabrique(documentaliste=True))
    action = _importer(doc, NATIONAL)
    assert (action.statut, action.organisme.statut) == (EtatAction.BROUILLON, "demande")
    _montre_en_entier(doc, action)
    # Le même document, une seconde fois : reconnu, rien ne change.
    call_command("importer_lheo", str(NATIONAL), stdout=io.StringIO())
    assert (Action.objects.count(), Organisme.objects.count()) == (1, 1)
    doc.ouvrir("/imports/")
    doc.voir("1 inchangée")


@pytest.mark.partage
def test_l_exemple_national_est_dit_hors_de_la_region(ouvrir: Ouvrir, dossier_partage: Path) -> None:
    doc = ouvrir(UtilisateurFabrique(documentaliste=True))
    action = _importer(doc, dossier_partage / "lheo" / "exemples" / "intercarif-2025.xml")
    doc.voir("Une partie de cette offre est hors d’Île-de-France.")
    assert action.organisme.statut == "demande"
    _montre_en_entier(doc, action)


def test_un_mauvais_fichier_est_refuse_d_une_phrase_et_rien_ne_change(ouvrir: Ouvrir, tmp_path: Path) -> None:
    elle = ouvrir(membre(OrganismeFabrique()))
    page = elle.page
    tronque = NATIONAL.read_bytes()[:3000]
    mauvais = {
        "comprime.xml": gzip.compress(NATIONAL.read_bytes()),
        "vide.xml": b"",
        "plaquette.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
        "doctype.xml": (NATIONAL.parent / "doctype.xml").read_bytes(),
        "page.xml": b"<html><body>Bonjour</body></html>",
    }
    elle.ouvrir("/imports/")
    elle.cliquer("Importer")
    elle.voir("Choisissez le document à importer.")
    phrases = set()
    for nom, contenu in mauvais.items():
        (tmp_path / nom).write_bytes(contenu)
        page.get_by_label("Document LHEO").set_input_files(tmp_path / nom)
        elle.cliquer("Importer")
        erreur = page.locator("#champ-fichier .dk-erreur")
        expect(erreur).to_have_count(1)
        phrases.add(erreur.inner_text())
    assert len(phrases) == len(mauvais), phrases
    assert not Import.objects.exists()

    # Un document coupé se découvre en le lisant : l'import échoue avec sa phrase.
    (tmp_path / "tronque.xml").write_bytes(tronque)
    page.get_by_label("Document LHEO").set_input_files(tmp_path / "tronque.xml")
    elle.cliquer("Importer")
    elle.voir("Le document n’est pas entré.")
    assert not Action.objects.exists()
