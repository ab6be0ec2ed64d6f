"""Une mesure, dans un processus à elle : `python -m tests.bench.mesure NOM CLE=VALEUR…` écrit ses chiffres en JSON.

Le temps est celui du processeur, chez nous et chez le serveur de base : la machine peut être occupée par ailleurs.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import django

AU = date(2030, 6, 1)


class Chrono:
    """Temps cumulé : mur, processeur d'ici, processeur du serveur quand il est sur cette machine."""

    def __init__(self) -> None:
        self.mur = self.cpu = 0.0

    @contextlib.contextmanager
    def mesurer(self) -> Iterator[None]:
        mur, ici, serveur = time.perf_counter(), time.process_time(), cpu_du_serveur()
        yield
        self.mur += time.perf_counter() - mur
        self.cpu += time.process_time() - ici + cpu_du_serveur() - serveur


def cpu_du_serveur() -> float:
    """Secondes de processeur du processus PostgreSQL qui nous sert ; 0 s'il n'est pas visible d'ici."""
    from django.db import connection

    connection.ensure_connection()
    try:
        champs = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(champs[11]) + int(champs[12])) / os.sysconf("SC_CLK_TCK")


def memoire() -> float:
    """Le plus haut de la mémoire de ce processus, en mébioctets ; sous Linux sans ce qu'avait son lanceur."""
    try:
        (haut,) = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    except (OSError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(haut) / 1024


# ------------------------------------------------------------------ l'export


def copie(chrono: Chrono, **_: str) -> dict[str, Any]:
    """COPY des colonnes que lit l'exporteur, jetées."""
    from django.db import connection
    from psycopg import ClientCursor

    from diffusion.exports.selection import REQUETES
    from sessions.publication.visibilite import parametres

    octets = 0
    valeurs = parametres(AU) | {"actions": None}
    connection.ensure_connection()
    with chrono.mesurer(), ClientCursor(connection.connection) as curseur:
        for requete in REQUETES.values():
            with curseur.copy(f"COPY ({requete}) TO STDOUT", valeurs) as lignes:
                for morceau in lignes:
                    octets += len(morceau)
    return {"octets": octets}


def serialisation(chrono: Chrono, *, document: str, **_: str) -> dict[str, Any]:
    """`tostring` d'arbres déjà bâtis : ceux du document exporté."""
    from lxml import etree

    octets = 0
    with Path(document).open("rb") as flux:
        lot: list[Any] = []
        for _evenement, formation in etree.iterparse(flux, tag="{http://lheo.gouv.fr/2.3}formation"):
            lot.append(etree.fromstring(etree.tostring(formation)))
            formation.clear()
            if len(lot) == 200:
                octets += _serialiser(chrono, lot)
        octets += _serialiser(chrono, lot)
    return {"octets": octets}


def _serialiser(chrono: Chrono, lot: list[Any]) -> int:
    from lxml import etree

    with chrono.mesurer():
        octets = sum(len(etree.tostring(element, encoding="utf-8")) for element in lot)
    lot.clear()
    return octets


def export(chrono: Chrono, *, sortie: str, fiches: str = "", **_: str) -> dict[str, Any]:
    """Le vrai export : composé, validé, écrit, condensé, mis en place."""
    from diffusion.exports.document import exporter
    from dokelio.socle.fichiers import ecrit_a_cote
    from formations.models import Action

    actions = list(Action.objects.order_by("pk").values_list("pk", flat=True)[: int(fiches)]) if fiches else None
    with chrono.mesurer(), ecrit_a_cote(Path(sortie)) as fichier:
        bilan = exporter(fichier, AU, actions=actions)
    assert not bilan.invalides, bilan.laissees[:3]
    return {"formations": bilan.formations, "octets": bilan.taille}


def temoin(chrono: Chrono, *, sortie: str, **_: str) -> dict[str, Any]:
    """L'exporteur témoin : instances préchargées par lots de 200, arbres lxml, sans validation."""
    from django.utils import timezone

    from tests.diffusion.oracle import exporter

    with chrono.mesurer(), Path(sortie).open("wb") as fichier:
        formations = exporter(fichier, AU, timezone.now())
    return {"formations": formations}


# ------------------------------------------------------------------ l'import


def lecture(chrono: Chrono, *, document: str, **_: str) -> dict[str, Any]:
    """Lire le document en flux et tout oublier : l'unité des imports."""
    from lxml import etree

    formations = 0
    with chrono.mesurer(), Path(document).open("rb") as flux:
        for _evenement, formation in etree.iterparse(flux, tag="{http://lheo.gouv.fr/2.3}formation"):
            formations += 1
            formation.clear()
            while formation.getprevious() is not None:
                del formation.getparent()[0]
    return {"formations": formations}


def importation(chrono: Chrono, *, document: str, **_: str) -> dict[str, Any]:
    """Importer le document dans la base, tel qu'elle est."""
    from django.db import transaction

    from diffusion.imports.fiche import Portee
    from diffusion.imports.moteur import importer

    with chrono.mesurer(), transaction.atomic(), Path(document).open("rb") as flux:
        rapport = importer(flux, Portee())
    return {"bilan": rapport.bilan()}


MESURES: dict[str, Callable[..., dict[str, Any]]] = {
    mesure.__name__: mesure for mesure in (copie, serialisation, export, temoin, lecture, importation)
}


def principal(arguments: list[str]) -> None:
    """Fait une mesure et écrit `{"mur", "cpu", "rss", …}` (secondes, mébioctets)."""
    nom, *couples = arguments
    options = dict(couple.split("=", 1) for couple in couples)
    django.setup()
    gc.collect()
    chrono = Chrono()
    with tempfile.TemporaryDirectory() as dossier:
        options.setdefault("sortie", f"{dossier}/sortie.xml")
        resultat = MESURES[nom](chrono, **options)
    print(json.dumps({"mur": chrono.mur, "cpu": chrono.cpu, "rss": memoire()} | resultat))


if __name__ == "__main__":
    principal(sys.argv[1:])
