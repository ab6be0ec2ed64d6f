"""Ce que les pièces plus hautes ajoutent à la création d'un compte (rattacher la personne à un organisme, par exemple).

Inscrire depuis `AppConfig.ready()` : `creation.inscrire(Volet(nom="rattachement", champs=…, enregistrer=…))`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from dokelio.comptes.models import Utilisateur

Donnees = Mapping[str, Any]


def _sans_objection(donnees: Donnees) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Volet:
    """Un morceau du formulaire de création.

    `champs()` : les champs ajoutés, par nom (préfixer par le nom du volet). `verifier(donnees)` : les refus, par nom de
    champ ; `donnees` sont toutes les données valides du formulaire, celles des autres volets comprises.
    `enregistrer(utilisateur, donnees, auteur)` : écrit, dans la transaction qui crée le compte ; une exception annule
    tout, une `ValidationError({"champ": "phrase"})` est montrée sous son champ.
    """

    nom: str
    titre: str
    champs: Callable[[], Mapping[str, forms.Field]]
    enregistrer: Callable[[Utilisateur, Donnees, Utilisateur], None]
    verifier: Callable[[Donnees], Mapping[str, str]] = _sans_objection
    rang: int = 100


_volets: dict[str, Volet] = {}


def inscrire(volet: Volet) -> None:
    """Ajoute un volet au formulaire. Deux volets différents de même nom : ValueError."""
    if _volets.setdefault(volet.nom, volet) != volet:
        raise ValueError(f"Le volet {volet.nom!r} est déjà inscrit.")


def retirer(nom: str) -> None:
    """Retire un volet (pour les tests)."""
    _volets.pop(nom, None)


def volets() -> tuple[Volet, ...]:
    """Les volets inscrits, dans leur ordre."""
    return tuple(sorted(_volets.values(), key=lambda volet: (volet.rang, volet.nom)))
