"""Table des adresses : chaque pièce apporte les siennes."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("dokelio.accueil.urls")),
    path("", include("dokelio.comptes.urls")),
    path("", include("dokelio.messagerie.urls")),
    path("administration/", admin.site.urls),
]
