"""Application d'essai du moteur : installée par les réglages de test seulement."""

from django.apps import AppConfig


class AppliConfig(AppConfig):
    name = "tests.publication.appli"
    label = "appli_publication"
    verbose_name = "Essai du moteur"
    default_auto_field = "django.db.models.BigAutoField"
