"""Les fixtures de tous les essais."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
