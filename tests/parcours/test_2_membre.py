"""Étape 2 : une rédactrice se connecte, crée une action, la remplit, ajoute un lieu et deux sessions, la soumet."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from formations.models import Action, EtatAction
from tests.fabriques import MOT_DE_PASSE, OrganismeFabrique, membre
from tests.parcours.conftest import Ouvrir
from tests.parcours.poste import BUREAU, TELEPHONE, Poste

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def _choisir_un_code(poste: Poste, champ: str, mot: str, texte: str) -> None:
    """Cherche un mot dans une liste enrichie, et prend la ligne qui contient ce texte."""
    bloc = poste.page.locator(f"#champ-{champ}")
    bloc.locator(".ts-control").click()
    poste.page.keyboard.type(mot)
    bloc.locator(".ts-dropdown .option").filter(has_text=texte).first.click()
    poste.page.keyboard.press("Escape")


def _remplir_informations(poste: Poste) -> None:
    page = poste.page
    page.locator("[name=objectif]").fill("Préparer seule une entrée, un plat et un dessert pour huit couverts.")
    page.locator("[name=resultats]").fill("CAP cuisine.")
    page.locator("[name=contenu]").fill("Hygiène.\nTechniques de base.\nDressage.")
    page.locator("[name=objectif_general]").select_option("6")
    page.locator("[name=parcours]").select_option("1")
    _choisir_un_code(poste, "public_vise", "Tout public", "Tout public")
    page.locator("[name=niveau_entree]").select_option("11")
    page.locator("[name=prise_en_charge_possible]").first.check()
    contact = page.locator("#section-contacts")
    contact.get_by_label("Rôle").first.select_option("4")
    poste.remplir("Nom ou service", "Accueil", contact)
    poste.remplir("Téléphone", "01 43 00 00 00", contact)
    poste.remplir("Courriel", "accueil@vignoles.exemple", contact)
    poste.cliquer("Enregistrer")
    poste.voir(re.compile(r"Enregistré\."))


def _ajouter_un_lieu_et_deux_sessions(poste: Poste, debut: date) -> None:
    page = poste.page
    page.get_by_role("link", name="Sessions", exact=True).click()
    poste.voir("Aucune session")
    poste.cliquer("Nouveau lieu")
    page.locator("[name=rythme]").fill("Temps plein, du lundi au vendredi")
    page.locator("[name=modalites_enseignement]").select_option("0")
    page.locator("[name=lieu]").select_option("siege")
    page.locator("[name=entrees_sorties]").select_option("0")
    page.locator("[name=heures_total]").fill("840")
    page.locator("[name=prix_total]").fill("8950")
    poste.cliquer("Ajouter une session")
    for rang, mois in ((0, 0), (1, 6)):
        commence = debut + timedelta(days=30 * mois)
        page.locator(f"[name=dates-{rang}-debut]").fill(commence.isoformat())
        page.locator(f"[name=dates-{rang}-fin]").fill((commence + timedelta(days=170)).isoformat())
    poste.cliquer("Enregistrer le lieu et ses dates")


@pytest.mark.parametrize("taille", [BUREAU, TELEPHONE], ids=["bureau", "telephone"])
def test_de_la_connexion_a_la_soumission(ouvrir: Ouvrir, taille: tuple[int, int]) -> None:
    organisme = OrganismeFabrique(nom="Ateliers des Vignoles")
    personne = membre(organisme, prenom="Nadia", nom="Belkacem")
    elle = ouvrir(taille=taille)
    page = elle.page
    elle.entrer(personne.email, MOT_DE_PASSE)
    expect(page.locator("nav a", has_text="Ma structure")).to_have_count(1)
    expect(page.locator("a[aria-label^='Notifications']")).to_be_visible()
    if taille == BUREAU:
        page.get_by_text("Espace STRUCTURE").click()
        elle.voir(organisme.reference)
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Formations", exact=True).first.click()
    else:
        page.get_by_role("link", name="Ouvrir le menu").click()
        page.locator("#navigation").get_by_role("link", name="Formations").click()
    elle.cliquer("Nouvelle action")
    page.get_by_label("Oui", exact=True).check()
    elle.remplir("Intitulé", "CAP cuisine")
    elle.cliquer("Créer l'action")
    elle.voir(re.compile("Donnez le code RNCP ou RS"))
    expect(page.get_by_label("Intitulé", exact=True)).to_have_value("CAP cuisine")
    elle.remplir("Certification", "rncp 38430")
    elle.cliquer("Créer l'action")
    elle.titre("CAP cuisine")

    # Ce qui manque se dit, et y mène.
    action = Action.objects.get()
    page.get_by_role("link", name="Gestion", exact=True).click()
    elle.voir(re.compile("Soumettre"))
    manque = page.get_by_role("link", name=re.compile("objectif", re.IGNORECASE)).first
    manque.click()
    expect(page).to_have_url(re.compile("/informations/#champ-"))
    _remplir_informations(elle)
    page.get_by_role("link", name="Indexation", exact=True).click()
    _choisir_un_code(elle, "formacode_principal", "42752", "42752")
    elle.page.get_by_label(re.compile("G1602")).check()
    elle.cliquer("Enregistrer")
    elle.voir(re.compile(r"Enregistré\."))
    expect(page.locator("#champ-rome .item")).to_contain_text("G1602")

    _ajouter_un_lieu_et_deux_sessions(elle, timezone.localdate() + timedelta(days=40))
    expect(page.locator("tr[id^=SE_]")).to_have_count(2)
    elle.voir(re.compile("75020 Paris 20"))
    assert action.deroulements.get().sessions.count() == 2

    page.get_by_role("link", name="Gestion", exact=True).click()
    elle.cliquer("Soumettre au contrôle")
    elle.cliquer("Soumettre au contrôle")
    elle.voir(re.compile("À contrôler"))
    action.refresh_from_db()
    assert action.statut == EtatAction.A_CONTROLER
