"""La page d'une transition d'une action de formation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dokelio.publication.machine import Transition
from dokelio.publication.views import PageDeTransition, page_de_transition
from formations.models import Action
from formations.views.cadre import GESTES_DU_CONTROLE, cadre, fiche_visible

SUITES = {
    "soumettre": "La fiche part dans la file du CARIF. Vous pourrez la reprendre tant que personne ne l'a prise.",
    "reprendre": "La fiche quitte la file du CARIF et revient dans votre rédaction.",
    "modifier": "La version acceptée reste en diffusion. Vos modifications partiront une fois acceptées.",
    "abandonner": "Ce que vous avez modifié depuis la version en diffusion est perdu.",
    "retirer": "L'offre ne sera plus dans les flux dès cette nuit.",
    "archiver": "L'offre quitte les flux dès cette nuit. La fiche se rouvre à tout moment avec le même numéro.",
    "reactiver": "La fiche revient en rédaction, avec le même numéro. Il faudra une session à venir pour la soumettre.",
    "supprimer": "Le brouillon et ses sessions disparaissent. Rien n'en a jamais été diffusé.",
}


def transition(request: HttpRequest, reference: str, nom: str) -> HttpResponse:
    """La question, ce qui manque, puis la transition ; les gestes du contrôle ont leur propre page."""
    action = fiche_visible(request, reference)

    def contexte() -> dict[str, Any]:
        return cadre(request, action, "gestion")

    def apres(geste: Transition) -> HttpResponse:
        return _suite(request, action, geste)

    page = PageDeTransition(
        gabarit="formations/transition.html",
        contexte=contexte,
        suites=SUITES,
        retour=reverse("fiche_onglet", args=[action.reference, "gestion"]),
        apres=apres,
        ailleurs=GESTES_DU_CONTROLE,
        adresse=_adresse,
    )
    return page_de_transition(request, action, nom, page)


def _adresse(lien: str) -> str:
    """Le lien d'un refus : une adresse, ou la référence d'une autre fiche."""
    return reverse("fiche", args=[lien]) if lien.startswith("AF_") else lien


def _suite(request: HttpRequest, action: Action, geste: Transition) -> HttpResponse:
    if geste.suppression:
        messages.success(request, "Le brouillon est supprimé.")
        return redirect("formations")
    messages.success(request, geste.raconter(str(request.user), {}))
    onglet = "informations" if geste.nom in ("modifier", "reprendre", "reactiver") else "gestion"
    return redirect(reverse("fiche_onglet", args=[action.reference, onglet]))
