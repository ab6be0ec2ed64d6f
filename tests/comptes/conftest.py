"""Des comptes pour les tests de la pièce."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie.models import Courriel

MOT_DE_PASSE = "Tram-vert-2026 !"


@pytest.fixture(autouse=True)
def _essais_remis_a_zero() -> None:
    """Les limites d'essais vivent dans le cache."""
    cache.clear()


@pytest.fixture
def membre(db: None) -> Utilisateur:
    return Utilisateur.objects.create_user(
        "nadia.belkacem@ateliers.exemple", MOT_DE_PASSE, prenom="Nadia", nom="Belkacem"
    )


@pytest.fixture
def administrateur(db: None) -> Utilisateur:
    return Utilisateur.objects.create_user(
        "admin@carif.exemple", MOT_DE_PASSE, prenom="Ada", nom="Ministre", role_carif="administrateur"
    )


@pytest.fixture
def documentaliste(db: None) -> Utilisateur:
    return Utilisateur.objects.create_user(
        "doc@carif.exemple",
        MOT_DE_PASSE,
        prenom="Dora",
        nom="Cumente",
        role_carif="documentaliste",
        portees=["non_conventionne"],
    )


@pytest.fixture
def chez_admin(administrateur: Utilisateur) -> Client:
    client = Client()
    client.force_login(administrateur)
    return client


@pytest.fixture
def lien_recu(db: None) -> Callable[[str], str]:
    """Le chemin du lien du dernier courriel reçu à une adresse."""

    def lire(adresse: str) -> str:
        courriel = Courriel.objects.filter(destinataire=adresse).latest("pk")
        trouve = re.search(r"https?://[^/\s]+(/mot-de-passe/choisir/\S+)", courriel.texte)
        assert trouve, courriel.texte
        return trouve.group(1)

    return lire
