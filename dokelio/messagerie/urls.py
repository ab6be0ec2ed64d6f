"""Les adresses de la messagerie."""

from __future__ import annotations

from django.urls import path

from dokelio.messagerie import views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/tout-lire/", views.tout_lire, name="notifications_tout_lire"),
    path("notifications/preferences/", views.preferences, name="notifications_preferences"),
    path("notifications/<int:pk>/", views.ouvrir_notification, name="notification"),
    path("courriels/", views.courriels, name="courriels"),
    path("courriels/<int:pk>/", views.courriel, name="courriel"),
    path("courriels/<int:pk>/html/", views.courriel_html, name="courriel_html"),
]
