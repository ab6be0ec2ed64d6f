"""Les règles d'un mot de passe, et la phrase de chaque refus."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from dokelio.comptes.models import Utilisateur


def _phrases(mot: str, utilisateur: Utilisateur | None = None) -> list[str]:
    try:
        validate_password(mot, utilisateur)
    except ValidationError as refus:
        return list(refus.messages)
    return []


@pytest.mark.parametrize("mot", ["Demonstration-2026!", "Tram-vert-2026 !", "Éléphant€douze", "correct Horse_battery"])
def test_un_mot_de_passe_conforme_est_admis(mot: str) -> None:
    assert _phrases(mot) == []


@pytest.mark.parametrize(
    ("mot", "phrase"),
    [
        ("Tram-vert-2", "Ce mot de passe compte 11\u00a0caractères. Il en faut 12\u00a0: ajoutez-en un."),
        ("Tram-vert", "Ce mot de passe compte 9\u00a0caractères. Il en faut 12\u00a0: ajoutez-en 3."),
        ("tram-vert-2026", "Il manque une majuscule\u00a0: ajoutez-en une."),
        ("Tramvert20262027", "Il manque un caractère spécial\u00a0: ajoutez-en un, par exemple !, ?, - ou €."),
        (
            "Motdepasse-2026!",
            "Ce mot de passe est trop facile à deviner. Choisissez par exemple plusieurs mots sans lien entre eux.",
        ),
    ],
)
def test_chaque_refus_dit_ce_qui_manque(mot: str, phrase: str) -> None:
    assert _phrases(mot) == [phrase]


def test_plusieurs_defauts_sont_dits_ensemble() -> None:
    assert len(_phrases("tramvert")) == 3


def test_ni_son_nom_ni_son_adresse() -> None:
    nadia = Utilisateur(email="nadia.belkacem@ateliers.exemple", prenom="Nadia", nom="Belkacem")
    assert _phrases("Belkacem-2026!", nadia) == [
        "Ce mot de passe est fait de votre nom ou de votre adresse. Choisissez autre chose."
    ]
