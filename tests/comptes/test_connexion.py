"""Se connecter, se déconnecter ; les limites d'essais."""

from __future__ import annotations

import pytest
from django.test import Client

from dokelio.comptes.models import Utilisateur
from tests.comptes.conftest import MOT_DE_PASSE

INCONNU = "Courriel ou mot de passe inconnu. Vérifiez-les, ou demandez un nouveau mot de passe."


def _connecter(client: Client, email: str, mot: str = MOT_DE_PASSE, **suite: str) -> object:
    return client.post("/connexion/", {"login": email, "password": mot, **suite})


def test_on_se_connecte_par_son_adresse_quelle_que_soit_sa_casse(client: Client, membre: Utilisateur) -> None:
    reponse = client.post("/connexion/", {"login": membre.email.upper(), "password": MOT_DE_PASSE})
    assert (reponse.status_code, reponse["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(membre.pk)


def test_la_suite_demandee_est_suivie_mais_jamais_vers_un_autre_site(client: Client, membre: Utilisateur) -> None:
    donnees = {"login": membre.email, "password": MOT_DE_PASSE}
    assert client.post("/connexion/", {**donnees, "next": "/mon-compte/"})["Location"] == "/mon-compte/"
    client.logout()
    assert client.post("/connexion/", {**donnees, "next": "https://ailleurs.exemple/"})["Location"] == "/"


@pytest.mark.parametrize("email", ["nadia.belkacem@ateliers.exemple", "inconnue@ateliers.exemple"])
def test_mauvais_mot_de_passe_et_adresse_inconnue_ont_la_meme_reponse(
    client: Client, membre: Utilisateur, email: str
) -> None:
    page = client.post("/connexion/", {"login": email, "password": "autre chose"}).content.decode()
    assert INCONNU in page
    assert f'value="{email}"' in page


def test_un_compte_desactive_n_entre_pas_et_sa_connexion_ouverte_tombe(client: Client, membre: Utilisateur) -> None:
    client.force_login(membre)
    assert client.get("/mon-compte/").status_code == 200
    membre.actif = False
    membre.save()
    assert client.get("/mon-compte/").status_code == 302
    reponse = client.post("/connexion/", {"login": membre.email, "password": MOT_DE_PASSE})
    assert client.get("/mon-compte/").status_code == 302
    assert "désactivé" in client.get(reponse["Location"]).content.decode()


def test_apres_cinq_essais_manques_le_bon_mot_de_passe_attend_aussi(client: Client, membre: Utilisateur) -> None:
    for _ in range(5):
        assert INCONNU in client.post("/connexion/", {"login": membre.email, "password": "faux"}).content.decode()
    page = client.post("/connexion/", {"login": membre.email, "password": MOT_DE_PASSE}).content.decode()
    assert "Trop d&#x27;essais manqués. Attendez cinq minutes" in page
    assert "_auth_user_id" not in client.session


def test_les_pages_privees_renvoient_a_la_connexion_et_les_publiques_s_ouvrent(client: Client, db: None) -> None:
    for prive in ("/mon-compte/", "/comptes/", "/notifications/", "/mon-compte/second-facteur/"):
        reponse = client.get(prive)
        assert (reponse.status_code, reponse["Location"]) == (302, f"/connexion/?next={prive}")
    for public in ("/connexion/", "/mot-de-passe/oublie/", "/mot-de-passe/oublie/envoye/"):
        assert client.get(public).status_code == 200


def test_la_deconnexion_se_confirme_puis_ferme(client: Client, membre: Utilisateur) -> None:
    client.force_login(membre)
    assert "Me déconnecter" in client.get("/deconnexion/").content.decode()
    assert "_auth_user_id" in client.session
    assert client.post("/deconnexion/")["Location"] == "/connexion/"
    assert "_auth_user_id" not in client.session


def test_personne_ne_s_inscrit_seul(client: Client, db: None) -> None:
    assert "signup" not in client.get("/connexion/").content.decode()
    assert client.get("/inscription/").status_code in {302, 404}


def test_l_administration_de_django_est_introuvable_sauf_pour_un_administrateur(
    client: Client, documentaliste: Utilisateur, administrateur: Utilisateur
) -> None:
    from django.contrib.admin import site
    from django.test import RequestFactory

    requete = RequestFactory().get("/administration/")
    for personne, permis in ((documentaliste, False), (administrateur, True)):
        requete.user = personne
        assert site.has_permission(requete) is permis
