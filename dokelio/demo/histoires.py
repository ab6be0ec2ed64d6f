"""Les histoires du grand catalogue : pour chaque état, les transitions, telles que le moteur les aurait écrites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID

from dokelio.demo.copie import Copie
from dokelio.publication.contexte import jour_de_paris
from dokelio.publication.models import Evenement

Pas = tuple[str, str, str, str]
"""Une transition de la fiche : nom, état d'avant, état d'après, auteur (`of`, `carif`, ou vide pour le système)."""

CREER: Pas = ("creer", "", "brouillon", "of")
SOUMETTRE: Pas = ("soumettre", "brouillon", "a_controler", "of")
RESOUMETTRE: Pas = ("soumettre", "en_redaction", "a_controler", "of")
PRENDRE: Pas = ("prendre_en_charge", "a_controler", "a_controler", "carif")
DEMANDER: Pas = ("demander_correction", "a_controler", "en_redaction", "carif")
VALIDER: Pas = ("valider", "a_controler", "en_diffusion", "carif")
MODIFIER: Pas = ("modifier", "en_diffusion", "en_redaction", "of")
ARCHIVER: Pas = ("archiver", "en_diffusion", "archive", "")

_VERSION_1 = (CREER, SOUMETTRE, PRENDRE, VALIDER)
_VERSION_SUIVANTE = (MODIFIER, RESOUMETTRE, PRENDRE, VALIDER)

HISTOIRES: dict[str, tuple[int, tuple[Pas, ...]]] = {
    "version-1": (50, _VERSION_1),
    "version-2": (15, _VERSION_1 + _VERSION_SUIVANTE),
    "version-3": (5, _VERSION_1 + 2 * _VERSION_SUIVANTE),
    "a-controler": (6, (CREER, SOUMETTRE)),
    "corrections": (3, (CREER, SOUMETTRE, PRENDRE, DEMANDER)),
    "modification": (4, (*_VERSION_1, MODIFIER)),
    "modification-a-controler": (3, (*_VERSION_1, MODIFIER, RESOUMETTRE)),
    "brouillon": (4, (CREER,)),
    "archivee": (10, (*_VERSION_1, ARCHIVER)),
}
"""Par nom : la part sur cent, et les transitions de la fiche."""


def tirer(hasard: Random) -> str:
    """Une histoire, selon les parts."""
    return hasard.choices(list(HISTOIRES), [part for part, _ in HISTOIRES.values()])[0]


@dataclass(slots=True)
class Journal:
    """Les événements de tout le catalogue, à verser dans l'ordre du temps."""

    hasard: Random
    lignes: list[tuple[datetime, int, dict[str, Any]]] = field(default_factory=list)
    _jours: dict[datetime, date] = field(default_factory=dict)

    def geste(self) -> UUID:
        """L'identifiant d'un nouveau geste."""
        return UUID(int=self.hasard.getrandbits(128), version=4)

    def ecrire(
        self,
        instant: datetime,
        geste: UUID,
        type_: str,
        objet: tuple[int, str],
        pas: tuple[str, str, str],
        auteur: int | None,
        commentaire: str = "",
        trace: str = "{}",
    ) -> None:
        """Un événement : `objet` est la clé et la référence, `pas` la transition, l'état d'avant et celui d'après."""
        nom, avant, apres = pas
        self.lignes.append(
            (
                instant,
                len(self.lignes),
                {
                    "objet_type": type_,
                    "objet_id": objet[0],
                    "reference": objet[1],
                    "transition": nom,
                    "avant": avant,
                    "apres": apres,
                    "auteur_id": auteur,
                    "commentaire": commentaire,
                    "donnees": trace,
                    "geste": geste,
                    "instant": instant,
                    "au": self._jour(instant),
                },
            )
        )

    def _jour(self, instant: datetime) -> date:
        """Le jour de Paris, calculé une fois par instant : les événements d'un geste le partagent."""
        if instant not in self._jours:
            self._jours[instant] = jour_de_paris(instant)
        return self._jours[instant]

    def verser(self) -> None:
        """Verse tout, dans l'ordre du temps : à instant égal, dans l'ordre d'écriture."""
        copie = Copie(Evenement)
        for valeurs in self._dans_l_ordre():
            copie.ajouter(**valeurs)
        copie.verser()

    def _dans_l_ordre(self) -> Iterator[dict[str, Any]]:
        self.lignes.sort(key=lambda ligne: ligne[:2])
        for _, _, valeurs in self.lignes:
            yield valeurs
        self.lignes.clear()
