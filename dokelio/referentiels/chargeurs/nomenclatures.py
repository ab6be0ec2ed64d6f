"""Formacode, ROME et NSF : des listes de codes et de libellés, dans les formats où elles circulent."""

import csv
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from dokelio.lheo.identifiants import bien_forme
from dokelio.referentiels.chargeurs.lecture import Colonnes, sur_une_ligne, texte
from dokelio.referentiels.chargeurs.versement import FichierRefuse, Rapport, verser
from dokelio.referentiels.models import Formacode, Nsf, Rome

_LISTE_FCOD = re.compile(r"(?:OUT\$|PAY\$)?([A-Z]{3})", re.ASCII)


def charger_formacode(flux: BinaryIO, rapport: Rapport, version: str = "V14") -> None:
    """Un CSV à en-tête (code, libelle, liste, champ, synonymes) dans `version` : publics, domaines, autres listes."""
    colonnes = Colonnes(texte(flux), rapport.fichier)
    colonnes.exiger("code", "libelle")
    _exiger_version(version)
    verser(Formacode, ("version", "code"), ("libelle", "type", "champ", "synonymes"),
           _lignes_formacode(colonnes, version.upper(), rapport), rapport)  # fmt: skip


def _exiger_version(version: str) -> None:
    if not re.fullmatch(r"V[0-9]{1,2}", version.upper(), re.ASCII):
        raise FichierRefuse(f"«\u00a0{version}\u00a0» n'est pas une version\u00a0: écrivez V14, par exemple.")


def _lignes_formacode(colonnes: Colonnes, version: str, rapport: Rapport) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for ligne in colonnes:
        code, libelle = ligne["code"], sur_une_ligne(ligne["libelle"])
        if not bien_forme("formacode", code) or not libelle:
            rapport.ecarter(ligne.numero, f"«\u00a0{code}\u00a0» n'est pas un Formacode, ou son libellé manque")
            continue
        genre = ligne.premiere("liste", "type").upper() or "DOM"
        synonymes = sur_une_ligne(ligne["synonymes"].replace("$", " "))
        yield ligne.numero, (version, code, libelle[:255], genre[:12], ligne.premiere("champ", "champsemantique")[:120],
                             synonymes)  # fmt: skip


def charger_fcod(flux: BinaryIO, rapport: Rapport, version: str = "V8") -> None:
    """Le format historique FCod, sans en-tête : quinze champs, « $ » entre les valeurs multiples."""
    _exiger_version(version)
    verser(Formacode, ("version", "code"), ("libelle", "type", "champ", "synonymes"),
           _lignes_fcod(flux, version.upper(), rapport), rapport)  # fmt: skip


def _lignes_fcod(flux: BinaryIO, version: str, rapport: Rapport) -> Iterator[tuple[int, tuple[Any, ...]]]:
    lecteur = csv.reader(texte(flux), delimiter=";", quoting=csv.QUOTE_NONE)
    for numero, brutes in enumerate(lecteur, 1):
        valeurs = [valeur.strip().replace("\0", "") for valeur in brutes]
        if not any(valeurs):
            continue
        if len(valeurs) < 4 or not bien_forme("formacode", valeurs[0]) or not (valeurs[2] or valeurs[1]):
            rapport.ecarter(numero, f"«\u00a0{valeurs[0]}\u00a0» n'est pas un Formacode, ou son libellé manque")
            continue
        valeurs += [""] * (6 - len(valeurs))
        genre = _LISTE_FCOD.sub(r"\1", valeurs[3].split("$DOM")[0])
        libelle = valeurs[2] or valeurs[1]
        yield numero, (version, valeurs[0], libelle[:255], genre[:12], valeurs[4][:120], valeurs[5].replace("$", " "))


def charger_rome(flux: BinaryIO, rapport: Rapport, version: str = "") -> None:
    """Le CSV de France Travail (virgule ou point-virgule, avec le code parent : V4) ou le XML (V3)."""
    flux.seek(0)
    if flux.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        lignes = _lignes_rome_xml(flux, (version or "V3").upper(), rapport)
    else:
        colonnes = Colonnes(texte(flux), rapport.fichier)
        colonnes.exiger("code_rome", "libelle_rome")
        lignes = _lignes_rome_csv(colonnes, (version or "V4").upper(), rapport)
    _exiger_version(version or "V4")
    verser(Rome, ("version", "code"), ("libelle", "parent"), lignes, rapport)


def _lignes_rome_csv(colonnes: Colonnes, version: str, rapport: Rapport) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for ligne in colonnes:
        code, libelle, parent = ligne["coderome"], sur_une_ligne(ligne["libellerome"]), ligne["coderomeparent"]
        if not bien_forme("rome", code) or not libelle:
            rapport.ecarter(ligne.numero, f"«\u00a0{code}\u00a0» n'est pas un code ROME, ou son libellé manque")
            continue
        yield ligne.numero, (version, code, libelle[:255], parent if bien_forme("rome", parent) else "")


def _lignes_rome_xml(flux: BinaryIO, version: str, rapport: Rapport) -> Iterator[tuple[int, tuple[Any, ...]]]:
    flux.seek(0)
    try:
        for _, element in etree.iterparse(
            flux, tag="item_referentiel_code_rome", resolve_entities=False, no_network=True
        ):
            if element.getroottree().docinfo.doctype:
                raise FichierRefuse("Le document porte un DOCTYPE\u00a0: il est refusé par prudence.")
            code = (element.findtext("code_rome") or "").strip()
            libelle = sur_une_ligne(element.findtext("libelle") or "")
            ligne = int(element.sourceline or 0)
            element.clear()
            if bien_forme("rome", code) and libelle:
                yield ligne, (version, code, libelle[:255], "")
            else:
                rapport.ecarter(ligne, f"«\u00a0{code}\u00a0» n'est pas un code ROME, ou son libellé manque")
    except etree.XMLSyntaxError as erreur:
        raise FichierRefuse(f"Le XML est illisible ou tronqué (ligne {erreur.lineno}).") from erreur


def charger_nsf(flux: BinaryIO, rapport: Rapport) -> None:
    """La liste réglementaire (code ; libelle) ou celle de la BCN, dont les agrégats en 9 sont passés."""
    colonnes = Colonnes(texte(flux), rapport.fichier)
    if "code" not in colonnes.rangs:
        colonnes.exiger("GROUPE_SPECIALITE", "LIBELLE_LONG")
    verser(Nsf, ("code",), ("libelle",), _lignes_nsf(colonnes, rapport), rapport)


def _lignes_nsf(colonnes: Colonnes, rapport: Rapport) -> Iterator[tuple[int, tuple[Any, ...]]]:
    agregats = 0
    for ligne in colonnes:
        code = ligne.premiere("code", "groupespecialite").lower()
        libelle = sur_une_ligne(ligne.premiere("libelle", "libelleedition", "libellelong"))
        if not bien_forme("nsf", code) or not libelle:
            rapport.ecarter(ligne.numero, f"«\u00a0{code}\u00a0» n'est pas un code NSF, ou son libellé manque")
        elif code[2] == "9":
            agregats += 1
        else:
            yield ligne.numero, (code, libelle[:255])
    if agregats:
        rapport.remarques.append(f"{agregats} agrégats statistiques passés\u00a0: ce ne sont pas des spécialités.")
