"""Configuration de l'application « Structures »."""

from django.apps import AppConfig


class StructuresConfig(AppConfig):
    """Organismes, lieux, formateurs, contacts, rattachements."""

    name = "structures"
    label = "structures"
    verbose_name = "Structures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit la table de vie des organismes, les catégories de messages, les structures d'un compte."""
        from dokelio.comptes import creation
        from dokelio.messagerie.categories import declarer
        from dokelio.socle.panneaux import Panneau, inscrire
        from structures import publication  # noqa: F401
        from structures.actions.rattachements import rattacher_a_la_creation
        from structures.forms import rattachements as formulaire
        from structures.views.rattachements import panneau

        declarer("inscription", "Inscription de votre structure", obligatoire=True)
        creation.inscrire(
            creation.Volet(
                nom="rattachement",
                titre="Organisme de formation",
                champs=formulaire.champs,
                verifier=formulaire.verifier,
                enregistrer=rattacher_a_la_creation,
            )
        )
        inscrire("comptes.compte", Panneau("rattachements", "structures/panneau_rattachements.html", panneau))
