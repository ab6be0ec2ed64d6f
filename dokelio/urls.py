"""Table des adresses : chaque pièce apporte les siennes."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
