"""L'espace structure : au nom de quel organisme la personne travaille, gardé dans sa session de navigation."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from structures.models import Rattachement

CLE = "structure"


def rattachements_de(request: HttpRequest) -> list[Rattachement]:
    """Les rattachements de la personne, lus une fois par requête, par nom d'organisme."""
    if not hasattr(request, "_rattachements"):
        lus = Rattachement.objects.de(request.user)
        request._rattachements = sorted(lus, key=lambda r: (r.organisme.cle_nom, r.pk))  # type: ignore[attr-defined]
    resultat: list[Rattachement] = request._rattachements  # type: ignore[attr-defined]
    return resultat


def structure_courante(request: HttpRequest) -> Rattachement | None:
    """Le rattachement choisi, sinon le premier ; `None` pour qui n'en a pas (le personnel du CARIF)."""
    rattachements = rattachements_de(request)
    voulue = request.session.get(CLE)
    return next(
        (r for r in rattachements if r.organisme.reference == voulue), rattachements[0] if rattachements else None
    )


@require_POST
def choisir(request: HttpRequest) -> HttpResponse:
    """Change d'organisme et revient au tableau de bord, ou à la page demandée."""
    reference: Any = request.POST.get("reference", "")
    if not any(r.organisme.reference == reference for r in rattachements_de(request)):
        raise Http404("Vous n'êtes pas rattaché à cette structure.")
    request.session[CLE] = reference
    suite = request.POST.get("suite", "/")
    sure = suite.startswith("/") and url_has_allowed_host_and_scheme(suite, allowed_hosts={request.get_host()})
    return redirect(suite if sure else "/")
