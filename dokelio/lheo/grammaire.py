"""La grammaire de LHEO 2.3, en données : éléments, enfants ordonnés, longueurs, tables, attributs.
Tout ce qui lit, écrit, valide ou affiche du LHEO en dérive ; les faits sont dans `elements` et `tables`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal, cast

from .elements import ELEMENTS_LHEO
from .tables import TABLES_LHEO

ESPACE = "http://lheo.gouv.fr/2.3"
ESPACE_22 = "http://www.lheo.org/2.2"
ESPACE_EDOF = "https://www.of.moncompteformation.gouv.fr"
ESPACE_XML = "http://www.w3.org/XML/1998/namespace"
ESPACE_XSI = "http://www.w3.org/2001/XMLSchema-instance"
VERSION_GRAMMAIRE: str = "2.3-1"

RACINES: tuple[str, ...] = ("lheo", "lheo-plus", "lheo-index")
"""Les éléments qui peuvent être la racine d’un document."""

TYPES_ATTRIBUTS: Mapping[str, str] = MappingProxyType(
    {
        "numero": "string",
        "info": "string",
        "ref": "string",
        "id": "ID",
        "idref": "IDREF",
        "tag": "string",
        "horodatage-creation": "dateTime",
        "horodatage-modification": "dateTime",
        "horodatage-export": "dateTime",
        "uri": "anyURI",
        "href": "string",
        "file": "string",
        "datemaj": "string",
        "datecrea": "string",
    }
)
"""Le type XML Schema de chaque attribut, le même sur tous les éléments qui le portent."""

ATTRIBUTS_COMMUNS: tuple[str, ...] = tuple(TYPES_ATTRIBUTS)[:10]
"""Les dix attributs que tout élément admet ; aucun n’est imposé par le schéma."""

MOTIF_DATE = "[0-9][0-9][0-9][0-9][019][0-9][01239][0-9]"
"""Ce que le schéma exige d’une date (AAAAMMJJ, zéros et neuf pour l’inconnu) ; le calendrier n’y est pas vérifié."""

Nature = Literal["sequence", "choix", "texte", "table", "entier", "date", "libre"]
FEUILLES: frozenset[str] = frozenset({"texte", "table", "entier", "date"})
"""Les natures d’éléments qui ne contiennent qu’un texte."""


class ElementInconnu(LookupError):
    """Le nom ou le chemin demandé n’existe pas dans LHEO 2.3."""


@dataclass(frozen=True, slots=True)
class Enfant:
    """La place d’un élément dans la séquence de son parent ; `maxi` vaut None quand il n’est pas borné."""

    nom: str
    mini: int
    maxi: int | None

    @property
    def multiple(self) -> bool:
        """Vrai si l’arbre le représente par une liste (il peut paraître plus d’une fois)."""
        return self.maxi != 1


@dataclass(frozen=True, slots=True)
class Element:
    """Un élément de LHEO ; longueurs en caractères, bornes des entiers selon la définition (le schéma les ignore)."""

    nom: str
    libelle: str
    nature: Nature
    enfants: tuple[Enfant, ...] = ()
    lgmin: int | None = None
    lgmax: int | None = None
    vmin: int | None = None
    vmax: int | None = None
    table: str | None = None
    cercle: int | None = None
    attributs: tuple[str, ...] = ()
    ref_obligatoire: bool = False

    @property
    def feuille(self) -> bool:
        """Vrai si l’élément ne contient qu’un texte."""
        return self.nature in FEUILLES

    def admet_attribut(self, nom: str) -> bool:
        """Vrai si le schéma admet cet attribut (sans espace de noms) sur l’élément."""
        return nom in ATTRIBUTS_COMMUNS or nom in self.attributs


@dataclass(frozen=True, slots=True)
class Table:
    """Une table fermée de codes ; `entrees` = (code, libellé), dans l’ordre où les proposer."""

    nom: str
    libelle: str
    entrees: tuple[tuple[str, str], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Les codes admis."""
        return tuple(code for code, _ in self.entrees)

    def libelle_de(self, code: str) -> str:
        """Le libellé d’un code ; le code lui-même s’il n’est pas de la table."""
        return dict(self.entrees).get(code, code)


_OCCURRENCES: dict[str, tuple[int, int | None]] = {"": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}
_ENFANT = re.compile(r"([A-Za-z-]+)([?*+]|\{(\d+),(\d+)\})?")
_FEUILLE = re.compile(r"(texte|entier) (\d+)(?:\.\.(\d+))?")


def _lire_enfant(mot: str) -> Enfant:
    trouve = _ENFANT.fullmatch(mot)
    if trouve is None:
        raise ValueError(f"enfant illisible dans la grammaire : {mot!r}")
    nom, signe, mini, maxi = trouve.groups()
    if mini is not None:
        return Enfant(nom, int(mini), int(maxi))
    return Enfant(nom, *_OCCURRENCES[signe or ""])


