"""Les écarts courants qu’un import corrige sans risque avant de juger une formation ; chaque correction est dite.
Ce qui a plus d’une lecture possible (date à neuf chiffres, texte obligatoire absent) n’est jamais corrigé."""

from __future__ import annotations

import difflib
import re
from collections import Counter

from lxml.etree import _Element as Elt

from . import identifiants
from .anomalies import Anomalie, anomalie
from .grammaire import ELEMENTS, ESPACE, TABLES, Element, enfants_de, ordre
from .validation.structure import BLANCS, bien_ranges, deviner, elements_de, ligne_de, texte_de
from .validation.valeurs import bornes_de_date

_NS = f"{{{ESPACE}}}"
RESSEMBLANCE_SURE = 0.9
_VRAI = frozenset({"true", "vrai", "oui"})
_FAUX = frozenset({"false", "faux", "non"})
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(T[0-9:.+Z-]*)?")
_BLANCS_ET_POINTS = re.compile(r"[\s\u00a0\u202f.]")


def reparer(element: Elt, chemin: str = "/formation") -> list[Anomalie]:
    """Corrige sur place un élément LHEO 2.3 (une `formation` le plus souvent) ; rend une anomalie par correction.

    L’élément n’est pas pour autant lisible : le valider ensuite. Le contenu des `extra` n’est pas touché.
    """
    reparation = _Reparation()
    nom = str(element.tag).removeprefix(_NS)
    if nom in ELEMENTS:
        reparation.reparer(element, nom, chemin)
    return reparation.anomalies


class _Reparation:
    def __init__(self) -> None:
        self.anomalies: list[Anomalie] = []

    def _dire(self, elt: Elt, chemin: str, code: str, champ: str, **valeurs: object) -> None:
        self.anomalies.append(anomalie(code, ligne=ligne_de(elt), chemin=chemin, champ=champ, **valeurs))

    def reparer(self, elt: Elt, nom: str, chemin: str) -> None:
        regle = ELEMENTS[nom]
        if regle.feuille:
            if not len(elt):
                self._feuille(elt, regle, chemin)
        elif regle.nature != "libre":
            self._renommer(elt, nom, chemin)
            compte: Counter[str] = Counter()
            for enfant in list(elements_de(elt)):
                nom_enfant = _nom_de(enfant)
                compte[nom_enfant] += 1
                if nom_enfant in ELEMENTS:
                    self.reparer(enfant, nom_enfant, _chemin(chemin, nom, nom_enfant, compte[nom_enfant]))
            self._retirer_les_vides(elt, nom, chemin)
            self._ranger(elt, nom, chemin)

    def _renommer(self, elt: Elt, nom: str, chemin: str) -> None:
        """Un enfant au nom presque juste prend le nom juste, s’il est seul à pouvoir le prendre."""
        presents = Counter(_nom_de(enfant) for enfant in elements_de(elt))
        for enfant in elements_de(elt):
            lu = _nom_de(enfant)
            if lu in ELEMENTS or lu.startswith("{"):
                continue
            juste = deviner(lu, nom)
            if juste is None or not _meme_nom(lu, juste):
                continue
            maxi = enfants_de(nom)[juste].maxi
            if maxi is None or presents[juste] < maxi:
                presents[juste] += 1
                self._dire(enfant, _chemin(chemin, nom, juste, presents[juste]), "repare-nom", juste, valeur=lu)
                enfant.tag = f"{_NS}{juste}"

    def _retirer_les_vides(self, elt: Elt, nom: str, chemin: str) -> None:
        """Retire les enfants sans texte ni attribut que le schéma refuserait et dont le parent peut se passer."""
        admis = enfants_de(nom)
        presents = Counter(_nom_de(enfant) for enfant in elements_de(elt))
        for enfant in list(elements_de(elt)):
            nom_enfant = _nom_de(enfant)
            place = admis.get(nom_enfant)
            if place is None or presents[nom_enfant] <= place.mini:
                continue
            if _sans_contenu(enfant) and _refuse(enfant, nom_enfant):
                self._dire(enfant, _chemin(chemin, nom, nom_enfant, 1), "repare-vide-retire", nom_enfant)
                presents[nom_enfant] -= 1
                _retirer(elt, enfant)

    def _ranger(self, elt: Elt, nom: str, chemin: str) -> None:
        """Remet les enfants dans l’ordre de la grammaire, s’ils sont tous connus ; l’ordre des répétés est gardé."""
        if ELEMENTS[nom].nature != "sequence":
            return
        rangs = ordre(nom)
        enfants = list(elements_de(elt))
        if any(_nom_de(enfant) not in rangs for enfant in enfants):
            return
        gardes = bien_ranges([rangs[_nom_de(enfant)] for enfant in enfants])
        if len(gardes) == len(enfants):
            return
        deplaces = dict.fromkeys(_nom_de(e) for position, e in enumerate(enfants) if position not in gardes)
        self._dire(elt, chemin, "repare-ordre", nom, parent=nom, element=", ".join(deplaces))
        elt[:] = sorted(enfants, key=lambda enfant: rangs[_nom_de(enfant)])

    def _feuille(self, elt: Elt, regle: Element, chemin: str) -> None:
        valeur = elt.text or ""
        code, nouveau = _corriger(regle, valeur)
        if code:
            self._dire(elt, chemin, code, regle.nom, valeur=valeur, nouveau=nouveau)
            elt.text = nouveau


