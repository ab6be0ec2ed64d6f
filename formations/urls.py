"""Adresses des actions de formation ; l'onglet « sessions » appartient à l'application du même nom."""

from django.urls import path

from formations.views import fiche, gestion, liste, transitions
from formations.views.controle import file, gestes, relecture

urlpatterns = [
    path("formations/", liste.liste, name="formations"),
    path("formations/nouvelle/", liste.nouvelle, name="formation_nouvelle"),
    path("formations/<str:reference>/", fiche.fiche, name="fiche"),
    path("formations/<str:reference>/transition/<slug:nom>/", transitions.transition, name="action_transition"),
    path("formations/<str:reference>/versions/<int:numero>/", gestion.version, name="fiche_version"),
    path("formations/<str:reference>/remarques/", gestion.repondre, name="fiche_remarques"),
    path("formations/<str:reference>/gestion/", gestion.gestion, name="fiche_gestion"),
    path("formations/<str:reference>/<slug:onglet>/", fiche.onglet, name="fiche_onglet"),
    path("controle/", file.file, name="controle"),
    path("controle/suivante/", file.prendre_suivante, name="controle_suivante"),
    path("controle/<str:reference>/", relecture.relecture, name="controle_fiche"),
    path("controle/<str:reference>/prendre/", gestes.prendre, name="controle_prendre"),
    path("controle/<str:reference>/relacher/", gestes.relacher, name="controle_relacher"),
    path("controle/<str:reference>/remarques/", gestes.remarquer, name="controle_remarquer"),
    path("controle/<str:reference>/corriger/", gestes.corriger, name="controle_corriger"),
    path("controle/<str:reference>/accepter/", gestes.valider, name="controle_accepter"),
    path("controle/<str:reference>/retirer/", gestes.retirer, name="controle_retirer"),
]
