"""Configuration de l'application « Comptes »."""

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "dokelio.comptes"
    label = "comptes"
    verbose_name = "Comptes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dokelio.comptes import second_facteur

        second_facteur.brancher()
