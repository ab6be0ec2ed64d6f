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
