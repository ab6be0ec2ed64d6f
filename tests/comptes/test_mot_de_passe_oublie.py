"""Mot de passe oublié et invitation : le même lien, 24 heures, une fois."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.test import Client
from django.utils import timezone

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie.models import Courriel
from tests.comptes.conftest import MOT_DE_PASSE

NOUVEAU = "Lampe-bleue-2027 ?"
LienRecu = Callable[[str], str]


def _demander(client: Client, email: str) -> object:
    return client.post("/mot-de-passe/oublie/", {"email": email}, follow=True)


def _dans(heures: float) -> Callable[[object], datetime]:
    """L'horloge des jetons de Django (heure locale sans fuseau), avancée."""
    return lambda _: timezone.localtime().replace(tzinfo=None) + timedelta(hours=heures)


def _choisir(client: Client, lien: str, mot: str = NOUVEAU) -> object:
    page = client.get(lien, follow=True)
    return client.post(page.request["PATH_INFO"], {"password1": mot, "password2": mot})


def test_la_reponse_est_la_meme_que_l_adresse_existe_ou_non(membre: Utilisateur) -> None:
    pages = {}
    for email in (membre.email, "personne@ateliers.exemple"):
        reponse = Client().post("/mot-de-passe/oublie/", {"email": email})
        pages[email] = (reponse.status_code, reponse["Location"], Client().get(reponse["Location"]).content)
    assert pages[membre.email] == pages["personne@ateliers.exemple"]
    assert list(Courriel.objects.values_list("destinataire", flat=True)) == [membre.email]


def test_le_lien_fait_choisir_connecte_et_mene_a_l_accueil(
    client: Client, membre: Utilisateur, lien_recu: LienRecu
) -> None:
    _demander(client, membre.email.upper())
    courriel = Courriel.objects.get()
    assert courriel.categorie == "acces"
    assert "24\u00a0heures" in courriel.texte
    assert courriel.texte.startswith("Bonjour Nadia,")
    assert "Le CARIF francilien" in courriel.texte
    lien = lien_recu(membre.email)
    assert lien in courriel.html
    reponse = _choisir(client, lien)
    assert (reponse.status_code, reponse["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(membre.pk)
    membre.refresh_from_db()
    assert membre.check_password(NOUVEAU)


def test_le_lien_sert_une_seule_fois(client: Client, membre: Utilisateur, lien_recu: LienRecu) -> None:
    _demander(client, membre.email)
    lien = lien_recu(membre.email)
    _choisir(client, lien)
    page = Client().get(lien, follow=True).content.decode()
    assert "Ce lien ne vaut plus rien" in page
    assert "/mot-de-passe/oublie/" in page


def test_le_lien_vaut_24_heures(client: Client, membre: Utilisateur, lien_recu: LienRecu) -> None:
    _demander(client, membre.email)
    lien = lien_recu(membre.email)
    for heures, vaut in ((23.9, True), (24.1, False)):
        with patch.object(PasswordResetTokenGenerator, "_now", _dans(heures)):
            page = Client().get(lien, follow=True).content.decode()
        assert ("Choisir votre mot de passe" in page) is vaut
        assert ("Ce lien ne vaut plus rien" in page) is not vaut


def test_un_lien_tronque_ou_d_un_autre_compte_ne_vaut_rien(
    client: Client, membre: Utilisateur, administrateur: Utilisateur, lien_recu: LienRecu
) -> None:
    _demander(client, membre.email)
    lien = lien_recu(membre.email)
    for faux in (f"{lien[:-3]}/", "/mot-de-passe/choisir/zzz-abc/", "/mot-de-passe/choisir/1-set-password/"):
        assert "Ce lien ne vaut plus rien" in Client().get(faux, follow=True).content.decode()


def test_le_lien_d_un_compte_desactive_ne_vaut_plus_rien(
    client: Client, membre: Utilisateur, lien_recu: LienRecu
) -> None:
    _demander(client, membre.email)
    membre.actif = False
    membre.save()
    assert "Ce lien ne vaut plus rien" in client.get(lien_recu(membre.email), follow=True).content.decode()
    Courriel.objects.all().delete()
    _demander(Client(), membre.email)
    assert not Courriel.objects.exists()


@pytest.mark.parametrize(
    ("saisies", "phrase"),
    [
        (("court", "court"), "Il en faut 12"),
        (("tram-vert-2026", "tram-vert-2026"), "Il manque une majuscule"),
        (("Tramvert20262027", "Tramvert20262027"), "Il manque un caractère spécial"),
        ((NOUVEAU, MOT_DE_PASSE), "Les deux saisies sont différentes"),
        (("", ""), "Choisissez un mot de passe."),
    ],
)
def test_un_mot_de_passe_refuse_dit_pourquoi_et_le_lien_reste_bon(
    client: Client, membre: Utilisateur, lien_recu: LienRecu, saisies: tuple[str, str], phrase: str
) -> None:
    _demander(client, membre.email)
    lien = lien_recu(membre.email)
    page = client.get(lien, follow=True)
    refus = client.post(page.request["PATH_INFO"], {"password1": saisies[0], "password2": saisies[1]})
    assert phrase in refus.content.decode()
    assert _choisir(client, lien).status_code == 302


def test_choisir_par_le_lien_ferme_les_autres_connexions(
    client: Client, membre: Utilisateur, lien_recu: LienRecu
) -> None:
    ailleurs = Client()
    ailleurs.force_login(membre)
    _demander(client, membre.email)
    _choisir(client, lien_recu(membre.email))
    assert ailleurs.get("/mon-compte/").status_code == 302
    assert client.get("/mon-compte/").status_code == 200


def test_les_demandes_repetees_pour_une_adresse_sont_limitees_connue_ou_non(membre: Utilisateur) -> None:
    for email in (membre.email, "personne@ateliers.exemple"):
        codes = [Client().post("/mot-de-passe/oublie/", {"email": email}).status_code for _ in range(6)]
        assert codes == [302] * 5 + [429]
    assert Courriel.objects.count() == 5


def test_trop_d_essais_a_sa_page(membre: Utilisateur) -> None:
    for _ in range(5):
        Client().post("/mot-de-passe/oublie/", {"email": membre.email})
    page = Client().post("/mot-de-passe/oublie/", {"email": membre.email}).content.decode()
    assert "Trop d’essais en peu de temps" in page
