"""Le grand catalogue : autant d'organismes, d'actions et de sessions qu'on veut, versés par COPY.

Les lignes, les versions et les événements ont la forme que leur aurait donnée le moteur ; un essai le prouve. N'y sont
ni les courriels, ni les notifications, ni l'historique champ à champ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import repeat

from django.db import transaction
from django.utils import timezone

from diffusion.exports.document import sans_ramasse_miettes
from dokelio.comptes.models import Utilisateur
from dokelio.demo import catalogue, comptes
from dokelio.demo.chronologie import Calendrier
from dokelio.demo.copie import analyser
from dokelio.demo.fiches import Fiches
from dokelio.demo.histoires import Journal
from dokelio.demo.inscrits import Inscrit, inscrire, sirets
from dokelio.demo.petite import Bilan
from dokelio.demo.tirage import Tirage
from dokelio.publication.models import Evenement
from formations.models import Action, ActionCertification, VersionDiffusee
from sessions.models import Deroulement, Financement, Intervention, Session
from structures.models import Formateur, Organisme, RoleMembre

SESSIONS_PAR_ACTION = 5
ACTIONS_PAR_ORGANISME = 10
LOT = 20_000


class TaillesImpossibles(ValueError):
    """Les tailles demandées ne vont pas ensemble, ou la base ne peut pas les recevoir ; le message est la phrase."""


@dataclass(frozen=True, slots=True)
class Tailles:
    """Ce que compte un grand catalogue."""

    organismes: int
    actions: int
    sessions: int


def completer(organismes: int | None = None, actions: int | None = None, sessions: int | None = None) -> Tailles:
    """Les trois tailles, celles qui manquent déduites des autres ; lève `TaillesImpossibles`."""
    if actions is None:
        actions = max(1, sessions // SESSIONS_PAR_ACTION if sessions else (organismes or 1) * ACTIONS_PAR_ORGANISME)
    organismes = organismes or max(1, actions // ACTIONS_PAR_ORGANISME)
    sessions = sessions or actions * SESSIONS_PAR_ACTION
    if sessions < actions:
        raise TaillesImpossibles(
            f"{sessions} sessions pour {actions} actions : il en faut au moins une par action pour qu'elle se voie."
        )
    return Tailles(organismes, actions, sessions)


def charger(tailles: Tailles, graine: int, aujourd_hui: date | None = None) -> Bilan:
    """Verse le catalogue de cette graine ; ne fait rien s'il est déjà là. Une seule transaction."""
    *attendus, suivant = sirets(graine, tailles.organismes + 1)
    presents = Organisme.objects.filter(siret__in=[*attendus, suivant]).count()
    actions = Action.objects.filter(organisme__siret__in=attendus).count() if presents else 0
    if presents == tailles.organismes and actions >= tailles.actions:
        return Bilan()
    if presents:
        raise TaillesImpossibles(
            f"Un catalogue de graine {graine} est déjà là, avec d'autres tailles : donnez une autre --graine."
        )
    catalogue.relire()
    calendrier = Calendrier(aujourd_hui or timezone.localdate())
    tirage = Tirage.de_la_graine(graine, calendrier)
    with sans_ramasse_miettes(), transaction.atomic():
        ouverture = calendrier.nuit(calendrier.jour(-1000))
        carif = comptes.assurer_le_carif(ouverture)
        journal = Journal(tirage.hasard)
        inscrits = inscrire(tirage, journal, carif, graine, attendus)
        _ouvrir_les_comptes_d_essai(inscrits, calendrier)
        fiches = Fiches(tirage, journal, carif)
        for inscrit, nombres in zip(inscrits, _repartir(tailles), strict=True):
            fiches.monter(inscrit, nombres)
            if len(fiches.sessions.lignes) >= LOT:
                fiches.verser()
        fiches.verser()
        journal.verser()
    analyser(Organisme, Formateur, Action, ActionCertification, VersionDiffusee, Deroulement, Session)
    analyser(Financement, Intervention, Evenement, Utilisateur)
    return Bilan(tailles.organismes, tailles.actions, tailles.sessions)


def _repartir(tailles: Tailles) -> list[list[int]]:
    """Par organisme, le nombre de sessions de chacune de ses actions ; les sommes sont exactes."""
    base, reste = divmod(tailles.sessions, tailles.actions)
    nombres = [base + (rang < reste) for rang in range(tailles.actions)]
    for rang in range(0, tailles.actions - 1, 2):
        ecart = min(rang // 2 % base, nombres[rang + 1] - 1)
        nombres[rang], nombres[rang + 1] = nombres[rang] + ecart, nombres[rang + 1] - ecart
    par, plus = divmod(tailles.actions, tailles.organismes)
    restants = iter(nombres)
    return [[next(restants) for _ in repeat(None, par + (rang < plus))] for rang in range(tailles.organismes)]


def _ouvrir_les_comptes_d_essai(inscrits: list[Inscrit], calendrier: Calendrier) -> None:
    """Les comptes d'essai sans organisme en reçoivent un (plusieurs pour le réseau) parmi les premiers du catalogue."""
    depuis = calendrier.nuit(calendrier.jour(-900))
    actifs = [inscrit for inscrit in inscrits if inscrit.en_diffusion]
    essais = (
        ("organisme@dokelio.exemple", "Claire", "Vasseur", slice(0, 1), RoleMembre.GESTIONNAIRE),
        ("reseau@dokelio.exemple", "Karim", "Benali", slice(1, 4), RoleMembre.GESTIONNAIRE),
        (comptes.LECTEUR, "Paul", "Auber", slice(0, 1), RoleMembre.LECTEUR),
    )
    for email, prenom, nom, lesquels, role in essais:
        compte = comptes.assurer(email, depuis, prenom=prenom, nom=nom)
        if not compte.rattachements.exists():
            for inscrit in actifs[lesquels]:
                comptes.rattacher(compte, Organisme.objects.get(pk=inscrit.pk), role, depuis)
