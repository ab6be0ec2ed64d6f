"""Des personnes et des gabarits pour les tests de la messagerie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie import categories

GABARIT = """{% extends "courriels/base.txt" %}
{% block sujet %}Votre fiche {{ titre }}{% endblock %}
{% block corps %}L'équipe vous demande une correction.

- avant le 26/11
- sur l'intitulé

Voir la fiche :
{{ lien }}{% endblock %}
"""


@pytest.fixture(autouse=True)
def _gabarit(settings: Settings, tmp_path: Path) -> None:
    """Un courriel d'essai, `essai.txt`."""
    (tmp_path / "courriels").mkdir()
    (tmp_path / "courriels" / "essai.txt").write_text(GABARIT, encoding="utf-8")
    moteur = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**moteur, "DIRS": [*moteur["DIRS"], tmp_path]}]
    settings.ADRESSE_PUBLIQUE = "https://dokelio.exemple"


@pytest.fixture
def reglable() -> Iterator[str]:
    categories.declarer("essai", "Essai des préférences")
    yield "essai"
    categories._declarees.pop("essai")


@pytest.fixture
def nadia(db: None) -> Utilisateur:
    return Utilisateur.objects.create_user("nadia@ateliers.exemple", "x", prenom="Nadia", nom="Belkacem")


@pytest.fixture
def omar(db: None) -> Utilisateur:
    return Utilisateur.objects.create_user("omar@ateliers.exemple", "x", prenom="Omar", nom="Ziani")
