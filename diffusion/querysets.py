"""Requêtes de la diffusion."""

from typing import Any

from django.db import models


class ImportQuerySet(models.QuerySet[Any]):
    """Imports de documents LHEO."""

    def visibles_par(self, utilisateur: Any) -> "ImportQuerySet":
        """Le CARIF voit tout ; un membre, ce qui est entré dans ses organismes."""
        if utilisateur.est_personnel:
            return self
        return self.filter(organisme__rattachements__utilisateur=utilisateur)


class FluxQuerySet(models.QuerySet[Any]):
    """Flux des partenaires."""

    def actifs(self) -> "FluxQuerySet":
        return self.filter(actif=True)


class ExecutionQuerySet(models.QuerySet[Any]):
    """Exécutions des flux."""

    def ouvertes(self) -> "ExecutionQuerySet":
        """En attente ou en cours : au plus une par flux."""
        return self.filter(etat__in=("en_attente", "en_cours"))

    def publiees(self) -> "ExecutionQuerySet":
        return self.filter(etat="publie")

    def pour_liste(self) -> "ExecutionQuerySet":
        """Sans le détail de ce qui a été laissé de côté, qui peut peser."""
        return self.defer("laissees").select_related("flux", "demandee_par")
