"""Ce qu'un mot de passe doit être : douze caractères, une majuscule, un caractère spécial, rien de deviné d'avance.

Source : FAQ de l'outil (majuscule et caractère spécial) et recommandation de la CNIL de 2022 (longueur, listes)."""

from __future__ import annotations

import re

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from dokelio.socle.recherche import cle_alphabetique

REGLE = "12 caractères au moins, une majuscule et un caractère spécial obligatoires."
LONGUEUR = 12
_PLUS_ENTENDUS = frozenset(
    {"motdepasse", "monmotdepasse", "azerty", "azertyuiop", "qwerty", "dokelio", "dokelioplus", "carif", "formation"}
    | {"organisme", "bonjour", "bienvenue", "administrateur", "iledefrance", "changezmoi", "password", "admin"}
)


class Longueur:
    """Douze caractères au moins."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password) < LONGUEUR:
            manque = LONGUEUR - len(password)
            suite = "ajoutez-en un" if manque == 1 else f"ajoutez-en {manque}"
            nombre = f"{len(password)}\u00a0caractère{'s' if len(password) > 1 else ''}"
            raise ValidationError(
                f"Ce mot de passe compte {nombre}. Il en faut {LONGUEUR}\u00a0: {suite}.", code="trop_court"
            )

    def get_help_text(self) -> str:
        return f"{LONGUEUR}\u00a0caractères au moins."


class Majuscule:
    """Une lettre majuscule, accentuée ou non."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if not any(caractere.isupper() for caractere in password):
            raise ValidationError("Il manque une majuscule\u00a0: ajoutez-en une.", code="sans_majuscule")

    def get_help_text(self) -> str:
        return "Une majuscule obligatoire."


class CaractereSpecial:
    """Un caractère qui n'est ni une lettre, ni un chiffre, ni une espace."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if not any(not caractere.isalnum() and not caractere.isspace() for caractere in password):
            raise ValidationError(
                "Il manque un caractère spécial\u00a0: ajoutez-en un, par exemple !, ?, - ou €.", code="sans_special"
            )

    def get_help_text(self) -> str:
        return "Un caractère spécial obligatoire."


class TropCommun(CommonPasswordValidator):
    """Les mots de passe que chacun essaierait, aussi quand chiffres et signes les habillent (« Motdepasse-2026! »)."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        nu = re.sub(r"[^a-z]", "", cle_alphabetique(password))
        repete = len(set(password.lower())) < 5
        if password.lower().strip() in self.passwords or nu in self.passwords or nu in _PLUS_ENTENDUS or repete:
            raise ValidationError(
                "Ce mot de passe est trop facile à deviner. Choisissez par exemple plusieurs mots sans lien entre eux.",
                code="trop_commun",
            )

    def get_help_text(self) -> str:
        return "Pas un mot de passe courant."


class TropProche:
    """Ni le nom, ni le prénom, ni l'adresse de la personne pour tout mot de passe."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if user is None:
            return
        nu = re.sub(r"[^a-z]", "", cle_alphabetique(password))
        adresse = str(getattr(user, "email", ""))
        siens = [getattr(user, "nom", ""), getattr(user, "prenom", ""), *re.split(r"[.@_-]", adresse)]
        for sien in siens:
            mot = cle_alphabetique(str(sien)).replace(" ", "")
            if len(mot) >= 4 and mot in nu and len(nu) - len(mot) < 4:
                raise ValidationError(
                    "Ce mot de passe est fait de votre nom ou de votre adresse. Choisissez autre chose.",
                    code="trop_proche",
                )

    def get_help_text(self) -> str:
        return "Ni votre nom, ni votre adresse."
