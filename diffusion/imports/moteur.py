"""Faire entrer un document LHEO dans la base, en flux et par lots, dans une transaction que l'appelant ouvre."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import BinaryIO

from django.db import connection

from diffusion.imports.fiche import Portee
from diffusion.imports.lot import Atelier
from diffusion.imports.rapport import Ligne, Rapport
from diffusion.imports.reception import Recue, recevoir
from diffusion.models import Gravite
from dokelio.historique.contexte import contexte_historique
from dokelio.lheo.anomalies import anomalie
from dokelio.lheo.lecture import Lecture, lire

TAILLE_LOT = 500
_VERROU = 0x1D0CE110


def importer(flux: BinaryIO, portee: Portee, suivre: Callable[[int, int], None] | None = None) -> Rapport:
    """Importe un document ; rend le compte rendu.

    Doit s'appeler dans une transaction : un seul import écrit à la fois (verrou jusqu'à sa fin), et un document refusé
    (`DocumentRefuse`) ne laisse rien. `suivre(rang, action)` : voir `Atelier`.
    """
    rapport = Rapport()
    lecture = lire(flux)
    rapport.version = lecture.version
    _dire_les_particularites(lecture, rapport)
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [_VERROU])
    with contexte_historique(portee.auteur, source="import"):
        atelier = Atelier(portee, rapport, suivre)
        for lot in _lots(lecture, f"{portee.carif:d}"):
            with _sans_ramasse_miettes():
                atelier.traiter(lot)
    rapport.enveloppe = lecture.enveloppe
    for rebut in lecture.rebuts:
        rapport.dire(Ligne(0, rebut.ligne, Gravite.AVERTISSEMENT.value, "hors-grammaire", rebut.chemin, rebut.phrase))
    return rapport


def _dire_les_particularites(lecture: Lecture, rapport: Rapport) -> None:
    """Ce que le document a d'inhabituel sans être refusé : sa version, l'encodage que son prologue disait à tort."""
    if lecture.version == "2.2":
        rapport.anomalies(0, [anomalie("version-2.2", ligne=1, chemin="/", champ=lecture.racine)])
    for constat in lecture.particularites:
        rapport.anomalies(0, [anomalie("repare-prologue", ligne=1, chemin="/", champ="encoding", constat=constat)])


@contextmanager
def _sans_ramasse_miettes() -> Iterator[None]:
    """Le temps d'un lot : ses centaines de milliers d'objets vivent ensemble, les parcourir coûterait cher."""
    actif = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if actif:
            gc.enable()
            gc.collect(1)


def _lots(lecture: Lecture, marque: str) -> Iterator[list[Recue]]:
    formations = lecture.formations()
    while lot := [recevoir(f.element, f.rang, f.ligne, marque) for f in islice(formations, TAILLE_LOT)]:
        yield lot
