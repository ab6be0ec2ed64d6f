"""Formes et clés des identifiants nationaux (SIRET, SIREN, NDA, UAI, RNCP…), en Python pur.

Aucune phrase ici : le validateur LHEO et les champs des modèles disent chacun les leurs."""

import re

SIREN_LA_POSTE = "356000000"
LETTRES_UAI = "abcdefghjklmnprstuvwxyz"  # sans i, o, q
# Repères des exemples qui circulent : le réseau et les éditeurs les emploient à la place d'un vrai numéro.
SIRET_FICTIFS = frozenset({"12312312300000", "12345678901234", "12345678900000", "11111111100001", "12345678912345"})
NDA_FICTIFS = frozenset({"12345678901", "12345678910", "01234567890", "11123456789"})
DEPARTEMENTS_IDF = ("75", "77", "78", "91", "92", "93", "94", "95")

_FORMES = {
    "siret": re.compile(r"[0-9]{14}", re.ASCII),
    "siren": re.compile(r"[0-9]{9}", re.ASCII),
    "nda": re.compile(r"[0-9]{2}(?:[0-9]{2}|2[AB])[0-9]{5}(?:[0-9]{2}|2[AB])", re.ASCII),
    "uai": re.compile(r"[0-9]{7}[A-Z]", re.ASCII),
    "rncp": re.compile(r"(?:RNCP)?[0-9]{1,6}", re.ASCII),
    "rs": re.compile(r"RS[0-9]{1,8}", re.ASCII),
    "bloc": re.compile(r"(?:RNCP|RS)[0-9]{1,6}BC[0-9]{1,3}", re.ASCII),
    "certifinfo": re.compile(r"[0-9]{1,10}", re.ASCII),
    "cpf": re.compile(r"(?:CPF|cpf)?[0-9]{1,7}", re.ASCII),
    "elu": re.compile(r"(?:ELU|elu)?[0-9]{1,7}", re.ASCII),
    "formacode": re.compile(r"[0-9]{5}", re.ASCII),
    "rome": re.compile(r"[A-N][0-9]{4}", re.ASCII),
    "nsf": re.compile(r"[0-9]{3}[a-z]?", re.ASCII),
    "cfd": re.compile(r"[0-9]{2}[0-9A-Z]{6}", re.ASCII),
    "mef": re.compile(r"[0-9]{10}", re.ASCII),
    "code_postal": re.compile(r"[0-9]{5}", re.ASCII),
    "insee": re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}", re.ASCII),
}


def bien_forme(nature: str, valeur: str) -> bool:
    """Vrai si `valeur` a exactement la forme de `nature` (« siret », « uai », « rome »…), clé non vérifiée."""
    return _FORMES[nature].fullmatch(valeur) is not None


def siret_bien_forme(siret: str) -> bool:
    """Quatorze chiffres, rien d'autre."""
    return bien_forme("siret", siret)


def nda_bien_forme(nda: str) -> bool:
    """Onze caractères : région, département, cinq chiffres, département (2A et 2B admis)."""
    return bien_forme("nda", nda)


def uai_bien_formee(uai: str) -> bool:
    """Sept chiffres et une lettre capitale."""
    return bien_forme("uai", uai)


def luhn(chiffres: str) -> int:
    """Somme de Luhn modulo 10 : 0 quand la clé (dernier chiffre) est juste."""
    somme = 0
    for rang, caractere in enumerate(reversed(chiffres)):
        chiffre = int(caractere) * (2 if rang % 2 else 1)
        somme += chiffre - 9 if chiffre > 9 else chiffre
    return somme % 10


def cle_luhn(debut: str) -> str:
    """Le chiffre qui, ajouté à `debut`, rend sa clé de Luhn juste."""
    return str(-luhn(debut + "0") % 10)


def cle_siren_valide(siren: str) -> bool:
    """Neuf chiffres dont la clé de Luhn est juste."""
    return bien_forme("siren", siren) and luhn(siren) == 0


def cle_siret_valide(siret: str) -> bool:
    """Clé de Luhn ; les établissements de La Poste ont une somme de chiffres multiple de cinq à la place."""
    if not siret_bien_forme(siret):
        return False
    if luhn(siret) == 0:
        return True
    return siret.startswith(SIREN_LA_POSTE) and sum(map(int, siret)) % 5 == 0


def siret_fictif_connu(siret: str) -> bool:
    """Un SIRET de remplissage : un même chiffre répété, ou l'un de ceux des exemples."""
    return siret in SIRET_FICTIFS or (len(siret) > 1 and len(set(siret)) == 1)


def nda_fictif(nda: str) -> bool:
    """Un numéro de déclaration d'activité de remplissage (000…, 999…, 12345678901)."""
    return nda in NDA_FICTIFS or (len(nda) > 1 and len(set(nda)) == 1)


def nda_coherent(nda: str) -> bool:
    """Le département est écrit deux fois, et la région 11 est celle des huit départements d'Île-de-France."""
    if not nda_bien_forme(nda):
        return False
    region, departement, rappel = nda[:2], nda[2:4], nda[9:]
    return departement == rappel and (region == "11") == (departement in DEPARTEMENTS_IDF)


def cle_uai(chiffres: str) -> str:
    """La lettre d'un UAI, d'après ses sept chiffres (modulo 23, sans I, O ni Q)."""
    return LETTRES_UAI[int(chiffres) % 23].upper()


def cle_uai_valide(uai: str) -> bool:
    """Sept chiffres et la lettre qui en est la clé."""
    return uai_bien_formee(uai) and cle_uai(uai[:7]) == uai[7]
