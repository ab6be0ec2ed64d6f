"""Adresses de la diffusion."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
