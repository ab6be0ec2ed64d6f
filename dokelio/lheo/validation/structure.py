"""La marche sur la grammaire : toutes les fautes de structure d’un élément, et non la première de chaque parent.
Dit exactement la même chose que le schéma officiel ; n’est parcourue que lorsque celui-ci refuse."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import cast

from lxml import etree
from lxml.etree import _Element as Elt

from dokelio.lheo.anomalies import Anomalie, anomalie
from dokelio.lheo.grammaire import (
    ELEMENTS,
    ESPACE,
    ESPACE_XSI,
    MOTIF_DATE,
    TABLES,
    TYPES_ATTRIBUTS,
    Element,
    Enfant,
    enfants_de,
    ordre,
    parents_de,
)

BLANCS = " \t\n\r"
RESSEMBLANCE = 0.84
"""Au-delà, un nom inconnu est tenu pour une faute de frappe de celui auquel il ressemble."""
_LONG = 2**63
ESPACE_XML = "http://www.w3.org/XML/1998/namespace"
_ENTIER = re.compile(r"[+-]?[0-9]+")
_DATE = re.compile(MOTIF_DATE)
_TYPES_VERIFIES = {"ID": "NCName", "IDREF": "NCName", "dateTime": "dateTime", "anyURI": "anyURI"}
_CODE_DE_TYPE = {
    "ID": "identifiant-invalide",
    "IDREF": "identifiant-invalide",
    "dateTime": "horodatage-invalide",
    "anyURI": "uri-invalide",
}


def ligne_de(elt: Elt) -> int | None:
    """La ligne de l’élément ; au-delà de 65 535, libxml donne celle où finit le premier texte, d’où la correction."""
    ligne = cast(int | None, elt.sourceline)
    if ligne is None or ligne < 65535:
        return ligne
    courant = elt
    while not courant.text and len(courant):
        courant = courant[0]
    return ligne - (courant.text or courant.tail or "").count("\n")


def texte_de(elt: Elt) -> str:
    """Le texte direct de l’élément, commentaires et instructions ôtés, tel quel."""
    if not len(elt):
        return elt.text or ""
    return (elt.text or "") + "".join(enfant.tail or "" for enfant in elt)


def elements_de(elt: Elt) -> Iterator[Elt]:
    """Les éléments enfants, sans commentaire ni instruction."""
    return (enfant for enfant in elt if isinstance(enfant.tag, str))


@cache
def _schema_des_types() -> etree.XMLSchema:
    """Un schéma d’un élément par type simple, pour juger les attributs exactement comme libxml."""
    declarations = "".join(
        f'<xs:element name="{nom}" type="xs:{nom}"/>' for nom in sorted(set(_TYPES_VERIFIES.values()))
    )
    source = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{declarations}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(source))


@lru_cache(maxsize=4096)
def attribut_valide(type_: str, valeur: str) -> bool:
    """Vrai si la valeur est du type XML Schema de l’attribut (`string` admet tout)."""
    if type_ not in _TYPES_VERIFIES:
        return True
    temoin = etree.Element(_TYPES_VERIFIES[type_])
    temoin.text = valeur
    return bool(_schema_des_types().validate(temoin))


def entier_lisible(valeur: str) -> bool:
    """Vrai si `valeur` est un xs:long (blancs autour admis)."""
    propre = valeur.strip(BLANCS)
    if not _ENTIER.fullmatch(propre) or len(propre.lstrip("+-0")) > 19:
        return False
    return -_LONG <= int(propre) < _LONG


def date_lisible(valeur: str) -> bool:
    """Vrai si `valeur` a la forme que le schéma exige d’une date (blancs autour admis), réelle ou non."""
    return _DATE.fullmatch(valeur.strip(BLANCS)) is not None


def bien_ranges(rangs: Sequence[int]) -> set[int]:
    """Les positions d’une plus longue suite croissante (au sens large) : le plus d’enfants possible à leur rang."""
    fins: list[int] = []
    positions: list[int] = []
    precedents: list[int] = []
    for position, rang in enumerate(rangs):
        longueur = bisect_right(fins, rang)
        precedents.append(positions[longueur - 1] if longueur else -1)
        if longueur == len(fins):
            fins.append(rang)
            positions.append(position)
        else:
            fins[longueur], positions[longueur] = rang, position
    gardes: set[int] = set()
    courant = positions[-1] if positions else -1
    while courant >= 0:
        gardes.add(courant)
        courant = precedents[courant]
    return gardes


@lru_cache(maxsize=1024)
def deviner(nom: str, parent: str | None) -> str | None:
    """L’élément que ce nom voulait sans doute dire : parmi les enfants de `parent`, ou tous si None."""
    candidats = list(ELEMENTS) if parent is None else list(enfants_de(parent))
    for candidat in candidats:
        if candidat.casefold() == nom.casefold():
            return candidat
    proches = difflib.get_close_matches(nom, candidats, 1, RESSEMBLANCE)
    return proches[0] if proches else None


def place_de(nom: str, parent: str, presents: Sequence[str]) -> str:
    """Où `nom` doit se trouver dans `parent`, dit par rapport aux éléments présents."""
    rangs = ordre(parent)
    avant = [p for p in presents if rangs[p] < rangs[nom]]
    apres = [p for p in presents if rangs[p] > rangs[nom]]
    bornes = []
    if avant:
        bornes.append(f"après « {max(avant, key=rangs.__getitem__)} »")
    if apres:
        bornes.append(f"avant « {min(apres, key=rangs.__getitem__)} »")
    if bornes:
        return " et ".join(bornes)
    return f"dans « {parent} »"


def _conseil_date(nom: str, valeur: str) -> str:
    inconnue = "99999999" if nom == "fin" else "00000000"
    if not valeur:
        return f"Écrire la date, ou {inconnue} si elle est inconnue."
    if iso := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(T.*)?", valeur):
        return f"Écrire {iso[1]}{iso[2]}{iso[3]}, sans tiret."
    if re.fullmatch(r"[0-9]{9,}", valeur):
        return f"Il y a {len(valeur)} chiffres : n’en garder que huit (année, mois, jour)."
    return f"Écrire l’année, le mois et le jour en huit chiffres ({inconnue} si la date est inconnue)."


class Marche:
    """Parcourt un élément et ajoute ses fautes à `anomalies` ; `espace` est l’espace de noms LHEO du document."""

    def __init__(self, espace: str = ESPACE) -> None:
        self.anomalies: list[Anomalie] = []
        self._prefixe = f"{{{espace}}}"
        self._identifiants: dict[str, int | None] = {}

    def signaler(self, elt: Elt, chemin: str, code: str, champ: str, **valeurs: object) -> None:
        """Ajoute une anomalie à la ligne de `elt`."""
        self.anomalies.append(anomalie(code, ligne=ligne_de(elt), chemin=chemin, champ=champ, **valeurs))

    def nom_de(self, elt: Elt) -> str | None:
        """Le nom LHEO de l’élément, ou None s’il est d’un autre espace de noms."""
        tag = str(elt.tag)
        return tag[len(self._prefixe) :] if tag.startswith(self._prefixe) else None

    def verifier(self, elt: Elt, nom: str, chemin: str, *, facultatif: bool = False) -> None:
        """Toutes les fautes de `elt`, tenu pour un `nom`, et de ce qu’il contient."""
        regle = ELEMENTS[nom]
        self.attributs(elt, regle, chemin)
        if regle.nature == "libre":
            self.contenu_libre(elt, chemin)
        elif regle.feuille:
            self._feuille(elt, regle, chemin, facultatif)
        else:
            self._texte_interdit(elt, nom, chemin)
            self._enfants(elt, nom, chemin)

    def attributs(self, elt: Elt, regle: Element, chemin: str) -> None:
        """Les fautes des attributs d’un élément connu."""
        for cle, valeur in elt.attrib.items():
            nom = str(cle)
            endroit = f"{chemin}/@{nom}"
            if nom.startswith("{"):
                self._attribut_etranger(elt, regle, nom, str(valeur), chemin)
            elif not regle.admet_attribut(nom):
                if regle.nature != "libre":
                    proche = difflib.get_close_matches(nom, [*TYPES_ATTRIBUTS], 1, RESSEMBLANCE)
                    indice = f" Vouliez-vous dire « {proche[0]} » ?" if proche else ""
                    self.signaler(elt, endroit, "attribut-inconnu", regle.nom, attribut=nom, suggestion=indice)
            elif not attribut_valide(type_ := TYPES_ATTRIBUTS[nom], str(valeur)):
                self.signaler(elt, endroit, _CODE_DE_TYPE[type_], f"@{nom}", attribut=nom, valeur=str(valeur))
            elif nom == "id":
                self._identifiant(elt, endroit, str(valeur).strip(BLANCS))

    def _attribut_etranger(self, elt: Elt, regle: Element, nom: str, valeur: str, chemin: str) -> None:
        espace, _, local = nom[1:].partition("}")
        if espace == ESPACE_XSI:
            if local in ("schemaLocation", "noNamespaceSchemaLocation"):
                return
            if local == "type" and valeur.strip(BLANCS).rpartition(":")[2] == f"{regle.nom}-type":
                return
        elif regle.nature == "libre":
            return
        prefixe = {ESPACE_XSI: "xsi:", ESPACE_XML: "xml:"}.get(espace)
        affiche = local if prefixe is None else prefixe + local
        self.signaler(elt, f"{chemin}/@{affiche}", "attribut-etranger", regle.nom, attribut=affiche)

    def _identifiant(self, elt: Elt, chemin: str, valeur: str) -> None:
        if valeur in self._identifiants:
            premiere = self._identifiants[valeur]
            self.signaler(elt, chemin, "identifiant-double", "@id", valeur=valeur, premiere=premiere or "?")
        else:
            self._identifiants[valeur] = ligne_de(elt)

    def contenu_libre(self, elt: Elt, chemin: str) -> None:
        """Dans un `extra`, tout est permis, sauf un élément LHEO connu et mal formé (règle « lax » du schéma)."""
        compte: Counter[str] = Counter()
        for enfant in elements_de(elt):
            nom = self.nom_de(enfant)
            affiche = nom or str(etree.QName(enfant).localname)
            compte[affiche] += 1
            endroit = f"{chemin}/{affiche}[{compte[affiche]}]"
            if nom is not None and nom in ELEMENTS:
                self.verifier(enfant, nom, endroit)
            else:
                self.contenu_libre(enfant, endroit)

    def _feuille(self, elt: Elt, regle: Element, chemin: str, facultatif: bool) -> None:
        intrus = next(elements_de(elt), None)
        if intrus is not None:
            balise = str(etree.QName(intrus).localname)
            self.signaler(intrus, f"{chemin}/{balise}", "enfant-interdit", balise, parent=regle.nom)
            return
        valeur = texte_de(elt)
        if regle.nature == "texte":
            self._texte(elt, regle, valeur, chemin, facultatif)
            return
        propre = " ".join(valeur.split())
        if regle.nature == "table":
            table = TABLES[regle.table or ""]
            if valeur.strip(BLANCS) not in table.codes:
                codes = ", ".join(sorted(table.codes, key=int))
                self.signaler(
                    elt, chemin, "code-hors-table", regle.nom, valeur=propre, table=table.libelle, codes=codes
                )
        elif regle.nature == "entier":
            if not entier_lisible(valeur):
                self.signaler(elt, chemin, "entier-invalide", regle.nom, valeur=propre)
        elif not date_lisible(valeur):
            conseil = _conseil_date(regle.nom, propre)
            self.signaler(elt, chemin, "date-forme", regle.nom, valeur=propre, comment=conseil)

    def _texte(self, elt: Elt, regle: Element, valeur: str, chemin: str, facultatif: bool) -> None:
        longueur, minimum, maximum = len(valeur), regle.lgmin or 0, regle.lgmax
        if maximum is not None and longueur > maximum:
            exces = longueur - maximum
            self.signaler(
                elt,
                chemin,
                "texte-trop-long",
                regle.nom,
                longueur=longueur,
                maximum=maximum,
                exces=exces,
                valeur=valeur,
            )
        elif longueur >= minimum:
            return
        elif not longueur:
            comment = "ou retirer l’élément, qui est facultatif." if facultatif else "l’élément est obligatoire."
            liaison = "," if facultatif else " :"
            comment = f"Le renseigner{liaison} {comment}"
            self.signaler(elt, chemin, "texte-vide", regle.nom, minimum=minimum, comment=comment)
        else:
            self.signaler(elt, chemin, "texte-trop-court", regle.nom, longueur=longueur, minimum=minimum, valeur=valeur)

    def _texte_interdit(self, elt: Elt, nom: str, chemin: str) -> None:
        texte = texte_de(elt).strip(BLANCS)
        if texte:
            self.signaler(elt, chemin, "texte-interdit", nom, valeur=texte)

    def _enfants(self, elt: Elt, parent: str, chemin: str) -> None:
        sequence = Fratrie(self, elt, parent, chemin)
        for enfant in elements_de(elt):
            nom, endroit = sequence.recevoir(enfant, self.nom_de(enfant))
            if nom is not None:
                place = enfants_de(parent).get(nom)
                self.verifier(enfant, nom, endroit, facultatif=place is not None and place.mini == 0)
            else:
                self.contenu_libre(enfant, endroit)
        sequence.conclure()


class Fratrie:
    """Les enfants d’un même parent, reçus dans l’ordre du document, puis jugés ensemble par `conclure`.

    Un enfant mal nommé est compté pour celui auquel il ressemble ; un enfant déplacé ne cache ni ne multiplie rien.
    """

    def __init__(self, marche: Marche, parent: Elt, nom: str, chemin: str, *, retenir: int | None = None) -> None:
        self.marche, self.parent, self.nom, self.chemin = marche, parent, nom, chemin
        self.compte: Counter[str] = Counter()
        self._recus: list[tuple[str, int | None, str]] = []
        self._retenir = retenir

    def recevoir(self, enfant: Elt, nom: str | None) -> tuple[str | None, str]:
        """Reçoit un enfant ; rend le nom sous lequel vérifier son contenu (None : contenu libre) et son chemin."""
        admis = enfants_de(self.nom)
        affiche = nom or str(etree.QName(enfant).localname)
        lu = nom
        if nom is not None and nom not in ELEMENTS:
            lu = deviner(nom, self.nom)
        compte = self.compte[lu or affiche] = self.compte[lu or affiche] + 1
        place = admis.get(lu or "")
        seul = place is not None and not place.multiple and compte == 1
        endroit = f"{self.chemin}/{affiche}" if seul else f"{self.chemin}/{affiche}[{compte}]"
        if nom is None:
            espace = etree.QName(enfant).namespace or "aucun"
            self.marche.signaler(enfant, endroit, "element-etranger", affiche, espace=espace)
        elif nom not in ELEMENTS:
            proche = lu or deviner(nom, None)
            indice = f" Vouliez-vous dire « {proche} » ?" if proche else ""
            self.marche.signaler(enfant, endroit, "element-inconnu", nom, suggestion=indice)
        elif place is None:
            parents = ", ".join(f"« {p} »" for p in parents_de(nom)) or "la racine"
            self.marche.signaler(enfant, endroit, "element-deplace", nom, parent=self.nom, parents=parents)
        if place is not None and lu is not None:
            self._noter(lu, enfant, place, endroit)
        return lu, endroit

    def _noter(self, nom: str, enfant: Elt, place: Enfant, endroit: str) -> None:
        if self._recus and self._recus[-1][0] == nom and place.maxi is None:
            return
        if self._retenir is not None and len(self._recus) >= self._retenir:
            return
        self._recus.append((nom, ligne_de(enfant), endroit))

    def conclure(self) -> None:
        """Juge l’ordre et le nombre des enfants reçus."""
        rangs, admis = ordre(self.nom), enfants_de(self.nom)
        if ELEMENTS[self.nom].nature == "sequence":
            gardes = bien_ranges([rangs[recu[0]] for recu in self._recus])
            presents = [recu[0] for position, recu in enumerate(self._recus) if position in gardes]
            for position, (nom, ligne, endroit) in enumerate(self._recus):
                if position not in gardes:
                    place = place_de(nom, self.nom, presents)
                    self._ajouter("element-hors-ordre", ligne, endroit, nom, parent=self.nom, place=place)
        presents = list(dict.fromkeys(recu[0] for recu in self._recus))
        for nom, place_ in admis.items():
            nombre = self.compte[nom]
            if nombre < place_.mini:
                ou = place_de(nom, self.nom, presents)
                libelle = ELEMENTS[nom].libelle
                self._ajouter(
                    "element-manquant",
                    ligne_de(self.parent),
                    f"{self.chemin}/{nom}",
                    nom,
                    parent=self.nom,
                    libelle=libelle,
                    place=ou,
                )
            elif place_.maxi is not None and nombre > place_.maxi:
                ligne, endroit = [(r[1], r[2]) for r in self._recus if r[0] == nom][place_.maxi]
                self._ajouter(
                    "element-en-trop", ligne, endroit, nom, parent=self.nom, nombre=nombre, maximum=place_.maxi
                )

    def _ajouter(self, code: str, ligne: int | None, chemin: str, champ: str, **valeurs: object) -> None:
        self.marche.anomalies.append(anomalie(code, ligne=ligne, chemin=chemin, champ=champ, **valeurs))
