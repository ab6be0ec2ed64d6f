"""Valider un document entier en flux : chaque formation seule, l’enveloppe à mesure, mémoire constante.
L’état gardé d’une formation à l’autre (numéros d’action, identifiants) est borné."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from lxml import etree
from lxml.etree import _Element as Elt

from dokelio.lheo.anomalies import Anomalie, anomalie
from dokelio.lheo.encodage import TAILLE_MAX, DocumentRefuse, Octets
from dokelio.lheo.grammaire import ELEMENTS, ESPACE_22
from dokelio.lheo.lecture import _OPTIONS, _controler_racine, _nourrir

from .controle import NS, Controle
from .controles import controler
from .formation import valider_element
from .structure import BLANCS, Fratrie, Marche, elements_de, ligne_de

CONTENEURS = frozenset({"lheo", "offres", "lheo-plus", "lheo-index", "resumes-offres", "resumes-organismes"})
"""Les éléments qui s’ouvrent avant d’être lus en entier ; tout autre est validé d’un bloc, puis oublié."""
ANOMALIES_GARDEES = 1000
IDENTIFIANTS_GARDES = 400_000
FRERES_GARDES = 10_000
OCTETS_PAR_ELEMENT = 64 * 2**20
"""Un seul élément (une formation) de plus de 64 Mio n’est pas un document LHEO : le lire prendrait la mémoire."""


@dataclass(frozen=True, slots=True)
class Entete:
    """De quoi nommer une formation dans un compte-rendu."""

    chemin: str
    ligne: int | None
    numero: str
    intitule: str


@dataclass(slots=True)
class Rapport:
    """Le compte-rendu d’un document. Les totaux comptent tout ; `anomalies` garde les premières de chaque gravité."""

    version: str = ""
    racine: str = ""
    formations: int = 0
    refusees: int = 0
    totaux: Counter[str] = field(default_factory=Counter)
    par_code: Counter[str] = field(default_factory=Counter)
    anomalies: list[Anomalie] = field(default_factory=list)
    entetes: list[Entete] = field(default_factory=list)

    @property
    def lisibles(self) -> int:
        """Les formations que le schéma officiel accepte."""
        return self.formations - self.refusees

    @property
    def erreurs(self) -> int:
        """Le nombre d’erreurs, gardées ou non."""
        return self.totaux["erreur"]

    @property
    def avertissements(self) -> int:
        """Le nombre d’avertissements, gardés ou non."""
        return self.totaux["avertissement"]

    @property
    def tues(self) -> int:
        """Le nombre d’anomalies comptées mais non gardées."""
        return self.erreurs + self.avertissements - len(self.anomalies)

    def ajouter(self, fautes: list[Anomalie]) -> None:
        """Compte les anomalies et garde celles qui tiennent sous la borne de leur gravité."""
        for faute in fautes:
            if self.totaux[faute.gravite] < ANOMALIES_GARDEES:
                self.anomalies.append(faute)
            self.totaux[faute.gravite] += 1
            self.par_code[faute.code] += 1

    def en_json(self) -> dict[str, Any]:
        """Le compte-rendu, prêt pour JSON."""
        return {
            "version": self.version,
            "racine": self.racine,
            "formations": self.formations,
            "lisibles": self.lisibles,
            "refusees": self.refusees,
            "erreurs": self.erreurs,
            "avertissements": self.avertissements,
            "par_code": dict(sorted(self.par_code.items())),
            "anomalies": [faute.en_json() for faute in self.anomalies],
            "anomalies_tues": self.tues,
        }


class _Registre:
    """Les numéros d’action, les `id` et les `idref` vus dans le document, jusqu’à `IDENTIFIANTS_GARDES` de chaque."""

    def __init__(self) -> None:
        self.actions: dict[str, int | None] = {}
        self.identifiants: dict[str, int | None] = {}
        self.renvois: dict[str, tuple[int | None, str]] = {}
        self.plein = False

    def examiner(self, elt: Elt, chemin: str) -> list[Anomalie]:
        """Les doublons que cet élément fait avec ce qui le précède dans le document."""
        fautes = [
            faute for action in elt.iterchildren(f"{NS}action") if (faute := self._action(action, chemin)) is not None
        ]
        lieu = Controle(elt, chemin)
        for porteur in cast(list[Elt], _PORTEURS(elt)):
            if str(porteur.tag).removeprefix(NS) not in ELEMENTS:
                continue
            renvoi, valeur = porteur.get("idref"), (porteur.get("id") or "").strip(BLANCS)
            if renvoi is not None and not self._est_plein(self.renvois):
                self.renvois.setdefault(renvoi.strip(BLANCS), (ligne_de(porteur), lieu.chemin_de(porteur)))
            if valeur in self.identifiants:
                endroit = f"{lieu.chemin_de(porteur)}/@id"
                fautes.append(self._double("identifiant-double", porteur, endroit, "@id", valeur, self.identifiants))
            elif valeur and not self._est_plein(self.identifiants):
                self.identifiants[valeur] = ligne_de(porteur)
        return fautes

    def conclure(self) -> list[Anomalie]:
        """Les renvois qui ne désignent rien ; et l’aveu, s’il y a lieu, que tout n’a pas été retenu."""
        fautes = []
        if self.plein:
            nombre = f"{IDENTIFIANTS_GARDES:,}".replace(",", "\u202f")
            fautes.append(anomalie("verifications-bornees", ligne=None, chemin="/", champ="numero", nombre=nombre))
        else:
            fautes += [
                anomalie("idref-pendant", ligne=ligne, chemin=f"{chemin}/@idref", champ="@idref", valeur=valeur)
                for valeur, (ligne, chemin) in self.renvois.items()
                if valeur not in self.identifiants
            ]
        return fautes

    def _action(self, action: Elt, chemin: str) -> Anomalie | None:
        numero = action.get("numero")
        if numero is None or not numero.strip():
            return None
        if numero in self.actions:
            rang = 1 + sum(1 for _ in action.itersiblings(action.tag, preceding=True))
            return self._double(
                "numero-action-double", action, f"{chemin}/action[{rang}]/@numero", "@numero", numero, self.actions
            )
        if not self._est_plein(self.actions):
            self.actions[numero] = ligne_de(action)
        return None

    def _est_plein(self, vus: dict[str, Any]) -> bool:
        if len(vus) < IDENTIFIANTS_GARDES:
            return False
        self.plein = True
        return True

    def _double(
        self, code: str, elt: Elt, chemin: str, champ: str, valeur: str, vus: dict[str, int | None]
    ) -> Anomalie:
        premiere = vus[valeur] or "?"
        return anomalie(code, ligne=ligne_de(elt), chemin=chemin, champ=champ, valeur=valeur, premiere=premiere)


_PORTEURS = etree.XPath("descendant-or-self::*[@id or @idref]")


class _Conteneur:
    """Un élément de l’enveloppe en cours de lecture."""

    def __init__(self, elt: Elt, nom: str, chemin: str, marche: Marche) -> None:
        self.elt, self.nom, self.chemin = elt, nom, chemin
        self.fratrie = Fratrie(marche, elt, nom, chemin, retenir=FRERES_GARDES)
        self.texte = ""


class _Deroulement:
    """Les événements de l’analyseur, du début à la fin du document."""

    def __init__(self) -> None:
        self.rapport = Rapport()
        self.registre = _Registre()
        self.pile: list[_Conteneur] = []
        self.marche = Marche()
        self.octets_en_attente = 0

    def commencer(self, elt: Elt) -> None:
        """Une balise s’ouvre : seuls les conteneurs à leur place comptent."""
        if not self.rapport.racine:
            self._racine(elt)
            return
        parent = self.pile[-1] if self.pile else None
        if parent is None or elt.getparent() is not parent.elt:
            return
        nom = self.marche.nom_de(elt)
        if nom in CONTENEURS and any(place.nom == nom for place in ELEMENTS[parent.nom].enfants):
            _, chemin = parent.fratrie.recevoir(elt, nom)
            self._ouvrir(elt, str(nom), chemin)

    def finir(self, elt: Elt) -> None:
        """Une balise se ferme : un conteneur conclut, un enfant de conteneur est validé puis oublié."""
        if not self.pile:
            return
        sommet = self.pile[-1]
        if elt is sommet.elt:
            self._fermer(sommet)
        elif elt.getparent() is sommet.elt:
            self._valider(elt, sommet)
        else:
            return
        self.octets_en_attente = 0

    def _racine(self, elt: Elt) -> None:
        nom = etree.QName(elt)
        _controler_racine(nom.namespace, nom.localname, ligne_de(elt))
        self.marche = Marche(str(nom.namespace))
        self.rapport.racine = nom.localname
        self.rapport.version = "2.2" if nom.namespace == ESPACE_22 else "2.3"
        if self.rapport.version == "2.2":
            self.rapport.ajouter(
                [anomalie("version-2.2", ligne=ligne_de(elt), chemin=f"/{nom.localname}", champ=nom.localname)]
            )
        self._ouvrir(elt, nom.localname, f"/{nom.localname}")

    def _ouvrir(self, elt: Elt, nom: str, chemin: str) -> None:
        self.marche.attributs(elt, ELEMENTS[nom], chemin)
        self.pile.append(_Conteneur(elt, nom, chemin, self.marche))
        coquille = etree.Element(f"{NS}{nom}", {str(cle): str(valeur) for cle, valeur in elt.items()})
        coquille.sourceline = ligne_de(elt) or 1  # type: ignore[assignment]
        self.rapport.ajouter([f for f in controler(coquille, chemin) if f.champ.startswith("@")])
        self.rapport.ajouter(self.registre.examiner(coquille, chemin))
        self._verser()

    def _fermer(self, conteneur: _Conteneur) -> None:
        restes = (conteneur.elt.text or "", *(enfant.tail or "" for enfant in conteneur.elt))
        texte = (conteneur.texte + "".join(restes)).strip(BLANCS)
        if texte:
            self.marche.signaler(conteneur.elt, conteneur.chemin, "texte-interdit", conteneur.nom, valeur=texte)
        conteneur.fratrie.conclure()
        self.pile.pop()
        self._verser()
        if not self.pile:
            self.rapport.ajouter(self.registre.conclure())

    def _valider(self, elt: Elt, parent: _Conteneur) -> None:
        ecrit = self.marche.nom_de(elt)
        nom, chemin = parent.fratrie.recevoir(elt, ecrit)
        self._verser()
        if nom is None:
            self.marche.contenu_libre(elt, chemin)
            self._verser()
        else:
            if self.rapport.version == "2.2":
                _passer_en_23(elt)
            elt.tag = f"{NS}{nom}"
            fautes = valider_element(elt, chemin)
            dits = {(faute.code, faute.chemin) for faute in fautes}
            fautes += [f for f in self.registre.examiner(elt, chemin) if (f.code, f.chemin) not in dits]
            if nom == "formation":
                self._compter(elt, chemin, fautes, mal_nommee=ecrit != nom)
            self.rapport.ajouter(sorted(fautes, key=lambda faute: faute.ligne or 0))
        self._oublier(elt, parent)

    def _compter(self, formation: Elt, chemin: str, fautes: list[Anomalie], *, mal_nommee: bool) -> None:
        self.rapport.formations += 1
        self.rapport.refusees += mal_nommee or any(faute.illisible for faute in fautes)
        if fautes and len(self.rapport.entetes) < ANOMALIES_GARDEES:
            intitule = formation.findtext(f"{NS}intitule-formation") or ""
            entete = Entete(chemin, ligne_de(formation), formation.get("numero") or "", intitule)
            self.rapport.entetes.append(entete)

    def _verser(self) -> None:
        """Passe au rapport ce que la marche de l’enveloppe a trouvé."""
        if self.marche.anomalies:
            self.rapport.ajouter(self.marche.anomalies)
            self.marche.anomalies = []

    def _oublier(self, elt: Elt, parent: _Conteneur) -> None:
        """Vide l’élément et retire ceux qui le précèdent ; le texte hors des balises est gardé pour la fin."""
        for enfant in list(elements_de(elt)):
            elt.remove(enfant)
        while (precedent := elt.getprevious()) is not None:
            reste = (precedent.tail or "").strip(BLANCS)
            if reste and len(parent.texte) < 100:
                parent.texte += reste[:100]
            parent.elt.remove(precedent)


def _passer_en_23(elt: Elt) -> None:
    """Change sur place l’espace de noms d’un élément 2.2, qui garde ainsi ses lignes."""
    prefixe = f"{{{ESPACE_22}}}"
    for courant in elt.iter(f"{prefixe}*"):
        courant.tag = NS + courant.tag[len(prefixe) :]


def valider_document(flux: BinaryIO, *, taille_max: int | None = TAILLE_MAX) -> Rapport:
    """Toutes les anomalies d’un document LHEO lu depuis un fichier ouvert en binaire, tel quel, sans rien réparer.

    Lève `DocumentRefuse` si ce n’est pas un document LHEO (vide, compressé, DOCTYPE, mal formé, autre espace de noms).
    """
    octets = Octets(flux, taille_max)
    analyseur = etree.XMLPullParser(events=("start", "end"), encoding="utf-8", **_OPTIONS)
    deroulement = _Deroulement()
    for constat in octets.particularites:
        deroulement.rapport.ajouter(
            [anomalie("repare-prologue", ligne=1, chemin="/", champ="encoding", constat=constat)]
        )
    for morceau in octets:
        refus = _nourrir(analyseur, morceau)
        deroulement.octets_en_attente += len(morceau)
        for evenement, elt in cast(Iterator[tuple[str, Elt]], analyseur.read_events()):
            if evenement == "start":
                deroulement.commencer(elt)
            else:
                deroulement.finir(elt)
        if refus is not None:
            raise refus
        if deroulement.octets_en_attente > OCTETS_PAR_ELEMENT:
            raise DocumentRefuse("element-demesure", "Un seul élément du document dépasse 64 Mio.")
    try:
        analyseur.close()
    except etree.XMLSyntaxError as fin:
        ligne = fin.lineno
        raise DocumentRefuse("tronque", "Le document est tronqué : il s’arrête avant la fin.", ligne) from None
    return deroulement.rapport
