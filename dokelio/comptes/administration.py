"""L'administration de Django : ouverte aux administrateurs du CARIF, introuvable pour les autres.

On y entre par la page de connexion de tous, avec son second facteur ; elle n'a pas de formulaire à elle."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class SiteAdministration(AdminSite):
    """Le site d'administration : 404 pour qui n'est pas administrateur."""

    site_header = "Dokelio+, administration"
    site_title = "Dokelio+"
    index_title = "Tables"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_staff", False))

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Renvoie à la connexion ; une personne connectée qui n'est pas concernée ne trouve rien."""
        if request.user.is_authenticated:
            raise Http404
        from django.contrib.auth.views import redirect_to_login  # les modèles ne sont pas chargés plus tôt

        return redirect_to_login(request.get_full_path())


class AdministrationConfig(AdminConfig):
    """Remplace le site d'administration par défaut."""

    default_site = "dokelio.comptes.administration.SiteAdministration"
