"""Modèles de la diffusion : imports reçus, flux et exécutions."""

from diffusion.models.archivage import AvisArchivage, EtatNuit, Nuit
from diffusion.models.exports import EtatExecution, Execution, Flux
from diffusion.models.imports import EtatImport, Gravite, Import, LigneImport

__all__ = [
    "AvisArchivage",
    "EtatExecution",
    "EtatImport",
    "EtatNuit",
    "Execution",
    "Flux",
    "Gravite",
    "Import",
    "LigneImport",
    "Nuit",
]
