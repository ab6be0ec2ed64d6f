"""Les imports : déposer un document LHEO, à blanc ou pour de bon, et lire son compte rendu."""

import logging
from typing import Any

from django.contrib import messages
from django.core.files import File
from django.db.models import Case, IntegerField, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from diffusion.forms.imports import ENVOI_MAX, TROP_GROS, DepotForm
from diffusion.imports import deposer
from diffusion.models import EtatImport, Gravite, Import
from diffusion.querysets import ImportQuerySet
from diffusion.tasks import executer_import
from dokelio.comptes.permissions import est_du_carif
from dokelio.socle.pagination import PageParCle
from structures.models import Organisme
from structures.permissions import peut_rediger
from structures.views.espace import structure_courante

journal = logging.getLogger(__name__)
CLE_DERNIER = "dernier_import"
ENTETES_DES_LIGNES = [
    {"libelle": "Ligne", "nombre": True, "largeur": "l-ligne"},
    {"libelle": "Formation et élément"},
    {"libelle": "Cause"},
    {"libelle": "Remède"},
]
COLONNES = ("Document", "Organisme", "Déposé", "État", "Formations")
VUES = (
    (Gravite.REFUS, "Refusées", "circle-x", "grave"),
    (Gravite.BLOCAGE, "À corriger", "triangle-alert", "agir"),
    (Gravite.AVERTISSEMENT, "À vérifier", "eye", "attente"),
    (Gravite.INFORMATION, "Pour information", "info", ""),
)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Le dépôt et les imports passés. Un envoi trop gros est refusé sans en lire un octet, jeton CSRF compris."""
    if request.method == "POST" and _taille_annoncee(request) > ENVOI_MAX:
        organisme = _organisme_ou_404(request)
        formulaire = DepotForm(carif=est_du_carif(request.user))
        return _liste(request, organisme, formulaire, refus=TROP_GROS, code=413)
    reponse: HttpResponse = _imports(request)
    return reponse


def _taille_annoncee(request: HttpRequest) -> int:
    annonce = request.META.get("CONTENT_LENGTH") or "0"
    return int(annonce) if annonce.isdecimal() else 0


@csrf_protect
def _imports(request: HttpRequest) -> HttpResponse:
    organisme = _organisme_ou_404(request)
    carif = est_du_carif(request.user)
    if request.method != "POST":
        return _liste(request, organisme, DepotForm(carif=carif))
    if not _peut_deposer(request, organisme):
        raise Http404
    formulaire = DepotForm(request.POST, request.FILES, carif=carif)
    if not formulaire.is_valid():
        return _liste(request, organisme, formulaire, code=422)
    jeton = str(formulaire.cleaned_data["jeton"] or "")
    dernier = request.session.get(CLE_DERNIER)
    if jeton and dernier and dernier[0] == jeton:  # le même formulaire envoyé deux fois
        return redirect("import", dernier[1])
    chez = formulaire.cleaned_data.get("organisme") if carif else organisme
    depot = deposer(formulaire.cleaned_data["fichier"], request.user, chez, "essai" in request.POST)
    request.session[CLE_DERNIER] = [jeton, depot.pk]
    confier(depot)
    return redirect("import", depot.pk)


@require_safe
def rapport(request: HttpRequest, pk: int) -> HttpResponse:
    """Le compte rendu d'un import ; tant qu'il court, la page se relit d'elle-même."""
    depot = _import_visible(request, pk)
    par_gravite = depot.bilan.get("lignes", {})
    gravite = request.GET.get("gravite", "")
    gravite = gravite if gravite in Gravite.values else ""
    poids = Case(*(When(gravite=code, then=rang) for rang, (code, *_) in enumerate(VUES)), output_field=IntegerField())
    lignes = depot.lignes.select_related("action").annotate(poids=poids)
    contexte = {
        "depot": depot,
        "etat": etat_montre(depot),
        "en_cours": depot.etat in (EtatImport.EN_ATTENTE, EtatImport.EN_COURS),
        "fini": depot.etat == EtatImport.TERMINE,
        "cles": _cles(depot.bilan),
        "niveaux": _niveaux(depot.bilan),
        "vues": _vues(par_gravite, gravite),
        "page": PageParCle(lignes.filter(gravite=gravite) if gravite else lignes, ("poids", "id"), request.GET),
        "entetes": ENTETES_DES_LIGNES,
        "hors_region": depot.lignes.filter(code="hors-perimetre").count() if par_gravite else 0,
        "peut_appliquer": _s_applique(depot) and _peut_deposer(request, depot.organisme),
        "etapes": _etapes(depot),
    }
    return render(request, "imports/rapport.html", contexte)


@require_POST
def appliquer(request: HttpRequest, pk: int) -> HttpResponse:
    """Importe pour de bon le document d'un essai à blanc."""
    essai = _import_visible(request, pk)
    if not _peut_deposer(request, essai.organisme):
        raise Http404
    if not _s_applique(essai):
        return redirect("import", pk)
    try:
        with essai.fichier.open("rb") as flux:
            depot = deposer(File(flux, name=essai.nom), request.user, essai.organisme)
    except FileNotFoundError:
        messages.error(request, "Le document de cet essai n'est plus gardé : déposez-le de nouveau.")
        return redirect("imports")
    confier(depot)
    return redirect("import", depot.pk)


