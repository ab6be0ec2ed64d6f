"""Stratégies hypothesis qui tirent des documents LHEO 2.3 valides de la grammaire.

À employer ailleurs : `from tests.lheo.strategies import arbres, formations, documents`.

- `arbres("adresse")`, `formations()` : l’arbre d’un élément (la forme de `dokelio.lheo.arbre`), valide au schéma.
- `documents()` : `Document(enveloppe, formations)` ; `.xml()` en donne les octets, écrits par `Redacteur`.
- `textes(mini, maxi)`, un texte curieux mais admis : bords blancs, emoji, guillemets, &<>, sauts de ligne.

Les tirages sont bornés (`LARGEUR` répétitions, quelques enfants facultatifs à la fois, extras de profondeur 3) pour
rester rapides ; tout élément et tout attribut est atteignable. Les identifiants `id` tirés sont propres à un document
entier seulement avec `documents()` : `arbres` n’en tire pas, sauf `avec_id=True`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from hypothesis import strategies as st

from dokelio.lheo.arbre import Noeud
from dokelio.lheo.ecriture import Redacteur
from dokelio.lheo.grammaire import ATTRIBUTS_COMMUNS, ESPACE, ESPACE_XSI, TABLES, Element, element

LARGEUR = 2
"""Combien de fois au plus un enfant répétable est tiré (davantage si son minimum l’exige)."""

CURIOSITES = (
    "Été à l’Œuvre",
    "  bords blancs\t",
    'dit "oui", l\'autre <b>non</b> & puis ]]>',
    "deux\nlignes",
    "retour\r\nchariot\r",
    "👩‍🏫 emoji",
    "&nbsp;&lt;br/&gt;",
    "e\u0301 décomposé",
    "insécable\u00a0: fin\u2028",
    "\x7f\x85",
    "0",
    "-",
)
"""Des textes que les formulaires et les anciens outils produisent vraiment."""

ENTIERS = ("0", "12", "007", "-3", "+4", " 5 ", "\n6", "99999", "9223372036854775807", "-0")
"""Ce que le schéma admet d’un entier : il ne borne pas et replie les blancs."""

DATES = ("20250915", "00000000", "99999999", "20170900", "20260000", " 20251231\n", "20251939")
"""Ce que le schéma admet d’une date : l’inconnu, le mois ou l’année seuls, des jours impossibles."""

HORODATAGES = ("2025-09-15T14:15:00", "2025-09-15T14:15:00.123+02:00", "2025-09-15T00:00:00Z")

_CARACTERES = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")


def textes(mini: int = 0, maxi: int = 40) -> st.SearchStrategy[str]:
    """Un texte de `mini` à `maxi` caractères : court, curieux, ou au maximum exactement."""
    court = min(maxi, max(mini, 12))

    def borner(texte: str) -> str:
        return (texte * (mini // max(len(texte), 1) + 1) if len(texte) < mini else texte)[:maxi]

    curieux = st.sampled_from(CURIOSITES).map(borner).filter(lambda texte: mini <= len(texte))
    plein = st.sampled_from(("a", "é", "&", "𝄞")).map(lambda caractere: caractere * maxi)
    return st.one_of(curieux, st.text(_CARACTERES, min_size=mini, max_size=court), plein)


def feuilles(regle: Element) -> st.SearchStrategy[str]:
    """Le texte d’une feuille, valide au schéma."""
    if regle.nature == "table":
        codes = TABLES[str(regle.table)].codes
        return st.sampled_from((*codes, f" {codes[0]}\n"))
    if regle.nature == "entier":
        return st.sampled_from(ENTIERS)
    if regle.nature == "date":
        return st.sampled_from(DATES)
    return textes(regle.lgmin or 0, regle.lgmax or 0)


def _valeurs_attribut(nom: str, ids: list[str] | None) -> st.SearchStrategy[str]:
    if nom.startswith("horodatage-"):
        return st.sampled_from(HORODATAGES)
    if nom == "uri":
        return st.sampled_from(("https://exemple.fr/a?b=c&d=e", "urn:x:y", ""))
    if nom == "idref":
        return st.sampled_from(ids or ["nulle-part"])
    return st.sampled_from(("V14", "principal", "20250101", 'a "b" & <c>', "  x ", "tab\tligne\nfin\r", "", "é"))


@st.composite
def attributs(draw: st.DrawFn, regle: Element, ids: list[str] | None = None) -> dict[str, str]:
    """Les attributs d’un élément, le plus souvent aucun ; `ids` (les id déjà pris) permet d’en tirer de nouveaux."""
    tires: dict[str, str] = {}
    if regle.ref_obligatoire:
        tires["@ref"] = draw(st.sampled_from(("V14", "V13")))
    if draw(st.integers(0, 7)) < 6:
        return tires
    noms = [nom for nom in (*ATTRIBUTS_COMMUNS, *regle.attributs) if nom != "id" or ids is not None]
    for nom in draw(st.lists(st.sampled_from(noms), max_size=4, unique=True)):
        if nom == "id" and ids is not None:
            ids.append(f"id-{len(ids)}")
            tires["@id"] = ids[-1]
        else:
            tires[f"@{nom}"] = draw(_valeurs_attribut(nom, ids))
    return tires


STRUCTURES = (
    "<coordonnees><nom>N</nom></coordonnees>",
    "avant <adresse-libre>dedans</adresse-libre> après",
    '<x:note xmlns:x="urn:exemple" x:poids="2">é &amp; è</x:note>',
    '<sans-espace xmlns="">texte</sans-espace>',
    '<a xmlns="relatif" b="1"><b></b>fin</a> ',
)
"""Des contenus d’extra que le schéma admet : élément LHEO, élément inconnu, autre espace de noms, contenu mixte."""


@st.composite
def extras(draw: st.DrawFn, profondeur: int = 3, ids: list[str] | None = None) -> dict[str, Any]:
    """Un `extras` : des extra simples ou structurés, et d’autres extras, mêlés."""
    arbre: dict[str, Any] = {"@info": draw(st.sampled_from(("dispositif", "flux-intercarif", "x")))}
    contenu: list[list[Any]] = []
    for sorte in draw(st.lists(st.sampled_from(("texte", "info", "xml", "extras")), max_size=3)):
        if sorte == "texte":
            contenu.append(["extra", draw(textes())])
        elif sorte == "info":
            contenu.append(
                ["extra", {"@info": "contrat-apprentissage", **draw(attributs(element("extra"), ids)), "#": "0"}]
            )
        elif sorte == "xml":
            contenu.append(["extra", {"xml": f'<extra xmlns="{ESPACE}">{draw(st.sampled_from(STRUCTURES))}</extra>'}])
        elif profondeur > 1:
            contenu.append(["extras", draw(extras(profondeur - 1, ids))])
    return {**arbre, "contenu": contenu} if contenu else arbre


@st.composite
def arbres(draw: st.DrawFn, nom: str, *, avec_id: bool = False, ids: list[str] | None = None) -> Any:
    """L’arbre d’un élément, valide au schéma ; `ids` se partage entre les éléments d’un même document."""
    if avec_id and ids is None:
        ids = []
    return _arbre(draw, element(nom), ids)


def _arbre(draw: st.DrawFn, regle: Element, ids: list[str] | None) -> Any:
    if regle.nature == "choix":
        return draw(extras(ids=ids))
    if regle.nature == "libre":
        return draw(textes())
    tires: dict[str, Any] = draw(attributs(regle, ids))
    if regle.feuille:
        texte = draw(feuilles(regle))
        return {**tires, "#": texte} if tires else texte
    facultatifs = [e for e in regle.enfants if e.mini == 0 and e.nom != "formation"]
    choisis = _choisir(draw, len(facultatifs))
    retenus = {e.nom for rang, e in enumerate(facultatifs) if rang in choisis}
    for enfant in regle.enfants:
        if enfant.mini == 0 and enfant.nom not in retenus:
            continue
        cible = element(enfant.nom)
        if not enfant.multiple:
            tires[enfant.nom] = _arbre(draw, cible, ids)
            continue
        largeur = max(enfant.mini, min(LARGEUR, enfant.maxi or LARGEUR))
        nombre = largeur if draw(st.integers(0, 3)) == 3 else max(enfant.mini, 1)
        tires[enfant.nom] = [_arbre(draw, cible, ids) for _ in range(nombre)]
    return tires


def _choisir(draw: st.DrawFn, nombre: int) -> set[int]:
    """Les rangs des enfants facultatifs à tirer : aucun, un seul, ou plusieurs."""
    if not nombre:
        return set()
    return draw(st.sets(st.integers(0, nombre - 1), max_size=4))


def formations(*, avec_id: bool = False) -> st.SearchStrategy[Any]:
    """L’arbre d’une formation, valide au schéma."""
    return arbres("formation", avec_id=avec_id)


@dataclass(frozen=True)
class Document:
    """Un document : son enveloppe (comme `Lecture.enveloppe`) et les arbres de ses formations."""

    enveloppe: Mapping[str, Any]
    formations: tuple[Noeud, ...]

    def xml(self) -> bytes:
        """Le document écrit."""
        sortie = BytesIO()
        with Redacteur(sortie, self.enveloppe) as redacteur:
            for formation in self.formations:
                redacteur.formation(formation)
        return sortie.getvalue()


@st.composite
def documents(draw: st.DrawFn, racines: tuple[str, ...] = ("lheo", "lheo-plus", "lheo-index")) -> Document:
    """Un document entier, valide au schéma, de l’une de ces racines."""
    racine = draw(st.sampled_from(racines))
    ids: list[str] = []
    arbre: dict[str, Any] = draw(arbres(racine, ids=ids))
    if draw(st.booleans()):
        arbre[f"@{{{ESPACE_XSI}}}schemaLocation"] = f"{ESPACE} lheo.xsd"
    porteur = arbre.get("lheo", arbre) if racine == "lheo-plus" else arbre
    liste: list[Noeud] = []
    if "offres" in porteur:
        liste = porteur["offres"].pop("formation", [])
    return Document({"racine": racine, "arbre": arbre}, tuple(liste))
