"""Configuration de l'application « Formations »."""

from django.apps import AppConfig


class FormationsConfig(AppConfig):
    name = "formations"
    label = "formations"
    verbose_name = "Formations"
    default_auto_field = "django.db.models.BigAutoField"