def _s_applique(depot: Import) -> bool:
    return depot.simulation and depot.etat == EtatImport.TERMINE


def confier(depot: Import) -> None:
    """Réveille l'exécutant. Un courtier absent ne perd rien : la ligne attend, le balayage la reprendra."""
    try:
        executer_import.delay(depot.pk)
    except OperationalError:
        journal.warning("import %s : courtier absent, il partira au balayage", depot.pk)


def etat_montre(depot: Import) -> str:
    """Le code de l'état à montrer (genre « import ») : un essai et un import en partie refusé se distinguent."""
    if depot.etat == EtatImport.EN_ATTENTE:
        return "depose"
    if depot.etat != EtatImport.TERMINE:
        return str(depot.etat)
    if depot.simulation:
        return "essai"
    return "partiel" if depot.bilan.get("formations", {}).get("refuses") else "termine"


def _organisme_ou_404(request: HttpRequest) -> Organisme | None:
    """L'organisme du membre ; aucun pour le CARIF ; 404 pour qui n'importe rien (un financeur)."""
    if est_du_carif(request.user):
        return None
    rattachement = structure_courante(request)
    if rattachement is None:
        raise Http404
    return rattachement.organisme


def _peut_deposer(request: HttpRequest, organisme: Organisme | None) -> bool:
    if est_du_carif(request.user):
        return True
    return organisme is not None and peut_rediger(request.user, organisme.pk)


def _import_visible(request: HttpRequest, pk: int) -> Import:
    visibles: ImportQuerySet = Import.objects.visibles_par(request.user)
    depot: Import = get_object_or_404(visibles.select_related("organisme", "auteur"), pk=pk)
    return depot


def _liste(
    request: HttpRequest, organisme: Organisme | None, formulaire: DepotForm, *, refus: str = "", code: int = 200
) -> HttpResponse:
    visibles = Import.objects.visibles_par(request.user).select_related("organisme", "auteur").defer("enveloppe")
    if organisme is not None:
        visibles = visibles.filter(organisme=organisme)
    page = PageParCle(visibles, ("-depose_le", "-id"), request.GET)
    contexte = {
        "form": formulaire,
        "refus": refus,
        "page": page,
        "lignes": [(depot, etat_montre(depot), depot.bilan.get("formations", {})) for depot in page],
        "entetes": [{"libelle": nom} for nom in COLONNES if nom != "Organisme" or organisme is None],
        "carif": organisme is None,
        "peut_deposer": _peut_deposer(request, organisme),
    }
    return render(request, "imports/liste.html", contexte, status=code)


def _cles(bilan: dict[str, Any]) -> list[dict[str, Any]]:
    """Les chiffres du haut : ce que deviennent les formations."""
    comptes = bilan.get("formations", {})
    return [
        {"icone": icone, "nombre": comptes.get(nom, 0), "libelle": libelle if comptes.get(nom, 0) < 2 else pluriel}
        for nom, libelle, pluriel, icone in (
            ("crees", "formation créée", "formations créées", "plus"),
            ("modifies", "formation modifiée", "formations modifiées", "pencil-line"),
            ("inchanges", "formation inchangée", "formations inchangées", "equal"),
            ("refuses", "formation refusée", "formations refusées", "circle-x"),
        )
    ]


def _niveaux(bilan: dict[str, Any]) -> list[tuple[str, dict[str, int]]]:
    noms = (
        ("organismes", "Organismes"),
        ("formateurs", "Formateurs"),
        ("deroulements", "Lieux et modalités"),
        ("sessions", "Sessions"),
    )
    return [(libelle, bilan[nom]) for nom, libelle in noms if any(bilan.get(nom, {}).values())]


def _vues(par_gravite: dict[str, int], courante: str) -> list[dict[str, Any]]:
    vues: list[dict[str, Any]] = [
        {"libelle": "Toutes", "url": "?", "courante": not courante, "compte": sum(par_gravite.values())}
    ]
    for code, libelle, icone, ton in VUES:
        if compte := par_gravite.get(code.value):
            vues.append(
                {
                    "libelle": libelle,
                    "url": f"?gravite={code.value}",
                    "courante": courante == code.value,
                    "compte": compte,
                    "icone": icone,
                    "ton": ton,
                }
            )
    return vues


def _etapes(depot: Import) -> list[dict[str, Any]]:
    """Dépôt, lecture, puis essai ou écriture."""
    fini = depot.etat == EtatImport.TERMINE
    lu = depot.etat not in (EtatImport.EN_ATTENTE, EtatImport.REFUSE, EtatImport.ECHEC)
    essai = [{"libelle": "Essai à blanc", "fait": False, "courante": fini}] if depot.simulation else []
    ecrit = fini and not depot.simulation
    return [
        {"libelle": "Dépôt", "fait": True, "courante": depot.etat == EtatImport.EN_ATTENTE},
        {"libelle": "Lecture", "fait": lu and fini, "courante": not fini and depot.etat != EtatImport.EN_ATTENTE},
        *essai,
        {"libelle": "Écriture dans la base", "fait": ecrit, "courante": False},
    ]
