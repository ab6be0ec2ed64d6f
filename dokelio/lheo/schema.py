"""Le schéma XML de LHEO 2.3, engendré de la grammaire : admet et refuse les mêmes documents que le schéma officiel.
`python -m dokelio.lheo.schema` réécrit `lheo-2.3.xsd` ; `schema()` le rend prêt à valider un élément ou un document."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from .grammaire import (
    ATTRIBUTS_COMMUNS,
    ELEMENTS,
    ESPACE,
    MOTIF_DATE,
    TABLES,
    TYPES_ATTRIBUTS,
    VERSION_GRAMMAIRE,
    Element,
    Enfant,
)

FICHIER = Path(__file__).with_name("lheo-2.3.xsd")


@cache
def schema() -> etree.XMLSchema:
    """Le schéma compilé, une fois par processus ; `schema().validate(element)` vaut pour tout élément de LHEO."""
    with FICHIER.open("rb") as fichier:
        return etree.XMLSchema(etree.parse(fichier))


def erreurs_de(elt: etree._Element) -> list[tuple[int, str]]:
    """(ligne, message en anglais de libxml2) de chaque faute ; vide si l’élément est valide.

    libxml2 s’arrête au premier enfant inattendu d’une séquence : ce n’est pas un compte rendu, voir `validation`.
    """
    valideur = schema()
    if valideur.validate(elt):
        return []
    journal: Any = valideur.error_log
    return [(faute.line, faute.message) for faute in journal]


def engendrer() -> str:
    """Le texte du schéma."""
    return "\n".join(_lignes()) + "\n"


def _lignes() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f"<!-- Engendré de la grammaire {VERSION_GRAMMAIRE} : ne pas modifier à la main. -->"
    yield (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{ESPACE}" targetNamespace="{ESPACE}" '
        'elementFormDefault="qualified">'
    )
    yield '  <xs:attributeGroup name="communs">'
    for nom in ATTRIBUTS_COMMUNS:
        yield f"    {_attribut(nom)}"
    yield "  </xs:attributeGroup>"
    yield from _types_simples()
    for regle in ELEMENTS.values():
        yield from _element(regle)
    yield "</xs:schema>"


def _attribut(nom: str) -> str:
    return f'<xs:attribute name="{nom}" type="xs:{TYPES_ATTRIBUTS[nom]}"/>'


def _types_simples() -> Iterator[str]:
    """Un type par table, un pour les dates, un par couple de longueurs."""
    for table in TABLES.values():
        yield from _restriction(table.nom, "token", [f'<xs:enumeration value="{code}"/>' for code in table.codes])
    yield from _restriction("date-lheo", "token", ['<xs:length value="8"/>', f'<xs:pattern value="{MOTIF_DATE}"/>'])
    longueurs = {(e.lgmin, e.lgmax) for e in ELEMENTS.values() if e.nature == "texte"}
    for mini, maxi in sorted((mini or 0, maxi or 0) for mini, maxi in longueurs):
        facettes = [f'<xs:minLength value="{mini}"/>', f'<xs:maxLength value="{maxi}"/>']
        yield from _restriction(f"texte-{mini}-{maxi}", "string", facettes)


def _restriction(nom: str, base: str, facettes: list[str]) -> Iterator[str]:
    yield f'  <xs:simpleType name="{nom}">'
    yield f'    <xs:restriction base="xs:{base}">'
    for facette in facettes:
        yield f"      {facette}"
    yield "    </xs:restriction>"
    yield "  </xs:simpleType>"


def _type_feuille(regle: Element) -> str:
    if regle.nature == "table":
        return str(regle.table)
    if regle.nature == "texte":
        return f"texte-{regle.lgmin}-{regle.lgmax}"
    return "date-lheo" if regle.nature == "date" else "xs:long"


def _element(regle: Element) -> Iterator[str]:
    """L’élément et son type, nommé comme dans le schéma officiel (un document peut y renvoyer par `xsi:type`)."""
    attributs = ['<xs:attributeGroup ref="communs"/>', *(_attribut(nom) for nom in regle.attributs)]
    yield f'  <xs:element name="{regle.nom}" type="{regle.nom}-type"/>'
    yield f'  <xs:complexType name="{regle.nom}-type">'
    if regle.feuille or regle.nature == "libre":
        contenu, base = ("simpleContent", _type_feuille(regle)) if regle.feuille else ("complexContent", "xs:anyType")
        yield f"    <xs:{contenu}>"
        yield f'      <xs:extension base="{base}">'
        for attribut in attributs:
            yield f"        {attribut}"
        yield "      </xs:extension>"
        yield f"    </xs:{contenu}>"
    else:
        suite, bornes = ("sequence", "") if regle.nature == "sequence" else ("choice", _bornes(0, None))
        yield f"    <xs:{suite}{bornes}>"
        for enfant in regle.enfants:
            yield f"      {_reference(enfant, libre=suite == 'choice')}"
        yield f"    </xs:{suite}>"
        for attribut in attributs:
            yield f"    {attribut}"
    yield "  </xs:complexType>"


def _reference(enfant: Enfant, *, libre: bool) -> str:
    """La place d’un enfant ; dans un choix répété, c’est le choix qui porte les bornes."""
    return f'<xs:element ref="{enfant.nom}"{"" if libre else _bornes(enfant.mini, enfant.maxi)}/>'


def _bornes(mini: int, maxi: int | None) -> str:
    texte = f' minOccurs="{mini}"' if mini != 1 else ""
    return texte + (f' maxOccurs="{"unbounded" if maxi is None else maxi}"' if maxi != 1 else "")


if __name__ == "__main__":
    FICHIER.write_text(engendrer(), encoding="utf-8")
