"""Qui est qui au CARIF. Les rôles dans les organismes sont dits par la pièce `structures`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse

from dokelio.comptes.models import Portee, RoleCarif, Utilisateur

Personne = Utilisateur | AnonymousUser | AbstractBaseUser | None
P = ParamSpec("P")


def _a_le_role(u: Personne, role: str) -> bool:
    return isinstance(u, Utilisateur) and u.actif and u.role_carif == role


def est_documentaliste(u: Personne, portee_voulue: str | None = None) -> bool:
    """Vrai pour une documentaliste active ; avec `portee_voulue`, seulement si elle contrôle cela."""
    return _a_le_role(u, RoleCarif.DOCUMENTALISTE) and (portee_voulue is None or portee_voulue in portee(u))


def est_administrateur(u: Personne) -> bool:
    """Vrai pour un administrateur actif du CARIF."""
    return _a_le_role(u, RoleCarif.ADMINISTRATEUR)


def est_financeur(u: Personne) -> bool:
    """Vrai pour un financeur actif ; ses dispositifs sont dits par la pièce `conventionne`."""
    return _a_le_role(u, RoleCarif.FINANCEUR)


def est_du_carif(u: Personne) -> bool:
    """Vrai pour le personnel actif : documentalistes et administrateurs lisent tout."""
    return est_documentaliste(u) or est_administrateur(u)


def portee(u: Personne) -> frozenset[str]:
    """Ce qu'une documentaliste contrôle (valeurs de `Portee`) ; vide pour tous les autres."""
    if not isinstance(u, Utilisateur) or not est_documentaliste(u):
        return frozenset()
    return frozenset(u.portees) & frozenset(Portee.values)


def peut_gerer_les_comptes(u: Personne) -> bool:
    """Seuls les administrateurs créent, invitent et désactivent."""
    return est_administrateur(u)


def reserve(
    predicat: Callable[[Personne], bool],
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]], Callable[Concatenate[HttpRequest, P], HttpResponse]
]:
    """Décorateur de vue : qui n'est pas concerné ne trouve rien (404, jamais 403)."""

    def decorer(
        vue: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(vue)
        def gardee(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            personne: Any = request.user
            if not predicat(personne):
                raise Http404
            return vue(request, *args, **kwargs)

        return gardee

    return decorer
