"""La page d'une transition d'un organisme : accepter, demander un complément, refuser, cesser, rétablir."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dokelio.publication.machine import Transition
from dokelio.publication.views import PageDeTransition, page_de_transition
from structures.views.cadre import cadre, organisme_visible

SUITES = {
    "accepter": "Ses membres l'apprennent par courriel. Ses fiches pourront être diffusées.",
    "demander_complement": "Ses membres reçoivent votre texte par courriel et complètent la demande.",
    "completer": "La demande repart au CARIF, qui l'examine de nouveau.",
    "refuser": "Ses membres reçoivent votre motif par courriel. Rien ne sera diffusé.",
    "cesser": "Toute son offre quitte les flux dès cette nuit. Aucune fiche n'est modifiée.",
    "retablir": "Son offre revient dans les flux dès cette nuit, telle qu'elle était.",
}


def transition(request: HttpRequest, reference: str, nom: str) -> HttpResponse:
    """La question, ce qui manque, puis la transition."""
    organisme = organisme_visible(request, reference)
    retour = reverse("structure_fiche", args=[organisme.reference])

    def contexte() -> dict[str, Any]:
        return cadre(request, organisme)

    def apres(geste: Transition) -> HttpResponse:
        messages.success(request, geste.raconter(str(request.user), {}))
        return redirect(retour)

    page = PageDeTransition(
        gabarit="structures/transition.html",
        contexte=contexte,
        suites=SUITES,
        retour=retour,
        apres=apres,
        libelle_retour="Revenir à la structure",
        nom_objet="L'organisme",
    )
    return page_de_transition(request, organisme, nom, page)
