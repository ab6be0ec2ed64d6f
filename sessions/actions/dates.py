"""Ajouter des dates à un lieu : des sessions qui naissent par le moteur, et partent à l'antenne si l'action y est."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from dokelio.publication.contexte import un_geste
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import TransitionRefusee
from formations.models import Action
from sessions.actions.ecriture import ecriture_libre
from sessions.actions.edition import exiger_les_champs, noter_la_main
from sessions.models import Deroulement, Session


def ajouter_des_dates(
    lieu: Deroulement, auteur: Any, lignes: Sequence[dict[str, Any]], jeton: UUID | None = None
) -> list[Session]:
    """Une session par ligne (`debut`, `fin`, `etat_recrutement`) ; le même jeton n'ajoute qu'une fois.

    Lève `EcritureRefusee` (dates réservées, offre qui deviendrait fausse) ; une session à qui il manque de quoi être
    diffusée reste en brouillon.
    """
    with ecriture_libre(lieu.action) as action, un_geste():
        lieu = Deroulement.objects.get(pk=lieu.pk)
        lieu.action = action
        if deja_fait(jeton):
            return []
        exiger_les_champs(lieu, auteur, ["debut"])
        return creer_les_sessions(lieu, auteur, lignes, jeton)


def deja_fait(jeton: UUID | None) -> bool:
    """Ce formulaire a déjà créé ses sessions."""
    return jeton is not None and Evenement.objects.filter(jeton=_jeton_de(jeton, 0)).exists()


def creer_les_sessions(
    lieu: Deroulement, auteur: Any, lignes: Sequence[dict[str, Any]], jeton: UUID | None = None
) -> list[Session]:
    """Le même geste, dans l'écriture libre déjà ouverte par l'appelant."""
    rang = lieu.sessions.count()
    sessions = []
    for i, valeurs in enumerate(lignes):
        session = Session(deroulement=lieu, rang=rang + i + 1, **valeurs)
        effectuer(session, "creer", auteur, jeton=_jeton_de(jeton, i) if jeton else None)
        sessions.append(session)
    publier_ce_qui_peut_l_etre(lieu.action, sessions, auteur)
    noter_la_main(lieu.action)
    return sessions


def publier_ce_qui_peut_l_etre(action: Action, sessions: Sequence[Session], auteur: Any) -> None:
    """À l'antenne aussitôt si l'action y est et si rien ne manque (conception §4)."""
    if not action.est_en_diffusion:
        return
    for session in sessions:
        if session.statut != "brouillon":
            continue
        try:
            with transaction.atomic():
                effectuer(session, "publier", auteur)
        except TransitionRefusee:
            continue


def _jeton_de(jeton: UUID, rang: int) -> UUID:
    return uuid5(jeton, str(rang))
