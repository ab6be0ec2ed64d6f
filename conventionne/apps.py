"""Configuration de l'application « Conventionné »."""

from django.apps import AppConfig


class ConventionneConfig(AppConfig):
    name = "conventionne"
    label = "conventionne"
    verbose_name = "Conventionné"
    default_auto_field = "django.db.models.BigAutoField"
