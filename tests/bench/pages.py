"""Combien de requêtes coûte chaque page de liste, au-delà de la session et de la personne."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from tests.fabriques import UtilisateurFabrique

LISTES = ("formations", "controle", "structure", "diffusion", "imports", "conventionne", "comptes", "notifications")
CONNEXION = 2  # la session et la personne


def compter() -> dict[str, int | None]:
    """Nombre de requêtes par page pour un administrateur ; `None` quand la page n'existe pas encore."""
    client = Client(raise_request_exception=False)
    client.force_login(UtilisateurFabrique(administrateur=True))
    comptes: dict[str, int | None] = {}
    for nom in LISTES:
        try:
            adresse = reverse(nom)
        except NoReverseMatch:
            comptes[nom] = None
            continue
        client.get(adresse)
        with CaptureQueriesContext(connection) as requetes:
            reponse = client.get(adresse)
        comptes[nom] = len(requetes) - CONNEXION if reponse.status_code == 200 else None
    return comptes
