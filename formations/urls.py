"""Adresses des actions de formation."""

from django.urls import path

from formations.views import liste, transitions

urlpatterns = [
    path("formations/", liste.liste, name="formations"),
    path("formations/nouvelle/", liste.nouvelle, name="formation_nouvelle"),
    path("formations/<str:reference>/transition/<slug:nom>/", transitions.transition, name="action_transition"),
]
