"""Le panneau « Contrôle » de l'onglet Gestion : de la fiche à sa relecture, pour les documentalistes."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from formations.models import Action, EtatAction
from formations.permissions import peut_controler
from formations.reactions import est_prise


def panneau(request: HttpRequest, action: Action) -> dict[str, Any] | None:
    """Ce que la personne peut faire au contrôle de cette fiche ; None si elle ne contrôle pas, ou s'il n'y a rien."""
    if not peut_controler(action, request.user):
        return None
    if action.statut == EtatAction.EN_DIFFUSION:
        return {
            "phrase": "Une erreur dans une fiche en diffusion ? Gardez vos remarques, puis demandez la correction : "
            "la version acceptée reste en diffusion pendant que l'organisme corrige.",
            "libelle": "Demander une correction",
        }
    if action.statut != EtatAction.A_CONTROLER:
        return None
    if not est_prise(action, timezone.now()):
        return {"phrase": "Cette fiche attend une réponse ; personne ne l'a prise.", "libelle": "Ouvrir la relecture"}
    qui = "Vous avez" if action.prise_par_id == request.user.pk else f"{action.prise_par} a"
    return {"phrase": f"{qui} pris cette fiche en charge.", "libelle": "Ouvrir la relecture"}
