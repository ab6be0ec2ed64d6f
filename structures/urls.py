"""Adresses des structures."""

from django.urls import path

from structures.views import espace

urlpatterns = [
    path("structure/choisir/", espace.choisir, name="structure_choisir"),
]
