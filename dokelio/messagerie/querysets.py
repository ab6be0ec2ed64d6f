"""Les courriels dus, les notifications d'une personne."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from dokelio.comptes.models import Utilisateur
    from dokelio.messagerie.models import Courriel, Notification  # noqa: F401


class CourrielQuerySet(models.QuerySet["Courriel"]):
    """Lots de la boîte d'envoi."""

    def en_attente(self) -> CourrielQuerySet:
        """Ni envoyés, ni abandonnés."""
        return self.filter(envoye_le__isnull=True, abandonne_le__isnull=True)

    def dus(self, au: datetime | None = None) -> CourrielQuerySet:
        """À envoyer maintenant (instant `au`, défaut : maintenant), les plus anciens d'abord."""
        return self.en_attente().filter(a_envoyer_apres__lte=au or timezone.now()).order_by("a_envoyer_apres", "pk")


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications : chacun ne voit que les siennes."""

    def visibles_par(self, utilisateur: Utilisateur) -> NotificationQuerySet:
        """Celles de cette personne, les plus récentes d'abord."""
        return self.filter(utilisateur=utilisateur).order_by("-pk")

    def non_lues(self) -> NotificationQuerySet:
        """Celles qui n'ont pas été lues (index partiel)."""
        return self.filter(lue_le__isnull=True)
