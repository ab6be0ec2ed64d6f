"""Lecture tolérante des fichiers de référentiels : encodages, BOM, colonnes par nom, dates, zéros de tête perdus."""

import codecs
import csv
import datetime
import io
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from dokelio.lheo.identifiants import bien_forme
from dokelio.referentiels.chargeurs.versement import FichierRefuse

csv.field_size_limit(min(sys.maxsize, 10_000_000))


def sans_accents(texte: str) -> str:
    """Nom de colonne comparable : sans accents, ponctuation ni casse (« Code_Scolarité » → « codescolarite »)."""
    nu = "".join(c for c in unicodedata.normalize("NFKD", texte) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]", "", nu.lower())


def encodage(flux: BinaryIO) -> str:
    """UTF-8 (avec ou sans BOM) si tout le fichier en est, sinon Windows-1252 ; refuse UTF-16, ZIP, gzip, binaire."""
    flux.seek(0)
    debut = flux.read(4096)
    if not debut:
        raise FichierRefuse("Le fichier est vide.")
    if debut.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FichierRefuse("Le fichier est en UTF-16\u00a0: enregistrez-le en UTF-8.")
    if debut.startswith(b"PK\x03\x04"):
        raise FichierRefuse("Le fichier est un ZIP, cette source attend un fichier texte\u00a0: décompressez-le.")
    if debut.startswith(b"\x1f\x8b"):
        raise FichierRefuse("Le fichier est compressé (gzip)\u00a0: décompressez-le d'abord.")
    if b"\0" in debut:
        raise FichierRefuse("Le fichier n'est pas un fichier texte.")
    decodeur = codecs.getincrementaldecoder("utf-8")()
    flux.seek(0)
    try:
        while bloc := flux.read(1 << 16):
            decodeur.decode(bloc)
        decodeur.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        flux.seek(0)
    return "utf-8-sig"


def texte(flux: BinaryIO) -> io.TextIOWrapper:
    """Le fichier en texte, fins de ligne laissées au lecteur CSV ; un octet sans signification devient « \ufffd »."""
    return io.TextIOWrapper(flux, encoding=encodage(flux), errors="replace", newline="")


class Colonnes:
    """Un CSV lu par noms de colonnes, quels que soient leur ordre, leurs accents et leur casse.

    `separateurs` : essayés dans l'ordre sur l'en-tête. `guillemets=False` : les « " » sont du texte."""

    def __init__(self, flux: Iterable[str], nom: str, *, separateurs: str = ";,\t", guillemets: bool = True) -> None:
        self.nom = nom
        self._lignes = iter(flux)
        entete = next(self._lignes, "").lstrip("\ufeff")
        if not entete.strip():
            raise FichierRefuse(f"{nom}\u00a0: la première ligne, celle des noms de colonnes, est vide.")
        separateur = max(separateurs, key=entete.count)
        self._options = {
            "delimiter": separateur,
            "quoting": csv.QUOTE_MINIMAL if guillemets else csv.QUOTE_NONE,
        }
        noms = next(csv.reader([entete], **self._options))  # type: ignore[arg-type]
        self.rangs: dict[str, int] = {}
        for rang, colonne in enumerate(noms):
            self.rangs.setdefault(sans_accents(colonne), rang)

    def exiger(self, *colonnes: str) -> None:
        """Refuse le fichier s'il lui manque l'une de ces colonnes."""
        manquantes = [colonne for colonne in colonnes if sans_accents(colonne) not in self.rangs]
        if manquantes:
            raise FichierRefuse(
                f"{self.nom}\u00a0: il manque la colonne « {' », « '.join(manquantes)} »."
                if len(manquantes) == 1
                else f"{self.nom}\u00a0: il manque les colonnes « {' », « '.join(manquantes)} »."
            )

    def __iter__(self) -> Iterator["Ligne"]:
        lecteur = csv.reader(self._lignes, **self._options)  # type: ignore[arg-type]
        numero = 2
        try:
            for valeurs in lecteur:
                if any(valeurs):
                    yield Ligne(numero, valeurs, self.rangs)
                numero = lecteur.line_num + 2
        except csv.Error as erreur:
            raise FichierRefuse(f"{self.nom}, ligne {numero}\u00a0: le CSV est illisible ({erreur}).") from erreur


class Ligne:
    """Une ligne d'un CSV ; une colonne absente ou vide vaut ''. Les blancs autour (tabulations comprises) sont ôtés."""

    __slots__ = ("_rangs", "_valeurs", "numero")

    def __init__(self, numero: int, valeurs: list[str], rangs: dict[str, int]) -> None:
        self.numero = numero
        self._valeurs = valeurs
        self._rangs = rangs

    def __getitem__(self, colonne: str) -> str:
        rang = self._rangs.get(colonne)
        if rang is None or rang >= len(self._valeurs):
            return ""
        return self._valeurs[rang].strip().replace("\0", "")

    def premiere(self, *colonnes: str) -> str:
        """La première valeur non vide parmi ces colonnes : un même champ a changé de nom avec les années."""
        return next((valeur for colonne in colonnes if (valeur := self[colonne])), "")


def sur_une_ligne(valeur: str) -> str:
    """Les retours à la ligne et blancs multiples d'un libellé ramenés à une espace."""
    return " ".join(valeur.split())


def date(valeur: str) -> datetime.date | None:
    """« 31/08/2024 », « 2024-08-31 » ou « 2024-08-31T… » ; None si vide ou impossible."""
    if trouve := re.match(r"(\d{2})/(\d{2})/(\d{4})$", valeur):
        jour, mois, annee = map(int, trouve.groups())
    elif trouve := re.match(r"(\d{4})-(\d{2})-(\d{2})", valeur):
        annee, mois, jour = map(int, trouve.groups())
    else:
        return None
    try:
        return datetime.date(annee, mois, jour)
    except ValueError:
        return None


def niveau(valeur: str) -> int | None:
    """« NIV5 », « niveau6 », « Niveau 6 », « 4 » → l'entier de 1 à 8 ; « REPRISE », « AUCUN » ou vide → None."""
    trouve = re.fullmatch(r"(?:NIV(?:EAU)?\s*)?([1-8])", valeur.strip().upper())
    return int(trouve[1]) if trouve else None


def est_vrai(valeur: str) -> bool:
    """« ACTIVE », « Oui », « true », « 1 » sont vrais ; le reste est faux."""
    return valeur.strip().lower() in {"active", "oui", "true", "1", "publiee", "publiée"}


def siret_ou_vide(valeur: str) -> str:
    """Le SIRET sans blancs, zéro de tête rendu ; vide s'il n'en est pas un."""
    nu = re.sub(r"\s", "", valeur)
    if nu.isdecimal() and 9 < len(nu) < 14:
        nu = nu.zfill(14)
    return nu if bien_forme("siret", nu) else ""
