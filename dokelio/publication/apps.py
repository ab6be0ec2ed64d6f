"""Configuration de l'application « Publication »."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PublicationConfig(AppConfig):
    name = "dokelio.publication"
    label = "publication"
    verbose_name = "Publication"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Lit les tables de toutes les applications avant que leurs voisines n'y inscrivent gardes et effets."""
        from dokelio.historique.querysets import inscrire_source
        from dokelio.publication.frise import entrees_de

        inscrire_source(entrees_de)
        autodiscover_modules("publication")
