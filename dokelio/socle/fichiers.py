"""Lire un document qu'on nous nomme, écrire un fichier qui n'apparaît que complet ; tout empêchement est une phrase."""

import hashlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dokelio.socle.commandes import Impossible


@contextmanager
def document_lu(nom: str) -> Iterator[BinaryIO]:
    """Le document `nom`, ouvert en binaire ; « - » est l'entrée standard, qu'on ne ferme pas. Lève `Impossible`."""
    if nom == "-":
        yield sys.stdin.buffer
        return
    if not nom:
        raise Impossible("Le nom du document à lire est vide.")
    chemin = Path(nom)
    if chemin.is_dir():
        raise Impossible(f"« {nom} » est un dossier, pas un document.")
    try:
        flux = chemin.open("rb")
    except FileNotFoundError:
        raise Impossible(f"Le fichier « {nom} » n'existe pas.") from None
    except PermissionError:
        raise Impossible(f"Le fichier « {nom} » n'est pas lisible : droits insuffisants.") from None
    except (OSError, ValueError) as erreur:
        raison = getattr(erreur, "strerror", None) or erreur
        raise Impossible(f"Le fichier « {nom} » ne peut pas être lu : {raison}.") from None
    with flux:
        yield flux


class FluxMesure(io.RawIOBase):
    """Un flux dont on compte et condense les octets à mesure qu'ils sont lus ; il ne revient pas en arrière."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.taille = 0
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, taille: int = -1) -> bytes:
        octets = self._source.read(taille)
        self.taille += len(octets)
        self.sha256.update(octets)
        return octets


def mesurer(flux: BinaryIO | FluxMesure) -> tuple[int, str]:
    """Taille et SHA-256 d'un document qui vient d'être lu."""
    if isinstance(flux, FluxMesure):
        return flux.taille, flux.sha256.hexdigest()
    flux.seek(0)
    condense = hashlib.file_digest(flux, "sha256").hexdigest()  # type: ignore[arg-type]
    return flux.tell(), condense


def cible_nommee(sortie: str) -> Path:
    """Le fichier à écrire ; lève `Impossible` si c'est un dossier ou si son dossier n'existe pas."""
    if not sortie:
        raise Impossible("Le nom du fichier à écrire est vide.")
    cible = Path(sortie)
    if cible.is_dir():
        raise Impossible(f"« {sortie} » est un dossier, pas un fichier.")
    if not cible.parent.is_dir():
        raise Impossible(f"Le dossier « {cible.parent} » n'existe pas.")
    return cible


@contextmanager
def ecrit_a_cote(cible: Path) -> Iterator[BinaryIO]:
    """Un fichier écrit à côté de `cible`, qui prend sa place d'un coup, une fois complet et sur le disque.

    Si le bloc lève, l'ancien fichier demeure et rien ne traîne.
    """
    prise, nom = tempfile.mkstemp(prefix=f".{cible.name}.", suffix=".partiel", dir=cible.parent)
    provisoire = Path(nom)
    try:
        with os.fdopen(prise, "wb", buffering=1 << 20) as fichier:
            yield fichier
            fichier.flush()
            os.fsync(fichier.fileno())
        provisoire.chmod(0o644)
        provisoire.replace(cible)
        _garantir(cible.parent)
    except BaseException:
        provisoire.unlink(missing_ok=True)
        raise


def _garantir(dossier: Path) -> None:
    """Le renommage lui-même est sur le disque avant de dire que c'est fait."""
    prise = os.open(dossier, os.O_RDONLY)
    try:
        os.fsync(prise)
    finally:
        os.close(prise)
