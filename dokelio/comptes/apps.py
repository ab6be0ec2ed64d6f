"""Configuration de l'application « Comptes »."""

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "dokelio.comptes"
    label = "comptes"
    verbose_name = "Comptes"
    default_auto_field = "django.db.models.BigAutoField"
