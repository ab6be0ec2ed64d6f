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
    """Le lecteur des champs du modèle à ce niveau ; ses colonnes commencent à la place `debut` de la ligne."""
    champs = champs_lheo(modele, niveau)
    plan = [
        (place, _conversion(champ), champ.chemin[1:-1], champ.chemin[-1], isinstance(champ, DateLheo))
        for place, champ in enumerate(champs, debut)
    ]
    place_du_reste = debut + len(champs)
    nus = [(place, nom) for place, convertir, contenants, nom, _ in plan if convertir is None and not contenants]
    autres = [etape for etape in plan if etape[1] is not None or etape[2]]

    def lire(ligne: Ligne) -> Arbre:
        arbre: Arbre = {}
        for place, nom in nus:
            if valeur := ligne[place]:
                arbre[nom] = valeur
        for place, convertir, contenants, nom, toujours in autres:
            valeur = ligne[place]
            if valeur is None and not toujours:
                continue
            noeud = (valeur or None) if convertir is None else convertir(valeur)
            if noeud is None:
                continue
            parent = arbre
            for contenant in contenants:
                parent = parent.setdefault(contenant, {})
            parent[nom] = noeud
        reste = ligne[place_du_reste]
        if reste == "{}":
            return arbre
        return refondre(arbre, reste_de(modele, json.loads(reste), niveau)) or {}

    colonnes = [_colonne(champ, alias) for champ in champs]
    return Lecteur((*colonnes, f"{alias}.reste_lheo::text"), lire)


def _colonne(champ: Any, alias: str) -> str:
    colonne = f'{alias}."{champ.column}"'
    return f"{colonne}::text" if isinstance(champ, ArbreLheo) else colonne


def _conversion(champ: Any) -> Callable[[Any], Any] | None:
    """Ce qui fait un nœud de la valeur d'une colonne ; `None` : elle-même."""
    if isinstance(champ, TexteLheo):
        return None
    if isinstance(champ, ArbreLheo):
        return _liste if champ.multiple else json.loads
    conversion: Callable[[Any], Any] = champ.vers_lheo
    return conversion


def _liste(texte: str) -> Any:
    return json.loads(texte) or None if texte != "[]" else None
