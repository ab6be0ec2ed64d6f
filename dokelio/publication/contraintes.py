"""Une contrainte de la base qui porte une phrase devient un refus lisible : l'index est le dernier filet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.db.models.constraints import BaseConstraint

from dokelio.publication.refus import Refus, TransitionRefusee


@contextmanager
def contraintes_en_refus() -> Iterator[None]:
    """Traduit une contrainte violée en `TransitionRefusee` si son modèle lui donne une phrase ; sinon laisse passer."""
    try:
        yield
    except (ProtectedError, RestrictedError) as faute:
        phrase = "Cet objet sert ailleurs : il ne se supprime pas."
        raise TransitionRefusee([Refus("", phrase)]) from faute
    except IntegrityError as faute:
        phrase = _phrase(faute)
        if not phrase:
            raise
        raise TransitionRefusee([Refus("", phrase)]) from faute


def _phrase(faute: IntegrityError) -> str:
    """La phrase de la contrainte violée ; vide si elle n'en a pas."""
    nom = getattr(getattr(faute.__cause__, "diag", None), "constraint_name", None)
    if not nom:
        return ""
    for modele in apps.get_models(include_auto_created=True):
        for contrainte in modele._meta.constraints:
            if (
                contrainte.name == nom
                and contrainte.violation_error_message != BaseConstraint.default_violation_error_message
            ):
                return str(contrainte.violation_error_message)
    return ""
