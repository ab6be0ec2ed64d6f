"""Le second facteur : proposé à tous, exigé du personnel en production."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import Settings

from dokelio.comptes import actions
from dokelio.comptes.models import Utilisateur
from dokelio.messagerie.models import Courriel
from tests.comptes.conftest import MOT_DE_PASSE


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def _connecter(client: Client, personne: Utilisateur) -> str:
    reponse = client.post("/connexion/", {"login": personne.email, "password": MOT_DE_PASSE})
    return str(reponse["Location"])


def _mettre_en_place(client: Client) -> str:
    secret = client.get("/mon-compte/second-facteur/activer/").context["form"].secret
    reponse = client.post("/mon-compte/second-facteur/activer/", {"code": _code(secret)})
    assert reponse.status_code == 302, reponse.content.decode()
    return str(secret)


def test_propose_il_ne_bloque_personne(client: Client, documentaliste: Utilisateur, settings: Settings) -> None:
    settings.SECOND_FACTEUR = "propose"
    assert _connecter(client, documentaliste) == "/"
    assert client.get("/mon-compte/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_exige_le_personnel_le_met_en_place_avant_toute_page(
    client: Client, documentaliste: Utilisateur, settings: Settings
) -> None:
    settings.SECOND_FACTEUR = "exige"
    _connecter(client, documentaliste)
    assert client.get("/mon-compte/")["Location"] == "/mon-compte/second-facteur/activer/"
    assert client.post("/mon-compte/", {"nom": "x"})["Location"] == "/mon-compte/second-facteur/activer/"
    _mettre_en_place(client)
    assert client.get("/mon-compte/").status_code == 200


def test_exige_il_ne_l_est_pas_des_membres_d_organismes(
    client: Client, membre: Utilisateur, settings: Settings
) -> None:
    settings.SECOND_FACTEUR = "exige"
    assert _connecter(client, membre) == "/"
    assert client.get("/mon-compte/").status_code == 200


def test_en_place_le_mot_de_passe_seul_n_ouvre_plus(client: Client, documentaliste: Utilisateur) -> None:
    _connecter(client, documentaliste)
    secret = _mettre_en_place(client)
    autre = Client()
    assert _connecter(autre, documentaliste) == "/connexion/code/"
    assert "_auth_user_id" not in autre.session
    refus = autre.post("/connexion/code/", {"code": "000000"}).content.decode()
    assert "Ce code n&#x27;est pas le bon" in refus
    from django.core.cache import cache

    cache.clear()  # un code ne sert qu'une fois : celui de la mise en place vient de servir
    assert autre.post("/connexion/code/", {"code": _code(secret)})["Location"] == "/"
    assert "_auth_user_id" in autre.session


def test_le_lien_de_mot_de_passe_oublie_ne_passe_pas_outre(
    client: Client, documentaliste: Utilisateur, lien_recu: Callable[[str], str]
) -> None:
    TOTP.activate(documentaliste, "JBSWY3DPEHPK3PXP")
    client.post("/mot-de-passe/oublie/", {"email": documentaliste.email})
    page = client.get(lien_recu(documentaliste.email), follow=True)
    mots = {"password1": "Lampe-bleue-2027 ?", "password2": "Lampe-bleue-2027 ?"}
    assert client.post(page.request["PATH_INFO"], mots)["Location"] == "/connexion/code/"
    assert "_auth_user_id" not in client.session


def test_une_connexion_anterieure_a_la_mise_en_place_est_refaite(
    documentaliste: Utilisateur, settings: Settings
) -> None:
    settings.SECOND_FACTEUR = "exige"
    ancienne = Client()
    ancienne.force_login(documentaliste)
    TOTP.activate(documentaliste, "JBSWY3DPEHPK3PXP")
    assert ancienne.get("/mon-compte/")["Location"] == "/connexion/"
    assert "_auth_user_id" not in ancienne.session


@pytest.mark.parametrize(("exigence", "reste"), [("exige", 1), ("propose", 0)])
def test_exige_il_ne_se_retire_pas(
    client: Client, documentaliste: Utilisateur, settings: Settings, exigence: str, reste: int
) -> None:
    settings.SECOND_FACTEUR = exigence
    _connecter(client, documentaliste)
    _mettre_en_place(client)
    client.post("/mon-compte/second-facteur/retirer/")
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == reste


@pytest.mark.parametrize(
    "adresse", ["/mon-compte/second-facteur/", "/mon-compte/codes-de-secours/", "/mon-compte/codes-de-secours/fichier/"]
)
def test_les_pages_du_second_facteur_s_ouvrent(client: Client, documentaliste: Utilisateur, adresse: str) -> None:
    _connecter(client, documentaliste)
    _mettre_en_place(client)
    assert client.get(adresse).status_code == 200


def test_un_administrateur_rend_l_acces_a_qui_a_perdu_son_telephone(
    client: Client, administrateur: Utilisateur, documentaliste: Utilisateur
) -> None:
    TOTP.activate(documentaliste, "JBSWY3DPEHPK3PXP")
    client.force_login(administrateur)
    assert "Retirer le second facteur" in client.get(f"/comptes/{documentaliste.pk}/").content.decode()
    assert client.post(f"/comptes/{documentaliste.pk}/second-facteur/").status_code == 302
    assert not Authenticator.objects.exists()
    assert Courriel.objects.get().destinataire == documentaliste.email
    assert _connecter(Client(), documentaliste) == "/"
    with pytest.raises(PermissionDenied):
        actions.retirer_second_facteur(documentaliste, administrateur)
