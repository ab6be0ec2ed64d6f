"""Le petit jeu et un grand catalogue, chargés une fois pour tous les essais du dossier, puis annulés."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from dokelio.demo import masse, petite


@pytest.fixture(scope="module")
def petit_jeu(django_db_setup: None, django_db_blocker: Any) -> Iterator[petite.Bilan]:
    """Le petit jeu dans la base d'essai, rendue à la fin comme elle était."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield petite.charger()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def grand_catalogue(django_db_setup: None, django_db_blocker: Any) -> Iterator[petite.Bilan]:
    """Un catalogue versé en masse, assez grand pour avoir toutes les histoires, rendu à la fin."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield masse.charger(masse.Tailles(6, 120, 400), graine=3)
        transaction.set_rollback(True)
