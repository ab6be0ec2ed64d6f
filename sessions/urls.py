"""Adresses des sessions : l'onglet d'une fiche, ses lieux, ses dates, ses financements, et la pré-création."""

from django.urls import path

from sessions.views import financements, lieux, onglet, precreation, session

ONGLET = "formations/<str:reference>/sessions/"

urlpatterns = [
    path(ONGLET, onglet.onglet, name="fiche_sessions"),
    path(f"{ONGLET}lieu/nouveau/", lieux.nouveau, name="lieu_nouveau"),
    path(f"{ONGLET}lieu/<int:lieu>/", lieux.modifier, name="lieu_modifier"),
    path(f"{ONGLET}lieu/<int:lieu>/dates/", lieux.dates, name="lieu_dates"),
    path(f"{ONGLET}lieu/<int:lieu>/supprimer/", lieux.supprimer, name="lieu_supprimer"),
    path(f"{ONGLET}lieu/<int:lieu>/financement/nouveau/", financements.nouveau, name="financement_nouveau"),
    path(f"{ONGLET}financement/<int:financement>/", financements.modifier, name="financement_modifier"),
    path(
        f"{ONGLET}financement/<int:financement>/transition/<slug:nom>/",
        financements.transition,
        name="financement_transition",
    ),
    path(f"{ONGLET}<str:session>/", session.modifier, name="session_modifier"),
    path(f"{ONGLET}<str:session>/lieu/", lieux.modifier_pour_une_session, name="session_lieu"),
    path(f"{ONGLET}<str:session>/transition/<slug:nom>/", session.transition, name="session_transition"),
    path("conventionne/actions/nouvelle/", precreation.nouvelle, name="conventionne_precreer"),
]
