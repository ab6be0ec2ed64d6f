"""Créer un lieu avec ses premières dates, le modifier pour toutes ses sessions ou une seule, y ajouter des dates."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from conventionne.permissions import DATES_RESERVEES, tient_le_conventionne
from dokelio.publication.refus import TransitionRefusee
from dokelio.socle.typographie import accorde
from formations.models import Action
from formations.permissions import peut_controler
from formations.views.cadre import cadre
from sessions.actions.dates import ajouter_des_dates
from sessions.actions.ecriture import EcritureRefusee
from sessions.actions.edition import EcritureConcurrente
from sessions.actions.lieux import SaisieDeLieu, creer_lieu, enregistrer_lieu, supprimer_lieu
from sessions.forms.dates import DatesFactory, DatesFormSet, JetonForm, avertissements_de_dates
from sessions.forms.financement import FinancementForm
from sessions.forms.lieu import LieuForm
from sessions.models import Deroulement, Session
from sessions.permissions import reserves_a
from sessions.views.acces import (
    adresse_de_l_onglet,
    dire_le_conflit,
    dire_les_refus,
    fiche_modifiable,
    lieu_de,
    ligne_de_plus,
    session_de,
)

SEULE, TOUTES = "seule", "toutes"


def nouveau(request: HttpRequest, reference: str) -> HttpResponse:
    """Un lieu, ses modalités, son financement et ses premières dates, d'un seul envoi."""
    action = fiche_modifiable(request, reference)
    if action.conventionnee and not peut_controler(action, request.user):
        raise Http404
    envoi = request.POST if request.method == "POST" else None
    formulaire = LieuForm(envoi, instance=Deroulement(action=action), organisme=action.organisme)
    financement = FinancementForm(
        envoi, prefix="financement", organisme=action.organisme, conventionne=tient_le_conventionne(request.user)
    )
    dates = _dates(envoi, permanentes=_permanentes(envoi, None))
    jeton = JetonForm(envoi)
    if envoi is not None and not ligne_de_plus(request, [dates], [formulaire, financement, jeton]):
        valides = [un.is_valid() for un in (formulaire, financement, dates, jeton)]
        if all(valides) and _creer(request, action, formulaire, financement, dates, jeton):
            return redirect(adresse_de_l_onglet(action))
    contexte = {
        **cadre(request, action, "sessions"),
        "formulaire": formulaire,
        "financement": financement,
        "dates": dates,
        "formulaire_jeton": jeton,
    }
    return render(request, "sessions/lieu_nouveau.html", contexte, status=_statut(formulaire, financement, dates))


def _creer(request: HttpRequest, action: Action, formulaire: Any, financement: Any, dates: Any, jeton: Any) -> bool:
    saisie = SaisieDeLieu(formulaire.valeurs(), formulaire.formateur_voulu())
    lignes = dates.lignes()
    try:
        lieu = creer_lieu(action, request.user, saisie, lignes, financement.valeurs(), jeton.cleaned_data["jeton"])
    except (EcritureRefusee, TransitionRefusee) as refuse:
        dire_les_refus(formulaire, refuse.refus)
        return False
    if lieu is not None:
        messages.success(request, f"Le lieu et {accorde(len(lignes), 'session')} sont enregistrés.")
    _avertir(request, [*formulaire.avertissements_d_heures(), *_avertissements(lignes, formulaire.cleaned_data)])
    return True


def modifier(request: HttpRequest, reference: str, lieu: int) -> HttpResponse:
    """Modifie le lieu de toutes ses sessions."""
    action = fiche_modifiable(request, reference)
    return _modifier(request, action, lieu_de(action, lieu), None)


def modifier_pour_une_session(request: HttpRequest, reference: str, session: str) -> HttpResponse:
    """Modifie le lieu d'une session : pour elle seule, ou pour toutes celles qui le partagent."""
    action = fiche_modifiable(request, reference)
    une = session_de(action, session)
    return _modifier(request, action, une.deroulement, une)


def _modifier(request: HttpRequest, action: Action, lieu: Deroulement, session: Session | None) -> HttpResponse:
    envoi = request.POST if request.method == "POST" else None
    nombre = lieu.sessions.count()
    portee = request.POST.get("portee", "") if session else TOUTES
    formulaire = LieuForm(envoi, instance=lieu, organisme=action.organisme, reserves=reserves_a(lieu, request.user))
    if envoi is not None and formulaire.is_valid():
        if nombre > 1 and portee not in (SEULE, TOUTES):
            formulaire.add_error(
                None, "Choisissez les sessions concernées : celle-ci seulement, ou toutes celles du lieu."
            )
        elif _enregistrer(request, lieu, formulaire, session if portee == SEULE else None):
            return redirect(adresse_de_l_onglet(action, session.reference if session else f"lieu-{lieu.pk}"))
    contexte = {
        **cadre(request, action, "sessions"),
        "formulaire": formulaire,
        "lieu": lieu,
        "session": session,
        "nombre": nombre,
        "portee": portee or SEULE,
        "reserves": bool(formulaire.motifs_verrou),
    }
    return render(request, "sessions/lieu_modifier.html", contexte, status=_statut(formulaire))


