"""L’arbre : le contenu LHEO en JSON, et le passage d’un élément XML à son arbre et retour.
Une feuille est son texte, une séquence un dict ; voir `vers_arbre` pour la forme exacte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from lxml import etree

from .grammaire import (
    ELEMENTS,
    ESPACE,
    ESPACE_22,
    ESPACE_XML,
    ESPACE_XSI,
    Element,
    element,
    enfants_de,
    est_multiple,
)

Noeud: TypeAlias = str | dict[str, Any]
"""Un nœud de l’arbre : le texte d’une feuille sans attribut, sinon un dict."""

_PREFIXE = f"{{{ESPACE}}}"
_BLANCS = " \t\r\n"
_LONGUEUR_REBUT = 500
ESPACE_XMLNS = "http://www.w3.org/2000/xmlns/"
"""L’espace des déclarations de préfixe : `@{…}p` garde celle dont la valeur d’un `xsi:type` a besoin."""
_TYPE = f"{{{ESPACE_XSI}}}type"

ANALYSEUR = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
"""Lit un fragment venu de la base ou de l’écrivain, sans réseau ni entités."""


@dataclass(frozen=True, slots=True)
class Rebut:
    """Un morceau que l’arbre ne peut pas représenter ; `xml` en est le début, `ligne` celle du document lu."""

    chemin: str
    ligne: int | None
    phrase: str
    xml: str


class HorsGrammaire(ValueError):
    """L’élément contient ce que l’arbre ne place nulle part (élément inconnu ou répété, texte hors d’une feuille)."""

    def __init__(self, rebut: Rebut) -> None:
        super().__init__(f"{rebut.chemin} : {rebut.phrase}")
        self.rebut = rebut


def nom_local(elt: etree._Element) -> str:
    """Le nom de l’élément s’il est de l’espace LHEO 2.3, sinon son nom qualifié (`{espace}nom`)."""
    return str(elt.tag).removeprefix(_PREFIXE)


def canonique(elt: etree._Element) -> str:
    """La forme canonique exclusive d’un élément, sans commentaires ; deux contenus égaux ont la même."""
    try:
        octets: bytes = etree.tostring(elt, method="c14n", exclusive=True, with_comments=False)
        return octets.decode()
    except etree.C14NError:  # libxml refuse les espaces de noms relatifs, que le schéma admet dans un extra
        return str(etree.canonicalize(etree.tostring(elt, encoding="unicode", with_tail=False)))


def vers_arbre(elt: etree._Element, rebuts: list[Rebut] | None = None) -> Noeud:
    """L’arbre d’un élément LHEO 2.3.

    Feuille : son texte tel quel, ou `{"@attribut": …, "#": texte}`. Séquence : `{enfant: nœud}`, une liste de nœuds
    pour un enfant qui peut se répéter. Extras : `{"@info": …, "contenu": [[nom, nœud], …]}`. Extra structuré :
    `{"xml": …}`. L’ordre des enfants d’une séquence n’est pas retenu. Ce qui n’a pas de place dans l’arbre s’ajoute
    à `rebuts` ou, sans liste, lève `HorsGrammaire` ; un élément racine inconnu lève `ElementInconnu`.
    """
    return _noeud(elt, element(nom_local(elt)), _Passage(elt, rebuts))


def vers_element(nom: str, noeud: Noeud) -> etree._Element:
    """L’élément XML d’un arbre, dans l’espace LHEO 2.3 ; lève `NoeudInvalide` ou `CaractereInterdit` comme `ecrire`."""
    from .ecriture import ecrire  # ici pour ne pas nouer les deux modules à l’import

    texte = ecrire(nom, noeud)
    return etree.fromstring(f'<{nom} xmlns="{ESPACE}"{texte[len(nom) + 1 :]}', ANALYSEUR)


class _Passage:
    """Un passage en arbre : d’où il part, et où vont les rebuts."""

    __slots__ = ("_racine", "_rebuts")

    def __init__(self, racine: etree._Element, rebuts: list[Rebut] | None) -> None:
        self._racine = racine
        self._rebuts = rebuts

    def refuser(self, porteur: etree._Element, phrase: str, fautif: etree._Element | str) -> None:
        """Met de côté ce que `porteur` contient de trop, ou lève `HorsGrammaire`."""
        elt = porteur if isinstance(fautif, str) else fautif
        xml = fautif if isinstance(fautif, str) else str(etree.tostring(fautif, encoding="unicode", with_tail=False))
        ligne: Any = elt.sourceline
        rebut = Rebut(self._chemin(porteur), ligne, phrase, xml[:_LONGUEUR_REBUT])
        if self._rebuts is None:
            raise HorsGrammaire(rebut)
        self._rebuts.append(rebut)

    def _chemin(self, elt: etree._Element) -> str:
        """Le chemin d’un élément depuis la racine du passage, avec le rang de ceux qui se répètent."""
        nom, parent = nom_local(elt), elt.getparent()
        if elt is self._racine or parent is None:
            return nom
        if est_multiple(nom_local(parent), nom):
            nom += f"[{1 + sum(1 for _ in elt.itersiblings(elt.tag, preceding=True))}]"
        return f"{self._chemin(parent)}/{nom}"


def _noeud(elt: etree._Element, regle: Element, passage: _Passage) -> Noeud:
    if regle.nature == "sequence":
        return _sequence(elt, regle, passage)
    if regle.nature == "choix":
        return _extras(elt, passage)
    if regle.nature == "libre":
        return _extra(elt)
    texte = elt.text or ""
    for fils in elt:
        if isinstance(fils.tag, str):
            passage.refuser(elt, f"« {nom_local(fils)} » dans un élément qui ne contient que du texte", fils)
        texte += fils.tail or ""
    attributs = elt.items()
    return {**_attributs(elt, attributs), "#": texte} if attributs else texte


def _attributs(elt: etree._Element, attributs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Les attributs ; la valeur d’un `xsi:type` est un nom préfixé, dont la déclaration est gardée avec lui."""
    lus = {f"@{cle}": valeur for cle, valeur in attributs}
    if f"@{_TYPE}" in lus:
        lus.update({f"@{{{ESPACE_XMLNS}}}{p}": espace for p, espace in _prefixe_du_type(elt).items()})
    return lus


