"""Chaque adresse du produit × chaque rôle → ce qu'elle répond, sur de vrais objets ; une adresse hors table échoue.

Les objets appartiennent à l'organisme de « lecteur », « redacteur » et « gestionnaire » ; « etranger » est membre
d'un autre organisme : ce qui ne le concerne pas lui répond 404, jamais 403.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests import monde
from tests.monde import Monde

pytestmark = pytest.mark.django_db

ROLES = (
    *("visiteur", "lecteur", "redacteur", "gestionnaire", "etranger"),
    *("documentaliste", "conventionne", "administrateur", "financeur"),
)
FICHIER = Path(__file__).parent / "donnees" / "adresses.txt"


@dataclass(frozen=True, slots=True)
class Adresse:
    """Une ligne de la table : la route, la méthode essayée, et le statut attendu de chaque rôle."""

    route: str
    methode: str
    statuts: dict[str, int]


def lire_la_table() -> dict[str, Adresse]:
    """La table des adresses, par route."""
    lignes = FICHIER.read_text("utf-8").splitlines()
    table = {}
    for ligne in lignes:
        if not ligne.strip() or ligne.startswith("#"):
            continue
        route, methode, *statuts = ligne.split()
        table[route] = Adresse(route, methode, dict(zip(ROLES, map(int, statuts), strict=True)))
    return table


def routes() -> Iterator[str]:
    """Toutes les routes du produit ; l'administration de Django compte pour une."""

    def parcourir(resolveur: URLResolver, prefixe: str) -> Iterator[str]:
        for element in resolveur.url_patterns:
            route = prefixe + str(element.pattern)
            if route == "administration/":
                yield route
            elif isinstance(element, URLPattern):
                yield "/" + route.replace(" ", "")
            else:
                yield from parcourir(element, route)

    for route in parcourir(get_resolver(), ""):
        yield route if route.startswith("/") else f"/{route}"


def noms() -> Iterator[str]:
    """Les noms de toutes les routes, avec leur espace de noms."""

    def parcourir(resolveur: URLResolver, espace: str) -> Iterator[str]:
        for element in resolveur.url_patterns:
            if isinstance(element, URLPattern):
                yield f"{espace}{element.name}"
            elif element.namespace != "admin":
                yield from parcourir(element, f"{espace}{element.namespace}:" if element.namespace else espace)

    return parcourir(get_resolver(), "")


@pytest.fixture(scope="module")
def le_monde(django_db_setup: None, django_db_blocker: Any) -> Iterator[Monde]:
    """Un objet de chaque sorte, et une personne de chaque rôle ; rendu à la fin."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield monde.creer()
        transaction.set_rollback(True)


def repondre(le_monde: Monde, client: Client, adresse: Adresse) -> int:
    """Le statut de la réponse ; ce que la demande a écrit est annulé."""
    chemin = monde.chemin(le_monde, adresse.route)
    with transaction.atomic():
        reponse = client.generic(adresse.methode, chemin, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return int(reponse.status_code)


def test_chaque_adresse_est_dans_la_table_et_la_table_n_en_invente_pas() -> None:
    reelles, table = set(routes()), set(lire_la_table())
    assert reelles - table == set(), "adresses à ajouter à tests/donnees/adresses.txt"
    assert table - reelles == set(), "adresses disparues, à retirer de tests/donnees/adresses.txt"


def test_chaque_adresse_a_un_nom_a_elle() -> None:
    vus: set[str] = set()
    doublons = {nom for nom in noms() if nom in vus or vus.add(nom)}  # type: ignore[func-returns-value]
    assert doublons == set()
    assert "None" not in vus


@pytest.mark.parametrize("role", ROLES)
def test_chaque_adresse_repond_ce_que_dit_la_table(le_monde: Monde, role: str) -> None:
    client = le_monde.client(role)
    ecarts = {}
    for adresse in lire_la_table().values():
        statut = repondre(le_monde, client, adresse)
        if statut != adresse.statuts[role]:
            ecarts[f"{adresse.methode} {adresse.route}"] = f"{statut}, la table dit {adresse.statuts[role]}"
    assert ecarts == {}


def test_un_etranger_ne_recoit_jamais_403() -> None:
    """Qui n'est pas concerné reçoit 404 ; il n'apprend pas que la chose existe."""
    fautives = [a.route for a in lire_la_table().values() if a.statuts["etranger"] == 403 and "<" in a.route]
    assert fautives == []


def test_le_visiteur_n_entre_que_par_les_pages_publiques() -> None:
    ouvertes = {a.route for a in lire_la_table().values() if a.statuts["visiteur"] == 200}
    publiques = r"/\^?(sante|accessibilite|mentions-legales|donnees-personnelles|connexion|mot-de-passe)"
    # Les courriels ne se lisent ainsi qu'en développement et dans les essais : ailleurs, 404 pour tous.
    publiques += "|/courriels/"
    assert [route for route in ouvertes if not re.match(publiques, route)] == []


def test_un_octet_nul_dans_une_adresse_ne_designe_rien(le_monde: Monde) -> None:
    client = le_monde.client("administrateur")
    fautives = {}
    for adresse in lire_la_table().values():
        chemin = re.sub(r"<str:\w+>", "a%00b", adresse.route)
        if chemin != adresse.route:
            reponse = client.generic(adresse.methode, re.sub(r"<\w+:\w+>", "1", chemin))
            if reponse.status_code != 404:
                fautives[chemin] = reponse.status_code
    assert fautives == {}
