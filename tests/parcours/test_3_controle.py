"""Étapes 3 et 4 : la file, une correction demandée sur un champ, l'acceptation, puis deux versions à comparer."""

import re

import pytest
from playwright.sync_api import expect

from dokelio.messagerie.models import Courriel
from formations.models import EtatAction, VersionDiffusee
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, en_diffusion, fiche_prete, membre, soumise
from tests.parcours.conftest import Ouvrir
from tests.parcours.courrier import ouvrir_le_courriel

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]

REMARQUE = "Dites ce que la personne saura faire, pas le programme."


def test_une_correction_demandee_puis_acceptee_met_la_fiche_en_diffusion(ouvrir: Ouvrir) -> None:
    organisme = OrganismeFabrique(nom="Ateliers des Vignoles")
    redactrice = membre(organisme, email="nadia@vignoles.exemple")
    action = soumise(fiche_prete(organisme))
    doc, elle = ouvrir(UtilisateurFabrique(documentaliste=True)), ouvrir(redactrice)

    # La file : elle prend la fiche et demande une correction sur un champ.
    doc.ouvrir("/")
    doc.page.get_by_role("link", name=re.compile("Contrôle")).first.click()
    doc.titre("Contrôle")
    doc.voir(action.intitule)
    doc.cliquer("Prendre la suivante")
    doc.titre(action.intitule)
    doc.voir(re.compile("Prise par vous"))
    doc.page.locator("#champ-objectif").get_by_role("link", name=re.compile("Remarque")).click()
    doc.remplir("Ce que l'organisme lira", REMARQUE)
    doc.cliquer("Garder la remarque")
    doc.voir("Remarque gardée")
    doc.cliquer("Demander la correction")
    doc.voir(re.compile(f"Correction demandée pour {action.reference}"))

    # Le courriel, la notification, la correction.
    ouvrir_le_courriel(elle, redactrice.email, "Correction demandée")
    elle.voir(REMARQUE)
    elle.ouvrir("/")
    elle.page.locator("a[aria-label^='Notifications']").click()
    elle.voir(re.compile(f"1 correction demandée : {action.intitule}"))
    elle.ouvrir(f"/formations/{action.reference}/informations/")
    elle.voir(REMARQUE)
    objectif = elle.page.locator("#champ-objectif textarea[name=objectif]")
    objectif.fill("Fabriquer seule un meuble en bois massif.")
    elle.page.get_by_label("C'est corrigé").check()
    elle.cliquer("Soumettre")
    elle.titre(action.intitule)
    elle.cliquer("Soumettre au contrôle")
    elle.voir(re.compile("À contrôler"))
    action.refresh_from_db()
    assert action.statut == EtatAction.A_CONTROLER

    # L'acceptation.
    doc.ouvrir(f"/controle/{action.reference}/")
    doc.cliquer("Prendre en charge")
    doc.cliquer("Accepter et suivant")
    doc.voir(re.compile("est acceptée"))
    action.refresh_from_db()
    assert action.statut == EtatAction.EN_DIFFUSION
    elle.ouvrir(f"/formations/{action.reference}/sessions/")
    elle.voir(re.compile("En diffusion"))
    session = action.deroulements.get().sessions.get()
    elle.page.get_by_role("button", name=f"Copier {session.reference}").first.click()
    elle.voir("Copié")
    assert elle.page.evaluate("navigator.clipboard.readText()") == session.reference


def test_la_version_acceptee_reste_en_diffusion_et_la_nouvelle_se_compare(ouvrir: Ouvrir) -> None:
    action = en_diffusion(fiche_prete(intitule="CAP ébéniste en un an"))
    elle = ouvrir(membre(action.organisme))
    elle.ouvrir(f"/formations/{action.reference}/gestion/")
    elle.cliquer("Modifier la fiche")
    elle.cliquer("Modifier la fiche")
    expect(elle.page).to_have_url(re.compile("/informations/$"))
    elle.voir(re.compile("la version 1 reste en diffusion"))
    elle.page.locator("input[name=intitule], textarea[name=intitule]").fill("CAP ébéniste en deux ans")
    elle.cliquer("Soumettre au contrôle")
    elle.page.get_by_label(re.compile("Un mot pour la documentaliste")).fill("La durée a changé.")
    elle.cliquer("Soumettre au contrôle")
    elle.voir(re.compile("À contrôler"))
    elle.titre("CAP ébéniste en deux ans")
    version = VersionDiffusee.objects.get(action=action)
    assert version.numero == 1
    assert "en un an" in str(version.contenu)

    doc = ouvrir(UtilisateurFabrique(documentaliste=True))
    doc.ouvrir("/controle/")
    doc.page.get_by_role("link", name="CAP ébéniste en deux ans").click()
    doc.voir("La durée a changé.")
    comparaison = doc.page.locator("#champ-intitule")
    expect(comparaison.locator("del")).to_have_text("un an")
    expect(comparaison.locator("ins")).to_have_text("deux ans")
    expect(doc.page.locator("#champ-objectif")).not_to_be_visible()
    doc.cliquer("Prendre en charge")
    doc.cliquer("Accepter et suivant")
    doc.voir(re.compile("version 2 en diffusion"))
    assert Courriel.objects.filter(sujet__icontains="accept").exists()
