"""Configuration de l'application « Publication »."""

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "dokelio.publication"
    label = "publication"
    verbose_name = "Publication"
    default_auto_field = "django.db.models.BigAutoField"
