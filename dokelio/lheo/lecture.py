"""La lecture d’un document LHEO en flux : les formations une à une, puis l’enveloppe ; mémoire constante.
Aucun DOCTYPE, aucune entité, aucun réseau ; un document 2.2 ressort dans l’espace de noms 2.3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, BinaryIO

from lxml import etree

from .arbre import Noeud, Rebut, canonique, canonique_lheo, vers_arbre
from .encodage import TAILLE_MAX, DocumentRefuse, Octets
from .grammaire import ESPACE, ESPACE_22, ESPACE_EDOF, RACINES

__all__ = ["DocumentRefuse", "FormationLue", "Lecture", "lire"]

_VERSIONS = {ESPACE: "2.3", ESPACE_22: "2.2"}
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
# codes d’erreur de libxml2 qui méritent mieux qu’une phrase générale
_MAL_FORME = {
    9: "le caractère y est interdit en XML",
    23: "un « & » y est employé sans être écrit « &amp; »",
    26: "une entité y est employée sans être définie (comme « &nbsp; »)",
    38: "un « < » y est employé dans un attribut",
    42: "un attribut y est donné deux fois",
    68: "un « & » ou un « < » y est employé tel quel",
    201: "un préfixe d’espace de noms y est employé sans être déclaré",
    76: "une balise y est fermée par une autre",
    5: "il reste du contenu après la fin de l’élément racine",
}
_TROP_PROFOND = 114
_FIN = 256  # octets gardés pour reconnaître la fin du document
_ERREUR = etree.ErrorLevels.ERROR
_RACINES = "« lheo », « lheo-plus » ou « lheo-index »"


@dataclass(frozen=True, slots=True)
class FormationLue:
    """Une formation d’un document : `rang` depuis 1, `ligne` du fichier.

    `element` est vidé quand on passe à la suivante : n’en gardez que l’arbre ou l’empreinte.
    """

    element: etree._Element
    rang: int
    ligne: int
    natif: bool = True  # lu tel quel, et non traduit d’une version antérieure

    def arbre(self, rebuts: list[Rebut] | None = None) -> Noeud:
        """L’arbre de la formation (voir `vers_arbre`)."""
        return vers_arbre(self.element, rebuts)

    def empreinte(self) -> str:
        """L’empreinte du contenu, en 32 chiffres hexadécimaux : la même quel que soit le document qui le porte."""
        natif = self.natif and self.element.prefix is None
        texte = canonique(self.element) if natif else canonique_lheo(self.element)
        return blake2b(texte.encode(), digest_size=16).hexdigest()


class Lecture:
    """Un document ouvert ; s’obtient par `lire`. `formations()` se parcourt une fois, `enveloppe` vient après.

    `version` : « 2.3 » ou « 2.2 ». `racine` : lheo, lheo-plus ou lheo-index. `particularites` : ce que le fichier a
    d’inhabituel sans être refusé. `rebuts` : ce que l’enveloppe n’a pas pu retenir.
    """

    def __init__(self, flux: BinaryIO, taille_max: int | None) -> None:
        octets = Octets(flux, taille_max)
        self.encodage: str = octets.encodage
        self.particularites: tuple[str, ...] = tuple(octets.particularites)
        self.rebuts: list[Rebut] = []
        self._morceaux = iter(octets)
        self._attente: list[bytes] = []
        espace, self.racine = self._lire_racine()
        self.version: str = _VERSIONS[espace]
        self._espace = espace
        self._commencee = False
        self._enveloppe: dict[str, Any] | None = None

    @property
    def enveloppe(self) -> dict[str, Any]:
        """Tout ce qui n’est pas une formation : `{"racine": nom, "arbre": nœud}`, à donner à `Redacteur`."""
        if self._enveloppe is None:
            raise RuntimeError("l’enveloppe se lit après avoir parcouru toutes les formations")
        return self._enveloppe

    def formations(self) -> Iterator[FormationLue]:
        """Les formations dans l’ordre du document ; lève `DocumentRefuse` là où la lecture doit s’arrêter."""
        if self._commencee:
            raise RuntimeError("les formations d’une lecture ne se parcourent qu’une fois")
        self._commencee = True
        analyseur = etree.XMLPullParser(
            events=("end",), tag=f"{{{self._espace}}}formation", encoding="utf-8", **_OPTIONS
        )
        rang = 0
        precedente: Any = None
        for elt in self._evenements(analyseur):
            if not self._est_formation(elt):
                continue
            rang += 1
            ligne, natif = elt.sourceline or 0, self.version == "2.3"
            yield FormationLue(elt if natif else _en_23(elt), rang, ligne, natif)
            elt.clear(keep_tail=True)
            if precedente is not None and (parent := precedente.getparent()) is not None:
                parent.remove(precedente)
            precedente = elt
        racine = self._racine_finale
        for reste in list(racine.iter(f"{{{self._espace}}}formation")):
            if self._est_formation(reste) and (parent := reste.getparent()) is not None:
                parent.remove(reste)
        self._enveloppe = {
            "racine": self.racine,
            "arbre": vers_arbre(racine if self.version == "2.3" else _en_23(racine), self.rebuts),
        }

    def _est_formation(self, elt: etree._Element) -> bool:
        """Vrai pour une formation du document, non pour celle qu’un extra contiendrait."""
        noms = [a.tag.rpartition("}")[2] for a in elt.iterancestors()]
        return noms in (["offres", "lheo"], ["offres", "lheo", "lheo-plus"])

    def _lire_racine(self) -> tuple[str, str]:
        """Espace et nom de la racine, lus sans aller plus loin que sa balise ouvrante."""
        analyseur = etree.XMLPullParser(events=("start",), encoding="utf-8", **_OPTIONS)
        for morceau in self._morceaux:
            self._attente.append(morceau)
            erreur = _nourrir(analyseur, morceau)
            evenements: Any = analyseur.read_events()
            for _, racine in evenements:
                espace, _, nom = racine.tag.rpartition("}")
                _controler_racine(espace[1:], nom, racine.sourceline)
                return espace[1:], nom
            if erreur is not None:
                raise erreur
        raise DocumentRefuse("tronque", "Le document s’arrête dans la balise de son élément racine.")

    def _evenements(self, analyseur: Any) -> Iterator[Any]:
        fin = b""
        for source in (self._attente, self._morceaux):
            for morceau in source:
                fin = (fin + morceau)[-_FIN:]
                erreur = _nourrir(analyseur, morceau)
                for _, elt in analyseur.read_events():
                    yield elt
                if erreur is not None:
                    raise erreur
        try:
            self._racine_finale: etree._Element = analyseur.close()
        except etree.XMLSyntaxError as faute:
            syntaxe: Any = faute
            if f"{self.racine}>".encode() in fin:  # la fin est là : la faute est ailleurs
                raise _refus_syntaxe(syntaxe.code, syntaxe.lineno) from None
            phrase = "Le document est tronqué : il s’arrête avant la fin."
            raise DocumentRefuse("tronque", phrase, syntaxe.lineno) from None


def lire(flux: BinaryIO, *, taille_max: int | None = TAILLE_MAX) -> Lecture:
    """Ouvre un document LHEO depuis un fichier ouvert en binaire ; jamais un chemin (libxml2 décompresserait).

    `taille_max` en octets, None pour ne pas borner. Lève `DocumentRefuse` dès que le début y suffit.
    """
    return Lecture(flux, taille_max)


def _nourrir(analyseur: Any, morceau: bytes) -> DocumentRefuse | None:
    """Donne un morceau à l’analyseur ; rend le refus plutôt que de le lever, pour que ce qui précède soit lu d’abord.

    Le journal est consulté à chaque fois : libxml2 tait certaines fautes jusqu’à la fin, puis recommence à zéro.
    """
    try:
        analyseur.feed(morceau)
    except etree.XMLSyntaxError as erreur:
        syntaxe: Any = erreur
        fautes = [f for f in analyseur.feed_error_log if f.level >= _ERREUR]
        return (
            _refus_syntaxe(fautes[0].type, fautes[0].line) if fautes else _refus_syntaxe(syntaxe.code, syntaxe.lineno)
        )
    for faute in analyseur.feed_error_log:
        if faute.level >= _ERREUR:
            return _refus_syntaxe(faute.type, faute.line)
    return None


def _refus_syntaxe(code: int, ligne: int) -> DocumentRefuse:
    if code == _TROP_PROFOND:
        return DocumentRefuse("trop-profond", "Les éléments sont imbriqués trop profondément.", ligne)
    detail = _MAL_FORME.get(code, "la syntaxe y est fautive")
    phrase = f"Le document n’est pas du XML bien formé à la ligne {ligne} : {detail}."
    return DocumentRefuse("mal-forme", phrase, ligne)


def _controler_racine(espace: str, nom: str, ligne: int | None) -> None:
    if espace == ESPACE_EDOF:
        phrase = (
            "C’est un catalogue EDOF (Mon Compte Formation), dont l’espace de noms n’est pas celui de LHEO : "
            "exportez le document au format LHEO 2.3."
        )
        raise DocumentRefuse("espace-edof", phrase, ligne)
    if nom not in RACINES:
        phrase = f"L’élément racine est « {nom} » ; un document LHEO a pour racine {_RACINES}."
        raise DocumentRefuse("racine", phrase, ligne)
    if espace not in _VERSIONS:
        vu = f"« {espace} »" if espace else "absent"
        phrase = f"L’espace de noms de la racine est {vu} ; celui de LHEO 2.3 est « {ESPACE} »."
        raise DocumentRefuse("espace-de-noms", phrase, ligne)


def _en_23(elt: etree._Element) -> etree._Element:
    """La copie d’un élément 2.2 dans l’espace de noms 2.3, avec ses numéros de ligne."""
    espaces: Any = {None: ESPACE}
    copie = etree.Element(_nom_23(elt), nsmap=espaces)
    _copier_23(elt, copie)
    return copie


def _nom_23(elt: etree._Element) -> str:
    return str(elt.tag).replace(f"{{{ESPACE_22}}}", f"{{{ESPACE}}}", 1)


def _copier_23(source: etree._Element, cible: etree._Element) -> None:
    cible.text = source.text
    cible.sourceline = source.sourceline
    for cle, valeur in source.items():
        cible.set(cle, valeur)
    for fils in source:
        espaces: Any = {p: e for p, e in fils.nsmap.items() if e not in _VERSIONS}
        copie = etree.SubElement(cible, _nom_23(fils), nsmap=espaces)
        _copier_23(fils, copie)
        copie.tail = fils.tail
