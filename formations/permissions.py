"""Qui peut quoi sur une action de formation.

Qui n'est pas concerné ne la voit pas (404) : la portée vient avant le verbe."""

from typing import Any

from dokelio.comptes.permissions import est_du_carif
from formations.models import Action, EtatAction
from structures.permissions import peut_rediger

EDITABLES = frozenset({EtatAction.BROUILLON, EtatAction.EN_REDACTION})


def peut_controler(action: Action, utilisateur: Any) -> bool:
    """Documentaliste dont la portée couvre l'action ; l'administrateur les a toutes."""
    if not est_du_carif(utilisateur):
        return False
    if utilisateur.role_carif == "administrateur":
        return True
    voulue = "conventionne" if action.conventionnee else "non_conventionne"
    return voulue in utilisateur.portees


def peut_creer(action: Action, utilisateur: Any) -> bool:
    """L'organisme crée du non conventionné ; seules les documentalistes pré-créent du conventionné (FAQ, partie 4)."""
    if action.conventionnee:
        return peut_controler(action, utilisateur)
    return peut_rediger(utilisateur, action.organisme_id)


def redige(action: Action, utilisateur: Any) -> bool:
    return peut_rediger(utilisateur, action.organisme_id)


def redige_ou_controle(action: Action, utilisateur: Any) -> bool:
    return redige(action, utilisateur) or peut_controler(action, utilisateur)


def peut_soumettre(action: Action, utilisateur: Any) -> bool:
    """Un rédacteur ; pour une action conventionnée, aussi la documentaliste qui l'a pré-créée."""
    return redige(action, utilisateur) or (action.conventionnee and peut_controler(action, utilisateur))


def peut_archiver(action: Action, utilisateur: Any) -> bool:
    """En plein contrôle, la documentaliste seule ; sinon aussi l'organisme."""
    if action.statut == EtatAction.A_CONTROLER:
        return peut_controler(action, utilisateur)
    return redige_ou_controle(action, utilisateur)


def peut_editer(action: Action, utilisateur: Any) -> bool:
    """Les champs contrôlés : le rédacteur en brouillon et en rédaction, la documentaliste partout sauf archive."""
    if action.statut in EDITABLES and redige(action, utilisateur):
        return True
    return action.statut != EtatAction.ARCHIVE and peut_controler(action, utilisateur)


def peut_editer_le_libre(action: Action, utilisateur: Any) -> bool:
    """Lieux, dates, prix, financements : aussi pendant le contrôle et la diffusion."""
    return action.statut != EtatAction.ARCHIVE and redige_ou_controle(action, utilisateur)
