"""L’écriture : un arbre devient du texte XML, élément par élément, dans l’ordre de la grammaire.
Chemin de l’export de la nuit : des chaînes, un écrivain par élément, un seul contrôle des caractères par fragment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from types import TracebackType
from typing import Any, BinaryIO

from lxml import etree

from .arbre import ANALYSEUR, ESPACE_XMLNS, Noeud, canonique_lheo
from .grammaire import ESPACE, ESPACE_XML, ESPACE_XSI, RACINES, TYPES_ATTRIBUTS, Element, element, enfants_de

_Ecrivain = Callable[[Any, list[str]], None]

_CONTROLES = bytes(set(range(32)) - {9, 10, 13})
_INTERDIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOM_XML = re.compile(r"[^\W\d][\w.-]*")
_RANGS = {f"@{nom}": rang for rang, nom in enumerate(TYPES_ATTRIBUTS)}
_IDENTIFIANTS = frozenset({"@id", "@idref"})
_PLANS = 2048  # combinaisons de clés retenues par élément : les documents les répètent
_PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FERME_FORMATION = b"</formation>"


class NoeudInvalide(ValueError):
    """L’arbre n’a pas la forme que la grammaire demande ; `chemin` dit où."""

    def __init__(self, chemin: str, phrase: str) -> None:
        super().__init__(f"{chemin} : {phrase}")
        self.chemin = chemin


class CaractereInterdit(ValueError):
    """Un texte contient un caractère que XML 1.0 interdit (contrôle, demi-codet) ; `chemin` dit où."""

    def __init__(self, chemin: str, caractere: str) -> None:
        super().__init__(f"{chemin} : le caractère U+{ord(caractere):04X} est interdit en XML")
        self.chemin = chemin
        self.caractere = caractere


def nettoyer(texte: str) -> str:
    """Le texte sans les caractères que XML 1.0 interdit."""
    return _INTERDIT.sub("", texte)


def nettoyer_arbre(noeud: Any) -> Any:
    """L’arbre dont tous les textes sont passés par `nettoyer`."""
    if isinstance(noeud, str):
        return nettoyer(noeud)
    if isinstance(noeud, list):
        return [nettoyer_arbre(fils) for fils in noeud]
    if isinstance(noeud, dict):
        return {cle: nettoyer_arbre(fils) for cle, fils in noeud.items()}
    return noeud


def ecrire(nom: str, noeud: Noeud, *, sans_identifiants: bool = False) -> str:
    """Le texte XML d’un arbre, sans déclaration de l’espace LHEO (il va dans un document qui la porte).

    `sans_identifiants` omet `id` et `idref`, qui doivent être uniques dans un document. Lève `NoeudInvalide`,
    `CaractereInterdit` ou `ElementInconnu`. Un enfant absent ou None n’est pas écrit ; rien n’est validé de plus.
    """
    return _ecrire(nom, noeud, sans_identifiants)[0]


def ecrire_octets(nom: str, noeud: Noeud, *, sans_identifiants: bool = False) -> bytes:
    """La même chose qu’`ecrire`, en UTF-8 (pour `Redacteur.fragment`)."""
    return _ecrire(nom, noeud, sans_identifiants)[1]


def _ecrire(nom: str, noeud: Noeud, sans_identifiants: bool) -> tuple[str, bytes]:
    morceaux: list[str] = []
    try:
        _ecrivain(nom, sans_identifiants)(noeud, morceaux)
        texte = "".join(morceaux)
    except (TypeError, AttributeError, KeyError, RecursionError) as erreur:
        _diagnostiquer(nom, element(nom), noeud)
        raise NoeudInvalide(nom, "l’arbre est illisible") from erreur
    try:
        octets = texte.encode()
        sain = len(octets.translate(None, _CONTROLES)) == len(octets)
    except UnicodeEncodeError:
        sain = False
    if not sain or "\ufffe" in texte or "\uffff" in texte:
        _diagnostiquer(nom, element(nom), noeud)
        raise CaractereInterdit(nom, _INTERDIT.findall(texte)[0])
    return texte, octets


def _texte(valeur: str) -> str:
    """Le texte échappé d’un élément ; le retour chariot en référence, l’analyse en ferait sinon un saut de ligne."""
    if "&" in valeur or "<" in valeur or ">" in valeur or "\r" in valeur:
        return valeur.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return valeur


def _valeur(valeur: str) -> str:
    """Le texte échappé pour une valeur d’attribut ; les blancs autres que l’espace en références."""
    valeur = _texte(valeur)
    if '"' in valeur or "\n" in valeur or "\t" in valeur:
        return valeur.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return valeur


def _attributs(noeud: Mapping[str, Any], omis: frozenset[str], autre: str = "") -> str:
    """Les attributs d’un nœud, dans un ordre fixe ; `autre` est la seule autre clé admise ("" : toutes)."""
    ecrit = ""
    for cle, debut in _plan_attributs(tuple(noeud), omis, autre):
        if noeud[cle] is not None:
            ecrit += f'{debut}{_valeur(noeud[cle])}"'
    return ecrit


@lru_cache(maxsize=_PLANS)
def _plan_attributs(cles: tuple[str, ...], omis: frozenset[str], autre: str) -> tuple[tuple[str, str], ...]:
    """(clé, texte qui précède la valeur) de chaque attribut à écrire, pour les nœuds qui ont ces clés."""
    if autre and any(cle[0] != "@" and cle != autre for cle in cles):
        raise TypeError(cles)
    attributs = [cle for cle in cles if cle[0] == "@" and cle not in omis]
    attributs.sort(key=lambda cle: (_RANGS.get(cle, len(_RANGS)), cle))
    return tuple((cle, _debut_attribut(cle[1:], rang)) for rang, cle in enumerate(attributs))


def _debut_attribut(nom: str, rang: int) -> str:
    """Ce qui précède la valeur d’un attribut, avec la déclaration de son espace de noms s’il en a un."""
    espace, _, local = nom[1:].rpartition("}") if nom[:1] == "{" else ("", "", nom)
    if not _NOM_XML.fullmatch(local):
        raise TypeError(nom)
    if not espace:
        return f' {local}="'
    if espace == ESPACE_XML:
        return f' xml:{local}="'
    if espace == ESPACE_XMLNS:
        return f' xmlns:{local}="'
    prefixe = "xsi" if espace == ESPACE_XSI else f"n{rang}"
    return f' xmlns:{prefixe}="{_valeur(espace)}" {prefixe}:{local}="'


@cache
def _ecrivain(nom: str, sans_identifiants: bool) -> _Ecrivain:
    """L’écrivain composé d’un élément (et, par lui, de ses descendants)."""
    regle = element(nom)
    omis = _IDENTIFIANTS if sans_identifiants else frozenset[str]()
    if regle.nature == "sequence":
        return _ecrivain_sequence(regle, omis, sans_identifiants)
    if regle.nature == "choix":
        return _ecrivain_extras(omis)
    if regle.nature == "libre":
        return _ecrivain_extra(omis)
    return _ecrivain_feuille(nom, omis)


def _ecrivain_feuille(nom: str, omis: frozenset[str]) -> _Ecrivain:
    ouvre, ferme = f"<{nom}>", f"</{nom}>"

    def ecrire_feuille(noeud: Any, morceaux: list[str]) -> None:
        if noeud.__class__ is str:
            morceaux.append(ouvre + _texte(noeud) + ferme)
            return
        morceaux.append(f"<{nom}{_attributs(noeud, omis, '#')}>{_texte(noeud['#'])}{ferme}")

    return ecrire_feuille


def _ecrivain_sequence(regle: Element, omis: frozenset[str], sans_identifiants: bool) -> _Ecrivain:
    nom = regle.nom
    vide, ouvre, ferme = f"<{nom}/>", f"<{nom}>", f"</{nom}>"
    # (nom, répétable, balises si c’est une feuille, son écrivain)
    places = {
        e.nom: (
            e.nom,
            e.multiple,
            f"<{e.nom}>" if element(e.nom).feuille else "",
            f"</{e.nom}>",
            _ecrivain(e.nom, sans_identifiants),
        )
        for e in regle.enfants
    }

    @lru_cache(maxsize=_PLANS)
    def planifier(cles: tuple[str, ...]) -> tuple[bool, list[tuple[str, bool, str, str, _Ecrivain]]]:
        """A-t-il des attributs, et ses enfants dans l’ordre, pour les nœuds qui ont ces clés."""
        presents = set(cles)
        if any(cle[0] != "@" and cle not in places for cle in presents):
            raise TypeError(nom)
        return any(cle[0] == "@" for cle in cles), [place for cle, place in places.items() if cle in presents]

    def ecrire_sequence(noeud: Any, morceaux: list[str]) -> None:
        if noeud.__class__ is not dict:
            raise TypeError(nom)
        if not noeud:
            morceaux.append(vide)
            return
        ajouter = morceaux.append
        attributs, presents = planifier(tuple(noeud))
        ajouter(f"<{nom}{_attributs(noeud, omis)}>" if attributs else ouvre)
        for enfant, multiple, balise, fin, ecrivain in presents:
            valeur = noeud[enfant]
            if multiple:
                if valeur.__class__ is list:
                    for fils in valeur:
                        if balise and fils.__class__ is str:
                            ajouter(balise + _texte(fils) + fin)
                        else:
                            ecrivain(fils, morceaux)
                elif valeur is not None:
                    raise TypeError(enfant)
            elif balise and valeur.__class__ is str:
                if "&" in valeur or "<" in valeur or ">" in valeur or "\r" in valeur:
                    valeur = _texte(valeur)
                ajouter(balise + valeur + fin)
            elif valeur is not None:
                ecrivain(valeur, morceaux)
        ajouter(ferme)

    return ecrire_sequence


def _ecrivain_extras(omis: frozenset[str]) -> _Ecrivain:
    extra = _ecrivain_extra(omis)

    def ecrire_extras(noeud: Any, morceaux: list[str]) -> None:
        contenu = noeud.get("contenu")
        debut = f"<extras{_attributs(noeud, omis, 'contenu')}"
        if not contenu:
            morceaux.append(debut + "/>")
            return
        morceaux.append(debut + ">")
        for nom, fils in contenu:
            if nom == "extra":
                extra(fils, morceaux)
            elif nom == "extras":
                ecrire_extras(fils, morceaux)
            else:
                raise TypeError(nom)
        morceaux.append("</extras>")

    return ecrire_extras


def _ecrivain_extra(omis: frozenset[str]) -> _Ecrivain:
    texte = _ecrivain_feuille("extra", omis)

    def ecrire_extra(noeud: Any, morceaux: list[str]) -> None:
        if noeud.__class__ is dict and "xml" in noeud:
            if len(noeud) > 1:
                raise TypeError("extra")
            morceaux.append(_extra_structure(noeud["xml"], bool(omis)))
        else:
            texte(noeud, morceaux)

    return ecrire_extra


def _extra_structure(xml: str, sans_identifiants: bool) -> str:
    """Un extra structuré, relu avant d’être écrit : la base n’est jamais recopiée les yeux fermés."""
    try:
        elt = etree.fromstring(xml, ANALYSEUR)
    except (etree.XMLSyntaxError, ValueError) as erreur:
        raise TypeError("extra") from erreur
    if elt.tag != f"{{{ESPACE}}}extra" or xml.find("<!DOCTYPE") >= 0:
        raise TypeError("extra")
    if sans_identifiants:
        for fils in elt.iter():
            for attribut in ("id", "idref"):
                if attribut in fils.attrib:
                    del fils.attrib[attribut]
    return canonique_lheo(elt).replace(f'<extra xmlns="{ESPACE}"', "<extra", 1)


def _diagnostiquer(chemin: str, regle: Element, noeud: Any) -> None:
    """Parcourt l’arbre pour lever l’erreur qui nomme le chemin fautif ; ne lève rien s’il est sain."""
    if regle.nature == "libre" and isinstance(noeud, dict) and "xml" in noeud:
        _controler_texte(chemin, noeud["xml"])
        try:
            _extra_structure(noeud["xml"], False)
        except TypeError:
            raise NoeudInvalide(chemin, "l’extra structuré n’est pas un élément « extra » bien formé") from None
        noeud = {cle: valeur for cle, valeur in noeud.items() if cle != "xml"} or ""
    if isinstance(noeud, str) and regle.nature not in ("sequence", "choix"):
        _controler_texte(chemin, noeud)
        return
    if not isinstance(noeud, dict):
        attendu = "un objet" if regle.nature in ("sequence", "choix") else "un texte"
        raise NoeudInvalide(chemin, f"{attendu} est attendu, pas {type(noeud).__name__}")
    for cle, valeur in noeud.items():
        if cle.startswith("@"):
            _controler_texte(f"{chemin}/{cle}", valeur)
            if not _NOM_XML.fullmatch(cle.rpartition("}")[2].removeprefix("@")):
                raise NoeudInvalide(chemin, f"« {cle} » n’est pas un nom d’attribut")
        elif regle.nature == "sequence":
            _diagnostiquer_enfant(chemin, regle, cle, valeur)
        elif regle.nature == "choix" and cle == "contenu":
            for rang, couple in enumerate(valeur, 1):
                if not (isinstance(couple, list | tuple) and len(couple) == 2 and couple[0] in ("extra", "extras")):
                    raise NoeudInvalide(chemin, "un couple [nom, nœud] est attendu dans « contenu »")
                _diagnostiquer(f"{chemin}/{couple[0]}[{rang}]", element(couple[0]), couple[1])
        elif regle.nature != "choix" and cle == "#":
            _controler_texte(chemin, valeur)
        else:
            raise NoeudInvalide(chemin, f"la clé « {cle} » n’y est pas admise")
    if regle.nature not in ("sequence", "choix") and "#" not in noeud:
        raise NoeudInvalide(chemin, "la clé « # » (le texte) manque")


def _diagnostiquer_enfant(chemin: str, regle: Element, cle: str, valeur: Any) -> None:
    place = enfants_de(regle.nom).get(cle)
    if place is None:
        raise NoeudInvalide(chemin, f"« {cle} » n’y est pas admis")
    if valeur is None:
        return
    if not place.multiple:
        _diagnostiquer(f"{chemin}/{cle}", element(cle), valeur)
        return
    if not isinstance(valeur, list):
        raise NoeudInvalide(f"{chemin}/{cle}", f"une liste est attendue, pas {type(valeur).__name__}")
    for rang, fils in enumerate(valeur, 1):
        _diagnostiquer(f"{chemin}/{cle}[{rang}]", element(cle), fils)


def _controler_texte(chemin: str, valeur: Any) -> None:
    if not isinstance(valeur, str):
        raise NoeudInvalide(chemin, f"un texte est attendu, pas {type(valeur).__name__}")
    if trouve := _INTERDIT.search(valeur):
        raise CaractereInterdit(chemin, trouve[0])


class Redacteur:
    """Écrit un document LHEO 2.3 en flux, en UTF-8 : le début de l’enveloppe, les formations une à une, la fin.

    `enveloppe` a la forme de `Lecture.enveloppe` ; par défaut, une racine `lheo` nue. Chaque `<formation …>` et chaque
    `</formation>` commence une ligne, l’espace de noms est celui par défaut de la racine : des lecteurs y comptent.
    S’emploie dans un `with` ; la fin n’est pas écrite si le bloc lève une exception.
    """

    def __init__(
        self, sortie: BinaryIO, enveloppe: Mapping[str, Any] | None = None, *, sans_identifiants: bool = False
    ) -> None:
        enveloppe = enveloppe or {"racine": "lheo", "arbre": {"offres": {}}}
        if enveloppe["racine"] not in RACINES:
            raise NoeudInvalide(str(enveloppe["racine"]), "ce n’est pas la racine d’un document LHEO")
        self._sortie = sortie
        self._sans_identifiants = sans_identifiants
        debut, self._fin, self._ouvert = self._couper(enveloppe["racine"], enveloppe["arbre"], f' xmlns="{ESPACE}"')
        sortie.write((_PROLOGUE + debut).encode())

    def __enter__(self) -> Redacteur:
        return self

    def __exit__(
        self, classe: type[BaseException] | None, erreur: BaseException | None, trace: TracebackType | None
    ) -> None:
        if classe is None:
            self.fermer()

    def formation(self, noeud: Noeud) -> int:
        """Écrit une formation d’après son arbre ; rend le nombre d’octets écrits. Lève comme `ecrire`."""
        return self.fragment(_ecrire("formation", noeud, self._sans_identifiants)[1])

    def fragment(self, octets: bytes) -> int:
        """Écrit une formation déjà rédigée par `ecrire`, encodée en UTF-8 ; rend le nombre d’octets écrits."""
        if not self._ouvert:
            raise NoeudInvalide("offres", "cette enveloppe ne reçoit pas de formations")
        if octets.endswith(_FERME_FORMATION):
            octets = octets[: -len(_FERME_FORMATION)] + b"\n" + _FERME_FORMATION
        return self._sortie.write(octets + b"\n")

    def fermer(self) -> None:
        """Écrit la fin du document ; la sortie reste ouverte."""
        self._sortie.write(self._fin.encode())
        self._fin, self._ouvert = "", False

    def _couper(self, nom: str, noeud: Mapping[str, Any], declaration: str = "") -> tuple[str, str, bool]:
        """Le texte d’un élément de l’enveloppe, avant et après la place des formations, et si elle en a une."""
        omis = _IDENTIFIANTS if self._sans_identifiants else frozenset[str]()
        avant, apres, ouvert = f"<{nom}{declaration}{_attributs(noeud, omis)}>\n", "", nom == "offres"
        for cle in noeud:
            if cle[0] != "@" and cle not in enfants_de(nom):
                raise NoeudInvalide(nom, f"« {cle} » n’y est pas admis")
        for place in element(nom).enfants:
            valeur = noeud.get(place.nom)
            if valeur is None or place.nom == "formation":
                continue
            if place.nom in ("offres", "lheo"):
                debut, fin, ouvert = self._couper(place.nom, valeur)
                avant, apres = avant + debut, apres + fin
                continue
            for fils in valeur if place.multiple else [valeur]:
                texte = ecrire(place.nom, fils, sans_identifiants=self._sans_identifiants) + "\n"
                avant, apres = (avant, apres + texte) if ouvert else (avant + texte, apres)
        return avant, f"{apres}</{nom}>\n", ouvert
