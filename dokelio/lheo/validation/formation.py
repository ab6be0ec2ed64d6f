"""Valider une formation ou tout autre élément, lxml ou arbre JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from lxml import etree
from lxml.etree import _Element as Elt

from dokelio.lheo.anomalies import Anomalie, anomalie
from dokelio.lheo.arbre import Noeud, vers_element
from dokelio.lheo.grammaire import ESPACE
from dokelio.lheo.schema import schema

from .controles import controler
from .structure import Marche, ligne_de


def fautes_de_structure(element: Elt, nom: str, chemin: str) -> list[Anomalie]:
    """Ce que le schéma refuse dans un élément LHEO 2.3 : aucune marche s’il l’accepte, toutes ses fautes sinon."""
    verificateur = schema()
    if verificateur.validate(element):
        return []
    journal = [(entree.line, entree.message) for entree in cast(Iterable[Any], verificateur.error_log)]
    marche = Marche()
    marche.verifier(element, nom, chemin)
    if not marche.anomalies:
        ligne, message = journal[0] if journal else (ligne_de(element), "")
        message = message.replace(f"{{{ESPACE}}}", "")
        return [anomalie("refus-du-schema", ligne=ligne, chemin=chemin, champ=nom, valeur=message)]
    return marche.anomalies


def valider_element(element: Elt, chemin: str) -> list[Anomalie]:
    """Toutes les anomalies d’un élément LHEO 2.3, structure puis contrôles, dans l’ordre des lignes."""
    nom = str(etree.QName(element).localname)
    fautes = fautes_de_structure(element, nom, chemin)
    deja_dits = {faute.chemin for faute in fautes}
    fautes += [faute for faute in controler(element, chemin) if faute.chemin not in deja_dits]
    if len(fautes) > 1:
        fautes.sort(key=lambda a: a.ligne or 0)
    return fautes


def valider_formation(element: Elt, chemin: str = "/formation") -> list[Anomalie]:
    """Toutes les anomalies d’une `formation` (élément lxml en LHEO 2.3).

    `chemin` est celui de la formation dans son document (`/lheo/offres/formation[3]`). Elle est lisible si aucune
    anomalie n’est `illisible`. Ne mute pas l’élément.
    """
    return valider_element(element, chemin)


def valider_arbre(nom: str, noeud: Noeud) -> list[Anomalie]:
    """Toutes les anomalies de l’arbre JSON d’un élément ; les lignes valent None, les chemins partent de `/nom`."""
    return [replace(faute, ligne=None) for faute in valider_element(vers_element(nom, noeud), f"/{nom}")]
