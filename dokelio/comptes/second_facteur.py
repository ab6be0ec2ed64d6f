"""Le second facteur du personnel du CARIF : proposé, ou exigé avant toute page (`SECOND_FACTEUR`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dokelio.comptes.models import Utilisateur

MARQUE = "second_facteur_verifie"
# Ce qui reste permis tant que le second facteur n'est pas en place.
PORTES = frozenset(
    {"account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_index", "mfa_activate_totp"}
    | {"mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"}
)


def est_exige(utilisateur: Utilisateur | AnonymousUser) -> bool:
    """Vrai si cette personne ne peut rien faire sans second facteur."""
    return settings.SECOND_FACTEUR == "exige" and isinstance(utilisateur, Utilisateur) and utilisateur.est_personnel


def est_verifie(request: HttpRequest, utilisateur: Utilisateur) -> bool:
    """Vrai si cette session HTTP a passé le second facteur (à la connexion, ou en le mettant en place)."""
    if request.session.get(MARQUE) == utilisateur.pk:
        return True
    return any(trace.get("method") == "mfa" for trace in get_authentication_records(request, utilisateur))


class SecondFacteurMiddleware:
    """Conduit le personnel vers la mise en place du second facteur quand il est exigé et manque."""

    def __init__(self, suite: Callable[[HttpRequest], HttpResponse]) -> None:
        self.suite = suite

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.suite(request)

    def process_view(self, request: HttpRequest, vue: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Laisse passer les pages publiques et celles du second facteur."""
        utilisateur = request.user
        if not isinstance(utilisateur, Utilisateur) or not est_exige(utilisateur):
            return None
        if not getattr(vue, "login_required", True) or est_verifie(request, utilisateur):
            return None
        nom = request.resolver_match.url_name if request.resolver_match else None
        if Authenticator.objects.filter(user=utilisateur, type=Authenticator.Type.TOTP).exists():
            # Connexion faite avant la mise en place : elle n'a pas passé le second facteur.
            if nom == "account_logout":
                return None
            logout(request)
            return redirect("account_login")
        return None if nom in PORTES else redirect("mfa_activate_totp")


def marquer(sender: Any, request: HttpRequest, user: Utilisateur, **_: Any) -> None:
    """La personne vient de saisir un code juste en mettant son second facteur en place."""
    request.session[MARQUE] = user.pk


def brancher() -> None:
    """Appelé par `AppConfig.ready()`."""
    authenticator_added.connect(marquer, dispatch_uid="comptes.second_facteur")
