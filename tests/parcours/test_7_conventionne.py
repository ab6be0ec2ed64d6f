"""Étape 7 : une action conventionnée pré-créée par le CARIF ; l'organisme la voit, ses dates ne bougent pas."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conventionne.models import Dispositif
from formations.models import Action
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, membre
from tests.parcours.conftest import Ouvrir
from tests.parcours.poste import Poste

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def _pre_creer(poste: Poste, organisme: str) -> Action:
    page, debut = poste.page, timezone.localdate() + timedelta(days=45)
    poste.ouvrir("/")
    page.locator("nav").get_by_role("link", name="Conventionné").click()
    poste.ouvrir("/conventionne/conventions/nouvelle/")
    page.locator("[name=organisme_reference]").fill(organisme)
    page.locator("[name=dispositif]").select_option(str(Dispositif.objects.get(code="prfe").pk), force=True)
    page.locator("[name=numero]").fill("2026-PRFE-114")
    page.locator("[name=lot]").fill("7")
    page.locator("[name=debut]").fill((debut - timedelta(days=60)).isoformat())
    page.locator("[name=fin]").fill((debut + timedelta(days=400)).isoformat())
    page.locator("[name=places]").fill("24")
    page.locator("main button[type=submit].btn-primary").click()
    poste.voir("2026-PRFE-114")
    page.goto("/conventionne/conventions/")
    poste.cliquer("Pré-créer", page.locator("main table"))
    page.locator("[name=intitule]").fill("Agent de restauration collective")
    page.locator("[name=code]").fill("RNCP38663")
    page.locator("[name=entrees_sorties]").select_option("0")
    page.locator("[name=lieu]").select_option("siege")
    page.locator("[name=rythme]").fill("Temps plein")
    page.locator("[name=heures_total]").fill("400")
    page.locator("[name=dates-0-debut]").fill(debut.isoformat())
    page.locator("[name=dates-0-fin]").fill((debut + timedelta(days=90)).isoformat())
    poste.cliquer("Pré-créer l'action")
    poste.titre("Agent de restauration collective")
    return Action.objects.get()


def test_l_organisme_voit_l_action_pre_creee_et_ses_dates_ne_bougent_pas(ouvrir: Ouvrir) -> None:
    organisme = OrganismeFabrique(nom="Ateliers des Vignoles")
    doc = ouvrir(UtilisateurFabrique(conventionne=True))
    action = _pre_creer(doc, organisme.reference)
    assert action.conventionnee

    elle = ouvrir(membre(organisme))
    elle.ouvrir("/formations/")
    elle.page.get_by_role("link", name="Agent de restauration collective").click()
    elle.page.get_by_role("link", name="Sessions", exact=True).click()
    elle.voir("Les dates de ce dispositif sont modifiées par les documentalistes du CARIF")
    expect(elle.page.get_by_role("link", name="Ajouter des dates")).to_have_count(0)

    # La page de la session montre les dates sans les laisser changer ; un envoi forgé est refusé.
    session = action.deroulements.get().sessions.get()
    adresse = f"/formations/{action.reference}/sessions/{session.reference}/"
    elle.ouvrir(adresse)
    for nom in ("debut", "fin"):
        expect(elle.page.locator(f"main [name={nom}]:enabled:not([readonly])")).to_have_count(0)
    jeton = elle.page.locator("main [name=csrfmiddlewaretoken], header [name=csrfmiddlewaretoken]").first.input_value()
    forge = {"csrfmiddlewaretoken": jeton, "debut": "2030-01-01", "fin": "2030-06-01"}
    entetes = {"Referer": elle.page.url}
    elle.contexte.request.post(adresse, form=forge, headers=entetes)
    avant = session.debut
    session.refresh_from_db()
    assert session.debut == avant

    # Créer du conventionné à la main : la page n'existe pas pour elle, et sa propre page n'en crée pas.
    refuse = elle.contexte.request.post("/conventionne/actions/nouvelle/", form=forge, headers=entetes)
    assert refuse.status == 404
    forge |= {"certifiante": "0", "intitule": "Forgée", "conventionnee": "on", "jeton": str(action.pk)}
    elle.contexte.request.post("/formations/nouvelle/", form=forge, headers=entetes)
    assert Action.objects.filter(conventionnee=True).count() == 1
