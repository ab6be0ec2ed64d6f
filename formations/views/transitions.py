"""La page d'une transition : dire la suite du geste, demander le mot qu'il faut, le faire, ou dire ce qui manque."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from dokelio.publication.machine import Commentaire, Transition, machine
from dokelio.publication.moteur import effectuer, transitions_possibles, verifier
from dokelio.publication.refus import Refus, TransitionRefusee
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
    """GET : la question et ce qui manque ; POST : la transition, une seule fois même au double clic."""
    action = fiche_visible(request, reference)
    geste = _geste_offert(action, nom, request)
    if geste is None:
        return _deja_fait(request, action, nom)
    refus: list[Refus] = []
    commentaire = request.POST.get("commentaire", "")
    if request.method == "POST":
        try:
            effectuer(action, nom, request.user, commentaire, jeton=_jeton(request))
        except TransitionRefusee as refusee:
            refus = refusee.refus
        else:
            return _suite(request, action, geste)
    else:
        refus = verifier(action, nom, request.user)
    contexte = {
        **cadre(request, action, "gestion"),
        "transition": geste,
        "suite": SUITES.get(nom, ""),
        "refus": refus,
        "commentaire": commentaire,
        "demande_un_mot": geste.commentaire is not Commentaire.AUCUN,
        "mot_obligatoire": geste.commentaire is Commentaire.OBLIGATOIRE,
    }
    return render(request, "formations/transition.html", contexte, status=422 if request.method == "POST" else 200)


def _geste_offert(action: Action, nom: str, request: HttpRequest) -> Transition | None:
    offerts = {p.transition.nom: p.transition for p in transitions_possibles(action, request.user)}
    return offerts.get(nom) if nom not in GESTES_DU_CONTROLE else None


def _deja_fait(request: HttpRequest, action: Action, nom: str) -> HttpResponse:
    """Deux onglets, un retour arrière, un double clic : la fiche a changé d'état, on le dit et on y ramène."""
    if nom not in machine("formations.Action").transitions or nom in GESTES_DU_CONTROLE:
        raise Http404
    messages.info(request, f"La fiche est maintenant « {action.get_statut_display()} » : ce geste ne s'applique plus.")
    return redirect("fiche_onglet", action.reference, "gestion")


def _jeton(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("jeton", ""))
    except ValueError:
        return None


def _suite(request: HttpRequest, action: Action, geste: Transition) -> HttpResponse:
    if geste.suppression:
        messages.success(request, "Le brouillon est supprimé.")
        return redirect("formations")
    messages.success(request, geste.raconter(str(request.user), {}))
    onglet = "informations" if geste.nom in ("modifier", "reprendre", "reactiver") else "gestion"
    return redirect(reverse("fiche_onglet", args=[action.reference, onglet]))
