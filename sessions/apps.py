"""Configuration de l'application « Sessions de formation »."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "sessions_formation"
    verbose_name = "Sessions de formation"
    default_auto_field = "django.db.models.BigAutoField"
