"""Adresses de la diffusion."""

from django.urls import URLPattern, path

from diffusion.views import imports

urlpatterns: list[URLPattern] = [
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.rapport, name="import"),
    path("imports/<int:pk>/appliquer/", imports.appliquer, name="import_appliquer"),
]
