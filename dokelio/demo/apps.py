"""Configuration de l'application « Démonstration »."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "dokelio.demo"
    label = "demo"
    verbose_name = "Démonstration"
    default_auto_field = "django.db.models.BigAutoField"
