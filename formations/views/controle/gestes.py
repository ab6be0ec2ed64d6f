"""Les gestes de la relecture : prendre, relâcher, remarquer, demander la correction, accepter, retirer."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from dokelio.publication.moteur import effectuer, transitions_possibles
from dokelio.publication.refus import TransitionRefusee
from formations.actions.controle import accepter, garder_remarque, retirer_remarque, suivante
from formations.forms.remarque import RemarqueForm
from formations.models import Action
from formations.permissions import peut_controler
from formations.views.controle.file import documentaliste_ou_404, jeton_de
from formations.views.controle.relecture import fiche_a_relire, rendre

HORS_PORTEE = "Cette fiche n'est pas dans votre portée : vous pouvez la lire, non la contrôler."

Geste = Callable[[HttpRequest, str], HttpResponse]


def en_post(geste: Geste) -> Geste:
    """Un geste ne se fait qu'en POST ; une adresse rappelée (retour de connexion, favori) ramène à la relecture."""

    @wraps(geste)
    def vue(request: HttpRequest, reference: str) -> HttpResponse:
        documentaliste_ou_404(request)
        return geste(request, reference) if request.method == "POST" else redirect("controle_fiche", reference)

    return vue


@en_post
def prendre(request: HttpRequest, reference: str) -> HttpResponse:
    """Prend la fiche en charge, pour quatre heures."""
    return _transition(request, reference, "prendre_en_charge", "")


@en_post
def relacher(request: HttpRequest, reference: str) -> HttpResponse:
    """Remet la fiche dans la file ; ses remarques préparées y restent."""
    action = fiche_a_relire(request, reference)
    if action.prise_par_id not in (None, request.user.pk):
        messages.error(request, f"{action.prise_par} a pris cette fiche en charge : vous ne pouvez pas la relâcher.")
        return _relire(action)
    return _transition(request, reference, "remettre_dans_la_file", "La fiche est revenue dans la file.", "controle")


@en_post
def corriger(request: HttpRequest, reference: str) -> HttpResponse:
    """Envoie les remarques gardées à l'organisme ; la version en diffusion, s'il y en a une, y reste."""
    action = fiche_a_relire(request, reference)
    controlee = action.statut == "a_controler"
    mot = request.POST.get("commentaire", "")
    fait = _tenter(request, effectuer, action, "demander_correction", request.user, mot, jeton=jeton_de(request))
    if not fait:
        return _relire(action)
    reste = " La version acceptée reste en diffusion." if action.est_en_diffusion else ""
    messages.success(request, f"Correction demandée pour {action.reference} : l'organisme est averti.{reste}")
    return _continuer(request) if controlee else _relire(action)


@en_post
def valider(request: HttpRequest, reference: str) -> HttpResponse:
    """Accepte ce qui a été lu (`empreinte`), puis ouvre la fiche suivante."""
    action = fiche_a_relire(request, reference)
    vue, note = request.POST.get("empreinte", ""), request.POST.get("note", "")
    if not _tenter(request, accepter, action, request.user, vue, note, jeton_de(request)):
        if note.strip():
            messages.warning(request, f"Votre mot n'a pas été envoyé : « {note.strip()} »")
        return _relire(action)
    messages.success(
        request,
        format_html(
            '{} est acceptée : version {} en diffusion. <a href="{}">Voir ses numéros SE_</a>',
            action.reference,
            action.version_en_diffusion.numero if action.version_en_diffusion else "",
            reverse("fiche_onglet", args=[action.reference, "sessions"]),
        ),
    )
    return _continuer(request)


def retirer(request: HttpRequest, reference: str) -> HttpResponse:
    """GET : la question et ses suites ; POST : retire la fiche de la diffusion, avec son motif."""
    action = fiche_a_relire(request, reference)
    offertes = {p.transition.nom for p in transitions_possibles(action, request.user)}
    if "retirer" not in offertes or not action.est_en_diffusion:
        messages.info(request, "Cette fiche n'a pas de version en diffusion à retirer, ou n'est pas dans votre portée.")
        return _relire(action)
    motif = request.POST.get("commentaire", "").strip()
    if request.method == "POST" and motif:
        if _tenter(request, effectuer, action, "retirer", request.user, motif, jeton=jeton_de(request)):
            messages.success(request, f"{action.reference} est retirée : absente des flux dès cette nuit.")
        return _relire(action)
    contexte = {"action": action, "manque": request.method == "POST", "jeton": jeton_de(request) or uuid4()}
    return render(request, "controle/retirer.html", contexte, status=422 if request.method == "POST" else 200)


@en_post
def remarquer(request: HttpRequest, reference: str) -> HttpResponse:
    """Garde une remarque, ou la retire (`retirer`), et revient à son champ."""
    action = fiche_a_relire(request, reference)
    if not peut_controler(action, request.user):
        messages.error(request, HORS_PORTEE)
        return _relire(action)
    if request.POST.get("retirer"):
        return _retirer_remarque(request, action)
    formulaire = RemarqueForm(request.POST)
    if not formulaire.is_valid():
        return rendre(request, action, formulaire)
    donnees = formulaire.cleaned_data
    champ, texte, numero = donnees["champ"], donnees["texte"], donnees["remarque"]
    if not _tenter(request, garder_remarque, action, request.user, champ, texte, numero):
        messages.warning(request, f"Votre remarque n'a pas été gardée : « {texte} »")
    return _relire(action, request.POST.get("voir", ""), donnees["champ"] or "ensemble")


def _retirer_remarque(request: HttpRequest, action: Action) -> HttpResponse:
    numero, champ = request.POST.get("remarque", ""), request.POST.get("champ", "")
    if numero.isascii() and numero.isdecimal() and len(numero) < 19:
        _tenter(request, retirer_remarque, action, request.user, int(numero))
    return _relire(action, request.POST.get("voir", ""), champ or "ensemble")


def _transition(request: HttpRequest, reference: str, nom: str, message: str, page: str = "") -> HttpResponse:
    action = fiche_a_relire(request, reference)
    if _tenter(request, effectuer, action, nom, request.user, jeton=jeton_de(request)):
        if message:
            messages.success(request, message)
        if page:
            return redirect(page)
    return _relire(action)


def _tenter(request: HttpRequest, geste: Callable[..., object], *donnees: Any, **options: Any) -> bool:
    """Fait le geste ; un refus se dit sur la page, jamais par une erreur."""
    try:
        geste(*donnees, **options)
    except TransitionRefusee as refusee:
        for refus in refusee.refus:
            messages.error(request, refus.phrase)
        return False
    except PermissionDenied:
        messages.error(request, HORS_PORTEE)
        return False
    return True


def _relire(action: Action, voir: str = "", champ: str = "") -> HttpResponse:
    adresse = reverse("controle_fiche", args=[action.reference])
    if voir == "tout":
        adresse += "?" + urlencode({"voir": voir})
    return redirect(f"{adresse}#champ-{champ}" if champ else adresse)


def _continuer(request: HttpRequest) -> HttpResponse:
    """La fiche suivante, prise si l'on n'en tient plus ; la file quand il n'y a plus rien."""
    action = suivante(request.user)
    if action is None:
        messages.info(request, "Il n'y a plus de fiche libre dans votre file.")
        return redirect("controle")
    return redirect("controle_fiche", action.reference)
