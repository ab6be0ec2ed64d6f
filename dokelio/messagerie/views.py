"""La cloche, les préférences, et les courriels lus dans le navigateur (développement)."""

from __future__ import annotations

from typing import cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie import actions, categories
from dokelio.messagerie.forms import PreferencesForm
from dokelio.messagerie.models import Courriel, Notification
from dokelio.socle.pagination import PageParCle


def _personne(request: HttpRequest) -> Utilisateur:
    return cast(Utilisateur, request.user)


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Ses notifications, les plus récentes d'abord."""
    lot = Notification.objects.visibles_par(_personne(request))
    vue = request.GET.get("vue", "")
    contexte = {
        "page": PageParCle(lot.non_lues() if vue == "non-lues" else lot, ("-id",), request.GET),
        "non_lues": Notification.objects.visibles_par(_personne(request)).non_lues().count(),
        "vue": vue,
        "vues": [
            {"libelle": "Toutes", "url": "?", "courante": vue != "non-lues"},
            {"libelle": "Non lues", "url": "?vue=non-lues", "courante": vue == "non-lues"},
        ],
    }
    return render(request, "messagerie/notifications.html", contexte)


@require_POST
def ouvrir_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Marque lue et mène à ce dont elle parle."""
    notification = get_object_or_404(Notification.objects.visibles_par(_personne(request)), pk=pk)
    actions.marquer_lues(_personne(request), [pk])
    lien = notification.lien
    if not lien or not url_has_allowed_host_and_scheme(lien, allowed_hosts={request.get_host()}):
        return redirect("notifications")
    return redirect(lien)


@require_POST
def tout_lire(request: HttpRequest) -> HttpResponse:
    """Marque tout lu."""
    actions.marquer_lues(_personne(request))
    return redirect("notifications")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Quand recevoir les courriels de chaque catégorie."""
    form = PreferencesForm(_personne(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.regler_preferences(_personne(request), form.cadences())
        messages.success(request, "Vos préférences sont enregistrées.")
        return redirect("notifications_preferences")
    contexte = {"form": form, "obligatoires": [c for c in categories.declarees() if c.obligatoire]}
    return render(request, "messagerie/preferences.html", contexte)


# Un courriel a ses styles en ligne : il s'affiche hors du site, sans script, sans image, sans formulaire.
CADRE = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "frame-ancestors": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
    "sandbox": ["allow-top-navigation-by-user-activation", "allow-popups", "allow-popups-to-escape-sandbox"],
}


def _lisibles() -> None:
    """Hors développement, ces pages n'existent pas."""
    if not settings.COURRIELS_LISIBLES:
        raise Http404


@require_safe
@login_not_required
def courriels(request: HttpRequest) -> HttpResponse:
    """Développement : tous les courriels, les plus récents d'abord."""
    _lisibles()
    q = request.GET.get("q", "").strip().replace("\0", "")[:100]
    lot = Courriel.objects.all()
    if q:
        lot = lot.filter(destinataire__contains=q.lower())
    return render(request, "messagerie/courriels.html", {"page": PageParCle(lot, ("-id",), request.GET), "q": q})


@require_safe
@login_not_required
def courriel(request: HttpRequest, pk: int) -> HttpResponse:
    """Développement : un courriel, son texte aux liens actifs, sa page HTML dans un cadre."""
    _lisibles()
    return render(request, "messagerie/courriel.html", {"courriel": get_object_or_404(Courriel, pk=pk)})


@require_safe
@login_not_required
@xframe_options_sameorigin
@csp(CADRE)  # type: ignore[arg-type]
def courriel_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Développement : la page HTML telle qu'une messagerie la reçoit, sans script ni image, hors du site (sandbox)."""
    _lisibles()
    page = get_object_or_404(Courriel, pk=pk).html
    return HttpResponse(page.replace("<head>", '<head><base target="_top">', 1))  # les liens sortent du cadre
