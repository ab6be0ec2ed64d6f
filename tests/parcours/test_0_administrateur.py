"""Étape 0 : l'administrateur crée un compte ; la personne choisit son mot de passe par le lien et voit sa structure."""

import re

import pytest
from playwright.sync_api import expect

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie.models import Courriel
from tests.fabriques import MOT_DE_PASSE, OrganismeFabrique, UtilisateurFabrique, membre
from tests.parcours.conftest import Ouvrir
from tests.parcours.courrier import suivre_le_lien
from tests.parcours.poste import Poste

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]

NOUVEAU = "Choisir-2026-libre!"


def _creer_le_compte(poste: Poste, organisme: str, email: str) -> None:
    poste.ouvrir("/comptes/")
    poste.cliquer("Nouveau compte")
    poste.remplir("Prénom", "Amélie")
    poste.remplir("Nom", "Zoûaoui-L'Hôpital")
    poste.remplir("Email", email)
    poste.remplir("Téléphone", "01 44 00 00 00")
    poste.remplir("Organisme", organisme)
    poste.page.get_by_label("Rôle dans l'organisme").select_option("gestionnaire")
    poste.cliquer("Créer le compte et inviter")


def test_le_compte_cree_mene_par_un_lien_a_la_structure(ouvrir: Ouvrir) -> None:
    organisme = OrganismeFabrique(nom="Ateliers des Vignoles")
    admin = ouvrir(UtilisateurFabrique(administrateur=True))
    _creer_le_compte(admin, organisme.siret, "Amelie@Vignoles.exemple")
    admin.titre("Amélie")
    admin.voir(organisme.reference)

    elle = ouvrir()
    lien = suivre_le_lien(elle, "amelie@vignoles.exemple", "Votre compte Dokelio+ est créé")
    elle.titre("Choisir votre mot de passe")
    elle.remplir("Nouveau mot de passe", "tropcourt")
    elle.remplir("Le même, une seconde fois", "tropcourt")
    elle.cliquer("Enregistrer et me connecter")
    elle.voir(re.compile("Il en faut 12"))
    elle.remplir("Nouveau mot de passe", NOUVEAU)
    elle.remplir("Le même, une seconde fois", NOUVEAU)
    elle.cliquer("Enregistrer et me connecter")
    expect(elle.page).to_have_url(re.compile(r"//[^/]+/$"))
    elle.page.get_by_role("link", name="Ma structure").first.click()
    elle.titre("Ateliers des Vignoles")
    elle.voir(organisme.reference)

    autre = ouvrir()
    autre.ouvrir(lien)
    autre.titre("Ce lien ne vaut plus rien")
    autre.entrer("AMELIE@vignoles.exemple", NOUVEAU)
    autre.sortir()
    autre.titre("Me connecter")


def test_une_adresse_deja_prise_est_refusee_quelle_que_soit_sa_casse(ouvrir: Ouvrir) -> None:
    organisme = OrganismeFabrique()
    membre(organisme, email="nadia@vignoles.exemple")
    admin = ouvrir(UtilisateurFabrique(administrateur=True))
    _creer_le_compte(admin, organisme.reference, "NADIA@Vignoles.Exemple")
    admin.voir(re.compile("Un compte existe déjà avec cette adresse"))
    expect(admin.page.get_by_label("Nom", exact=True)).to_have_value("Zoûaoui-L'Hôpital")
    assert Utilisateur.objects.filter(email__iexact="nadia@vignoles.exemple").count() == 1
    assert not Courriel.objects.exists()


def test_un_organisme_inconnu_est_dit_sous_son_champ(ouvrir: Ouvrir) -> None:
    admin = ouvrir(UtilisateurFabrique(administrateur=True))
    _creer_le_compte(admin, "OF_9999999999", "amelie@vignoles.exemple")
    admin.voir(re.compile("Aucun organisme n'a cette référence"), admin.page.locator("#champ-rattachement_organisme"))
    assert not Utilisateur.objects.filter(email="amelie@vignoles.exemple").exists()


def test_le_mot_de_passe_oublie_se_choisit_par_un_lien(ouvrir: Ouvrir) -> None:
    personne = membre(OrganismeFabrique(), email="camille@vignoles.exemple")
    elle = ouvrir()
    elle.ouvrir("/connexion/")
    elle.remplir("Votre email", personne.email)
    elle.remplir("Votre mot de passe", "Pas-le-bon-2026!")
    elle.cliquer("Connexion")
    expect(elle.page.get_by_role("alert")).to_be_visible()
    expect(elle.page.get_by_label("Votre email")).to_have_value(personne.email)
    elle.cliquer("Mot de passe oublié")
    elle.remplir("Votre email", personne.email.upper())
    elle.page.locator("main button[type=submit]").click()
    suivre_le_lien(elle, personne.email, "mot de passe")
    elle.remplir("Nouveau mot de passe", NOUVEAU)
    elle.remplir("Le même, une seconde fois", NOUVEAU)
    elle.cliquer("Enregistrer et me connecter")
    expect(elle.page).to_have_url(re.compile(r"//[^/]+/$"))
    elle.sortir()
    elle.ouvrir("/connexion/")
    elle.remplir("Votre email", personne.email)
    elle.remplir("Votre mot de passe", MOT_DE_PASSE)
    elle.cliquer("Connexion")
    expect(elle.page.get_by_role("alert")).to_be_visible()
    elle.entrer(personne.email, NOUVEAU)
