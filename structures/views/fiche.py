"""La page d'un organisme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def structure(request: HttpRequest) -> HttpResponse:
    """Sa structure pour un membre, la liste pour le CARIF."""
    return render(request, "structures/fiche.html", {})


def structure_fiche(request: HttpRequest, reference: str) -> HttpResponse:
    """Un organisme."""
    return render(request, "structures/fiche.html", {})
