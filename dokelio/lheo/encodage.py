"""Les octets d’un document déposé : ce qui n’est pas du XML lisible est refusé, le reste est rendu en UTF-8.
Rien n’est gardé en mémoire au-delà du prologue ; un fichier trop gros est refusé sans être lu."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

TAILLE_MAX = 2**30
MORCEAU = 1 << 16
_PROLOGUE_MAX = 1 << 18
_PAS_XML = "Le fichier n’est pas un document XML : il ne commence pas par une balise."

_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']1\.[0-9]+["'](?:\s+encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["'])?"""
    rb"""(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>"""
)
_PASSAGES = re.compile(rb"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_C1 = re.compile(rb"[\x80-\x9f]")
_C1_VIDES = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # ce que windows-1252 ne définit pas
_ENCODAGES = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "windows-1252",
    "cp1252": "windows-1252",
}
_MARQUES = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SANS_MARQUE = (("<?xml".encode("utf-16-le"), "utf-16-le"), ("<?xml".encode("utf-16-be"), "utf-16-be"))
_COMPRESSES = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
}


class DocumentRefuse(Exception):
    """Le document n’est pas lisible comme LHEO ; `phrase` le dit en une phrase, `ligne` est celle du fichier."""

    def __init__(self, code: str, phrase: str, ligne: int | None = None) -> None:
        super().__init__(phrase)
        self.code = code
        self.phrase = phrase
        self.ligne = ligne


