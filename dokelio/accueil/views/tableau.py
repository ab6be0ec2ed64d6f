"""Le tableau de bord : ce qui attend la personne connectée."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def tableau_de_bord(request: HttpRequest) -> HttpResponse:
    """La page d'arrivée."""
    return render(request, "accueil/tableau_de_bord.html", {})
