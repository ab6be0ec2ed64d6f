"""Pré-créer une action conventionnée, pour les documentalistes du conventionné."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from conventionne.models import Convention
from conventionne.permissions import tient_le_conventionne
from dokelio.comptes.permissions import reserve
from dokelio.publication.refus import TransitionRefusee
from sessions.actions.ecriture import EcritureRefusee
from sessions.actions.lieux import SaisieDeLieu
from sessions.actions.precreation import Preaction, precreer
from sessions.forms.dates import DatesFactory
from sessions.forms.lieu import LieuForm
from sessions.forms.precreation import ConventionForm, PreactionForm
from sessions.models import Deroulement
from sessions.views.acces import dire_les_refus, ligne_de_plus


@reserve(tient_le_conventionne)
def nouvelle(request: HttpRequest) -> HttpResponse:
    """D'abord la convention (`?convention=`), puis la fiche, son lieu et ses dates."""
    cle = request.GET.get("convention", "")
    if not cle:
        return render(request, "sessions/precreation_convention.html", {"formulaire": ConventionForm()})
    choix = ConventionForm(request.GET)
    if not choix.is_valid():
        return render(request, "sessions/precreation_convention.html", {"formulaire": choix}, status=422)
    conventions = Convention.objects.select_related("dispositif__financeur", "organisme")
    convention = get_object_or_404(conventions, pk=choix.cleaned_data["convention"].pk)
    envoi = request.POST if request.method == "POST" else None
    pieces = _pieces(envoi, convention)
    if envoi is not None and not ligne_de_plus(request, [pieces["dates"]], [pieces["fiche"], pieces["formulaire"]]):
        valides = [piece.is_valid() for piece in pieces.values()]
        if all(valides) and (action := _creer(request, convention, pieces)) is not None:
            messages.success(request, f"{action.reference} est créée pour {convention.organisme}, qui la complétera.")
            return redirect("fiche_sessions", action.reference)
    fautif = envoi is not None and any(not piece.is_valid() for piece in pieces.values())
    contexte = {"convention": convention, **pieces}
    return render(request, "sessions/precreation.html", contexte, status=422 if fautif else 200)


def _pieces(envoi: Any, convention: Convention) -> dict[str, Any]:
    lieu = Deroulement(frais_restants="Aucun.", modalites_enseignement="0")
    lieu.heures_total = convention.heures
    permanentes = envoi is not None and envoi.get("entrees_sorties") == "1"
    return {
        "fiche": PreactionForm(envoi, convention=convention),
        "formulaire": LieuForm(envoi, instance=lieu, organisme=convention.organisme),
        "dates": DatesFactory(envoi, prefix="dates", form_kwargs={"permanentes": permanentes}),
    }


def _creer(request: HttpRequest, convention: Convention, pieces: dict[str, Any]) -> Any:
    fiche, formulaire = pieces["fiche"], pieces["formulaire"]
    saisie = Preaction(
        convention,
        fiche.cleaned_data["intitule"],
        **fiche.certification,
        lieu=SaisieDeLieu(formulaire.valeurs(), formulaire.formateur_voulu()),
        lignes=pieces["dates"].lignes(),
        places=fiche.cleaned_data["places"],
    )
    try:
        return precreer(saisie, request.user, fiche.cleaned_data["jeton"])
    except (TransitionRefusee, EcritureRefusee) as refusee:
        dire_les_refus(fiche, refusee.refus)
        return None
