"""Configuration de l'application « Messagerie »."""

from django.apps import AppConfig


class MessagerieConfig(AppConfig):
    name = "dokelio.messagerie"
    label = "messagerie"
    verbose_name = "Messagerie"
    default_auto_field = "django.db.models.BigAutoField"
