"""Le tableau des mesures : chaque rapport, son seuil, et s'il est tenu ; imprimé, et écrit dans la documentation."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "performances.md"
MEMOIRE = 150.0
REQUETES = 12

Series = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Mesure:
    """Une ligne du tableau ; `seuil` vaut `None` pour une simple information."""

    nom: str
    valeur: float | None
    seuil: float | None
    unite: str = ""

    @property
    def tenue(self) -> bool:
        return self.valeur is None or self.seuil is None or self.valeur <= self.seuil

    def en_texte(self) -> tuple[str, str, str, str]:
        """Nom, valeur, seuil, verdict."""
        decimales = 0 if self.unite in ("Mo", "requêtes", "µs") else 2
        valeur = "non mesurée" if self.valeur is None else f"{self.valeur:.{decimales}f}".replace(".", ",")
        seuil = "" if self.seuil is None else f"≤ {self.seuil:g}".replace(".", ",")
        verdict = "" if self.seuil is None or self.valeur is None else "tenu" if self.tenue else "DÉPASSÉ"
        return self.nom, f"{valeur} {self.unite}".strip(), seuil, verdict


def lignes(series: Series, requetes: dict[str, int | None], formations: int) -> list[Mesure]:
    """Les rapports des médianes, et ce qu'ils doivent tenir."""

    def mediane(nom: str, cle: str = "cpu") -> float | None:
        return statistics.median(un[cle] for un in series[nom]) if series.get(nom) else None

    def rapport(haut: float | None, bas: float | None) -> float | None:
        return haut / bas if haut is not None and bas else None

    copie, serialisation, export = mediane("copie"), mediane("serialisation"), mediane("export")
    borne = (copie or 0) + (serialisation or 0)
    lecture = mediane("lecture")
    tableau = [
        Mesure("COPY des colonnes lues, par formation", (copie or 0) / formations * 1e6, None, "µs"),
        Mesure("sérialiser les arbres bâtis, par formation", (serialisation or 0) / formations * 1e6, None, "µs"),
        Mesure("export complet et validé, par formation", (export or 0) / formations * 1e6, None, "µs"),
        Mesure("export complet et validé / B (COPY + sérialisation)", rapport(export, borne), 4, "× B"),
        Mesure("export complet et validé / exporteur témoin", rapport(export, mediane("temoin")), 0.5, "×"),
        Mesure("import, tout a changé / lecture", rapport(mediane("import_change"), lecture), 25, "×"),
        Mesure("import, rien n'a changé / lecture", rapport(mediane("import_inchange"), lecture), 2.5, "×"),
        Mesure("import, tout est nouveau / lecture", rapport(mediane("import_nouveau"), lecture), None, "×"),
    ]
    for nom, grand, petit in (("export", "export", "export_petit"), ("import", "import_nouveau", "import_petit")):
        memoire = mediane(grand, "rss")
        tableau.append(Mesure(f"mémoire de l'{nom}, au plus haut", memoire, MEMOIRE, "Mo"))
        tableau.append(Mesure(f"mémoire de l'{nom} / un cinquième", rapport(memoire, mediane(petit, "rss")), 1.1, "×"))
    tableau += [Mesure(f"page « {nom} »", compte, REQUETES, "requêtes") for nom, compte in requetes.items()]
    return tableau


def imprimer(tableau: list[Mesure]) -> None:
    """Le tableau en colonnes."""
    textes = [ligne.en_texte() for ligne in tableau]
    largeurs = [max(len(texte[colonne]) for texte in textes) for colonne in range(4)]
    for texte in textes:
        print("  ".join(cellule.ljust(largeur) for cellule, largeur in zip(texte, largeurs, strict=True)).rstrip())


def ecrire(tableau: list[Mesure], formations: int, tours: int) -> None:
    """`docs/performances.md`."""
    corps = "\n".join("| " + " | ".join(ligne.en_texte()) + " |" for ligne in tableau)
    DOCUMENT.write_text(TEXTE.format(formations=formations, tours=tours, corps=corps, machine=machine()), "utf-8")


def machine() -> str:
    """Où les mesures ont été faites, sans rien qui nomme la machine."""
    return f"{os.cpu_count()} cœurs, Python {platform.python_version()}"


TEXTE = """# Performances

Ce tableau est écrit par `make bench` : {formations} formations d'une quinzaine de kilo-octets, cinq sessions chacune,
médianes de {tours} tours entrelacés, chaque mesure dans un processus neuf ({machine}). Le temps est celui du
processeur, le nôtre et celui du serveur de base : les rapports disent quelle route est rapide, pas combien de secondes
elle prendra ailleurs.

| mesure | valeur | seuil | |
|---|---|---|---|
{corps}

`B` est la borne : sortir de PostgreSQL par COPY les colonnes que lit l'exporteur, puis sérialiser par lxml des arbres
déjà bâtis. L'exporteur témoin (`tests/diffusion/oracle.py`) précharge des instances par lots et bâtit des arbres lxml,
sans valider ; il dit la même chose, à la forme canonique près. L'unité des imports est la lecture du même fichier en
flux, sans rien en faire. La mémoire est le maximum du processus, Django compris.

## Les routes

- **Export** (`diffusion/exports/`) : sept curseurs du serveur, ordonnés de même (organisme, fiche, lieu), dans une
  seule transaction `REPEATABLE READ READ ONLY`, quel que soit le nombre de formations. Les lignes deviennent des arbres
  sans passer par les instances, les arbres du texte par l'écrivain de la grammaire. Chaque formation est relue et
  validée avant d'être écrite par un schéma resserré ; ce qu'il refuse passe par le validateur complet.
- **Mémoire** : un organisme et une fiche à la fois. Le ramasse-miettes est suspendu pendant l'écriture : les arbres
  n'ont pas de cycle.
- **Import** (`diffusion/imports/`) : lecture en flux, lots de 500, une empreinte par formation pour reconnaître ce qui
  n'a pas changé.
- **Listes** : pages par clé, ni OFFSET ni comptage sans borne.
"""
