"""Configuration de l'application « Référentiels »."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class ReferentielsConfig(AppConfig):
    name = "dokelio.referentiels"
    label = "referentiels"
    verbose_name = "Référentiels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_charger_le_fonds, sender=self, dispatch_uid="referentiels.fonds")


def _charger_le_fonds(using: str = "default", **_: Any) -> None:
    """Après chaque migration (et chaque vidage de base de test), écrit ce qui manque du fonds livré.

    Une migration de données ne conviendrait pas : elle ne se rejoue ni après un vidage, ni quand le fonds change."""
    from dokelio.referentiels.models import Certification, ImportReferentiel

    tables = {ImportReferentiel._meta.db_table, Certification._meta.db_table}
    if using != "default" or not tables <= set(connections[using].introspection.table_names()):
        return
    from dokelio.referentiels.donnees import charger_socle_referentiels

    charger_socle_referentiels()
