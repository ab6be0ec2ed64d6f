"""Lectures de la table des événements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from dokelio.publication.models import Evenement  # noqa: F401


class EvenementQuerySet(models.QuerySet["Evenement"]):
    """Événements, du plus récent au plus ancien."""

    def de(self, objet: models.Model) -> EvenementQuerySet:
        """Ceux d'un objet, même supprimé depuis."""
        return self.filter(objet_type=objet._meta.label, objet_id=objet.pk)

    def avec_auteur(self) -> EvenementQuerySet:
        return self.select_related("auteur")
