"""Table des adresses : chaque pièce apporte les siennes, les plus hautes d'abord (un onglet peut leur appartenir)."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dokelio.accueil.urls")),
    path("", include("diffusion.urls")),
    path("", include("sessions.urls")),
    path("", include("formations.urls")),
    path("", include("conventionne.urls")),
    path("", include("structures.urls")),
    path("", include("dokelio.messagerie.urls")),
    path("", include("dokelio.comptes.urls")),
    path("referentiels/", include("dokelio.referentiels.urls")),
    path("administration/", admin.site.urls),
]
