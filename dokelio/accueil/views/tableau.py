"""Le tableau de bord : ce qui attend la personne connectée."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dokelio.accueil.tableaux import carif, membre
from structures.views.espace import structure_courante


@require_safe
def tableau_de_bord(request: HttpRequest) -> HttpResponse:
    """Celui du CARIF, celui de la structure choisie, ou à qui écrire quand il n'y en a pas."""
    personne: Any = request.user
    au = timezone.localdate()
    if personne.role_carif:
        return render(request, "accueil/tableau_carif.html", {**carif.tableau(personne), "au": au})
    rattachement = structure_courante(request)
    if rattachement is None:
        return render(request, "structures/aucune.html")
    return render(request, "accueil/tableau_membre.html", membre.tableau(personne, rattachement, au))
