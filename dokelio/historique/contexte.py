"""Qui fait les changements en cours : ce que les déclencheurs d'historique écrivent à côté de chaque ligne."""

from __future__ import annotations

from typing import Any

import pghistory


def contexte_historique(auteur: Any, **precisions: str) -> pghistory.context:
    """Contexte (`with`) des changements faits au nom de `auteur` (None : le système), avec des précisions JSON.

    Dans une requête, l'intergiciel a déjà ouvert le sien : celui-ci le complète, sans en changer l'auteur.
    """
    if auteur is not None:
        precisions = {"user": auteur.pk, **precisions}
    return pghistory.context(**precisions)
