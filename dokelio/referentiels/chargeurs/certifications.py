"""Certifications de France compétences : le ZIP de tables CSV, ou un XML V4.1 (nu ou dans son ZIP).

Les tables sont retrouvées par leur nom, jamais par leur date ; seule « Standard » est indispensable."""

import io
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO

from dokelio.lheo.identifiants import bien_forme
from dokelio.referentiels.chargeurs import xml_fiches
from dokelio.referentiels.chargeurs.lecture import (
    Colonnes,
    Ligne,
    date,
    est_vrai,
    niveau,
    sans_accents,
    siret_ou_vide,
    sur_une_ligne,
    texte,
)
from dokelio.referentiels.chargeurs.versement import FichierRefuse, Rapport, verser
from dokelio.referentiels.chargeurs.xml_fiches import CHAMPS
from dokelio.referentiels.models import Bloc, Certificateur, Certification, PartenaireHabilite, Remplacement

TAILLE_MAX = 4_000_000_000
_VOIES = (("apprentissage", "CA"), ("professionnalisation", "CQ"), ("experience", "VAE"), ("continue", "FC"),
          ("individuelle", "CL"), ("eleve", "FI"))  # fmt: skip
_ENFANTS = ("blocsdecompetences", "certificateurs", "partenaires", "anciennenouvellecertification")


@dataclass(slots=True)
class Listes:
    """Les codes d'une fiche, dans l'ordre du fichier, sans répétition."""

    codes_nsf: list[str] = field(default_factory=list)
    codes_rome: list[str] = field(default_factory=list)
    formacodes: list[str] = field(default_factory=list)
    voies_acces: list[str] = field(default_factory=list)


def charger(flux: BinaryIO, rapport: Rapport) -> None:
    """Le fichier tel que France compétences le publie ; reconnaît seul le ZIP de CSV, le XML et son ZIP."""
    flux.seek(0)
    debut = flux.read(4)
    flux.seek(0)
    if not debut:
        raise FichierRefuse("Le fichier est vide.")
    if debut != b"PK\x03\x04":
        if debut.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            xml_fiches.charger(flux, rapport)
            return
        _charger_tables({"standard": flux}, rapport)
        return
    try:
        with zipfile.ZipFile(flux) as archive:
            if sum(membre.file_size for membre in archive.infolist()) > TAILLE_MAX:
                raise FichierRefuse("Le ZIP se déploie en plus de 4\u00a0Go\u00a0: ce n'est pas l'export attendu.")
            _charger_archive(archive, rapport)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as erreur:
        raise FichierRefuse("Le ZIP est abîmé ou incomplet\u00a0: téléchargez-le à nouveau.") from erreur


def _charger_archive(archive: zipfile.ZipFile, rapport: Rapport) -> None:
    xml = [nom for nom in archive.namelist() if nom.lower().endswith(".xml")]
    if xml:
        for nom in sorted(xml):
            with archive.open(nom) as membre:
                xml_fiches.charger(membre, rapport)
        return
    membres: dict[str, str] = {}
    for nom in archive.namelist():
        court = unicodedata.normalize("NFC", nom).rsplit("/", 1)[-1]
        if trouve := re.fullmatch(r"export_fiches_CSV_(.+?)_\d{4}[_-]\d{2}[_-]\d{2}\.csv", court, re.IGNORECASE):
            membres.setdefault(_nom_de_table(trouve[1]), nom)
    if "standard" not in membres:
        raise FichierRefuse("Le ZIP ne contient pas la table «\u00a0Standard\u00a0» de l'export de France compétences.")
    tables: dict[str, BinaryIO] = {}
    try:
        for table, nom in membres.items():
            tables[table] = _Deroulable(archive, nom)  # type: ignore[assignment]
        _charger_tables(tables, rapport)
    finally:
        for flux in tables.values():
            flux.close()


def _nom_de_table(nom: str) -> str:
    """Le nom d'une table sans ses accents, même abîmés par un ZIP qui ne dit pas son encodage."""
    cle = sans_accents(nom)
    for debut, table in (("blocsdecomp", "blocsdecompetences"), ("voixdacc", "voixdacces")):
        if cle.startswith(debut):
            return table
    return cle


