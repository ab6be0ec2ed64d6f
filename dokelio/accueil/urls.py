"""Adresses de la pièce « accueil »."""

from django.urls import path

from dokelio.accueil.views.composants import composants

urlpatterns = [
    path("composants/", composants, name="composants"),
]
