"""Les documents LHEO du produit (`tests/donnees/lheo/`) et de quoi les altérer."""

from __future__ import annotations

import io
from pathlib import Path

from dokelio.lheo.validation import Rapport, valider_document

DOSSIER = Path(__file__).resolve().parents[1] / "donnees" / "lheo"
VALIDES = ("complet-2.3.xml", "index-2.3.xml", "flux-national-2.3.xml", "iso-8859-1.xml", "prologue-faux.xml")


def octets(nom: str) -> bytes:
    """Le contenu d’un document du produit."""
    return (DOSSIER / nom).read_bytes()


def altere(nom: str, *remplacements: tuple[str, str]) -> bytes:
    """Le document où chaque texte, présent, est remplacé une fois par l’autre."""
    texte = octets(nom).decode()
    for ancien, nouveau in remplacements:
        assert ancien in texte, f"« {ancien} » n’est pas dans {nom}"
        texte = texte.replace(ancien, nouveau, 1)
    return texte.encode()


def rapport(contenu: bytes) -> Rapport:
    """Le compte-rendu de ces octets."""
    return valider_document(io.BytesIO(contenu))


def ligne_de(contenu: bytes, extrait: str) -> int:
    """La ligne de la première occurrence de l’extrait."""
    return contenu.decode()[: contenu.decode().index(extrait)].count("\n") + 1
