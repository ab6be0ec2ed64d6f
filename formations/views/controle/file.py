"""La file de contrôle : les plus anciennes d'abord, ce qui presse signalé, et « Prendre la suivante »."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from dokelio.comptes.permissions import est_du_carif
from dokelio.publication.refus import TransitionRefusee
from dokelio.socle.pagination import PageParCle
from formations.actions.controle import file_de, libres, prendre_la_suivante, prises_par
from formations.actions.delais import OBJECTIF_JOURS, attente, il_y_a
from formations.filtres import FiltreFile
from formations.models import Action, EtatRemarque, Remarque, VersionDiffusee
from formations.querysets import ActionQuerySet
from formations.reactions import est_prise

FILTRES = ("q", "nature", "conventionne", "departement", "attente")
URGENCE = timedelta(days=10)
ENTETES = ("Fiche", "Nature", "Prochaine session", "Attente", "Prise par")
VUES = (("", "À prendre"), ("moi", "À moi"), ("autres", "Prises par d'autres"), ("toutes", "Toutes"))


@dataclass(frozen=True, slots=True)
class Vue:
    """Une vue de la file, son compte et son adresse."""

    libelle: str
    url: str
    courante: bool
    compte: int


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une fiche de la file, telle que la table la montre."""

    action: Action
    nature: str
    precision: str
    attente: float
    urgente: bool
    session_dans: str
    prise: str
    prise_depuis: datetime | None
    a_moi: bool


def documentaliste_ou_404(request: HttpRequest) -> Any:
    """La personne, si elle contrôle ; les autres n'apprennent pas que la page existe."""
    if not est_du_carif(request.user):
        raise Http404
    return request.user


def file(request: HttpRequest) -> HttpResponse:
    """Quatre requêtes au plus avec celles de la coquille, quel que soit le nombre de lignes."""
    utilisateur = documentaliste_ou_404(request)
    maintenant = timezone.now()
    filtre = FiltreFile(request.GET, queryset=file_de(utilisateur))
    filtrees: ActionQuerySet = filtre.qs
    par_vue = {
        "": libres(maintenant),
        "moi": prises_par(utilisateur, maintenant),
        "autres": ~libres(maintenant) & ~Q(prise_par=utilisateur),
        "toutes": Q(),
    }
    vue = request.GET.get("vue", "")
    vue = vue if vue in par_vue else ""
    comptes = filtrees.order_by().aggregate(
        **{f"vue_{nom}": Count("pk", filter=condition) for nom, condition in par_vue.items() if nom != "toutes"},
        vue_toutes=Count("pk"),
        retard=Count("pk", filter=Q(soumise_le__lt=il_y_a(OBJECTIF_JOURS, maintenant))),
    )
    page = PageParCle(
        _annotees(filtrees.filter(par_vue[vue])), ("soumise_le", "id"), request.GET, compte=comptes[f"vue_{vue}"]
    )
    filtree = any(request.GET.get(nom) for nom in FILTRES)
    contexte = {
        "page": page,
        "lignes": [_ligne(action, utilisateur, maintenant) for action in page],
        "entetes": [{"libelle": libelle} for libelle in ENTETES],
        "filtre": filtre,
        "caches": [("vue", vue)] if vue else [],
        "gardes": [(nom, request.GET[nom]) for nom in FILTRES if request.GET.get(nom)],
        "vues": [Vue(libelle, _adresse(request, vue=nom), nom == vue, comptes[f"vue_{nom}"]) for nom, libelle in VUES],
        "vue": vue,
        "puces": _puces(request, filtre),
        "url_effacer": _adresse(request, **dict.fromkeys(FILTRES, "")),
        "url_retard": _adresse(request, attente="retard", vue="toutes"),
        "a_prendre": comptes["vue_"],
        "total": comptes["vue_toutes"],
        "retard": comptes["retard"],
        "objectif": OBJECTIF_JOURS,
        "filtree": filtree,
        "jeton": uuid4(),
    }
    return render(request, "controle/file.html", contexte)


