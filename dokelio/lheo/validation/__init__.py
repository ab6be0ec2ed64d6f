"""Le validateur LHEO : toutes les fautes d’une formation, d’un arbre ou d’un document entier.
Structure (marche sur la grammaire, seulement si le schéma refuse) puis contrôles que le schéma ne fait pas."""

from .document import Rapport, valider_document
from .formation import valider_arbre, valider_element, valider_formation

__all__ = ["Rapport", "valider_arbre", "valider_document", "valider_element", "valider_formation"]
