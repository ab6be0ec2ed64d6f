"""L'état du service et les pages légales : publics, sans secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diffusion.models import EtatNuit, Nuit
from dokelio.accueil.views import sante
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, membre

pytestmark = pytest.mark.django_db


@pytest.fixture
def tout_repond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sante, "courtier_repond", lambda: True)


@pytest.mark.usefixtures("tout_repond")
def test_sante_rend_200_quand_tout_repond() -> None:
    reponse = Client().get("/sante/")
    assert reponse.status_code == 200
    assert reponse.json() == {"etat": "bon", "base": "répond", "courtier": "répond", "nuit": {"etat": "aucune"}}
    assert "no-store" in reponse["Cache-Control"]


@pytest.mark.usefixtures("tout_repond")
@pytest.mark.parametrize(
    ("etat", "age", "code", "dit"),
    [
        (EtatNuit.FAITE, timedelta(hours=5), 200, "faite"),
        (EtatNuit.EN_COURS, timedelta(minutes=5), 200, "en cours"),
        (EtatNuit.ECHEC, timedelta(hours=5), 503, "en échec"),
        (EtatNuit.FAITE, timedelta(days=3), 503, "en retard"),
    ],
)
def test_sante_dit_la_derniere_nuit(etat: str, age: timedelta, code: int, dit: str) -> None:
    debut = timezone.now() - age
    Nuit.objects.create(au=debut.date(), etat=etat, debut=debut)
    reponse = Client().get("/sante/")
    assert reponse.status_code == code
    assert reponse.json()["nuit"] == {"etat": dit, "jour": debut.date().isoformat()}


def test_sante_rend_503_sans_courtier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sante, "courtier_repond", lambda: False)
    reponse = Client().get("/sante/")
    assert reponse.status_code == 503
    assert reponse.json()["courtier"] == "ne répond pas"


def test_un_courtier_injoignable_est_vu_sans_attendre(monkeypatch: pytest.MonkeyPatch) -> None:
    def casser(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(sante.app, "connection_for_write", casser)
    assert sante.courtier_repond() is False


def test_le_vrai_courtier_repond() -> None:
    assert sante.courtier_repond() is True


@pytest.mark.parametrize("page", ["accessibilite", "mentions-legales", "donnees-personnelles"])
def test_les_pages_legales_se_lisent_connecte_ou_non(page: str) -> None:
    visiteur = Client().get(f"/{page}/")
    assert visiteur.status_code == 200
    assert 'id="navigation"' not in visiteur.content.decode()
    client = Client()
    client.force_login(membre(OrganismeFabrique()))
    assert 'id="navigation"' in client.get(f"/{page}/").content.decode()


def test_la_page_d_accessibilite_dit_non_conforme() -> None:
    assert "pas conforme" in Client().get("/accessibilite/").content.decode()


def test_chaque_role_a_le_menu_de_ses_pages() -> None:
    def menu(personne: Any) -> list[str]:
        client = Client()
        client.force_login(personne)
        coquille = client.get("/").context["coquille"]
        return [entree.libelle for groupe in coquille.menu for entree in groupe.entrees]

    assert menu(membre(OrganismeFabrique())) == ["Tableau de bord", "Ma structure", "Formations", "Imports"]
    assert menu(UtilisateurFabrique(financeur=True)) == ["Tableau de bord", "Formations", "Structures"]
    assert {"Contrôle", "Structures", "Imports"} <= set(menu(UtilisateurFabrique(documentaliste=True)))
    assert "Comptes" in menu(UtilisateurFabrique(administrateur=True))
