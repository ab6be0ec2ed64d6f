"""La page d'une transition, quel que soit l'objet : dire la suite du geste, demander le mot qu'il faut, le faire une
seule fois, ou dire tout ce qui manque."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dokelio.publication.machine import Commentaire, Transition, machine_de
from dokelio.publication.moteur import effectuer, transitions_possibles, verifier
from dokelio.publication.refus import Refus, TransitionRefusee


def _tel_quel(lien: str) -> str:
    return lien


@dataclass(frozen=True, slots=True)
class PageDeTransition:
    """Ce qui change d'un objet à l'autre.

    `gabarit` inclut `publication/transition.html` ; `contexte()` rend les variables de son cadre ; `suites` dit, par
    transition, ce qui arrivera ; `retour` : l'adresse où revenir, `libelle_retour` sur son bouton ; `apres(transition)`
    rend la réponse une fois la chose faite ; `ailleurs` : les transitions qui ont leur propre page (404 ici) ;
    `adresse(lien)` : l'adresse que porte le lien d'un refus.
    """

    gabarit: str
    contexte: Callable[[], dict[str, Any]]
    suites: Mapping[str, str]
    retour: str
    apres: Callable[[Transition], HttpResponse]
    libelle_retour: str = "Revenir à la fiche"
    nom_objet: str = "La fiche"
    ailleurs: frozenset[str] = field(default_factory=frozenset)
    adresse: Callable[[str], str] = _tel_quel


def page_de_transition(request: HttpRequest, objet: models.Model, nom: str, page: PageDeTransition) -> HttpResponse:
    """GET : la question et ce qui manque ; POST : la transition, une seule fois même au double clic.

    404 pour une transition inconnue ou qui a sa propre page ; si elle ne part plus de l'état présent, retour à l'objet.
    """
    if nom in page.ailleurs or nom not in machine_de(objet).transitions:
        raise Http404
    offerte = next((p.transition for p in transitions_possibles(objet, request.user) if p.transition.nom == nom), None)
    if offerte is None:
        return _deja_fait(request, objet, page)
    commentaire = request.POST.get("commentaire", "")
    if request.method != "POST":
        return _demander(request, offerte, page, verifier(objet, nom, request.user), commentaire, 200)
    try:
        effectuer(objet, nom, request.user, commentaire, jeton=_jeton(request))
    except TransitionRefusee as refusee:
        return _demander(request, offerte, page, refusee.refus, commentaire, 422)
    return page.apres(offerte)


def _demander(
    request: HttpRequest,
    transition: Transition,
    page: PageDeTransition,
    refus: list[Refus],
    commentaire: str,
    code: int,
) -> HttpResponse:
    contexte = {
        "jeton": uuid4(),
        **page.contexte(),
        "transition": transition,
        "suite": page.suites.get(transition.nom, ""),
        "refus": [{"phrase": un.phrase, "url": page.adresse(un.lien) if un.lien else ""} for un in refus],
        "commentaire": commentaire,
        "demande_un_mot": transition.commentaire is not Commentaire.AUCUN,
        "mot_obligatoire": transition.commentaire is Commentaire.OBLIGATOIRE,
        "url_retour": page.retour,
        "libelle_retour": page.libelle_retour,
    }
    return render(request, page.gabarit, contexte, status=code)


def _deja_fait(request: HttpRequest, objet: models.Model, page: PageDeTransition) -> HttpResponse:
    """Deux onglets, un retour arrière, un double clic : l'objet a changé d'état, on le dit et on y ramène."""
    machine = machine_de(objet)
    etat = machine.libelle_etat(str(getattr(objet, machine.champ)))
    messages.info(request, f"{page.nom_objet} est maintenant « {etat} » : ce geste ne s'applique plus.")
    return redirect(page.retour)


def _jeton(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("jeton", ""))
    except ValueError:
        return None
