"""Adresses du conventionné (la pré-création vit avec les sessions, qui l'écrivent)."""

from django.urls import path

from conventionne import views

urlpatterns = [
    path("conventionne/", views.accueil, name="conventionne"),
    path("conventionne/dispositifs/nouveau/", views.dispositif, name="dispositif_nouveau"),
    path("conventionne/dispositifs/<slug:code>/", views.dispositif, name="dispositif"),
    path("conventionne/dispositifs/<slug:code>/regles/nouvelle/", views.regle, name="regle_nouvelle"),
    path("conventionne/dispositifs/<slug:code>/regles/<int:cle>/", views.regle, name="regle"),
    path("conventionne/financeurs/", views.financeurs, name="conventionne_financeurs"),
    path("conventionne/financeurs/nouveau/", views.financeur, name="financeur_nouveau"),
    path("conventionne/financeurs/<int:cle>/", views.financeur, name="financeur"),
    path("conventionne/conventions/", views.conventions, name="conventionne_conventions"),
    path("conventionne/conventions/nouvelle/", views.convention, name="convention_nouvelle"),
    path("conventionne/conventions/<int:cle>/", views.convention, name="convention"),
]
