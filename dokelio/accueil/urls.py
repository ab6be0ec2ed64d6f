"""Adresses de la pièce « accueil »."""

from django.urls import path

from dokelio.accueil.views import pages_publiques, sante, tableau
from dokelio.accueil.views.composants import composants

urlpatterns = [
    path("", tableau.tableau_de_bord, name="tableau_de_bord"),
    path("sante/", sante.sante, name="sante"),
    path("accessibilite/", pages_publiques.accessibilite, name="accessibilite"),
    path("mentions-legales/", pages_publiques.mentions_legales, name="mentions_legales"),
    path("donnees-personnelles/", pages_publiques.donnees_personnelles, name="donnees_personnelles"),
    path("composants/", composants, name="composants"),
]
