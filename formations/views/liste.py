"""La liste des actions et la création d'une action."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import TransitionRefusee
from dokelio.socle.etats import etat as etat_montre
from dokelio.socle.pagination import PageParCle
from formations.filtres import FiltreActions
from formations.forms.creation import CreationForm
from formations.models import Action, EtatAction
from formations.querysets import ActionQuerySet
from structures.permissions import peut_rediger
from structures.views.espace import structure_courante

VUES = (
    EtatAction.EN_DIFFUSION,
    EtatAction.EN_REDACTION,
    EtatAction.A_CONTROLER,
    EtatAction.BROUILLON,
    EtatAction.ARCHIVE,
)

COLONNES = ("Intitulé", "Organisme", "État", "Certification", "Prochaine session", "Modifiée le")


@dataclass(frozen=True, slots=True)
class Vue:
    """Une vue de la liste : un état, son compte, son adresse."""

    libelle: str
    url: str
    courante: bool
    compte: int | None = None
    icone: str = ""
    ton: str = ""


def liste(request: HttpRequest) -> HttpResponse:
    """Les actions de la structure choisie ; toutes pour le CARIF. Quatre requêtes, quelle que soit la page."""
    actions = _portee(request)
    filtre = FiltreActions(request.GET, queryset=actions)
    filtrees = filtre.qs
    etat = request.GET.get("etat", "")
    etat = etat if etat in EtatAction.values else ""
    lignes = filtrees.filter(statut=etat) if etat else filtrees
    page = PageParCle(lignes.pour_liste(), ("-modifie_le", "-id"), request.GET)
    rattachement = structure_courante(request)
    carif = bool(request.user.role_carif)  # type: ignore[union-attr]
    contexte = {
        "page": page,
        "entetes": [{"libelle": nom} for nom in COLONNES if carif or nom != "Organisme"],
        "filtre": filtre,
        "vues": _vues(request, filtrees.compter_par_etat(), etat),
        "puces": _puces(request),
        "etat": etat,
        "avec_organisme": carif,
        "peut_creer": rattachement is not None and peut_rediger(request.user, rattachement.organisme_id),
        "filtree": any(request.GET.get(nom) for nom in ("q", "nature", "etat")),
    }
    return render(request, "formations/liste.html", contexte)


def nouvelle(request: HttpRequest) -> HttpResponse:
    """Crée un brouillon non conventionné pour la structure choisie (FAQ, partie 4 : jamais de conventionné ici)."""
    rattachement = structure_courante(request)
    if rattachement is None or not peut_rediger(request.user, rattachement.organisme_id):
        raise Http404
    formulaire = CreationForm(request.POST or None, organisme=rattachement.organisme)
    if request.method == "POST" and formulaire.is_valid():
        action = formulaire.composer()
        try:
            effectuer(action, "creer", request.user, jeton=formulaire.cleaned_data["jeton"])
        except TransitionRefusee as refusee:
            for refus in refusee.refus:
                formulaire.add_error(refus.champ if refus.champ in formulaire.fields else None, refus.phrase)
        else:
            return _creee(request, action, formulaire)
    return render(request, "formations/nouvelle.html", {"formulaire": formulaire, "organisme": rattachement.organisme})


def _creee(request: HttpRequest, action: Action, formulaire: CreationForm) -> HttpResponse:
    if action.pk is None:  # le même formulaire envoyé deux fois : l'action existe déjà
        action = formulaire.deja_creee()
    else:
        formulaire.completer(action)
        messages.success(request, f"{action.reference} est créée. Complétez la fiche, puis ajoutez ses sessions.")
    return redirect("fiche_onglet", action.reference, "informations")


def _portee(request: HttpRequest) -> ActionQuerySet:
    visibles: ActionQuerySet = Action.objects.visibles_par(request.user)
    if request.user.role_carif:  # type: ignore[union-attr]
        return visibles
    rattachement = structure_courante(request)
    return visibles.filter(organisme=rattachement.organisme if rattachement else None)


def _vues(request: HttpRequest, comptes: dict[str, int], etat: str) -> list[Vue]:
    toutes = Vue("Toutes", _adresse(request, etat=""), not etat, sum(comptes.values()))
    vues = [toutes]
    for un in VUES:
        montre = etat_montre("action", un)
        vues.append(Vue(un.label, _adresse(request, etat=un), etat == un, comptes.get(un, 0), montre.icone, montre.ton))
    return vues


def _puces(request: HttpRequest) -> list[dict[str, str]]:
    natures = {"oui": "conventionné", "non": "non conventionné"}
    puces = []
    if texte := request.GET.get("q", "").strip():
        puces.append({"libelle": f"« {texte} »", "url": _adresse(request, q="")})
    if nature := natures.get(request.GET.get("nature", "")):
        puces.append({"libelle": nature, "url": _adresse(request, nature="")})
    return puces


def _adresse(request: HttpRequest, **changements: Any) -> str:
    """L'adresse de la liste avec ces filtres, première page ; un filtre vide disparaît de l'adresse."""
    gardes = {nom: request.GET.get(nom, "") for nom in ("q", "nature", "etat")} | changements
    suite = urlencode({nom: valeur for nom, valeur in gardes.items() if valeur})
    return f"{reverse('formations')}?{suite}" if suite else reverse("formations")
