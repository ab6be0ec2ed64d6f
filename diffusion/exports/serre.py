"""Le schéma LHEO resserré : il refuse aussi les valeurs impossibles que le schéma officiel laisse passer.

Une formation qu'il accepte peut partir sans autre examen ; une qu'il refuse passe par le validateur complet, qui juge.
"""

from functools import cache
from typing import Any

from lxml import etree

from dokelio.lheo.grammaire import ELEMENTS
from dokelio.lheo.schema import engendrer

_XS = "{http://www.w3.org/2001/XMLSchema}"
_JOUR = (
    "(19|20|21)[0-9]{2}"
    "((0[13578]|1[02])(0[1-9]|[12][0-9]|3[01])|(0[469]|11)(0[1-9]|[12][0-9]|30)|02(0[1-9]|1[0-9]|2[0-8]))"
)
_PARTIEL = "(19|20|21)[0-9]{2}(0[0-9]|1[0-2])00"


@cache
def schema_serre() -> etree.XMLSchema:
    """Le schéma compilé, une fois par processus."""
    racine = etree.fromstring(engendrer().encode())
    types = {un.get("name"): un for un in racine if un.get("name")}
    _motif(types["date-lheo"], f"{_JOUR}|{_PARTIEL}|0{{8}}|9{{8}}")
    _motif(types["texte-14-14"], "[0-9]{14}")  # le seul texte de quatorze caractères de LHEO est un SIRET
    exigeant = etree.fromstring(etree.tostring(types["communs"]))
    exigeant.set("name", "communs-avec-ref")
    for attribut in exigeant:
        if attribut.get("name") == "ref":
            attribut.set("use", "required")
    racine.append(exigeant)
    for nom, regle in ELEMENTS.items():
        if regle.ref_obligatoire:
            next(types[f"{nom}-type"].iter(f"{_XS}attributeGroup")).set("ref", "communs-avec-ref")
        if regle.nature == "entier":
            _borner(racine, types[f"{nom}-type"], regle.vmin or 0, regle.vmax or 99999)
    return etree.XMLSchema(etree.ElementTree(etree.fromstring(etree.tostring(racine))))


def _motif(type_simple: Any, valeur: str) -> None:
    (restriction,) = type_simple
    for ancien in restriction.findall(f"{_XS}pattern"):
        restriction.remove(ancien)
    etree.SubElement(restriction, f"{_XS}pattern", value=valeur)


def _borner(racine: Any, type_complexe: Any, mini: int, maxi: int) -> None:
    nom = f"entier-{mini}-{maxi}"
    if racine.find(f"{_XS}simpleType[@name='{nom}']") is None:
        borne = etree.SubElement(racine, f"{_XS}simpleType", name=nom)
        restriction = etree.SubElement(borne, f"{_XS}restriction", base="xs:long")
        etree.SubElement(restriction, f"{_XS}minInclusive", value=str(mini))
        etree.SubElement(restriction, f"{_XS}maxInclusive", value=str(maxi))
    next(type_complexe.iter(f"{_XS}extension")).set("base", nom)
