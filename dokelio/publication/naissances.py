"""Beaucoup d'objets qui naissent ensemble (import, pré-création) : autant d'événements, peu de requêtes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from dokelio.historique.contexte import contexte_historique
from dokelio.publication.contexte import Contexte, jour_de_paris, un_geste
from dokelio.publication.contraintes import contraintes_en_refus
from dokelio.publication.machine import machine_de
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import evenement_pour, exiger
from dokelio.publication.refus import Refus, TransitionRefusee

LOT = 500


def naitre_en_lot(
    objets: Sequence[Any],
    nom: str,
    auteur: Any,
    commentaire: str = "",
    *,
    au: date | None = None,
    maintenant: datetime | None = None,
    **donnees: Any,
) -> list[Evenement]:
    """La naissance `nom` de tous les `objets` (d'un même modèle, non enregistrés), en lots, dans une transaction.

    Permission, gardes, estampilles et effets tournent objet par objet comme dans `effectuer` ; seules les insertions
    sont groupées. Mêmes exceptions, pour tout le lot ; `maintenant` : instant UTC, pour la démonstration.
    """
    if not objets:
        return []
    machine = machine_de(objets[0])
    transition = machine.transition(nom)
    instant = maintenant or timezone.now()
    contextes = [
        Contexte(
            machine, transition, auteur, commentaire.strip(), donnees, instant, au or jour_de_paris(instant), "", ""
        )
        for _ in objets
    ]
    with (
        contraintes_en_refus(),
        transaction.atomic(),
        un_geste() as geste,
        contexte_historique(auteur, geste=str(geste)),
    ):
        for objet, contexte in zip(objets, contextes, strict=True):
            if not transition.naissance or not objet._state.adding:
                raise TransitionRefusee([Refus("", "Cet objet existe déjà.")])
            contexte.geste = geste
            exiger(objet, contexte)
            for estampille in machine.estampilles(nom):
                estampille.fonction(objet, contexte)
        machine.modele._base_manager.bulk_create(objets, batch_size=LOT)
        evenements = [
            evenement_pour(objet, contexte, instant=maintenant)
            for objet, contexte in zip(objets, contextes, strict=True)
        ]
        Evenement.objects.bulk_create(evenements, batch_size=LOT)
        for objet, contexte, contexte.evenement in zip(objets, contextes, evenements, strict=True):
            for effet in machine.effets(nom):
                effet.fonction(objet, contexte)
    return evenements
