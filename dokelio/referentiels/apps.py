"""Configuration de l'application « Référentiels »."""

from django.apps import AppConfig


class ReferentielsConfig(AppConfig):
    name = "dokelio.referentiels"
    label = "referentiels"
    verbose_name = "Référentiels"
    default_auto_field = "django.db.models.BigAutoField"
