"""La page d'un organisme : la sienne pour un membre, toutes pour le CARIF."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dokelio.comptes.permissions import est_du_carif
from structures.views import cadre
from structures.views.espace import structure_courante
from structures.views.liste import liste


@require_safe
def structure(request: HttpRequest) -> HttpResponse:
    """L'organisme au nom duquel travaille un membre ; la liste de tous pour le CARIF et les financeurs."""
    if request.user.role_carif:  # type: ignore[union-attr]
        return liste(request)
    rattachement = structure_courante(request)
    if rattachement is None:
        return render(request, "structures/aucune.html")
    return render(request, "structures/fiche.html", cadre.fiche(request, rattachement.organisme))


@require_safe
def structure_fiche(request: HttpRequest, reference: str) -> HttpResponse:
    """Un organisme, par sa référence."""
    organisme = cadre.organisme_visible(request, reference)
    return render(request, "structures/fiche.html", cadre.fiche(request, organisme))


@require_safe
def justificatif(request: HttpRequest, reference: str) -> FileResponse:
    """Le justificatif d'activité, pour le personnel du CARIF seul ; enregistré, jamais affiché."""
    organisme = cadre.organisme_visible(request, reference)
    if not est_du_carif(request.user) or not organisme.justificatif:
        raise Http404
    try:
        fichier = organisme.justificatif.open("rb")
    except FileNotFoundError:
        raise Http404("Le fichier n'est plus gardé.") from None
    reponse = FileResponse(
        fichier,
        as_attachment=True,
        filename=f"{organisme.reference}-justificatif.pdf",
        content_type="application/pdf",
    )
    reponse["Cache-Control"] = "private, no-store"
    return reponse
