"""Ce que django-allauth doit savoir de la maison : inscription fermée, phrases, courriels dans la boîte d'envoi."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage, get_connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from dokelio.comptes.models import Utilisateur
from dokelio.comptes.second_facteur import est_exige

CATEGORIE = "acces"


def adresse_du_lien(cle: str) -> str:
    """L'adresse publique du lien à usage unique ; `cle` est « uid-jeton »."""
    uid, _, jeton = cle.partition("-")
    return settings.ADRESSE_PUBLIQUE + reverse("account_reset_password_from_key", args=(uid, jeton))


def nouveau_lien(utilisateur: Utilisateur) -> str:
    """Un lien neuf, valable 24 heures et une fois : il meurt avec le mot de passe qu'il fait choisir."""
    from allauth.account.forms import default_token_generator

    return adresse_du_lien(f"{user_pk_to_url_str(utilisateur)}-{default_token_generator.make_token(utilisateur)}")


def composer_message(gabarit: str, adresse: str, contexte: Mapping[str, Any]) -> EmailMessage:
    """Le message de `templates/courriels/<gabarit>.txt`, adressé à la boîte d'envoi."""
    variables = {"adresse_publique": settings.ADRESSE_PUBLIQUE, **contexte}
    rendus = {
        partie: render_to_string(f"courriels/{gabarit}.txt", {**variables, "partie": partie})
        for partie in ("sujet", "texte")
    }
    return EmailMessage(
        subject=re.sub(r"[ \t\r\n]+", " ", rendus["sujet"]).strip(" "),
        body=re.sub(r"\n{3,}", "\n\n", rendus["texte"]).strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[adresse],
        headers={"X-Dokelio-Categorie": CATEGORIE},
        connection=get_connection(settings.COURRIELS_BOITE),
    )


class Adaptateur(DefaultAccountAdapter):
    """Comptes : personne ne s'inscrit seul ; les refus disent quoi faire."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Ce compte est désactivé. Écrivez au CARIF pour le rouvrir.",
        "email_password_mismatch": (
            "Courriel ou mot de passe inconnu. Vérifiez-les, ou demandez un nouveau mot de passe."
        ),
        "too_many_login_attempts": (
            "Trop d'essais manqués. Attendez cinq minutes, ou demandez un nouveau mot de passe."
        ),
        "enter_current_password": "Ce n'est pas votre mot de passe actuel.",
        "incorrect_password": "Ce n'est pas votre mot de passe.",
        "incorrect_code": "Ce code n'est pas le bon, ou il a déjà servi. Saisissez celui qui s'affiche maintenant.",
        "rate_limited": "Trop d'essais. Attendez une minute avant de recommencer.",
    }

    # Les courriels d'allauth et leur gabarit chez nous.
    gabarits: ClassVar[dict[str, str]] = {
        "account/email/password_reset_key": "mot_de_passe_oublie",
        "account/email/password_changed": "mot_de_passe_change",
        "account/email/password_reset": "mot_de_passe_change",
        "mfa/email/totp_activated": "second_facteur_actif",
        "mfa/email/totp_deactivated": "second_facteur_retire",
        "mfa/email/recovery_codes_generated": "codes_de_secours",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Seul un administrateur crée des comptes."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        return adresse_du_lien(key)

    def send_password_reset_mail(self, user: Utilisateur, email: str, context: dict[str, Any]) -> None:
        """Une personne qui n'a encore jamais choisi de mot de passe reçoit son invitation de nouveau."""
        self.send_mail("account/email/password_reset_key", user.email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Range le courriel dans la boîte d'envoi ; un courriel d'allauth que nous n'avons pas traduit ne part pas."""
        gabarit = self.gabarits.get(template_prefix)
        if gabarit is None:
            return
        utilisateur = context.get("user") or getattr(self.request, "user", None)
        contexte = {
            "prenom": getattr(utilisateur, "prenom", ""),
            "utilisateur": utilisateur,
            "lien": context.get("password_reset_url", ""),
            "invitation": isinstance(utilisateur, Utilisateur) and not utilisateur.has_usable_password(),
            "instant": context.get("timestamp"),
        }
        composer_message(gabarit, email, contexte).send()

    # Ce que disent les gestes d'allauth une fois faits ; les autres ne disent rien.
    annonces: ClassVar[dict[str, str]] = {
        "account/messages/logged_out.txt": "La connexion est fermée.",
        "account/messages/password_changed.txt": "Votre mot de passe est enregistré.",
        "mfa/messages/totp_activated.txt": "Le second facteur est en place.",
        "mfa/messages/totp_deactivated.txt": "Le second facteur est retiré.",
        "mfa/messages/recovery_codes_generated.txt": "Voici vos nouveaux codes de secours.",
    }

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Annonce un geste fait, par nos phrases."""
        phrase = message or self.annonces.get(message_template or "")
        if phrase:
            messages.add_message(request, level, phrase, extra_tags=extra_tags)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Qui vient de se connecter n'a pas à redonner aussitôt son mot de passe."""
        traces = get_authentication_records(self.request, self.request.user)
        if any(time.time() - trace.get("at", 0) < REAUTHENTICATION_TIMEOUT for trace in traces):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mon_compte")


class AdaptateurSecondFacteur(DefaultMFAAdapter):
    """Second facteur : une personne à qui il est exigé ne peut pas le retirer."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Ce code n'est pas le bon, ou il a déjà servi. Saisissez celui qui s'affiche maintenant.",
        "cannot_delete_authenticator": "Le second facteur est exigé du personnel du CARIF\u00a0: il ne se retire pas.",
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not est_exige(authenticator.user)
