"""Ce que la diffusion montre dans l'onglet Gestion d'une fiche : quand elle s'archivera, et pourquoi."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from diffusion.archivage.regle import echeance_de
from formations.models import Action


def archivage(request: HttpRequest, action: Action) -> Mapping[str, Any] | None:
    """L'échéance d'archivage d'une action en diffusion ; rien pour les autres."""
    if not action.est_en_diffusion:
        return None
    au = timezone.localdate()
    echeance = echeance_de(action.pk, au)
    proche = echeance is not None and (echeance.effectif - au).days <= 30
    return {"action": action, "echeance": echeance, "proche": proche}
