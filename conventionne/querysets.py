"""Requêtes sur les dispositifs."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q


class DispositifQuerySet(models.QuerySet[Any]):
    """Dispositifs datés : on ne propose que ceux qui sont en vigueur."""

    def en_vigueur(self, jour: date) -> "DispositifQuerySet":
        return self.filter(Q(fin__isnull=True) | Q(fin__gte=jour), debut__lte=jour)

    def non_conventionnes(self) -> "DispositifQuerySet":
        return self.filter(conventionne=False)