def _enregistrer(request: HttpRequest, lieu: Deroulement, formulaire: Any, session: Session | None) -> bool:
    saisie = SaisieDeLieu(formulaire.valeurs(), formulaire.formateur_voulu())
    try:
        enregistrer_lieu(lieu, request.user, saisie, formulaire.cleaned_data["edition"], session=session)
    except EcritureConcurrente as conflit:
        dire_le_conflit(formulaire, conflit, "Ce lieu")
        return False
    except (EcritureRefusee, TransitionRefusee) as refuse:
        dire_les_refus(formulaire, refuse.refus)
        return False
    qui = f"{session.reference} a maintenant son propre lieu." if session else "Le lieu est enregistré."
    messages.success(request, qui)
    _avertir(request, formulaire.avertissements_d_heures())
    return True


def dates(request: HttpRequest, reference: str, lieu: int) -> HttpResponse:
    """Ajoute des sessions à un lieu, plusieurs à la fois."""
    action = fiche_modifiable(request, reference)
    le_lieu = lieu_de(action, lieu)
    envoi = request.POST if request.method == "POST" else None
    reservees = "dates" in reserves_a(le_lieu, request.user)
    lignes = _dates(envoi, permanentes=le_lieu.entrees_sorties == "1")
    jeton = JetonForm(envoi)
    refus: list[str] = [DATES_RESERVEES] if reservees else []
    pretes = envoi is not None and not reservees and not ligne_de_plus(request, [lignes], [jeton])
    if pretes and lignes.is_valid() and jeton.is_valid():
        try:
            faites = ajouter_des_dates(le_lieu, request.user, lignes.lignes(), jeton.cleaned_data["jeton"])
        except (EcritureRefusee, TransitionRefusee) as refuse:
            refus = [un.phrase for un in refuse.refus]
        else:
            if faites:
                messages.success(request, f"{accorde(len(faites), 'session ajoutée', 'sessions ajoutées')}.")
            _avertir(request, _avertissements(lignes.lignes(), {"heures_total": le_lieu.heures_total}))
            return redirect(adresse_de_l_onglet(action, f"lieu-{le_lieu.pk}"))
    contexte = {
        **cadre(request, action, "sessions"),
        "lieu": le_lieu,
        "dates": lignes,
        "formulaire_jeton": jeton,
        "refus": refus,
        "reservees": reservees,
    }
    fautif = bool(refus) or (lignes.is_bound and not lignes.is_valid())
    return render(request, "sessions/dates.html", contexte, status=422 if envoi is not None and fautif else 200)


def supprimer(request: HttpRequest, reference: str, lieu: int) -> HttpResponse:
    """Retire un lieu sans session ; la question d'abord."""
    action = fiche_modifiable(request, reference)
    le_lieu = lieu_de(action, lieu)
    refus: list[str] = []
    if request.method == "POST":
        try:
            supprimer_lieu(le_lieu, request.user)
        except EcritureRefusee as refuse:
            refus = [un.phrase for un in refuse.refus]
        else:
            messages.success(request, "Le lieu est retiré de la fiche.")
            return redirect(adresse_de_l_onglet(action))
    contexte = {**cadre(request, action, "sessions"), "lieu": le_lieu, "refus": refus}
    return render(request, "sessions/lieu_supprimer.html", contexte, status=422 if refus else 200)


def _dates(envoi: Any, *, permanentes: bool) -> DatesFormSet:
    formset: DatesFormSet = DatesFactory(envoi, prefix="dates", form_kwargs={"permanentes": permanentes})
    return formset


def _permanentes(envoi: Any, lieu: Deroulement | None) -> bool:
    return (envoi.get("entrees_sorties") if envoi is not None else lieu.entrees_sorties if lieu else "") == "1"


def _avertissements(lignes: list[dict[str, Any]], donnees: dict[str, Any]) -> list[str]:
    dits = [p for un in lignes for p in avertissements_de_dates(un["debut"], un["fin"], donnees.get("heures_total"))]
    return list(dict.fromkeys(dits))


def _avertir(request: HttpRequest, phrases: list[str]) -> None:
    for phrase in phrases:
        messages.warning(request, phrase)


def _statut(*formulaires: Any) -> int:
    """422 quand un formulaire envoyé a des erreurs."""
    return 422 if any(un.is_bound and not un.is_valid() for un in formulaires) else 200