def _lire_element(ligne: str) -> Element:
    """Lit une ligne de `elements` (voir l’en-tête de ce module)."""
    entete, _, contenu = ligne.partition(" = ")
    nom, cercle, libelle, *reste = (champ.strip() for champ in entete.split("|"))
    attributs = tuple(mot.removeprefix("@") for mot in " ".join(reste).split())
    ref_obligatoire = "ref!" in attributs
    attributs = tuple(a for a in attributs if a != "ref!")
    rang = int(cercle) if cercle.isdigit() else None
    nature, _, valeur = contenu.partition(" ")
    lgmin = lgmax = vmin = vmax = None
    table = valeur if nature == "table" else None
    enfants: tuple[Enfant, ...] = ()
    if bornes := _FEUILLE.fullmatch(contenu):
        bas, haut = int(bornes[2]), int(bornes[3] or bornes[2])
        if nature == "texte":
            lgmin, lgmax = bas, haut
        else:
            vmin, vmax = bas, haut
    elif nature == "choix":
        enfants = tuple(_lire_enfant(mot) for mot in valeur.split())
    elif nature != "table" and contenu not in ("date", "libre"):
        nature = "sequence"
        enfants = tuple(_lire_enfant(mot) for mot in contenu.split())
    return Element(
        nom, libelle, cast(Nature, nature), enfants, lgmin, lgmax, vmin, vmax, table, rang, attributs, ref_obligatoire
    )


def _lire_elements(texte: str) -> dict[str, Element]:
    lignes: list[str] = []
    for ligne in texte.strip().splitlines():
        if ligne.startswith(" "):
            lignes[-1] += " " + ligne.strip()
        else:
            lignes.append(ligne)
    elements = {e.nom: e for e in map(_lire_element, lignes)}
    if len(elements) != len(lignes):
        raise ValueError("un élément est décrit deux fois dans la grammaire")
    return elements


def _lire_tables(texte: str) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    nom = ""
    for ligne in texte.strip().splitlines():
        if ligne.startswith(" "):
            code, _, libelle = ligne.strip().partition(" ")
            table = tables[nom]
            tables[nom] = Table(nom, table.libelle, (*table.entrees, (code, libelle)))
        else:
            nom, libelle = (champ.strip() for champ in ligne.split("|"))
            tables[nom] = Table(nom, libelle, ())
    return tables


ELEMENTS: Mapping[str, Element] = MappingProxyType(_lire_elements(ELEMENTS_LHEO))
TABLES: Mapping[str, Table] = MappingProxyType(_lire_tables(TABLES_LHEO))


def element(nom: str) -> Element:
    """L’élément de ce nom ; lève `ElementInconnu`."""
    try:
        return ELEMENTS[nom]
    except KeyError:
        raise ElementInconnu(f"« {nom} » n’est pas un élément de LHEO 2.3") from None


@cache
def enfants_de(nom: str) -> Mapping[str, Enfant]:
    """Les enfants d’un élément par nom, dans l’ordre de la grammaire."""
    return MappingProxyType({e.nom: e for e in element(nom).enfants})


@cache
def ordre(nom: str) -> Mapping[str, int]:
    """Le rang (depuis 0) de chaque enfant d’un élément : l’ordre dans lequel les écrire."""
    return MappingProxyType({e.nom: rang for rang, e in enumerate(element(nom).enfants)})


def enfant(parent: str, nom: str) -> Enfant:
    """La place de `nom` dans `parent` ; lève `ElementInconnu` s’il n’y est pas admis."""
    trouve = enfants_de(parent).get(nom)
    if trouve is None:
        raise ElementInconnu(f"« {nom} » n’est pas un enfant de « {parent} » en LHEO 2.3")
    return trouve


def maxi(parent: str, nom: str) -> int | None:
    """Combien de fois `nom` peut paraître dans `parent` ; None : non borné."""
    return enfant(parent, nom).maxi


def est_multiple(parent: str, nom: str) -> bool:
    """Vrai si `nom` est une liste dans l’arbre de `parent`."""
    return enfant(parent, nom).multiple


@cache
def par_chemin(chemin: str) -> Element:
    """L’élément au bout d’un chemin (`formation/action/session`), chaque pas vérifié ; lève `ElementInconnu`."""
    premier, *suite = chemin.split("/")
    courant = element(premier)
    for nom in suite:
        enfant(courant.nom, nom)
        courant = ELEMENTS[nom]
    return courant


@cache
def parents_de(nom: str) -> tuple[str, ...]:
    """Les éléments qui admettent celui-ci pour enfant, dans l’ordre de la grammaire."""
    element(nom)
    return tuple(e.nom for e in ELEMENTS.values() if any(place.nom == nom for place in e.enfants))
