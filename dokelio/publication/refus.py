"""Ce que le moteur répond quand une transition ne peut pas se faire.

Un refus est une phrase attachée à un champ ; une exception les porte toutes à la fois.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True, slots=True)
class Refus:
    """Une raison de refuser.

    `champ` : nom du champ du formulaire, vide pour l'objet entier ; `phrase` : ce qui manque et le remède,
    en français ; `lien` : adresse de la page (ou ancre) où l'on y remédie, vide si c'est la page courante.
    """

    champ: str
    phrase: str
    lien: str = ""


class TransitionRefusee(Exception):
    """La transition est refusée ; `refus` donne toutes les raisons, jamais la première seulement."""

    def __init__(self, refus: Iterable[Refus]) -> None:
        self.refus: list[Refus] = list(refus)
        super().__init__(" ".join(un.phrase for un in self.refus))


class EtatChange(TransitionRefusee):
    """L'objet n'est plus dans un état d'où part la transition : quelqu'un est passé avant."""


class TransitionInterdite(PermissionDenied):
    """L'auteur n'a pas le droit de faire cette transition sur cet objet (page 403)."""


class EtatReserve(RuntimeError):
    """Un état a été écrit sans passer par le moteur : faute de programmation, jamais montrée à une personne."""
