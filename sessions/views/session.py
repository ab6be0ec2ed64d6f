"""Modifier une session ; la faire changer d'état."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from dokelio.publication.machine import Commentaire, Transition, machine
from dokelio.publication.moteur import transitions_possibles, verifier
from dokelio.publication.refus import Refus, TransitionRefusee
from formations.views.cadre import cadre
from sessions.actions.ecriture import EcritureRefusee
from sessions.actions.edition import EcritureConcurrente
from sessions.actions.fiche_session import changer_l_etat, enregistrer_session
from sessions.forms.dates import avertissements_de_dates
from sessions.forms.lignes import ContactsFactory, ReunionsFactory, reunions_montrees
from sessions.forms.session import InscriptionForm, SessionForm
from sessions.models import EtatSession, Session
from sessions.permissions import reserves_a
from sessions.views.acces import (
    adresse_de_l_onglet,
    dire_le_conflit,
    dire_les_refus,
    fiche_modifiable,
    ligne_de_plus,
    session_de,
)

SUITES = {
    "publier": "La session part dans le flux de cette nuit.",
    "annuler": "La session quitte les flux dès cette nuit. Elle reste dans la liste, avec son numéro SE_.",
    "retablir": "La session revient dans les flux dès cette nuit, avec le même numéro SE_.",
    "supprimer": "La session disparaît. Elle n'a jamais été diffusée ; son numéro SE_ ne resservira pas.",
}


def modifier(request: HttpRequest, reference: str, session: str) -> HttpResponse:
    """Les dates, le recrutement, l'inscription, les contacts, les informations collectives, les blocs."""
    action = fiche_modifiable(request, reference)
    une = session_de(action, session)
    if une.statut == EtatSession.ARCHIVEE:
        messages.info(request, f"{une.reference} est archivée : elle ne se modifie plus.")
        return redirect(adresse_de_l_onglet(action))
    envoi = request.POST if request.method == "POST" else None
    pieces = _pieces(envoi, une, reserves_a(une.deroulement, request.user))
    repetes, seuls = [pieces["contacts"], pieces["reunions"]], [pieces["formulaire"], pieces["inscription"]]
    if envoi is not None and not ligne_de_plus(request, repetes, seuls):
        valides = [piece.is_valid() for piece in pieces.values()]
        if all(valides) and _enregistrer(request, une, pieces):
            return redirect(adresse_de_l_onglet(action, une.reference))
    fautif = envoi is not None and any(not piece.is_valid() for piece in pieces.values())
    contexte = {**cadre(request, action, "sessions"), "session": une, **pieces}
    return render(request, "sessions/session.html", contexte, status=422 if fautif else 200)


def _pieces(envoi: Any, session: Session, reserves: frozenset[str]) -> dict[str, Any]:
    contacts, recrutements = session.contacts or [], session.recrutements or []
    return {
        "formulaire": SessionForm(envoi, instance=session, reserves=reserves),
        "inscription": InscriptionForm(envoi, session=session, fermee="inscription" in reserves),
        "contacts": ContactsFactory(envoi, prefix="contacts", noeuds=contacts, montres=list(range(len(contacts)))),
        "reunions": ReunionsFactory(
            envoi, prefix="reunions", noeuds=recrutements, montres=reunions_montrees(recrutements)
        ),
    }


def _enregistrer(request: HttpRequest, session: Session, pieces: dict[str, Any]) -> bool:
    formulaire = pieces["formulaire"]
    valeurs = formulaire.valeurs() | {
        "contacts": pieces["contacts"].arbres(),
        "recrutements": pieces["reunions"].arbres(),
    }
    if not pieces["inscription"].fermee:
        valeurs["adresse_inscription"] = pieces["inscription"].adresse()
    if valeurs.get("fin", session.fin) is None:  # sans date de fin, enregistrer c'est confirmer (conception §4)
        valeurs["confirmee_le"] = timezone.localdate()
    try:
        enregistrer_session(session, request.user, valeurs, formulaire.cleaned_data["edition"])
    except EcritureConcurrente as conflit:
        dire_le_conflit(formulaire, conflit, "Cette session")
        return False
    except (EcritureRefusee, TransitionRefusee) as refuse:
        dire_les_refus(formulaire, refuse.refus)
        return False
    messages.success(request, f"{session.reference} est enregistrée.")
    heures = session.deroulement.heures_total
    for phrase in avertissements_de_dates(valeurs.get("debut"), valeurs.get("fin"), heures):
        messages.warning(request, phrase)
    return True


def transition(request: HttpRequest, reference: str, session: str, nom: str) -> HttpResponse:
    """GET : la question et ce qui manque ; POST : la transition, une seule fois même au double clic."""
    action = fiche_modifiable(request, reference)
    if nom not in machine("sessions_formation.Session").transitions or nom in ("creer", "archiver"):
        raise Http404
    une = session_de(action, session)
    geste = next((p.transition for p in transitions_possibles(une, request.user) if p.transition.nom == nom), None)
    if geste is None:
        messages.info(request, f"{une.reference} est « {une.get_statut_display()} » : ce geste ne s'applique pas.")
        return redirect(adresse_de_l_onglet(action))
    refus = verifier(une, nom, request.user)
    if request.method == "POST":
        refus = _faire(request, une, geste)
        if not refus:
            return redirect(adresse_de_l_onglet(action))
    contexte = {
        **cadre(request, action, "sessions"),
        "session": une,
        "transition": geste,
        "suite": SUITES.get(nom, ""),
        "refus": refus,
        "commentaire": request.POST.get("commentaire", ""),
        "demande_un_mot": geste.commentaire is not Commentaire.AUCUN,
        "mot_obligatoire": geste.commentaire is Commentaire.OBLIGATOIRE,
    }
    return render(request, "sessions/transition.html", contexte, status=422 if request.method == "POST" else 200)


def _faire(request: HttpRequest, session: Session, geste: Transition) -> list[Refus]:
    reference = session.reference
    try:
        jeton = UUID(request.POST.get("jeton", ""))
    except ValueError:
        jeton = None
    try:
        changer_l_etat(session, geste.nom, request.user, request.POST.get("commentaire", ""), jeton)
    except (TransitionRefusee, EcritureRefusee) as refusee:
        return refusee.refus
    faits = {
        "annuler": "est annulée",
        "retablir": "est rétablie",
        "supprimer": "est supprimée",
        "publier": "est mise en diffusion",
    }
    messages.success(request, f"{reference} {faits.get(geste.nom, 'est à jour')}.")
    return []