def _prefixe_du_type(elt: etree._Element) -> dict[str, str]:
    """Le préfixe dont la valeur de `xsi:type` a besoin et son espace de noms ; vide si elle n’en a pas."""
    prefixe, deux_points, _ = str(elt.get(_TYPE, "")).strip(_BLANCS).partition(":")
    espace = elt.nsmap.get(prefixe) if deux_points else None
    if espace is None or espace == ESPACE_XSI or prefixe == "xsi":
        return {}
    return {prefixe: ESPACE if espace == ESPACE_22 else espace}


def _sequence(elt: etree._Element, regle: Element, passage: _Passage) -> Noeud:
    attributs = elt.items()
    arbre = _attributs(elt, attributs) if attributs else {}
    places = _places(regle.nom)
    if (texte := elt.text) and texte.strip(_BLANCS):
        _texte_hors_feuille(elt, texte, passage)
    for fils in elt:
        if (texte := fils.tail) and texte.strip(_BLANCS):
            _texte_hors_feuille(elt, texte, passage)
        place = places.get(fils.tag)
        if place is None:
            if isinstance(fils.tag, str):
                passage.refuser(elt, f"« {nom_local(fils)} » n’y est pas admis", fils)
            continue
        nom, multiple, feuille, regle_du_fils = place
        if nom in arbre and not multiple:
            passage.refuser(elt, f"« {nom} » y paraît plusieurs fois", fils)
            continue
        if feuille and not len(fils):  # de loin le cas le plus fréquent, écrit ici pour aller vite
            attributs = fils.items()
            noeud: Noeud = {**_attributs(fils, attributs), "#": fils.text or ""} if attributs else fils.text or ""
        else:
            noeud = _noeud(fils, regle_du_fils, passage)
        if multiple:
            arbre.setdefault(nom, []).append(noeud)
        else:
            arbre[nom] = noeud
    return arbre


