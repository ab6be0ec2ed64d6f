"""Les comptes de la démonstration : ceux qu'on essaie, et les personnes qui ont fait son histoire."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from dokelio.comptes.models import Utilisateur
from structures.models import Organisme, Rattachement

MOT_DE_PASSE = "Demonstration-2026!"
ADMINISTRATEUR = "admin@dokelio.exemple"
DOCUMENTALISTE = "documentaliste@dokelio.exemple"
CONVENTIONNE = "conventionne@dokelio.exemple"
CARIF: dict[str, dict[str, Any]] = {
    ADMINISTRATEUR: {"prenom": "Hélène", "nom": "Charpentier", "role_carif": "administrateur"},
    DOCUMENTALISTE: {
        "prenom": "Nadia",
        "nom": "Ferrand",
        "role_carif": "documentaliste",
        "portees": ["non_conventionne", "apprentissage"],
    },
    CONVENTIONNE: {
        "prenom": "Julien",
        "nom": "Marchand",
        "role_carif": "documentaliste",
        "portees": ["conventionne"],
    },
    "financeur@dokelio.exemple": {"prenom": "Odile", "nom": "Renaud", "role_carif": "financeur"},
}
LECTEUR = "lecteur@dokelio.exemple"


@cache
def chiffre() -> str:
    """Le mot de passe de tous les comptes, chiffré une fois : cela prend un tiers de seconde."""
    return make_password(MOT_DE_PASSE)


def assurer(email: str, depuis: datetime, **champs: Any) -> Utilisateur:
    """Le compte de cette adresse, créé s'il manque ; un compte qui existe n'est pas touché."""
    compte, _ = Utilisateur.objects.get_or_create(
        email=email, defaults={"password": chiffre(), "telephone": "01 53 85 53 85", "cree_le": depuis, **champs}
    )
    return compte


def assurer_le_carif(depuis: datetime) -> dict[str, Utilisateur]:
    """Les comptes du CARIF et du financeur, par adresse."""
    return {email: assurer(email, depuis, **champs) for email, champs in CARIF.items()}


def rattacher(compte: Utilisateur, organisme: Organisme, role: str, depuis: datetime) -> None:
    """Fait de ce compte un membre de l'organisme ; sans effet s'il l'est déjà."""
    Rattachement.objects.get_or_create(
        utilisateur=compte, organisme=organisme, defaults={"role": role, "cree_le": depuis}
    )
