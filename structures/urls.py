"""Adresses des structures."""

from django.urls import path

from structures.views import edition, espace, fiche, rattachements, transitions

urlpatterns = [
    path("structure/", fiche.structure, name="structure"),
    path("structure/choisir/", espace.choisir, name="structure_choisir"),
    path("structure/<str:reference>/", fiche.structure_fiche, name="structure_fiche"),
    path("structure/<str:reference>/modifier/", edition.modifier, name="structure_modifier"),
    path("structure/<str:reference>/justificatif/", edition.joindre_justificatif, name="structure_justificatif"),
    path("structure/<str:reference>/justificatif/fichier/", fiche.justificatif, name="structure_justificatif_fichier"),
    path("structure/<str:reference>/contacts/nouveau/", edition.contact, name="contact_nouveau"),
    path("structure/<str:reference>/contacts/<int:pk>/", edition.contact, name="contact"),
    path("structure/<str:reference>/contacts/<int:pk>/retirer/", edition.retirer_contact, name="contact_retirer"),
    path("structure/<str:reference>/lieux/nouveau/", edition.lieu, name="structure_lieu_nouveau"),
    path("structure/<str:reference>/lieux/<int:pk>/", edition.lieu, name="lieu"),
    path("structure/<str:reference>/transition/<slug:nom>/", transitions.transition, name="structure_transition"),
    path("comptes/<int:pk>/rattachements/", rattachements.ajouter, name="rattachement_ajouter"),
    path(
        "comptes/<int:pk>/rattachements/<int:rattachement>/retirer/",
        rattachements.retirer,
        name="rattachement_retirer",
    ),
]
