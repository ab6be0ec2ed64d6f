"""Le temps de la démonstration : des jours comptés depuis aujourd'hui, et des gestes faits dans leur ordre.

Rien ne porte de date absolue : la démonstration ne vieillit pas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pgtrigger
from django.db import connection

from dokelio.publication.contexte import PARIS

Geste = Callable[[datetime], object]
SUITE = timedelta(minutes=7)
NUIT = time(3, 31)


@dataclass(frozen=True, slots=True)
class Calendrier:
    """Les jours de la démonstration, autour d'un jour de Paris."""

    aujourd_hui: date

    def jour(self, decalage: int) -> date:
        """Le jour à `decalage` jours d'aujourd'hui."""
        return self.aujourd_hui + timedelta(days=decalage)

    def lundi(self, decalage: int) -> date:
        """Le premier lundi à partir de ce jour : les sessions commencent le lundi."""
        le = self.jour(decalage)
        return le + timedelta(days=-le.weekday() % 7)

    def vendredi(self, le: date) -> date:
        """Le vendredi de la semaine de ce jour, ou ce jour s'il tombe avant : les sessions finissent en semaine."""
        return le - timedelta(days=max(0, le.weekday() - 4))

    def instant(self, decalage: int, heure: time) -> datetime:
        """Cet instant de Paris, en UTC ; un geste du week-end se fait le vendredi."""
        return datetime.combine(self.vendredi(self.jour(decalage)), heure, PARIS).astimezone(UTC)

    def nuit(self, le: date) -> datetime:
        """La nuit qui ouvre ce jour, quand passent les tâches nocturnes."""
        return datetime.combine(le, NUIT, PARIS).astimezone(UTC)


@dataclass(order=True, slots=True)
class Etape:
    """Un geste à faire à un instant ; à instant égal, l'ordre où les gestes ont été prévus."""

    instant: datetime
    rang: tuple[int, int]
    geste: Geste


class Fil:
    """Les gestes d'une même histoire, prévus dans l'ordre : chacun vient au moins sept minutes après le précédent."""

    def __init__(self, calendrier: Calendrier, rang: int) -> None:
        self.calendrier = calendrier
        self.rang = rang
        self.etapes: list[Etape] = []

    def le(self, decalage: int, heure: str, geste: Geste) -> None:
        """Prévoit un geste à tant de jours d'aujourd'hui, à l'heure de Paris (« 9:40 »)."""
        heures, minutes = heure.split(":")
        self.a(self.calendrier.instant(decalage, time(int(heures), int(minutes))), geste)

    def a(self, instant: datetime, geste: Geste) -> None:
        """Prévoit un geste à cet instant, ou juste après le geste précédent s'il est plus tardif."""
        if self.etapes:
            instant = max(instant, self.etapes[-1].instant + SUITE)
        self.etapes.append(Etape(instant, (self.rang, len(self.etapes)), geste))


def derouler(fils: Iterable[Fil]) -> int:
    """Fait tous les gestes dans l'ordre du temps, date leurs traces, et rend leur nombre."""
    etapes = sorted(etape for fil in fils for etape in fil.etapes)
    reperes = _reperes()
    for etape in etapes:
        etape.geste(etape.instant)
        apres = _reperes()
        _dater(reperes, apres, etape.instant)
        reperes = apres
    return len(etapes)


# Ce que la messagerie et l'historique datent d'eux-mêmes à maintenant, et qui doit dire le jour du geste.
_TRACES = {
    "messagerie_courriel": ("id", ("cree_le", "a_envoyer_apres", "envoye_le")),
    "messagerie_notification": ("id", ("cree_le",)),
    "formations_historiqueaction": ("pgh_id", ("pgh_created_at",)),
}


def _reperes() -> dict[str, int]:
    with connection.cursor() as curseur:
        maxima = ", ".join(f"(SELECT coalesce(max({cle}), 0) FROM {table})" for table, (cle, _) in _TRACES.items())
        curseur.execute(f"SELECT {maxima}")
        return dict(zip(_TRACES, curseur.fetchone(), strict=True))


def _dater(reperes: dict[str, int], apres: dict[str, int], instant: datetime) -> None:
    """Date du geste ce qu'il a écrit ; ses courriels sont partis ce jour-là."""
    if apres == reperes:
        return
    with pgtrigger.ignore("formations.HistoriqueAction:append_only"), connection.cursor() as curseur:
        for table, (cle, colonnes) in _TRACES.items():
            if apres[table] > reperes[table]:
                poses = ", ".join(f"{colonne} = %s" for colonne in colonnes)
                sql = f"UPDATE {table} SET {poses} WHERE {cle} > %s"
                curseur.execute(sql, [instant] * len(colonnes) + [reperes[table]])
