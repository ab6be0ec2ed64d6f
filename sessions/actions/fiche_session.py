"""Modifier une session, la faire changer d'état, la supprimer."""

from typing import Any
from uuid import UUID

from dokelio.publication.contexte import un_geste
from dokelio.publication.moteur import effectuer
from sessions.actions.dates import publier_ce_qui_peut_l_etre
from sessions.actions.ecriture import ecriture_libre
from sessions.actions.edition import exiger_les_champs, noter_la_main, poser
from sessions.models import Session


def enregistrer_session(session: Session, auteur: Any, valeurs: dict[str, Any], edition: int | None) -> list[str]:
    """Écrit ces champs de la session et rend ceux qui ont changé ; un brouillon complété part avec sa fiche.

    Lève `EcritureConcurrente`, `EcritureRefusee` (champ réservé par la convention, offre qui deviendrait fausse).
    """
    with ecriture_libre(session.deroulement.action) as action, un_geste():
        ligne = _verrouillee(session)
        ligne.deroulement.action = action
        voulus = [nom for nom, valeur in valeurs.items() if getattr(ligne, nom) != valeur]
        exiger_les_champs(ligne.deroulement, auteur, voulus)
        changes = poser(ligne, valeurs, edition)
        if changes:
            noter_la_main(action)
            publier_ce_qui_peut_l_etre(action, [ligne], auteur)
        return changes


def changer_l_etat(session: Session, nom: str, auteur: Any, commentaire: str = "", jeton: UUID | None = None) -> None:
    """Annuler, rétablir, supprimer : la transition du moteur, sous la garde des écritures libres."""
    with ecriture_libre(session.deroulement.action) as action:
        effectuer(session, nom, auteur, commentaire, jeton=jeton)
        noter_la_main(action)


def _verrouillee(session: Session) -> Session:
    lignes = Session.objects.select_for_update(of=("self",)).select_related("deroulement")
    ligne: Session = lignes.get(pk=session.pk)
    return ligne
