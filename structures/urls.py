"""Adresses des structures."""

from django.urls import path

from structures.views import espace, fiche

urlpatterns = [
    path("structure/", fiche.structure, name="structure"),
    path("structure/choisir/", espace.choisir, name="structure_choisir"),
    path("structure/<str:reference>/", fiche.structure_fiche, name="structure_fiche"),
]
