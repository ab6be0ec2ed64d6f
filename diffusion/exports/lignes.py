"""Des colonnes SQL à l'arbre LHEO, sans passer par une instance : même résultat que `socle.arbres.contenu`.

Chemin de la nuit : un lecteur se compose une fois d'après les champs du modèle, puis lit des centaines de milliers de
lignes.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from dokelio.socle.arbres import Arbre, champs_lheo, refondre, reste_de
from dokelio.socle.lheo import ArbreLheo, DateLheo, TexteLheo

Ligne = Sequence[Any]
JOUR_SQL = "to_char({} AT TIME ZONE 'Europe/Paris', 'YYYYMMDD')"
"""Le jour de Paris d'un instant, AAAAMMJJ."""


@dataclass(frozen=True, slots=True)
class Lecteur:
    """`colonnes` : expressions SQL, dans l'ordre ; `lire(ligne)` : l'arbre d'une ligne qui les porte à leur place."""

    colonnes: tuple[str, ...]
    lire: Callable[[Ligne], Arbre]


def lecteur(modele: type[models.Model], niveau: str, alias: str, debut: int) -> Lecteur:
    """Le lecteur des champs du modèle à ce niveau ; ses colonnes commencent à la place `debut` de la ligne.

    La base rend `NULL` pour ce qui est vide, et les dates déjà écrites : il reste peu à faire par ligne.
    """
    champs = champs_lheo(modele, niveau)
    plan = [
        (place, champ.chemin[-1], _conversion(champ), champ.chemin[1:-1]) for place, champ in enumerate(champs, debut)
    ]
    nus = [(place, nom) for place, nom, convertir, contenants in plan if convertir is None and not contenants]
    convertis = [(place, nom, convertir) for place, nom, convertir, contenants in plan if convertir and not contenants]
    profonds = [etape for etape in plan if etape[3]]
    place_du_reste = debut + len(champs)

    def lire(ligne: Ligne) -> Arbre:
        arbre: Arbre = {}
        for place, nom in nus:
            if (valeur := ligne[place]) is not None:
                arbre[nom] = valeur
        for place, nom, convertir in convertis:
            if (valeur := ligne[place]) is not None:
                arbre[nom] = convertir(valeur)
        for place, nom, convertir_ou_non, contenants in profonds:
            if (valeur := ligne[place]) is not None:
                parent = arbre
                for contenant in contenants:
                    parent = parent.setdefault(contenant, {})
                parent[nom] = convertir_ou_non(valeur) if convertir_ou_non else valeur
        if (reste := ligne[place_du_reste]) is None:
            return arbre
        return refondre(arbre, reste_de(modele, charger_json(reste), niveau)) or {}

    return Lecteur((*(_colonne(champ, alias) for champ in champs), colonne_json(f"{alias}.reste_lheo")), lire)


_LECTURE_JSON: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


def charger_json(texte: str) -> Any:
    """La valeur d'un jsonb lu en texte : `json.loads`, sans chercher de blancs autour."""
    return _LECTURE_JSON(texte, 0)[0]


def colonne_json(colonne: str) -> str:
    """Expression SQL d'une colonne jsonb en texte, `NULL` quand elle est vide (`{}` pour un objet)."""
    return f"NULLIF({colonne}::text, '{{}}')"


def _colonne(champ: Any, alias: str) -> str:
    """L'expression SQL d'un champ : `NULL` quand l'élément est absent."""
    colonne = f'{alias}."{champ.column}"'
    if isinstance(champ, ArbreLheo):
        return f"NULLIF({colonne}::text, '[]')" if champ.multiple else f"NULLIF({colonne}::text, 'null')"
    if isinstance(champ, DateLheo):
        return f"COALESCE(to_char({colonne}, 'YYYYMMDD'), '{champ.vers_lheo(None)}')"
    return f"NULLIF({colonne}, '')" if isinstance(champ, TexteLheo) else colonne


def _conversion(champ: Any) -> Callable[[Any], Any] | None:
    """Ce qui fait un nœud de la valeur d'une colonne ; `None` : elle-même."""
    if isinstance(champ, TexteLheo | DateLheo):
        return None
    conversion: Callable[[Any], Any] = charger_json if isinstance(champ, ArbreLheo) else champ.vers_lheo
    return conversion