class _Deroulable(io.RawIOBase):
    """Un membre de ZIP que l'on peut reprendre à son début sans le garder en mémoire."""

    def __init__(self, archive: zipfile.ZipFile, nom: str) -> None:
        super().__init__()
        self._archive, self._nom = archive, nom
        self._flux: IO[bytes] = archive.open(nom)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1, /) -> bytes:
        return self._flux.read(size)

    def readinto(self, tampon: Any, /) -> int:
        lu = self._flux.read(len(tampon))
        tampon[: len(lu)] = lu
        return len(lu)

    def seek(self, position: int, whence: int = 0, /) -> int:
        if position or whence:
            raise io.UnsupportedOperation
        self._flux.close()
        self._flux = self._archive.open(self._nom)
        return 0

    def close(self) -> None:
        self._flux.close()
        super().close()


def _charger_tables(tables: dict[str, BinaryIO], rapport: Rapport) -> None:
    listes = _lire_listes(tables, rapport)
    presentes = tuple(nom for nom, table in _TABLES_DE_CODES.items() if table[0] in tables)
    fiches: set[str] = set()
    colonnes = Colonnes(texte(tables["standard"]), "Standard", separateurs=";")
    colonnes.exiger("Numero_Fiche", "Intitule", "Actif")
    lignes = _lignes_standard(colonnes, listes, presentes, fiches, rapport)
    verser(
        Certification, ("code",), (*CHAMPS, *presentes), lignes, rapport, fichier="Standard", garder_si_vide=presentes
    )
    connues = dict(Certification.objects.values_list("code", "pk"))
    verser_enfants(
        rapport,
        connues,
        [connues[code] for code in fiches if code in connues],
        {table: Colonnes(texte(tables[table]), table, separateurs=";") for table in _ENFANTS if table in tables},
    )


_TABLES_DE_CODES = {
    "codes_nsf": ("nsf", "nsfcode", "nsf"),
    "codes_rome": ("rome", "codesromecode", "rome"),
    "formacodes": ("formacode", "formacodecode", "formacode"),
    "voies_acces": ("voixdacces", "sijury", ""),
}


def _lire_listes(tables: dict[str, BinaryIO], rapport: Rapport) -> dict[str, Listes]:
    listes: dict[str, Listes] = defaultdict(Listes)
    for attribut, (table, colonne, forme) in _TABLES_DE_CODES.items():
        if table not in tables:
            continue
        lignes = Colonnes(texte(tables[table]), table, separateurs=";")
        lignes.exiger("Numero_Fiche")
        for ligne in lignes:
            valeur = ligne[colonne]
            code = valeur if forme else voie(valeur)
            if not code or (forme and not bien_forme(forme, code)):
                rapport.ecarter(ligne.numero, f"le code «\u00a0{valeur}\u00a0» est mal formé", table)
                continue
            codes: list[str] = getattr(listes[ligne["numerofiche"]], attribut)
            if code not in codes:
                codes.append(code)
    return listes


def voie(libelle: str) -> str:
    """La voie d'accès dite en clair, par son sigle : CA apprentissage, CQ, VAE, FC, CL candidature libre, FI."""
    cle = sans_accents(libelle)
    return next((sigle for mot, sigle in _VOIES if mot in cle), "")


