"""Qui peut quoi dans un organisme : le rôle vient du rattachement, la fonction au CARIF du compte."""

from typing import Any

from dokelio.comptes.permissions import est_du_carif
from structures.models import Organisme, RoleMembre

REDACTION = frozenset({RoleMembre.REDACTEUR, RoleMembre.GESTIONNAIRE})


def roles_de(utilisateur: Any) -> dict[int, str]:
    """Rôle par identifiant d'organisme, lu une fois par requête."""
    if not hasattr(utilisateur, "_roles_par_organisme"):
        utilisateur._roles_par_organisme = dict(utilisateur.rattachements.values_list("organisme_id", "role"))
    roles: dict[int, str] = utilisateur._roles_par_organisme
    return roles


def role_dans(utilisateur: Any, organisme_id: int) -> str:
    """Rôle de la personne dans l'organisme, ou chaîne vide."""
    return roles_de(utilisateur).get(organisme_id, "")


def est_membre(utilisateur: Any, organisme_id: int) -> bool:
    return bool(role_dans(utilisateur, organisme_id))


def peut_rediger(utilisateur: Any, organisme_id: int) -> bool:
    """Rédacteurs et gestionnaires écrivent ; un lecteur lit."""
    return role_dans(utilisateur, organisme_id) in REDACTION


def est_gestionnaire(utilisateur: Any, organisme_id: int) -> bool:
    return role_dans(utilisateur, organisme_id) == RoleMembre.GESTIONNAIRE


def peut_instruire(organisme: Organisme, utilisateur: Any) -> bool:
    """Décider d'une inscription (domaine §6.2)."""
    return est_du_carif(utilisateur)


def peut_modifier_structure(organisme: Organisme, utilisateur: Any) -> bool:
    """Les champs libres : ses gestionnaires et le CARIF ; les champs protégés passent par une demande."""
    return est_du_carif(utilisateur) or est_gestionnaire(utilisateur, organisme.pk)
