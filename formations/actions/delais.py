"""L'attente d'une fiche dans la file, en jours ouvrés : ni samedi, ni dimanche, ni jour férié. Jours de Paris."""

from datetime import date, datetime, time, timedelta
from functools import cache

from dokelio.publication.contexte import PARIS

OBJECTIF_JOURS = 3
"""Objectif du CARIF : une réponse en trois jours ouvrés."""


def attente(depuis: datetime | None, maintenant: datetime) -> float:
    """Jours ouvrés écoulés (ni samedi, ni dimanche, ni jour férié), avec leur fraction."""
    if depuis is None or depuis >= maintenant:
        return 0.0
    debut, fin = depuis.astimezone(PARIS), maintenant.astimezone(PARIS)
    total, jour = 0.0, debut.date()
    while jour <= fin.date():
        if est_ouvre(jour):
            minuit = datetime.combine(jour, time(), PARIS)
            demain = datetime.combine(jour + timedelta(days=1), time(), PARIS)
            total += (min(fin, demain) - max(debut, minuit)) / timedelta(days=1)
        jour += timedelta(days=1)
    return total


def il_y_a(jours: int, maintenant: datetime) -> datetime:
    """L'instant d'il y a `jours` jours ouvrés : ce qui a été soumis avant dépasse l'objectif."""
    local = maintenant.astimezone(PARIS)
    restant = timedelta(days=jours)
    while True:
        minuit = datetime.combine(local.date(), time(), PARIS)
        ecoule = local - minuit
        if est_ouvre(minuit.date()):
            if ecoule >= restant:
                return local - restant
            restant -= ecoule
        local = datetime.combine(minuit.date() - timedelta(days=1), time.max, PARIS)


def est_ouvre(jour: date) -> bool:
    return jour.weekday() < 5 and jour not in feries(jour.year)


@cache
def feries(annee: int) -> frozenset[date]:
    """Les onze jours fériés légaux (code du travail, article L3133-1)."""
    paques = _paques(annee)
    fixes = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    mobiles = (paques + timedelta(days=n) for n in (1, 39, 50))
    return frozenset({date(annee, mois, jour) for mois, jour in fixes} | set(mobiles))


def _paques(annee: int) -> date:
    """Dimanche de Pâques du calendrier grégorien (algorithme de Meeus)."""
    a, b, c = annee % 19, annee // 100, annee % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    mois, jour = divmod(h + k - 7 * m + 114, 31)
    return date(annee, mois, jour + 1)
