"""Le petit jeu de démonstration : douze organismes, soixante actions dans tous les états, trois cents sessions.

Une seule transaction ; une base qui l'a déjà n'est pas touchée.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import cycle, islice

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dokelio.comptes.models import Utilisateur
from dokelio.demo import catalogue
from dokelio.demo.chronologie import Calendrier, Fil, derouler
from dokelio.demo.comptes import ADMINISTRATEUR
from dokelio.demo.decor import Decor, planter, siret_du_rang
from dokelio.demo.scenarios import EXTENSIBLES, SCENARIOS
from dokelio.demo.scene import Scene
from dokelio.messagerie.models import Notification
from dokelio.publication.moteur import effectuer
from structures.models import Organisme

SESSIONS = 300


@dataclass(frozen=True, slots=True)
class Bilan:
    """Ce qui a été chargé ; tout à zéro quand il n'y avait rien à faire."""

    organismes: int = 0
    actions: int = 0
    sessions: int = 0

    def __bool__(self) -> bool:
        return self.organismes > 0


def base_vide() -> bool:
    """Vrai quand la base n'a ni compte ni organisme : `make run` y charge la démonstration."""
    return not Utilisateur.objects.exists() and not Organisme.objects.exists()


def deja_chargee() -> bool:
    """Vrai quand le petit jeu est déjà dans la base."""
    return Organisme.objects.filter(siret=siret_du_rang(0)).exists()


def charger(aujourd_hui: date | None = None) -> Bilan:
    """Charge le petit jeu, daté par rapport à `aujourd_hui` (jour de Paris) ; ne fait rien s'il est déjà là."""
    if deja_chargee():
        return Bilan()
    catalogue.relire()
    with transaction.atomic():
        decor = planter(Calendrier(aujourd_hui or timezone.localdate()))
        scenes = monter(decor)
        derouler([*(fil for scene in scenes for fil in (scene.fil, scene.nuits)), _cessations(decor)])
        _lire_les_anciennes(decor)
    return Bilan(len(decor.maisons), len(scenes), sum(len(scene.sessions) for scene in scenes))


def monter(decor: Decor) -> list[Scene]:
    """Les scènes, leurs gestes prévus ; les plus longues reçoivent ce qui manque pour trois cents sessions."""
    fiches = [(cle, *fiche) for cle, maison in catalogue.organismes().items() for fiche in maison["fiches"]]
    nombres = [SCENARIOS[nom][1] for _, _, nom in fiches]
    brouillons = sum(nom == "diffusee" and rang % 5 == 3 for rang, (_, _, nom) in enumerate(fiches))
    extensibles = [rang for rang, (_, _, nom) in enumerate(fiches) if nom in EXTENSIBLES]
    for rang in islice(cycle(extensibles), max(0, SESSIONS - sum(nombres) - brouillons)):
        nombres[rang] += 1
    scenes = []
    for rang, (maison, offre, nom) in enumerate(fiches):
        scene = Scene(decor, decor.maisons[maison], catalogue.offres()[offre], rang, nombres[rang])
        SCENARIOS[nom][0](scene)
        scene.archiver_les_terminees()
        scenes.append(scene)
    return scenes


def _lire_les_anciennes(decor: Decor) -> None:
    """Les notifications de plus de deux semaines ont été lues dans l'heure : la cloche ne dit que le récent."""
    personnes = {maison.redactrice.pk for maison in decor.maisons.values()}
    anciennes = Notification.objects.filter(
        utilisateur__in=personnes, cree_le__lt=decor.calendrier.nuit(decor.calendrier.jour(-14))
    )
    anciennes.update(lue_le=F("cree_le") + timedelta(hours=1))


def _cessations(decor: Decor) -> Fil:
    fil = Fil(decor.calendrier, 2 * SESSIONS)
    for cle, maison in decor.maisons.items():
        if catalogue.organismes()[cle].get("etat") == "cessation":
            fil.le(-20, "16:00", partial(_cesser, decor, maison.organisme))
    return fil


def _cesser(decor: Decor, organisme: Organisme, instant: datetime) -> None:
    motif = "Radiation constatée au registre du commerce ; courrier resté sans réponse."
    effectuer(organisme, "cesser", decor.carif[ADMINISTRATEUR], motif, maintenant=instant)
