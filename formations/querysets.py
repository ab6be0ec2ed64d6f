"""Requêtes sur les actions de formation et leurs versions."""

from typing import Any

from django.db import models

from dokelio.publication.champs import PubliableQuerySet


class ActionQuerySet(PubliableQuerySet[Any]):
    """Actions ; la portée d'abord (`visibles_par`), le verbe ensuite (`permissions.peut_…`)."""

    def visibles_par(self, utilisateur: Any) -> "ActionQuerySet":
        """Toutes pour le personnel du CARIF, celles de ses dispositifs pour un financeur, sinon celles de ses organismes."""
        if utilisateur.role_carif:
            return self
        return self.filter(organisme__rattachements__utilisateur=utilisateur)

    def brouillons(self) -> "ActionQuerySet":
        return self.filter(statut="brouillon")

    def a_controler(self) -> "ActionQuerySet":
        return self.filter(statut="a_controler")

    def en_redaction(self) -> "ActionQuerySet":
        return self.filter(statut="en_redaction")

    def en_diffusion(self) -> "ActionQuerySet":
        """Actions dont une version est à l'antenne, même si leur fiche est en cours de modification."""
        return self.filter(version_en_diffusion__isnull=False)

    def archivees(self) -> "ActionQuerySet":
        return self.filter(statut="archive")


class VersionQuerySet(models.QuerySet[Any]):
    """Versions diffusées d'une action."""

    def ouvertes(self) -> "VersionQuerySet":
        return self.filter(jusqu_a__isnull=True)
