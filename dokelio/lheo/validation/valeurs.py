"""Ce qu’une valeur peut être : jours du calendrier, départements, régions, points en France. Fonctions pures.
Source des régions et départements : code officiel géographique de l’INSEE ; réforme des régions du 1er janvier 2016."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

INCONNUES = ("00000000", "99999999")

_REGIONS = {
    "11": "75 77 78 91 92 93 94 95",
    "24": "18 28 36 37 41 45",
    "27": "21 25 39 58 70 71 89 90",
    "28": "14 27 50 61 76",
    "32": "02 59 60 62 80",
    "44": "08 10 51 52 54 55 57 67 68 88",
    "52": "44 49 53 72 85",
    "53": "22 29 35 56",
    "75": "16 17 19 23 24 33 40 47 64 79 86 87",
    "76": "09 11 12 30 31 32 34 46 48 65 66 81 82",
    "84": "01 03 07 15 26 38 42 43 63 69 73 74",
    "93": "04 05 06 13 83 84",
    "94": "2A 2B",
    "01": "971",
    "02": "972",
    "03": "973",
    "04": "974",
    "06": "976",
}
REGION_DU_DEPARTEMENT: Mapping[str, str] = {d: region for region, liste in _REGIONS.items() for d in liste.split()}
"""Le code INSEE de la région de chaque département."""
REGIONS: frozenset[str] = frozenset(_REGIONS)
REGIONS_AVANT_2016: Mapping[str, str] = {
    "21": "44", "22": "32", "23": "28", "25": "28", "26": "27", "31": "32", "41": "44", "42": "44", "43": "27",
    "54": "75", "72": "75", "73": "76", "74": "75", "82": "84", "83": "84", "91": "76",
}  # fmt: skip
"""Les régions disparues et celle qui les a reprises (24, 52, 53 et 93 n’ont pas changé de code)."""
ARRONDISSEMENTS: Mapping[str, tuple[str, str, int]] = {
    "75056": ("751", "75", 20),
    "69123": ("6938", "69", 9),
    "13055": ("132", "13", 16),
}
"""Commune-mère → début des codes de ses arrondissements, département, nombre d’arrondissements."""

_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


@lru_cache(maxsize=8192)
def bornes_de_date(valeur: str) -> tuple[date, date] | None:
    """Le premier et le dernier jour possibles d’une date LHEO (mois ou jour à 00 : non précisés) ; None si impossible.

    Les dates inconnues (00000000, 99999999) ne sont pas admises ici : les écarter avant.
    """
    trouve = _DATE.fullmatch(valeur)
    if trouve is None:
        return None
    annee, mois, jour = (int(groupe) for groupe in trouve.groups())
    if not annee or mois > 12 or (not mois and jour):
        return None
    if not mois:
        return date(annee, 1, 1), date(annee, 12, 31)
    dernier = calendar.monthrange(annee, mois)[1]
    if not jour:
        return date(annee, mois, 1), date(annee, mois, dernier)
    return (date(annee, mois, jour), date(annee, mois, jour)) if jour <= dernier else None


def departement_de(code: str) -> str | None:
    """Le département d’un code INSEE de commune ou d’un code postal de cinq caractères ; None s’il n’y en a pas.

    La Corse rend « 2A » pour un code INSEE, « 20 » pour un code postal ; l’outre-mer rend trois chiffres.
    """
    if len(code) != 5:
        return None
    return code[:3] if code[:2] in ("97", "98") else code[:2]


def meme_departement(un: str, autre: str) -> bool:
    """Vrai si les deux codes de département désignent le même (« 20 » vaut 2A ou 2B ; zéros de tête ignorés)."""
    un, autre = un.lstrip("0").upper(), autre.lstrip("0").upper()
    return un == autre or {un, autre} in ({"20", "2A"}, {"20", "2B"})


def arrondissement_de(code_postal: str) -> str | None:
    """Le code INSEE de l’arrondissement de Paris, Lyon ou Marseille d’un code postal ; None ailleurs."""
    for mere, (debut, departement, nombre) in ARRONDISSEMENTS.items():
        if not code_postal.startswith(departement) or not code_postal.isdecimal() or len(code_postal) != 5:
            continue
        rang = 16 if code_postal == "75116" else int(code_postal[2:])
        if 1 <= rang <= nombre:
            return f"{debut}{rang:0{5 - len(debut)}d}" if mere != "69123" else f"6938{rang}"
    return None


def commune_mere_de(insee: str) -> str | None:
    """La ville (75056, 69123, 13055) dont ce code INSEE est un arrondissement ; None sinon."""
    for mere, (debut, _, nombre) in ARRONDISSEMENTS.items():
        suite = insee.removeprefix(debut)
        if suite != insee and suite.isdecimal() and 1 <= int(suite) <= nombre:
            return mere
    return None


def en_metropole(latitude: float, longitude: float) -> bool:
    """Vrai si le point est dans le rectangle qui contient la France métropolitaine, Corse comprise."""
    return 41.2 <= latitude <= 51.2 and -5.3 <= longitude <= 9.7
