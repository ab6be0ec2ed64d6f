"""Les contrôles d’une adresse : codes et géolocalisation cohérents entre eux, sans table de communes.
Les communes et leurs codes postaux sont vérifiés plus haut, par les référentiels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from lxml.etree import _Element as Elt

from dokelio.lheo import identifiants

from .valeurs import (
    ARRONDISSEMENTS,
    REGION_DU_DEPARTEMENT,
    REGIONS,
    REGIONS_AVANT_2016,
    arrondissement_de,
    commune_mere_de,
    departement_de,
    en_metropole,
    meme_departement,
)

Signaler: TypeAlias = Callable[..., None]
"""Enregistre une anomalie : (élément, code, **valeurs)."""


def _texte(enfants: Mapping[str, Elt], nom: str) -> str:
    enfant = enfants.get(nom)
    return "" if enfant is None else enfant.text or ""


def controler_adresse(enfants: Mapping[str, Elt], adresse: Elt, signaler: Signaler) -> None:
    """Contrôle une `adresse` d’après ses enfants par nom ; hors de France, seul le code du pays l’est."""
    pays = _texte(enfants, "pays")
    if pays and not (len(pays) == 2 and pays.isascii() and pays.isupper()):
        signaler(enfants["pays"], "pays-forme", valeur=pays)
    if pays not in ("", "FR"):
        return
    code_postal = _code_postal(enfants, signaler)
    insee = _insee(enfants, code_postal, signaler)
    departement = _departement(enfants, insee, code_postal, signaler)
    _region(enfants, departement, signaler)
    _geolocalisation(enfants, departement, signaler)


def _code_postal(enfants: Mapping[str, Elt], signaler: Signaler) -> str:
    """Le code postal s’il est exploitable, sinon une chaîne vide."""
    code = _texte(enfants, "codepostal")
    if len(code) != 5:
        return ""
    if not identifiants.bien_forme("code_postal", code):
        signaler(enfants["codepostal"], "code-postal-forme", valeur=code)
        return ""
    if len(set(code)) == 1 or code in ("12345", "99999"):
        signaler(enfants["codepostal"], "code-postal-fictif", valeur=code)
        return ""
    return code


def _insee(enfants: Mapping[str, Elt], code_postal: str, signaler: Signaler) -> str:
    """Le code de la commune s’il est exploitable, sinon une chaîne vide ; le confronte au code postal."""
    insee = _texte(enfants, "code-INSEE-commune")
    if len(insee) != 5:
        return ""
    elt = enfants["code-INSEE-commune"]
    if not identifiants.bien_forme("insee", insee) or len(set(insee)) == 1:
        signaler(elt, "insee-forme", valeur=insee)
        return ""
    if not code_postal:
        return insee
    attendu = arrondissement_de(code_postal)
    if not meme_departement(departement_de(insee) or "", departement_de(code_postal) or ""):
        signaler(elt, "insee-code-postal", insee=insee, cp=code_postal)
    elif insee in ARRONDISSEMENTS:
        precision = f" ({attendu} pour {code_postal})" if attendu else ""
        signaler(elt, "insee-commune-mere", insee=insee, comment=precision)
    elif attendu and commune_mere_de(insee) and insee != attendu:
        signaler(elt, "arrondissement-code-postal", insee=insee, cp=code_postal)
    return insee


def _departement(enfants: Mapping[str, Elt], insee: str, code_postal: str, signaler: Signaler) -> str:
    """Le département de l’adresse : celui qu’elle donne, sinon celui de la commune, sinon celui du code postal."""
    departement = _texte(enfants, "departement")
    if not departement:
        return departement_de(insee) or departement_de(code_postal) or ""
    for code, source in ((code_postal, "code postal"), (insee, "commune")):
        deduit = departement_de(code)
        if deduit and not meme_departement(deduit, departement):
            signaler(enfants["departement"], "departement-incoherent", valeur=departement, autre=code, source=source)
            break
    return departement if len(departement) > 1 and departement[0] != "0" else departement[-2:]


def _region(enfants: Mapping[str, Elt], departement: str, signaler: Signaler) -> None:
    region = _texte(enfants, "region")
    if not region:
        return
    elt, attendue = enfants["region"], REGION_DU_DEPARTEMENT.get(departement)
    if region in REGIONS_AVANT_2016:
        signaler(elt, "region-ancienne", valeur=region, nouveau=attendue or REGIONS_AVANT_2016[region])
    elif region not in REGIONS:
        signaler(elt, "region-inconnue", valeur=region)
    elif attendue and attendue != region:
        signaler(elt, "region-incoherente", valeur=region, departement=departement, nouveau=attendue)


def _geolocalisation(enfants: Mapping[str, Elt], departement: str, signaler: Signaler) -> None:
    geolocalisation = enfants.get("geolocalisation")
    if geolocalisation is None:
        return
    degres: list[float] = []
    for enfant, borne in zip(geolocalisation, (90, 180), strict=False):
        valeur = enfant.text or ""
        if not valeur:
            return
        try:
            nombre = float(valeur)
        except ValueError:
            nombre = float("nan")
        if not abs(nombre) <= borne:
            signaler(enfant, "geolocalisation-forme", valeur=valeur)
        else:
            degres.append(nombre)
    metropole = departement_de_metropole(departement)
    if len(degres) == 2 and metropole and not en_metropole(*degres):
        signaler(geolocalisation, "geolocalisation-lointaine", latitude=degres[0], longitude=degres[1])


def departement_de_metropole(departement: str) -> bool:
    """Vrai pour un département métropolitain connu (« 20 » compris)."""
    return departement == "20" or (len(departement) == 2 and departement in REGION_DU_DEPARTEMENT)
