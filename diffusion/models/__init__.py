"""Modèles de la diffusion : imports reçus, flux et passages."""

from diffusion.models.imports import EtatImport, Gravite, Import, LigneImport

__all__ = ["EtatImport", "Gravite", "Import", "LigneImport"]
