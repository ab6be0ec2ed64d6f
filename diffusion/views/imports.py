"""Les imports : déposer un document, lire son rapport."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def imports(request: HttpRequest) -> HttpResponse:
    """Le dépôt et les imports passés."""
    return render(request, "imports/liste.html", {})


def rapport(request: HttpRequest, pk: int) -> HttpResponse:
    """Le rapport d'un import."""
    return render(request, "imports/liste.html", {})
