"""Les fixtures de tous les essais."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

# Les lignes que des migrations écrivent disparaissent quand un essai vide la base : elles sont réécrites aussitôt.
LIGNES_DES_MIGRATIONS = {
    "conventionne": ("conventionne.migrations.0002_financeurs_et_dispositifs", "installer"),
    "diffusion": ("diffusion.migrations.0003_flux_intercarif", "creer"),
}


def pytest_configure() -> None:
    """Branche la réécriture sur la fin de chaque migration et de chaque vidage."""
    post_migrate.connect(_reecrire, dispatch_uid="tests.lignes_des_migrations", weak=False)


def _reecrire(sender: Any, **_: Any) -> None:
    if sender.label in LIGNES_DES_MIGRATIONS:
        module, fonction = LIGNES_DES_MIGRATIONS[sender.label]
        getattr(import_module(module), fonction)(apps, SimpleNamespace(connection=connection))


PARTAGE = Path(__file__).resolve().parents[1] / ".." / "shared"


@pytest.fixture(scope="session")
def dossier_partage() -> Path:
    """Le dossier voisin `shared/` (schéma et exemples officiels) ; l’essai est omis s’il manque, et échoue en CI."""
    dossier = PARTAGE.resolve()
    if not dossier.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(
                "le dossier voisin shared/ manque : les essais marqués « partage » ne peuvent pas être omis en CI"
            )
        pytest.skip("le dossier voisin shared/ manque : essai contre les documents officiels omis")
    return dossier
