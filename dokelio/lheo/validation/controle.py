"""Ce qui passe les contrôles d’un élément et recueille ses anomalies ; les contrôles eux-mêmes sont dans `controles`.
Les chemins ne sont calculés que lorsqu’il y a quelque chose à dire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from lxml.etree import _Element as Elt

from dokelio.lheo.anomalies import Anomalie, anomalie
from dokelio.lheo.grammaire import ELEMENTS, ESPACE

from .structure import ligne_de, texte_de

NS = f"{{{ESPACE}}}"
Regle: TypeAlias = "Callable[[Elt, Controle], None]"
"""Un contrôle : regarde un élément et signale ce qui ne va pas."""


class Controle:
    """Contrôle un élément LHEO 2.3 ; `chemin` est celui de l’élément dans son document. Résultat : `anomalies`."""

    def __init__(self, racine: Elt, chemin: str) -> None:
        self.anomalies: list[Anomalie] = []
        self._racine, self._chemin = racine, chemin

    def passer(self, table: Mapping[str, tuple[Regle, ...]]) -> list[Anomalie]:
        """Applique la table (nom qualifié → contrôles) à l’élément et à tous ses descendants LHEO."""
        for elt in self._racine.iter(f"{NS}*"):
            controles = table.get(elt.tag)
            if controles is not None:
                for controle in controles:
                    controle(elt, self)
        return self.anomalies

    def signaler(self, elt: Elt, code: str, *, attribut: str | None = None, **valeurs: object) -> None:
        """Ajoute une anomalie sur `elt`, ou sur son attribut."""
        nom = elt.tag.rpartition("}")[2]
        chemin, champ = self.chemin_de(elt), nom
        if attribut is not None:
            chemin, champ = f"{chemin}/@{attribut}", f"@{attribut}"
            valeurs.setdefault("attribut", attribut)
        valeurs.setdefault("element", nom)
        self.anomalies.append(anomalie(code, ligne=ligne_de(elt), chemin=chemin, champ=champ, **valeurs))

    def chemin_de(self, elt: Elt) -> str:
        """Le chemin de l’élément : rang entre crochets pour ceux que la grammaire admet plusieurs fois."""
        pas: list[str] = []
        courant = elt
        while courant is not self._racine:
            parent = courant.getparent()
            if parent is None:
                break
            nom = courant.tag.rpartition("}")[2]
            rang = 1 + sum(1 for _ in courant.itersiblings(courant.tag, preceding=True))
            regle = ELEMENTS.get(parent.tag.rpartition("}")[2])
            place = next((e for e in regle.enfants if e.nom == nom), None) if regle else None
            seul = place is not None and place.maxi == 1 and rang == 1
            pas.append(nom if seul else f"{nom}[{rang}]")
            courant = parent
        return "/".join((self._chemin, *reversed(pas)))


def texte(elt: Elt) -> str:
    """Le texte d’une feuille, tel quel."""
    return texte_de(elt) if len(elt) else elt.text or ""


def enfants_par_nom(elt: Elt) -> dict[str, Elt]:
    """Le premier enfant de chaque nom LHEO (sans espace de noms)."""
    enfants: dict[str, Elt] = {}
    for enfant in elt:
        tag = enfant.tag
        if isinstance(tag, str) and tag.startswith(NS):
            enfants.setdefault(tag[len(NS) :], enfant)
    return enfants
