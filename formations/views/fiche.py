"""Les onglets de la fiche qui se remplissent : informations, indexation, informations complémentaires.

Qui ne peut pas écrire lit les mêmes pages, avec la raison ; jamais un formulaire mort.
"""

import json
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dokelio.publication.contraintes import contraintes_en_refus
from dokelio.publication.refus import TransitionRefusee
from formations.actions.edition import (
    EditionConcurrente,
    EditionFermee,
    enregistrer_fiche,
    marques,
)
from formations.forms.indexation import DOMAINE, avec_propositions
from formations.forms.informations import InformationsForm
from formations.forms.onglet import OngletForm, avec_une_ligne_de_plus
from formations.models import Action, Remarque
from formations.permissions import peut_editer, redige, redige_ou_controle
from formations.views import montrer
from formations.views.cadre import fiche_visible
from formations.views.remarques import enregistrer_reponses, remarques_de
from formations.views.reperes import FORMULAIRES, place_de


def fiche(request: HttpRequest, reference: str) -> HttpResponse:
    """L'adresse courte d'une fiche mène à son premier onglet."""
    return redirect("fiche_onglet", fiche_visible(request, reference).reference, "informations")


def onglet(request: HttpRequest, reference: str, onglet: str) -> HttpResponse:
    """Un onglet de la fiche : le lire, le remplir, l'enregistrer."""
    if onglet not in FORMULAIRES:
        raise Http404
    action = fiche_visible(request, reference)
    prefetch_related_objects([action], "certifications__certification")
    if request.method == "POST":
        if not redige_ou_controle(action, request.user):
            raise Http404
        return _recevoir(request, action, onglet)
    formulaire = FORMULAIRES[onglet](action=action)
    return _rendre(request, action, onglet, formulaire)


def _recevoir(request: HttpRequest, action: Action, onglet: str) -> HttpResponse:
    classe = FORMULAIRES[onglet]
    de_plus = avec_une_ligne_de_plus(request.POST, PREFIXES)
    formulaire = classe(de_plus if de_plus is not None else request.POST, action=action)
    if de_plus is not None:
        return _rendre(request, action, onglet, formulaire)
    if not formulaire.is_valid():
        return _rendre(request, action, onglet, formulaire, status=422)
    valeurs = formulaire.valeurs()
    reprises = _reprendre_de_la_certification(formulaire, valeurs)
    try:
        with contraintes_en_refus():
            changes = enregistrer_fiche(action, valeurs, _edition(request), _vues(request), utilisateur=request.user)
    except EditionConcurrente as heurt:
        montrer.dire_le_heurt(formulaire, heurt)
        return _rendre(request, heurt.action, onglet, formulaire, status=409, heurt=True)
    except EditionFermee as fermee:
        formulaire.add_error(None, f"{fermee} Rien n'est enregistré : reprenez la fiche, puis enregistrez de nouveau.")
        return _rendre(request, action, onglet, formulaire, status=409)
    except TransitionRefusee as refusee:
        for refus in refusee.refus:
            champ = formulaire.champ_de(refus.champ)
            formulaire.add_error(champ if champ in formulaire.fields else None, refus.phrase)
        return _rendre(request, action, onglet, formulaire, status=422)
    return _enregistree(request, action, onglet, changes, reprises)


def _enregistree(
    request: HttpRequest, action: Action, onglet: str, changes: list[str], reprises: list[str]
) -> HttpResponse:
    reponses = (
        enregistrer_reponses(remarques_de_l_onglet(action, onglet), request.POST) if redige(action, request.user) else 0
    )
    if request.POST.get("suite") == "soumettre":
        return redirect("action_transition", action.reference, "soumettre")
    if not changes and not reponses:
        messages.info(request, "Rien n'avait changé : la fiche est comme vous l'avez laissée.")
    elif reprises:
        messages.success(request, f"Enregistré. Repris de la certification, à relire : {', '.join(reprises)}.")
    else:
        messages.success(request, "Enregistré.")
    return redirect("fiche_onglet", action.reference, onglet)


def _reprendre_de_la_certification(formulaire: OngletForm, valeurs: dict[str, Any]) -> list[str]:
    """Remplit les champs vides de ce que propose la certification qu'on vient de choisir ; rend leurs noms."""
    if not isinstance(formulaire, InformationsForm) or (nouvelle := formulaire.principale_nouvelle()) is None:
        return []
    offres = {
        "intitule": ("intitulé", nouvelle.intitule_court[:255]),
        "niveau_sortie": ("niveau à la sortie", nouvelle.code_niveau_lheo),
        "objectif_general": ("objectif général", "6"),
    }
    reprises = []
    for nom, (libelle, offre) in offres.items():
        if offre and not valeurs[nom]:
            valeurs[nom] = offre
            reprises.append(libelle)
    if valeurs["certifiante"] is None:
        valeurs["certifiante"] = True
    domaine = avec_propositions(formulaire.action.domaine, nouvelle)
    if domaine and domaine != formulaire.action.domaine:
        valeurs[DOMAINE] = domaine
        reprises.append("Formacodes, NSF et ROME")
    return reprises


def remarques_de_l_onglet(action: Action, onglet: str) -> list[Remarque]:
    """Les remarques dont le champ est dans cet onglet."""
    return [remarque for remarque in remarques_de(action) if place_de(remarque.champ)[0] == onglet]


def _rendre(
    request: HttpRequest,
    action: Action,
    onglet: str,
    formulaire: OngletForm,
    *,
    status: int = 200,
    heurt: bool = False,
) -> HttpResponse:
    modifiable = peut_editer(action, request.user) or status == 409
    noms = [*formulaire.noms_du_modele, DOMAINE]
    if formulaire.is_bound and not heurt:
        edition, vues = str(_edition(request)), json.dumps(_vues(request))
    else:
        edition, vues = str(action.edition), json.dumps(marques(action, noms))
    contexte = {
        **montrer.contexte(request, action, onglet, formulaire, modifiable=modifiable),
        "edition": edition,
        "vues": vues,
    }
    return render(request, "formations/onglet.html", contexte, status=status)


def _edition(request: HttpRequest) -> int:
    texte = request.POST.get("edition", "")
    return int(texte) if texte.isdecimal() and texte.isascii() and len(texte) < 10 else 0


def _vues(request: HttpRequest) -> dict[str, str]:
    """Les empreintes que le formulaire avait montrées ; rien de lisible : chaque différence sera dite."""
    try:
        vues = json.loads(request.POST.get("vues", ""))
    except (ValueError, RecursionError):
        return {}
    return {str(nom): str(marque) for nom, marque in vues.items()} if isinstance(vues, dict) else {}


PREFIXES = ("contacts", "equipements", "codes_type", "enseignements", "sous_modules")
