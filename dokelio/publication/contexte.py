"""Ce que reçoivent les gardes et les effets : qui fait quoi, quand, pour passer de quel état à quel état."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dokelio.publication.machine import Machine, Transition
    from dokelio.publication.models import Evenement

PARIS = ZoneInfo("Europe/Paris")

_geste: ContextVar[UUID | None] = ContextVar("geste", default=None)


@dataclass(slots=True)
class Contexte:
    """Circonstances d'une transition.

    `maintenant` est un instant UTC, `au` le jour de Paris auquel les règles se calculent. `donnees` vient de
    l'appelant (objets quelconques) ; `trace`, rempli par les estampilles, part en JSON dans l'événement.
    `evenement` vaut None pour les gardes et les estampilles, et l'événement enregistré pour les effets.
    """

    machine: Machine
    transition: Transition
    auteur: Any
    commentaire: str
    donnees: dict[str, Any]
    maintenant: datetime
    au: date
    avant: str
    apres: str
    geste: UUID = field(default_factory=uuid4)
    trace: dict[str, Any] = field(default_factory=dict)
    evenement: Evenement | None = None


def jour_de_paris(instant: datetime) -> date:
    """Le jour qu'il est à Paris à cet instant (avec fuseau)."""
    return instant.astimezone(PARIS).date()


@contextmanager
def un_geste(identifiant: UUID | None = None) -> Iterator[UUID]:
    """Réunit sous un même identifiant tous les événements du bloc : un clic, même s'il touche vingt objets.

    Imbriqué, le bloc reprend le geste déjà ouvert, sauf si `identifiant` est donné.
    """
    courant = identifiant or _geste.get() or uuid4()
    jeton = _geste.set(courant)
    try:
        yield courant
    finally:
        _geste.reset(jeton)
