"""Les pages que chacun peut lire : accessibilité, mentions légales, données personnelles."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def accessibilite(request: HttpRequest) -> HttpResponse:
    return _page(request, "accessibilite")


@login_not_required
def mentions_legales(request: HttpRequest) -> HttpResponse:
    return _page(request, "mentions_legales")


@login_not_required
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    return _page(request, "donnees_personnelles")


def _page(request: HttpRequest, nom: str) -> HttpResponse:
    """Dans la coquille pour une personne connectée, sur fond nu pour un visiteur."""
    if request.user.is_authenticated:
        contexte = {"cadre": "base.html", "carte": "dk-carte dk-carte-corps"}
    else:
        contexte = {"cadre": "base_nue.html", "carte": ""}
    return render(request, f"accueil/{nom}.html", contexte)
