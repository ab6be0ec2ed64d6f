"""Clavier seul, retour arrière, double clic, deux onglets, mauvaise adresse, sans script."""

import re

import pytest
from playwright.sync_api import expect

from dokelio.publication.models import Evenement
from formations.models import Action, EtatAction
from tests.fabriques import MOT_DE_PASSE, OrganismeFabrique, UtilisateurFabrique, fiche_prete, membre
from tests.parcours.conftest import Ouvrir
from tests.parcours.poste import TELEPHONE, Poste

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]


def _aller_au_clavier(poste: Poste, cible: str, pas: int = 60) -> None:
    """Avance par la touche Tab jusqu'à l'élément voulu ; il doit s'atteindre, et son foyer se voir."""
    for _ in range(pas):
        poste.page.keyboard.press("Tab")
        if poste.page.evaluate("(c) => document.activeElement.matches(c)", cible):
            contour = poste.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert contour != "none", f"{cible} : le foyer ne se voit pas"
            return
    raise AssertionError(f"{cible} ne s'atteint pas au clavier en {pas} pas, {poste.chemin}")


def test_de_la_connexion_a_une_action_creee_au_clavier_seul(ouvrir: Ouvrir) -> None:
    personne = membre(OrganismeFabrique())
    elle = ouvrir()
    clavier = elle.page.keyboard
    elle.ouvrir("/connexion/")
    _aller_au_clavier(elle, "input[name=login]")
    clavier.type(personne.email)
    _aller_au_clavier(elle, "input[name=password]")
    clavier.type(MOT_DE_PASSE)
    clavier.press("Enter")
    expect(elle.page).to_have_url(re.compile(r"//[^/]+/$"))
    # Le lien d'évitement est le premier arrêt, et mène au contenu.
    clavier.press("Tab")
    expect(elle.page.locator(".dk-evitement")).to_be_focused()
    _aller_au_clavier(elle, "nav a[href='/formations/']")
    clavier.press("Enter")
    elle.titre("Formations")
    _aller_au_clavier(elle, "main a[href='/formations/nouvelle/']")
    clavier.press("Enter")
    elle.titre("Nouvelle action")
    _aller_au_clavier(elle, "input[name=certifiante]")
    clavier.press("ArrowRight")
    _aller_au_clavier(elle, "input[name=intitule], textarea[name=intitule]")
    clavier.type("Reliure d'art")
    clavier.press("Tab")
    _aller_au_clavier(elle, "main button[type=submit]")
    clavier.press("Enter")
    elle.titre("Reliure d'art")
    action = Action.objects.get()
    assert (action.intitule, action.certifiante) == ("Reliure d'art", False)


def test_un_double_clic_ne_fait_qu_une_action_et_qu_une_soumission(ouvrir: Ouvrir) -> None:
    organisme = OrganismeFabrique()
    elle = ouvrir(membre(organisme))
    elle.ouvrir("/formations/nouvelle/")
    elle.page.get_by_label("Non", exact=True).check()
    elle.remplir("Intitulé", "Reliure d'art")
    elle.page.get_by_role("button", name="Créer l'action").dblclick()
    elle.titre("Reliure d'art")
    assert Action.objects.count() == 1

    # Sans le script qui bloque le second envoi : le serveur tient seul.
    action = fiche_prete(organisme)
    adresse = f"/formations/{action.reference}/transition/soumettre/"
    elle.ouvrir(adresse)
    champs = {
        nom: elle.page.locator(f"main input[name={nom}]").input_value() for nom in ("csrfmiddlewaretoken", "jeton")
    }
    for _ in range(2):
        reponse = elle.contexte.request.post(adresse, form=champs, headers={"Referer": elle.page.url})
        assert reponse.ok
    assert Evenement.objects.de(action).filter(transition="soumettre").count() == 1


def test_revenir_en_arriere_apres_un_envoi_ne_rejoue_rien(ouvrir: Ouvrir) -> None:
    elle = ouvrir(membre(OrganismeFabrique()))
    elle.ouvrir("/formations/nouvelle/")
    elle.page.get_by_label("Non", exact=True).check()
    elle.remplir("Intitulé", "Reliure d'art")
    elle.cliquer("Créer l'action")
    elle.titre("Reliure d'art")
    elle.page.go_back()
    elle.titre("Nouvelle action")
    elle.page.go_forward()
    elle.titre("Reliure d'art")
    elle.page.reload()
    elle.titre("Reliure d'art")
    assert Action.objects.count() == 1
    elle.ne_pas_voir(re.compile("est créée"))


