"""Configuration de l'application « Diffusion »."""

from django.apps import AppConfig


class DiffusionConfig(AppConfig):
    """Imports, correspondances avec LHEO, flux des partenaires, archivage."""

    name = "diffusion"
    label = "diffusion"
    verbose_name = "Diffusion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit la validité LHEO sur la vie des actions et sur les écritures libres."""
        from diffusion import reactions
        from diffusion.views import panneaux as mes_panneaux
        from dokelio.publication.machine import machine
        from dokelio.socle import panneaux
        from sessions.actions.ecriture import inscrire_verification

        action = machine("formations.Action")
        for nom in ("soumettre", "valider", "corriger_et_valider"):
            action.inscrire_garde(nom, reactions.lisible_par_les_partenaires)
        inscrire_verification(reactions.encore_lisible)
        panneaux.inscrire(
            "formations.gestion",
            panneaux.Panneau("archivage", "diffusion/panneau_archivage.html", mes_panneaux.archivage, rang=20),
        )
