"""Configuration de l'application « Structures »."""

from django.apps import AppConfig


class StructuresConfig(AppConfig):
    """Organismes, lieux, formateurs, contacts, rattachements."""

    name = "structures"
    label = "structures"
    verbose_name = "Structures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit la table de vie des organismes et les catégories de messages."""
        from dokelio.messagerie.categories import declarer
        from structures import publication  # noqa: F401

        declarer("inscription", "Inscription de votre structure", obligatoire=True)
