"""Adresses des essais : les recherches seules, sous leur chemin du produit, et une porte de connexion."""

from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("referentiels/", include("dokelio.referentiels.urls")),
    path("connexion/", TemplateView.as_view(), name="account_login"),
]
