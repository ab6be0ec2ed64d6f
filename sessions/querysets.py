"""Requêtes sur les déroulements, les sessions et leurs financements."""

from typing import Any

from django.db import models

from dokelio.publication.champs import PubliableQuerySet


class DeroulementQuerySet(models.QuerySet[Any]):
    """Lieux et modalités d'une action."""


class SessionQuerySet(PubliableQuerySet[Any]):
    """Sessions."""

    def visibles_par(self, utilisateur: Any) -> "SessionQuerySet":
        """Comme l'action qui les porte."""
        if utilisateur.role_carif:
            return self
        return self.filter(deroulement__action__organisme__rattachements__utilisateur=utilisateur)

    def en_diffusion(self) -> "SessionQuerySet":
        return self.filter(statut="en_diffusion")


class FinancementQuerySet(PubliableQuerySet[Any]):
    """Financements d'un déroulement."""

    def en_diffusion(self) -> "FinancementQuerySet":
        return self.filter(statut="en_diffusion")
