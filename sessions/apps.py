"""Configuration de l'application « Sessions de formation »."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """Lieux et modalités, sessions (SE_), financements."""

    name = "sessions"
    label = "sessions_formation"
    verbose_name = "Sessions de formation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Inscrit les tables de vie, et sur celle des actions ce que les sessions y ajoutent."""
        from dokelio.publication.machine import machine
        from formations.actions.versions import Contributeur, inscrire_contributeur
        from sessions import publication, reactions
        from sessions.actions.ecriture import inscrire_verification

        assert publication
        action = machine("formations.Action")
        action.inscrire_garde("soumettre", reactions.une_session_a_venir)
        action.inscrire_garde("soumettre", reactions.dans_le_perimetre)
        for nom in ("valider", "corriger_et_valider"):
            action.inscrire_garde(nom, reactions.dans_le_perimetre)
            action.inscrire_effet(nom, reactions.diffuser_les_sessions)
        inscrire_verification(reactions.perimetre_a_l_antenne)
        inscrire_contributeur("derogations", Contributeur(reactions.lire_derogations, reactions.remettre_derogations))
