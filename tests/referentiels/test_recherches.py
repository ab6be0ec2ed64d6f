"""Les recherches en JSON : connexion exigée, codes et mots, accents, vingt réponses."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dokelio.referentiels.models import Certification, Commune

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.referentiels.adresses")]


@pytest.fixture
def connecte(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_user(email="essai@dokelio.exemple", password="x"))
    return client


def _cherche(client: Client, adresse: str, **parametres: str) -> list[dict[str, Any]]:
    reponse = client.get(f"/referentiels/{adresse}/", parametres)
    assert reponse.status_code == 200
    lignes: list[dict[str, Any]] = reponse.json()
    assert all(set(ligne) == {"valeur", "texte", "detail"} for ligne in lignes)
    assert len(lignes) <= 20
    return lignes


@pytest.mark.parametrize("adresse", ["communes", "certifications", "formacodes", "rome", "nsf"])
def test_il_faut_etre_connecte(client: Client, adresse: str) -> None:
    assert client.get(f"/referentiels/{adresse}/").status_code == 302


@pytest.mark.parametrize(
    ("question", "attendu"),
    [
        ("Saint-Denis", "93066"),
        ("st denis", "93066"),
        ("SAINT DENI", "93066"),
        ("93200", "93066"),
        ("93066", "93066"),
        ("l'hay les roses", "94038"),
        ("paris 20", "75120"),
        ("75020", "75120"),
        ("saint deniis", "93066"),
    ],
)
def test_une_commune_se_trouve_par_son_nom_ou_son_code_postal(connecte: Client, question: str, attendu: str) -> None:
    assert attendu in [ligne["valeur"] for ligne in _cherche(connecte, "communes", q=question, region="idf")]


def test_paris_offre_ses_arrondissements_pas_la_ville(connecte: Client) -> None:
    codes = [ligne["valeur"] for ligne in _cherche(connecte, "communes", q="paris")]
    assert "75056" not in codes
    assert len(codes) == 20


@pytest.mark.parametrize(
    "question", ["RNCP37674", "rncp 376", "37674", "developpeur web", "114920", "36T32604", "devloppeur web"]
)
def test_une_certification_se_trouve_par_tous_ses_codes_et_malgre_une_faute(connecte: Client, question: str) -> None:
    assert _cherche(connecte, "certifications", q=question)[0]["valeur"] == "RNCP37674"


def test_un_mot_qui_commence_comme_un_code_n_est_pas_ce_code(connecte: Client) -> None:
    lignes = _cherche(connecte, "certifications", q="36T32604X")
    assert "RNCP37674" not in [ligne["valeur"] for ligne in lignes]


def test_les_fiches_actives_viennent_d_abord_et_les_autres_le_disent(connecte: Client) -> None:
    lignes = _cherche(connecte, "certifications", q="tourier")
    assert lignes
    assert all("inactive" in ligne["detail"] for ligne in lignes)
    assert _cherche(connecte, "certifications", q="tourier", actives="1") == []


def test_un_public_se_cherche_dans_sa_version(connecte: Client) -> None:
    lignes = _cherche(connecte, "formacodes", version="V14", type="PUB", q="tout public")
    assert lignes[0]["valeur"] == "83056"
    assert _cherche(connecte, "formacodes", version="V8", type="PUB", q="tout public") == []
    assert len(_cherche(connecte, "formacodes", version="V14", type="PUB")) == 20


def test_metiers_et_specialites_se_trouvent_par_code_et_par_mots(connecte: Client) -> None:
    assert _cherche(connecte, "rome", q="m180")
    assert _cherche(connecte, "rome", version="V3", q="M1805")[0]["texte"].startswith("Études")
    assert _cherche(connecte, "nsf", q="informatique")[0]["valeur"] == "326"


@pytest.mark.parametrize("question", ["", "\0", "%", "'", "\\", "🙂", "x" * 5000, "((", "&|"])
def test_aucune_question_ne_casse_la_recherche(connecte: Client, question: str) -> None:
    for adresse in ("communes", "certifications", "formacodes", "rome", "nsf"):
        _cherche(connecte, adresse, q=question)


def test_une_recherche_coute_au_plus_deux_requetes(connecte: Client) -> None:
    _cherche(connecte, "communes", q="saint")
    with CaptureQueriesContext(connection) as requetes:
        list(Certification.objects.chercher("developpeur")[:20])
        list(Commune.objects.chercher("93200")[:20])
    assert len(requetes) == 3