def _lignes_standard(
    colonnes: Colonnes, listes: dict[str, Listes], presentes: tuple[str, ...], fiches: set[str], rapport: Rapport
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    vide = Listes()
    for ligne in colonnes:
        code = ligne["numerofiche"].upper()
        if not re.fullmatch(r"(RNCP|RS)[0-9]{1,6}", code, re.ASCII):
            rapport.ecarter(ligne.numero, f"«\u00a0{code}\u00a0» n'est pas un numéro de fiche", "Standard")
            continue
        intitule = sur_une_ligne(ligne["intitule"])
        if not intitule:
            rapport.ecarter(ligne.numero, f"la fiche {code} n'a pas d'intitulé", "Standard")
            continue
        fiches.add(code)
        de_la_fiche = listes.get(code, vide)
        yield ligne.numero, (code, *_valeurs_standard(code, intitule, ligne),
                             *(getattr(de_la_fiche, nom) for nom in presentes))  # fmt: skip


def _valeurs_standard(code: str, intitule: str, ligne: Ligne) -> tuple[Any, ...]:
    return (
        "RS" if code.startswith("RS") else "RNCP",
        intitule[:1000],
        sur_une_ligne(ligne["abregelibelle"])[:60],
        sur_une_ligne(ligne["abregeintitule"])[:255],
        niveau(ligne["nomenclatureeuropeniveau"]),
        est_vrai(ligne["actif"]),
        ligne["typeenregistrement"][:60],
        date(ligne["dateeffet"]),
        date(ligne["datedecision"]),
        date(ligne["datedernierjo"]),
        date(ligne["datefinenregistrement"]),
    )


def verser_enfants(rapport: Rapport, connues: dict[str, int], portee: list[int], tables: dict[str, Colonnes]) -> None:
    """Blocs, certificateurs, partenaires et remplacements ; une table absente ne retire rien.

    Ceux que le fichier ne donne plus aux fiches `portee` partent."""
    modeles: dict[str, tuple[Any, tuple[str, ...], tuple[str, ...], Any]] = {
        "blocsdecompetences": (Bloc, ("certification", "code"), ("libelle",), _bloc),
        "certificateurs": (Certificateur, ("certification", "siret", "nom"), (), _certificateur),
        "partenaires": (PartenaireHabilite, ("certification", "siret", "habilitation"), ("nom",), _partenaire),
    }
    for table, (modele, cle, champs, lire) in modeles.items():
        if table in tables:
            lignes = _lignes_enfants(tables[table], connues, lire, rapport, table)
            versement = verser(modele, cle, champs, lignes, rapport, fichier=table)
            versement.retirer_absentes("t.certification_id = ANY(%s)", [portee])
    if "anciennenouvellecertification" in tables:
        lignes = _lignes_remplacements(tables["anciennenouvellecertification"], rapport)
        verser(Remplacement, ("ancienne", "nouvelle"), (), lignes, rapport, fichier="Ancienne_Nouvelle_Certification")


def _lignes_enfants(
    colonnes: Colonnes, connues: dict[str, int], lire: Any, rapport: Rapport, fichier: str
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for ligne in colonnes:
        fiche = connues.get(ligne["numerofiche"].upper())
        if fiche is None:
            rapport.ecarter(ligne.numero, f"la fiche «\u00a0{ligne['numerofiche']}\u00a0» est inconnue", fichier)
            continue
        valeurs = lire(ligne)
        if isinstance(valeurs, str):
            rapport.ecarter(ligne.numero, valeurs, fichier)
            continue
        yield ligne.numero, (fiche, *valeurs)


def _bloc(ligne: Ligne) -> tuple[str, str] | str:
    code, libelle = ligne["bloccompetencescode"], sur_une_ligne(ligne["bloccompetenceslibelle"])
    if not code or not libelle:
        return "le code ou le libellé du bloc manque"
    return code[:40], libelle[:1000]


def _certificateur(ligne: Ligne) -> tuple[str, str] | str:
    nom = sur_une_ligne(ligne["nomcertificateur"])
    return (siret_ou_vide(ligne["siretcertificateur"]), nom[:255]) if nom else "le nom du certificateur manque"


def _partenaire(ligne: Ligne) -> tuple[str, str, str] | str:
    siret = siret_ou_vide(ligne["siretpartenaire"])
    if not siret:
        return f"«\u00a0{ligne['siretpartenaire']}\u00a0» n'est pas un SIRET"
    return siret, ligne["habilitationpartenaire"][:40], sur_une_ligne(ligne["nompartenaire"])[:255]


def _lignes_remplacements(colonnes: Colonnes, rapport: Rapport) -> Iterator[tuple[int, tuple[Any, ...]]]:
    vus: set[tuple[str, str]] = set()
    for ligne in colonnes:
        fiche = ligne["numerofiche"].upper()
        couples = ((ligne["anciennecertification"].upper(), fiche), (fiche, ligne["nouvellecertification"].upper()))
        for couple in couples:
            if not all(couple) or couple in vus:  # chaque remplacement est écrit des deux côtés
                continue
            if couple[0] == couple[1] or not all(re.fullmatch(r"(RNCP|RS)[0-9]{1,6}", c, re.ASCII) for c in couple):
                motif = f"remplacement impossible\u00a0: {couple[0]} par {couple[1]}"
                rapport.ecarter(ligne.numero, motif, "Ancienne_Nouvelle_Certification")
                continue
            vus.add(couple)
            yield ligne.numero, couple
