"""Le compte de la cloche, à bas prix : un index partiel, cent au plus."""

from __future__ import annotations

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie.models import Notification

PLAFOND = 100


def nombre_non_lues(utilisateur: Utilisateur) -> int:
    """Nombre de notifications non lues, `PLAFOND` voulant dire « au moins cent ». Une requête."""
    lot = Notification.objects.filter(utilisateur=utilisateur, lue_le__isnull=True).values("pk")
    return lot[:PLAFOND].count()
