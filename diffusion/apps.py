"""Configuration de l'application « Diffusion »."""

from django.apps import AppConfig


class DiffusionConfig(AppConfig):
    name = "diffusion"
    label = "diffusion"
    verbose_name = "Diffusion"
    default_auto_field = "django.db.models.BigAutoField"