def prendre_suivante(request: HttpRequest) -> HttpResponse:
    """Prend la plus ancienne fiche libre des filtres en cours ; deux personnes au même instant en ont deux."""
    utilisateur = documentaliste_ou_404(request)
    if request.method != "POST":
        return redirect("controle")
    filtree: ActionQuerySet = FiltreFile(request.POST, queryset=file_de(utilisateur)).qs
    try:
        action = prendre_la_suivante(utilisateur, filtree, jeton_de(request))
    except TransitionRefusee as refusee:
        for refus in refusee.refus:
            messages.error(request, refus.phrase)
        return redirect("controle")
    if action is None:
        messages.info(request, "Aucune fiche libre : toutes celles de la file sont prises, ou la file est vide.")
        return redirect("controle")
    return redirect("controle_fiche", action.reference)


def jeton_de(request: HttpRequest) -> UUID | None:
    """Le jeton caché du formulaire, qui rend un double clic sans effet ; None s'il manque ou ne se lit pas."""
    try:
        return UUID(request.POST.get("jeton", ""))
    except ValueError:
        return None


def _annotees(actions: ActionQuerySet) -> ActionQuerySet:
    retours = Remarque.objects.filter(
        action=OuterRef("pk"), etat=EtatRemarque.TRAITEE, traitee_le__gte=F("action__soumise_le")
    )
    annotees: ActionQuerySet = actions.pour_liste().annotate(
        deja_diffusee=Exists(VersionDiffusee.objects.filter(action=OuterRef("pk"))), retour=Exists(retours)
    )
    return annotees


def _ligne(action: Any, utilisateur: Any, maintenant: datetime) -> Ligne:
    nature, precision = nature_de(action.version_en_diffusion, action.deja_diffusee)
    if action.retour:
        precision = f"{precision}, corrigée" if precision else "corrigée après retour"
    tenue = est_prise(action, maintenant)
    a_moi = tenue and action.prise_par_id == utilisateur.pk
    debut = action.prochaine_session
    dans = (debut - timezone.localdate(maintenant)).days if debut else None
    return Ligne(
        action,
        nature,
        precision,
        attente(action.soumise_le, maintenant),
        dans is not None and dans <= URGENCE.days,
        "" if dans is None else _dans(dans),
        ("Vous" if a_moi else str(action.prise_par)) if tenue else "",
        action.prise_le if tenue else None,
        a_moi,
    )


def nature_de(version: VersionDiffusee | None, deja_diffusee: bool) -> tuple[str, str]:
    """Ce que la fiche demande, et ce qui est en diffusion aujourd'hui."""
    if version is not None:
        return "Modification", f"version {version.numero} en diffusion"
    return ("Réouverture", "plus en diffusion") if deja_diffusee else ("Première diffusion", "")


def _dans(jours: int) -> str:
    if jours < 2:
        return "demain" if jours else "aujourd'hui"
    return f"dans {jours} jours" if jours < 21 else f"dans {jours // 7} semaines"


def _puces(request: HttpRequest, filtre: FiltreFile) -> list[dict[str, str]]:
    puces = []
    for nom in FILTRES:
        valeur = request.GET.get(nom, "").strip()
        choix = dict(getattr(filtre.form.fields[nom], "choices", ()))
        if not valeur or (choix and valeur not in choix):
            continue
        libelle = f"« {valeur} »" if nom == "q" else str(choix[valeur])
        puces.append({"libelle": libelle, "url": _adresse(request, **{nom: ""})})
    return puces


def _adresse(request: HttpRequest, **changements: str) -> str:
    """L'adresse de la file avec ces filtres, première page ; un filtre vide disparaît de l'adresse."""
    gardes = {nom: request.GET.get(nom, "") for nom in ("vue", *FILTRES)} | changements
    suite = urlencode({nom: valeur for nom, valeur in gardes.items() if valeur})
    return f"{reverse('controle')}?{suite}" if suite else reverse("controle")
