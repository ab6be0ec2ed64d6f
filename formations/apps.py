"""Configuration de l'application « Formations »."""

from django.apps import AppConfig


class FormationsConfig(AppConfig):
    """Les actions de formation (AF_) : fiche, indexation, vie, versions, contrôle."""

    name = "formations"
    label = "formations"
    verbose_name = "Formations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit la table de vie des actions."""
        from dokelio.messagerie.categories import declarer
        from dokelio.socle import panneaux
        from formations import publication  # noqa: F401
        from formations.views.controle.panneau import panneau

        declarer("archivage", "Archivage de vos fiches", "Avant et après l'archivage d'une fiche.")
        declarer("controle", "Contrôle de vos fiches", "Correction demandée, fiche acceptée, fiche retirée.")
        panneaux.inscrire("formations.gestion", panneaux.Panneau("controle", "controle/panneau.html", panneau, rang=10))
