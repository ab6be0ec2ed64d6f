"""Adresses du conventionné."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
