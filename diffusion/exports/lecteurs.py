"""Ce que supposent les lecteurs en production, au-delà du schéma : le principal en tête, des prix qui sont des nombres.

Les règles viennent du relevé des lecteurs du réseau ; chacune a son essai avec un petit lecteur qui en dépend.
"""

import re
from typing import Any

from dokelio.socle.arbres import Arbre, texte_de

PRINCIPAL = "principal"
_PRIX = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_PRIX_LUS = ("prix-total-TTC", "prix-horaire-TTC")


def principal_en_tete(elements: list[Any]) -> list[Any]:
    """Les mêmes éléments, dont un et en premier porte `tag="principal"` : le premier, si aucun ne le dit."""
    if not elements:
        return elements
    rang = next((n for n, un in enumerate(elements) if isinstance(un, dict) and un.get("@tag") == PRINCIPAL), None)
    if rang is None:
        premier = elements[0] if isinstance(elements[0], dict) else {"#": elements[0]}
        return [premier | {"@tag": PRINCIPAL}, *elements[1:]] if "@tag" not in premier else elements
    return [elements[rang], *elements[:rang], *elements[rang + 1 :]] if rang else elements


def designer(arbre: Arbre, *noms: str) -> None:
    """Met le principal en tête de chacune de ces listes d'un nœud (qui est à l'appelant)."""
    for nom in noms:
        if elements := arbre.get(nom):
            arbre[nom] = principal_en_tete(elements)


def pour_les_lecteurs(formation: Arbre) -> Arbre:
    """La formation telle que la lisent les partenaires ; l'arbre donné est à l'appelant, ses listes ne changent pas."""
    designer(formation, "contact-formation")
    domaine = formation.get("domaine-formation")
    if isinstance(domaine, dict) and domaine.get("code-FORMACODE"):
        formation["domaine-formation"] = domaine = dict(domaine)
        designer(domaine, "code-FORMACODE")
    for action in formation.get("action", ()):
        designer(action, "lieu-de-formation", "organisme-formateur")
        for nom in _PRIX_LUS:
            if nom in action and not _PRIX.fullmatch(texte_de(action[nom])):
                del action[nom]
    return formation
