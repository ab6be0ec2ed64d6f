"""L'onglet « Gestion » : l'état et sa suite, les versions, les remarques, l'histoire ; et la lecture d'une version."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from dokelio.historique.querysets import pour
from dokelio.publication.machine import Transition
from formations.actions.comparaison import champs_compares
from formations.actions.controle import libelles_des_codes
from formations.actions.lisible import codes_cites
from formations.models import Action, EtatAction, VersionDiffusee
from formations.permissions import EDITABLES, peut_editer, redige
from formations.views.cadre import adresse_transition, cadre, fiche_visible
from formations.views.montrer import cote
from formations.views.remarques import RemarqueMontree, enregistrer_reponses, montrer, remarques_de
from formations.views.reperes import adresse_de_remarque, libelle_de_remarque, place_de
from formations.views.transitions import SUITES

SENS = {
    EtatAction.BROUILLON: "Un brouillon n'a jamais été soumis : il n'est vu que de vous et du CARIF.",
    EtatAction.A_CONTROLER: "Le CARIF la relit avant de l'accepter ou de demander une correction.",
    EtatAction.EN_REDACTION: "La fiche se corrige ou se complète, puis se soumet de nouveau.",
    EtatAction.EN_DIFFUSION: "La version acceptée part chaque nuit vers les portails et France Travail.",
    EtatAction.ARCHIVE: "La fiche n'est plus diffusée. Rien n'en est perdu.",
}
HISTOIRE = 60


@dataclass(frozen=True, slots=True)
class Geste:
    """Une transition offerte, ce qu'il en adviendra, et où la faire."""

    transition: Transition
    suite: str
    url: str


@dataclass(frozen=True, slots=True)
class RemarqueListee:
    """Une remarque dans la liste : son champ, où il est, et sa réponse."""

    montree: RemarqueMontree
    champ: str
    url: str


def gestion(request: HttpRequest, reference: str) -> HttpResponse:
    """L'onglet « Gestion »."""
    action = fiche_visible(request, reference)
    variables = cadre(request, action, "gestion")
    gestes = [variables["geste_principal"], *variables["autres_gestes"]]
    contexte = {
        **variables,
        **cote(request, action),
        "style_geste": "primary",
        "sens": SENS[EtatAction(action.statut)],
        # Soumettre est le bouton plein de la page.
        "gestes": [_geste(action, geste) for geste in gestes if geste is not None and geste.nom != "soumettre"],
        "versions": list(action.versions.select_related("validee_par")),
        "repond": _repond(request, action) and any(not place_de(une.champ)[0] for une in remarques_de(action)),
        "remarques_listees": _remarques(request, action),
        "histoire": pour(action, HISTOIRE),
    }
    return render(request, "formations/gestion.html", contexte)


@require_POST
def repondre(request: HttpRequest, reference: str) -> HttpResponse:
    """Enregistre les réponses de l'organisme aux remarques."""
    action = fiche_visible(request, reference)
    if not redige(action, request.user):
        raise Http404
    if not _repond(request, action):
        messages.warning(
            request,
            f"La fiche est maintenant « {action.get_statut_display()} » : vos réponses ne sont pas enregistrées.",
        )
    elif enregistrer_reponses(remarques_de(action), request.POST):
        messages.success(request, "Vos réponses sont enregistrées. La documentaliste les lira avec la fiche.")
    else:
        messages.info(request, "Aucune réponse n'avait changé.")
    return redirect("fiche_gestion", action.reference)


def version(request: HttpRequest, reference: str, numero: int) -> HttpResponse:
    """Une version telle qu'elle a été acceptée, champ par champ."""
    action = fiche_visible(request, reference)
    lue = get_object_or_404(VersionDiffusee.objects.select_related("validee_par"), action=action, numero=numero)
    champs = champs_compares(None, lue.contenu, libelles=libelles_des_codes(codes_cites(lue.contenu)))
    contexte = {
        **cadre(request, action, "gestion"),
        "version": lue,
        "numero_texte": str(lue.numero),
        "champs": [(champ.libelle, champ.apres) for champ in champs if champ.apres],
    }
    return render(request, "formations/version.html", contexte)


def _repond(request: HttpRequest, action: Action) -> bool:
    return action.statut in EDITABLES and peut_editer(action, request.user) and redige(action, request.user)


def _geste(action: Action, geste: Transition) -> Geste:
    return Geste(geste, SUITES.get(geste.nom, ""), adresse_transition(action, geste))


def _remarques(request: HttpRequest, action: Action) -> list[RemarqueListee]:
    """Les remarques, les plus récentes d'abord ; celles qui portent sur l'ensemble se répondent ici."""
    repond = _repond(request, action)
    listees = []
    for remarque in reversed(remarques_de(action)):
        ailleurs = bool(place_de(remarque.champ)[0])
        url = adresse_de_remarque(action, remarque) if ailleurs else ""
        montree = montrer(remarque, repond=repond and not ailleurs)
        listees.append(RemarqueListee(montree, libelle_de_remarque(remarque), url))
    return listees
