"""`python -m tests.bench [--formations 10000] [--tours 5] [--garder]` : mesure, imprime, écrit docs/performances.md.

Les mesures se font dans des processus à elles, en tours entrelacés, sur deux bases faites pour cela puis jetées.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokelio.settings.test")

PETITE = 5  # la mémoire se compare à un cinquième des formations
Series = dict[str, list[dict[str, Any]]]


def principal() -> int:
    """Rend 0 si tous les seuils sont tenus, 1 sinon."""
    analyseur = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    analyseur.add_argument("--formations", type=int, default=10_000)
    analyseur.add_argument("--tours", type=int, default=5)
    analyseur.add_argument("--sans-import", action="store_true", help="ne pas mesurer les imports")
    analyseur.add_argument("--sans-ecrire", action="store_true", help="ne pas toucher à docs/performances.md")
    options = analyseur.parse_args()
    django.setup()
    from tests.bench import bases, pages, rapport

    with tempfile.TemporaryDirectory() as dossier:
        with bases.base("bench_export") as adresse:
            dire(f"Semer {options.formations} formations…")
            bases.semer(options.formations)
            export = mesurer_l_export(adresse, Path(dossier), options)
            requetes = pages.compter()
        imports: Series = {}
        if not options.sans_import:
            with bases.base("bench_import") as adresse:
                imports = mesurer_l_import(adresse, Path(dossier), max(1, options.tours // 2))
    lignes = rapport.lignes(export | imports, requetes, options.formations)
    rapport.imprimer(lignes)
    if not options.sans_ecrire:
        rapport.ecrire(lignes, options.formations, options.tours)
    return 0 if all(ligne.tenue for ligne in lignes) else 1


def mesurer_l_export(adresse: str, dossier: Path, options: argparse.Namespace) -> Series:
    """Les mesures de l'export, en tours entrelacés ; laisse `flux.xml` et `petit.xml` dans le dossier."""
    flux, petit = dossier / "flux.xml", dossier / "petit.xml"
    series: Series = defaultdict(list)
    series["export_petit"].append(mesure(adresse, "export", sortie=petit, fiches=max(1, options.formations // PETITE)))
    for tour in range(options.tours):
        dire(f"Export, tour {tour + 1} sur {options.tours}…")
        series["export"].append(mesure(adresse, "export", sortie=flux))
        series["copie"].append(mesure(adresse, "copie"))
        series["serialisation"].append(mesure(adresse, "serialisation", document=flux))
        series["temoin"].append(mesure(adresse, "temoin"))
    return series


def mesurer_l_import(adresse: str, dossier: Path, tours: int) -> Series:
    """Tout nouveau une fois, puis, à chaque tour : lire, tout changé, rien de changé."""
    flux, change = dossier / "flux.xml", dossier / "change.xml"
    series: Series = defaultdict(list)
    dire("Import, petit puis entier…")
    series["import_petit"].append(mesure(adresse, "importation", document=dossier / "petit.xml"))
    series["import_nouveau"].append(mesure(adresse, "importation", document=flux))
    for tour in range(tours):
        dire(f"Import, tour {tour + 1} sur {tours}…")
        changer(flux, change, tour)
        series["lecture"].append(mesure(adresse, "lecture", document=change))
        series["import_change"].append(mesure(adresse, "importation", document=change))
        series["import_inchange"].append(mesure(adresse, "importation", document=change))
    return series


def changer(source: Path, cible: Path, tour: int) -> None:
    """Le même document, où l'intitulé et la durée de chaque formation ont changé."""
    with source.open("rb") as lignes, cible.open("wb") as sortie:
        for ligne in lignes:
            changee = ligne.replace(b"<intitule-formation>", b"<intitule-formation>Tour %d : " % tour, 1)
            sortie.write(changee.replace(b"<duree-indicative>", b"<duree-indicative>%d. " % tour))


def mesure(adresse: str, nom: str, **options: Any) -> dict[str, Any]:
    """Une mesure dans un processus neuf ; médiane à faire par l'appelant."""
    commande = [sys.executable, "-m", "tests.bench.mesure", nom, *(f"{cle}={v}" for cle, v in options.items())]
    fini = subprocess.run(
        commande, env={**os.environ, "DATABASE_URL": adresse}, stdout=subprocess.PIPE, check=True, text=True
    )
    resultat: dict[str, Any] = json.loads(fini.stdout.splitlines()[-1])
    return resultat


def mediane(series: Series, nom: str, cle: str = "cpu") -> float:
    """La médiane d'une mesure."""
    return statistics.median(un[cle] for un in series[nom])


def dire(phrase: str) -> None:
    """Où l'on en est, sur l'erreur standard."""
    print(phrase, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(principal())