@cache
def _places(nom: str) -> dict[Any, tuple[str, bool, bool, Element]]:
    """Les enfants admis, par nom qualifié : nom, peut se répéter, est une feuille, sa règle."""
    return {
        f"{_PREFIXE}{place.nom}": (place.nom, place.multiple, ELEMENTS[place.nom].feuille, ELEMENTS[place.nom])
        for place in enfants_de(nom).values()
    }


def _extras(elt: etree._Element, passage: _Passage) -> Noeud:
    arbre = _attributs(elt, elt.items())
    contenu: list[list[Any]] = []
    _texte_hors_feuille(elt, elt.text, passage)
    for fils in elt:
        _texte_hors_feuille(elt, fils.tail, passage)
        if not isinstance(fils.tag, str):
            continue
        nom = nom_local(fils)
        if nom == "extra":
            contenu.append([nom, _extra(fils)])
        elif nom == "extras":
            contenu.append([nom, _extras(fils, passage)])
        else:
            passage.refuser(elt, f"« {nom} » n’y est pas admis", fils)
    if contenu:
        arbre["contenu"] = contenu
    return arbre


def _extra(elt: etree._Element) -> Noeud:
    attributs: Any = elt.items()
    if any(isinstance(fils.tag, str) for fils in elt) or any(cle[0] == "{" for cle, _ in attributs):
        return {"xml": canonique_lheo(elt)}
    texte = (elt.text or "") + "".join(fils.tail or "" for fils in elt)
    return {**_attributs(elt, attributs), "#": texte} if attributs else texte


def _texte_hors_feuille(elt: etree._Element, texte: str | None, passage: _Passage) -> None:
    if texte and texte.strip(_BLANCS):
        passage.refuser(elt, "du texte hors d’un élément", texte.strip(_BLANCS))


def canonique_lheo(elt: etree._Element) -> str:
    """La forme canonique exclusive d’un élément, l’espace LHEO par défaut, sans commentaires ni instructions.

    Écrite ici, non par libxml2 : il refuse les espaces de noms relatifs et garde les préfixes d’origine.
    """
    return _canonique(elt, "", {})


def _canonique(elt: etree._Element, defaut: str, portee: dict[str, str]) -> str:
    """`defaut` : l’espace par défaut déjà déclaré ; `portee` : les préfixes qui le sont."""
    espace, nom = _qualifie(elt.tag)
    prefixe = elt.prefix if espace not in ("", ESPACE) else None
    declares: dict[str, str] = {}
    if prefixe is not None:
        declares[prefixe] = espace
        nom = f"{prefixe}:{nom}"
    elif espace != defaut:
        declares[""] = defaut = espace
    attributs = []
    for cle, valeur in elt.items():
        espace_attribut, local = _qualifie(cle)
        if espace_attribut == ESPACE_XML:
            local = f"xml:{local}"
        elif espace_attribut:
            prefixe = next((p for p, e in elt.nsmap.items() if p is not None and e == espace_attribut), "n0")
            declares[prefixe] = espace_attribut
            local = f"{prefixe}:{local}"
        attributs.append((espace_attribut, local, _echapper_attribut(str(valeur))))
    declares |= _prefixe_du_type(elt)
    nouveaux = {p: e for p, e in declares.items() if not p or portee.get(p) != e}
    portee = {**portee, **nouveaux}
    ouvrante = "".join(
        f' xmlns{p and ":"}{p}="{_echapper_attribut(e)}"' for p, e in sorted(nouveaux.items())
    ) + "".join(f' {local}="{valeur}"' for _, local, valeur in sorted(attributs))
    contenu = _echapper(elt.text or "")
    for fils in elt:
        if isinstance(fils.tag, str):
            contenu += _canonique(fils, defaut, portee)
        contenu += _echapper(fils.tail or "")
    return f"<{nom}{ouvrante}>{contenu}</{nom}>"


def _qualifie(nom: Any) -> tuple[str, str]:
    espace, _, local = str(nom).rpartition("}")
    return espace[1:], local


def _echapper(texte: str) -> str:
    return texte.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def _echapper_attribut(texte: str) -> str:
    texte = texte.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return texte.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")
