"""Ajouter, modifier, mettre en diffusion ou retirer un financement."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from conventionne.permissions import tient_le_conventionne
from dokelio.publication.machine import Commentaire, machine
from dokelio.publication.moteur import transitions_possibles, verifier
from dokelio.publication.refus import TransitionRefusee
from formations.models import Action
from formations.views.cadre import cadre
from sessions.actions.ecriture import EcritureRefusee
from sessions.actions.financements import ajouter_un_financement, changer_l_etat, modifier_un_financement
from sessions.forms.financement import FinancementForm
from sessions.models import Financement
from sessions.permissions import peut_financer
from sessions.views.acces import adresse_de_l_onglet, dire_les_refus, fiche_modifiable, financement_de, lieu_de

SUITES = {
    "mettre_en_diffusion": "Les sessions de ce lieu deviennent visibles de France Travail avec les prochains flux.",
    "retirer": "Sans autre financement en diffusion, les sessions de ce lieu ne se voient plus.",
    "soumettre": "Le CARIF le mettra en diffusion.",
}


def nouveau(request: HttpRequest, reference: str, lieu: int) -> HttpResponse:
    """Un financement de plus sur ce lieu ; le conventionné est réservé au CARIF."""
    action = fiche_modifiable(request, reference)
    le_lieu = lieu_de(action, lieu)
    if not peut_financer(Financement(deroulement=le_lieu), request.user):
        raise Http404
    formulaire = _formulaire(request, action, {})
    if request.method == "POST" and formulaire.is_valid():
        try:
            ajouter_un_financement(le_lieu, request.user, formulaire.valeurs())
        except (EcritureRefusee, TransitionRefusee) as refuse:
            dire_les_refus(formulaire, refuse.refus)
        else:
            messages.success(request, "Le financement est ajouté.")
            return redirect(adresse_de_l_onglet(action, f"lieu-{le_lieu.pk}"))
    return _page(request, action, le_lieu, formulaire, None)


def modifier(request: HttpRequest, reference: str, financement: int) -> HttpResponse:
    """Programme, financeur, places."""
    action = fiche_modifiable(request, reference)
    un = financement_de(action, financement)
    if not peut_financer(un, request.user):
        raise Http404
    initiales = {
        "dispositif": un.dispositif,
        "code_financeur": un.code_financeur,
        "places": un.places,
        "convention": un.convention,
    }
    formulaire = _formulaire(request, action, initiales)
    if request.method == "POST" and formulaire.is_valid():
        valeurs = formulaire.valeurs()
        if "convention" not in formulaire.fields:
            valeurs.pop("convention")
        try:
            modifier_un_financement(un, request.user, valeurs)
        except (EcritureRefusee, TransitionRefusee) as refuse:
            dire_les_refus(formulaire, refuse.refus)
        else:
            messages.success(request, "Le financement est enregistré.")
            return redirect(adresse_de_l_onglet(action, f"lieu-{un.deroulement_id}"))
    return _page(request, action, un.deroulement, formulaire, un)


def transition(request: HttpRequest, reference: str, financement: int, nom: str) -> HttpResponse:
    """La question d'une transition de financement, et son effet."""
    action = fiche_modifiable(request, reference)
    un = financement_de(action, financement)
    if nom not in machine("sessions_formation.Financement").transitions or not peut_financer(un, request.user):
        raise Http404
    geste = next((p.transition for p in transitions_possibles(un, request.user) if p.transition.nom == nom), None)
    if geste is None:
        messages.info(request, f"Ce financement est « {un.get_statut_display()} » : ce geste ne s'applique pas.")
        return redirect(adresse_de_l_onglet(action))
    refus = verifier(un, nom, request.user)
    if request.method == "POST":
        try:
            changer_l_etat(un, nom, request.user, request.POST.get("commentaire", ""))
        except (TransitionRefusee, EcritureRefusee) as refusee:
            refus = refusee.refus
        else:
            messages.success(request, f"Le financement {un} est « {un.get_statut_display()} ».")
            return redirect(adresse_de_l_onglet(action, f"lieu-{un.deroulement_id}"))
    contexte = {
        **cadre(request, action, "sessions"),
        "financement": un,
        "transition": geste,
        "suite": SUITES.get(nom, ""),
        "refus": refus,
        "commentaire": request.POST.get("commentaire", ""),
        "demande_un_mot": geste.commentaire is not Commentaire.AUCUN,
        "mot_obligatoire": geste.commentaire is Commentaire.OBLIGATOIRE,
    }
    return render(request, "sessions/transition.html", contexte, status=422 if request.method == "POST" else 200)


def _formulaire(request: HttpRequest, action: Action, initiales: dict[str, Any]) -> FinancementForm:
    return FinancementForm(
        request.POST if request.method == "POST" else None,
        initial=initiales,
        organisme=action.organisme,
        conventionne=tient_le_conventionne(request.user),
    )


def _page(
    request: HttpRequest, action: Action, lieu: Any, formulaire: FinancementForm, financement: Financement | None
) -> HttpResponse:
    contexte = {
        **cadre(request, action, "sessions"),
        "lieu": lieu,
        "formulaire": formulaire,
        "financement": financement,
    }
    statut = 422 if formulaire.is_bound and not formulaire.is_valid() else 200
    return render(request, "sessions/financement.html", contexte, status=statut)
