"""Étapes 5 et 6 : le flux de la nuit, ce qu'il contient et ne contient pas, l'archivage annoncé puis fait."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from lxml import etree
from playwright.sync_api import expect

from diffusion.models import Execution
from dokelio.lheo.schema import schema
from dokelio.messagerie.models import Courriel
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer
from formations.models import Action, EtatAction
from sessions.models import Session
from tests.fabriques import UtilisateurFabrique, en_diffusion, fiche_prete, membre, soumise
from tests.parcours.conftest import Ouvrir
from tests.parcours.courrier import suivre_le_lien

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def _commande(nom: str, *arguments: object) -> dict[str, object]:
    sortie = io.StringIO()
    call_command(nom, *map(str, arguments), "--json", stdout=sortie)
    rendu: dict[str, object] = json.loads(sortie.getvalue())
    return rendu


def _exporter(cible: Path, *arguments: object) -> str:
    _commande("exporter_lheo", "--flux", "intercarif", "--sortie", cible, *arguments)
    return cible.read_text("utf-8")


def _titre_change_et_soumis() -> Action:
    """Une fiche en diffusion dont le titre a changé, et attend le contrôle."""
    action = en_diffusion(fiche_prete(intitule="CAP ébéniste en un an"))
    effectuer(action, "modifier", membre(action.organisme))
    action.intitule = "CAP ébéniste en deux ans"
    action.save()
    return soumise(action)


def test_le_flux_est_valide_et_le_titre_change_attend_d_etre_accepte(ouvrir: Ouvrir, tmp_path: Path) -> None:
    action = _titre_change_et_soumis()
    flux = _exporter(tmp_path / "flux.xml")
    assert schema().validate(etree.fromstring(flux.encode())), schema().error_log
    assert f"14_{action.reference}" in flux
    assert "en un an" in flux
    assert "en deux ans" not in flux

    doc = ouvrir(UtilisateurFabrique(documentaliste=True))
    doc.ouvrir(f"/controle/{action.reference}/")
    doc.cliquer("Prendre en charge")
    doc.cliquer("Accepter et suivant")
    doc.voir("version 2 en diffusion")
    assert "en deux ans" in _exporter(tmp_path / "flux.xml")

    admin = ouvrir(UtilisateurFabrique(administrateur=True))
    admin.ouvrir("/diffusion/")
    inscrites = Execution.objects.count()
    assert inscrites == 2  # chaque commande a inscrit la sienne
    admin.cliquer("Lancer")
    admin.voir(Execution.objects.latest("pk").sha256[:12])
    assert Execution.objects.count() == inscrites + 1
    _commande("taches_nocturnes")
    derniere = Execution.objects.latest("pk")
    assert (derniere.etat, derniere.formations, Execution.objects.count()) == ("publie", 1, inscrites + 2)
    admin.ouvrir("/diffusion/")
    admin.voir("Publié")
    admin.voir(derniere.sha256[:12])


@pytest.mark.partage
def test_le_flux_est_valide_pour_le_schema_officiel(dossier_partage: Path, tmp_path: Path) -> None:
    action = _titre_change_et_soumis()
    document = etree.fromstring(_exporter(tmp_path / "flux.xml").encode())
    officiel = etree.XMLSchema(etree.parse(str(dossier_partage / "lheo" / "lheo-2.3.xsd")))
    assert officiel.validate(document), officiel.error_log
    assert action.organisme.siret in etree.tostring(document, encoding="unicode")


def test_une_fiche_finie_est_annoncee_puis_archivee_une_seule_fois(ouvrir: Ouvrir, tmp_path: Path) -> None:
    action, autre = en_diffusion(), en_diffusion()
    redactrice = membre(action.organisme)
    au = timezone.localdate()
    fin = au - timedelta(days=20)
    Session.objects.filter(deroulement__action=action).update(debut=fin - timedelta(days=60), fin=fin)

    elle = ouvrir(redactrice)
    avis = _commande("archiver", "--au", au)
    assert json.dumps(avis).count(action.reference) == 1
    suivre_le_lien(elle, redactrice.email, "Archivage le")
    elle.titre(action.intitule)
    elle.ouvrir(f"/formations/{action.reference}/gestion/")
    elle.voir("Archivage")
    elle.voir("Ajouter des sessions")

    jour = au + timedelta(days=31)
    _commande("archiver", "--au", jour)
    action.refresh_from_db()
    assert (action.statut, action.version_en_diffusion) == (EtatAction.ARCHIVE, None)
    comptes = (Courriel.objects.count(), Evenement.objects.count())
    _commande("archiver", "--au", jour)
    assert (Courriel.objects.count(), Evenement.objects.count()) == comptes

    elle.ouvrir(f"/formations/{action.reference}/gestion/")
    elle.voir("Archivé")
    elle.cliquer("Rouvrir la fiche")
    elle.titre(action.intitule)
    elle.ouvrir("/formations/?etat=archive")
    expect(elle.page.locator("main table tbody tr")).to_have_count(1)
    flux = _exporter(tmp_path / "flux.xml")
    assert f"14_{autre.reference}" in flux
    assert f"14_{action.reference}" not in flux
