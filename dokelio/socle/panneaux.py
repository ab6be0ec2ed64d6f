"""Panneaux : une page d'une pièce basse montre ce que des pièces plus hautes ont inscrit, dans un ordre fixe.

Inscrire depuis `AppConfig.ready()` ; montrer par `{% panneaux "formations.gestion" action %}`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

Contexte = Callable[[HttpRequest, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Panneau:
    """Un morceau de page apporté par une autre pièce.

    `contexte(request, objet)` rend les variables du gabarit, ou None quand le panneau n'a rien à montrer à cette
    personne. `rang` fixe la place (croissant, puis par nom).
    """

    nom: str
    gabarit: str
    contexte: Contexte
    rang: int = 100


_inscrits: dict[str, dict[str, Panneau]] = {}


def inscrire(emplacement: str, panneau: Panneau) -> None:
    """Ajoute un panneau à un emplacement (« formations.gestion »). Deux panneaux de même nom : ValueError."""
    places = _inscrits.setdefault(emplacement, {})
    deja = places.get(panneau.nom)
    if deja is not None and deja != panneau:
        raise ValueError(f"Le panneau {panneau.nom!r} est déjà inscrit dans {emplacement!r}.")
    places[panneau.nom] = panneau


def inscrits(emplacement: str) -> tuple[Panneau, ...]:
    """Les panneaux d'un emplacement, dans l'ordre d'affichage."""
    return tuple(sorted(_inscrits.get(emplacement, {}).values(), key=lambda panneau: (panneau.rang, panneau.nom)))


def rendre(emplacement: str, request: HttpRequest, objet: Any) -> list[str]:
    """Le HTML de chaque panneau qui a quelque chose à montrer."""
    rendus: list[str] = []
    for panneau in inscrits(emplacement):
        contexte = panneau.contexte(request, objet)
        if contexte is not None:
            rendus.append(render_to_string(panneau.gabarit, {"objet": objet, **contexte}, request=request))
    return rendus
