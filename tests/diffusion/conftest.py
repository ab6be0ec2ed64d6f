"""Le flux de toutes les régions et un dossier de flux à chaque essai."""

from pathlib import Path
from typing import Any

import pytest

from diffusion.models import Flux


@pytest.fixture
def flux(db: None, settings: Any, tmp_path: Path) -> Flux:
    """Le flux « intercarif », dont les documents vont dans un dossier jeté à la fin."""
    settings.DOSSIER_FLUX = tmp_path / "flux"
    return Flux.objects.get_or_create(slug="intercarif", defaults={"nom": "Intercarif complet"})[0]