def _corriger(regle: Element, valeur: str) -> tuple[str, str]:
    """Le code de la réparation et la valeur réparée ; deux chaînes vides s’il n’y a rien à faire de sûr."""
    propre = valeur.strip(BLANCS)
    if regle.nature == "table":
        codes = TABLES[regle.table or ""].codes
        if propre in codes:
            return "", ""
        if regle.table == "dict-boolean" and propre.casefold() in _VRAI | _FAUX:
            return "repare-booleen", "1" if propre.casefold() in _VRAI else "0"
        court = propre.lstrip("0") or "0"
        if propre.isascii() and propre.isdecimal() and court in codes:
            return "repare-zero-tete", court
    elif regle.nature == "date":
        iso = _ISO.fullmatch(propre)
        if iso and bornes_de_date(compacte := iso[1] + iso[2] + iso[3]) and "00" not in (iso[2], iso[3]):
            return "repare-date-iso", compacte
    elif regle.nature == "texte" and not _longueur_admise(regle, valeur):
        return _corriger_texte(regle, valeur)
    return "", ""


def _corriger_texte(regle: Element, valeur: str) -> tuple[str, str]:
    if regle.nom in ("SIRET", "numero-activite"):
        compacte = _BLANCS_ET_POINTS.sub("", valeur)
        if compacte != valeur and _longueur_admise(regle, compacte):
            return "repare-blancs", compacte
        if regle.nom == "SIRET" and len(compacte) == 15 and compacte[0] == "0":
            if identifiants.cle_siret_valide(compacte[1:]):
                return "repare-siret-zero", compacte[1:]
            return "", ""
    nue = valeur.strip()
    if nue and nue != valeur and _longueur_admise(regle, nue):
        return "repare-blancs", nue
    return "", ""


def _longueur_admise(regle: Element, valeur: str) -> bool:
    return (regle.lgmin or 0) <= len(valeur) and (regle.lgmax is None or len(valeur) <= regle.lgmax)


def _nom_de(elt: Elt) -> str:
    """Le nom LHEO, ou le nom qualifié si l’élément est d’un autre espace de noms."""
    return str(elt.tag).removeprefix(_NS)


def _chemin(chemin: str, parent: str, nom: str, rang: int) -> str:
    place = enfants_de(parent).get(nom)
    return f"{chemin}/{nom}" if place is not None and not place.multiple else f"{chemin}/{nom}[{rang}]"


def _meme_nom(lu: str, juste: str) -> bool:
    if lu.casefold() == juste.casefold():
        return True
    return difflib.SequenceMatcher(None, lu, juste).ratio() >= RESSEMBLANCE_SURE


def _sans_contenu(elt: Elt) -> bool:
    """Ni attribut ni texte, à aucune profondeur."""
    return not any(e.attrib or texte_de(e).strip(BLANCS) for e in (elt, *elt.iterdescendants("*")))


def _refuse(elt: Elt, nom: str) -> bool:
    """Vrai si le schéma refuserait cet élément sans contenu."""
    regle = ELEMENTS.get(nom)
    if regle is None:
        return False
    if regle.feuille:
        return regle.nature != "texte" or not _longueur_admise(regle, texte_de(elt))
    presents = [_nom_de(enfant) for enfant in elements_de(elt)]
    if any(place.mini and place.nom not in presents for place in regle.enfants):
        return True
    return any(_refuse(enfant, _nom_de(enfant)) for enfant in elements_de(elt))


def _retirer(parent: Elt, enfant: Elt) -> None:
    """Retire l’enfant en gardant le texte qui le suit."""
    if enfant.tail:
        precedent = enfant.getprevious()
        if precedent is None:
            parent.text = (parent.text or "") + enfant.tail
        else:
            precedent.tail = (precedent.tail or "") + enfant.tail
    parent.remove(enfant)
