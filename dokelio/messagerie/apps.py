"""Configuration de l'application « Messagerie »."""

from django.apps import AppConfig


class MessagerieConfig(AppConfig):
    name = "dokelio.messagerie"
    label = "messagerie"
    verbose_name = "Messagerie"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dokelio.messagerie import categories

        categories.declarer("acces", "Accès à votre compte", obligatoire=True)
        categories.declarer("resume", "Résumé quotidien", obligatoire=True)
