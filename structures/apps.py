"""Configuration de l'application « Structures »."""

from django.apps import AppConfig


class StructuresConfig(AppConfig):
    name = "structures"
    label = "structures"
    verbose_name = "Structures"
    default_auto_field = "django.db.models.BigAutoField"