class Octets:
    """Un fichier ouvert, rendu en UTF-8 sans sa déclaration XML ; tout refus est un `DocumentRefuse`.

    `encodage` est celui dans lequel les octets sont lus, `particularites` ce que le prologue en disait de faux.
    Pour reconnaître de l’UTF-8 annoncé comme autre chose, le fichier est parcouru deux fois : il doit être `seekable`.
    """

    def __init__(self, flux: BinaryIO, taille_max: int | None = TAILLE_MAX) -> None:
        self._flux = flux
        self._taille_max = taille_max
        self.particularites: list[str] = []
        self._debut = flux.tell() if flux.seekable() else None
        if self._debut is not None:
            taille = flux.seek(0, 2) - self._debut
            flux.seek(self._debut)
            self._refuser_trop_gros(taille)
        self._tete = flux.read(MORCEAU)
        self._refuser_autre_chose()
        self.encodage = self._choisir_encodage()

    def __iter__(self) -> Iterator[bytes]:
        """Les morceaux du document, en UTF-8 ; le premier va au moins jusqu’au début de la balise racine."""
        morceaux = self._en_utf8()
        prologue, fini = b"", False
        while (racine := _position_racine(prologue, fini)) is None:
            morceau = next(morceaux, b"")
            prologue += morceau
            if fini or len(prologue) > _PROLOGUE_MAX:
                if not prologue.strip():
                    raise DocumentRefuse("vide", "Le fichier ne contient que des blancs.")
                raise DocumentRefuse("tronque", "Le document s’arrête, ou se perd, avant son élément racine.")
            if prologue.strip() and not prologue.lstrip().startswith(b"<"):
                raise DocumentRefuse("pas-xml", _PAS_XML)
            fini = not morceau
        if prologue[racine : racine + 9].upper() == b"<!DOCTYPE":
            ligne = prologue.count(b"\n", 0, racine) + 1
            raise DocumentRefuse(
                "doctype", "Le document contient une déclaration DOCTYPE, qui n’est pas admise.", ligne
            )
        yield prologue
        yield from morceaux

    def _refuser_trop_gros(self, taille: int) -> None:
        if self._taille_max is not None and taille > self._taille_max:
            maxi = f"{self._taille_max // 2**20} Mo" if self._taille_max >= 2**20 else f"{self._taille_max} octets"
            raise DocumentRefuse("trop-gros", f"Le fichier dépasse la taille admise : {maxi}.")

    def _refuser_autre_chose(self) -> None:
        if not self._tete:
            raise DocumentRefuse("vide", "Le fichier est vide.")
        for magie, forme in _COMPRESSES.items():
            if self._tete.startswith(magie):
                raise DocumentRefuse(
                    "compresse", f"Le fichier est compressé ({forme}) : déposez le document XML lui-même."
                )

    def _bruts(self) -> Iterator[bytes]:
        """Les octets du fichier, tels quels, depuis le début ; la taille est comptée en lisant."""
        if self._debut is not None:
            self._flux.seek(self._debut + len(self._tete))
        lus, morceau = 0, self._tete
        while morceau:
            lus += len(morceau)
            self._refuser_trop_gros(lus)
            yield morceau
            morceau = self._flux.read(MORCEAU)

    def _choisir_encodage(self) -> str:
        """L’encodage d’après la marque d’ordre des octets, la déclaration et, au besoin, les octets."""
        for marque, encodage in _MARQUES:
            if self._tete.startswith(marque):
                return encodage
        for debut, encodage in _SANS_MARQUE:
            if self._tete.startswith(debut):
                return encodage
        trouvee = _DECLARATION.match(self._tete)
        annonce = (trouvee[1] or b"utf-8").decode() if trouvee else "utf-8"
        choisi = _ENCODAGES.get(annonce.lower())
        if choisi is None:
            phrase = f"L’encodage annoncé, « {annonce} », n’est pas pris en charge : enregistrez le document en UTF-8."
            raise DocumentRefuse("encodage-inconnu", phrase, 1)
        if choisi == "utf-8" or self._debut is None:
            return choisi
        vrai = self._eprouver(choisi)
        if vrai != choisi:
            self.particularites.append(f"Le prologue annonce {annonce}, mais les octets sont en {vrai.upper()}.")
        return vrai

    def _eprouver(self, annonce: str) -> str:
        """L’encodage vrai d’un document qui en annonce un d’un octet par caractère : souvent, de l’UTF-8."""
        decodeur = codecs.getincrementaldecoder("utf-8")()
        accents, utf8, imprimables, trous = False, True, False, False
        for morceau in self._bruts():
            accents = accents or not morceau.isascii()
            imprimables = imprimables or _C1.search(morceau) is not None
            trous = trous or _C1_VIDES.search(morceau) is not None
            try:
                if utf8:
                    decodeur.decode(morceau)
            except UnicodeDecodeError:
                utf8 = False
        if accents and utf8 and not decodeur.getstate()[0]:
            return "utf-8"
        return "windows-1252" if annonce == "iso-8859-1" and imprimables and not trous else annonce

    def _en_utf8(self) -> Iterator[bytes]:
        """Les octets décodés puis rendus en UTF-8, sans marque ni déclaration (mais avec ses sauts de ligne)."""
        decodeur = codecs.getincrementaldecoder(self.encodage)()
        lignes, premier = 0, True
        try:
            for morceau in self._bruts():
                texte = decodeur.decode(morceau)
                lignes += texte.count("\n")
                if premier and texte:
                    texte, premier = _sans_declaration(texte), False
                yield texte.encode()
            decodeur.decode(b"", final=True)
        except UnicodeDecodeError as erreur:
            ligne = lignes + 1 + erreur.object.count(b"\n", 0, erreur.start)
            octet = erreur.object[erreur.start]
            phrase = (
                f"Les octets ne sont pas de l’{self.encodage.upper()} : l’octet 0x{octet:02X} de la ligne {ligne} est "
                "illisible ; enregistrez le document en UTF-8."
            )
            raise DocumentRefuse("encodage-faux", phrase, ligne) from None


def _sans_declaration(texte: str) -> str:
    texte = texte.removeprefix("\ufeff")
    if not re.match(r"<\?xml\s", texte):
        return texte
    declaration = re.match(_DECLARATION.pattern.decode(), texte)
    if declaration is None:
        raise DocumentRefuse("mal-forme", "La déclaration XML de la première ligne est mal formée.", 1)
    return "\n" * declaration[0].count("\n") + texte[declaration.end() :]


def _position_racine(prologue: bytes, fini: bool) -> int | None:
    """Où commence ce qui suit blancs, commentaires et instructions de traitement ; None s’il faut lire davantage."""
    position = 0
    while passage := _PASSAGES.match(prologue, position):
        position = passage.end()
    reste = prologue[position : position + 9]
    if reste.startswith((b"<!--", b"<?")) or len(reste) < (1 if fini else 9):
        return None
    return position