def test_deux_onglets_sur_la_meme_fiche_le_second_garde_son_texte(ouvrir: Ouvrir) -> None:
    organisme = OrganismeFabrique()
    action = fiche_prete(organisme)
    nadia, marc = ouvrir(membre(organisme, prenom="Nadia", nom="Belkacem")), ouvrir(membre(organisme))
    for poste in (nadia, marc):
        poste.ouvrir(f"/formations/{action.reference}/informations/")
    nadia.page.locator("[name=objectif]").fill("Celui de Nadia.")
    nadia.cliquer("Enregistrer")
    nadia.voir(re.compile(r"Enregistré\."))
    marc.page.locator("[name=objectif]").fill("Celui de Marc.")
    marc.cliquer("Enregistrer")
    marc.voir(re.compile("Nadia Belkacem"))
    expect(marc.page.locator("[name=objectif]")).to_have_value("Celui de Marc.")
    action.refresh_from_db()
    assert action.objectif == "Celui de Nadia."
    marc.cliquer("Enregistrer")
    marc.voir(re.compile(r"Enregistré\."))
    action.refresh_from_db()
    assert action.objectif == "Celui de Marc."


def test_qui_n_est_pas_concerne_trouve_une_page_absente(ouvrir: Ouvrir) -> None:
    action = fiche_prete()
    autre = ouvrir(membre(OrganismeFabrique()), taille=TELEPHONE)
    for chemin in (
        f"/formations/{action.reference}/informations/",
        f"/controle/{action.reference}/",
        "/comptes/",
        "/formations/AF_9999999999/",
        "/rien/du/tout/",
    ):
        autre.ouvrir(chemin, 404)
        autre.titre(re.compile("introuvable|n'existe pas|n’existe pas"))
    visiteur = ouvrir()
    visiteur.ouvrir(f"/formations/{action.reference}/informations/")
    assert visiteur.chemin.startswith("/connexion/?next=")


def test_un_formulaire_perime_est_refuse_avec_une_phrase(ouvrir: Ouvrir) -> None:
    elle = ouvrir(membre(OrganismeFabrique()))
    elle.admis.add(403)
    elle.ouvrir("/formations/nouvelle/")
    elle.page.get_by_label("Non", exact=True).check()
    elle.remplir("Intitulé", "Reliure d'art")
    elle.page.locator("main input[name=csrfmiddlewaretoken]").evaluate("(champ) => (champ.value = 'x'.repeat(64))")
    elle.cliquer("Créer l'action")
    expect(elle.page.locator("h1")).to_be_visible()
    assert not Action.objects.exists()


def test_creer_remplir_et_soumettre_sans_script(ouvrir: Ouvrir) -> None:
    organisme = OrganismeFabrique()
    personne = membre(organisme)
    pret = fiche_prete(organisme)
    elle = ouvrir(script=False)
    elle.entrer(personne.email, MOT_DE_PASSE)
    elle.cliquer("Formations")
    elle.cliquer("Nouvelle action")
    elle.page.get_by_label("Non", exact=True).check()
    elle.remplir("Intitulé", "Reliure d'art")
    elle.cliquer("Créer l'action")
    elle.titre("Reliure d'art")
    elle.page.locator("textarea[name=objectif]").fill("Relier un livre.")
    elle.cliquer("Enregistrer")
    elle.voir(re.compile(r"Enregistré\."))
    elle.cliquer("Indexation")
    elle.page.locator("input[name=formacode_principal_codes]").fill("42752")
    elle.cliquer("Enregistrer")
    elle.voir(re.compile(r"Enregistré\."))
    creee = Action.objects.exclude(pk=pret.pk).get()
    assert creee.objectif == "Relier un livre."
    assert creee.domaine["code-FORMACODE"][0]["#"] == "42752"

    elle.ouvrir(f"/formations/{pret.reference}/informations/")
    elle.cliquer("Soumettre au contrôle")
    elle.cliquer("Soumettre au contrôle")
    elle.voir(re.compile("À contrôler"))
    pret.refresh_from_db()
    assert pret.statut == EtatAction.A_CONTROLER
    doc = ouvrir(UtilisateurFabrique(documentaliste=True), script=False)
    doc.ouvrir(f"/controle/{pret.reference}/")
    doc.cliquer("Prendre en charge")
    doc.cliquer("Accepter et suivant")
    pret.refresh_from_db()
    assert pret.statut == EtatAction.EN_DIFFUSION
