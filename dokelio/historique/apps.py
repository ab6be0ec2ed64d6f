"""Configuration de l'application « Historique »."""

from django.apps import AppConfig


class HistoriqueConfig(AppConfig):
    name = "dokelio.historique"
    label = "historique"
    verbose_name = "Historique"
    default_auto_field = "django.db.models.BigAutoField"
