"""Comparer deux contenus contrôlés, champ par champ et mot à mot : ce que le contrôle relit.

Fonctions pures : ni base ni requête ; les libellés des codes et les noms des lieux sont donnés.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dokelio.lheo.grammaire import ELEMENTS
from formations.actions.lisible import Libelles, lignes
from formations.actions.mots import Morceau, mot_a_mot
from formations.actions.versions import Contenu
from formations.models.libelles import champs_de_la_fiche, libelle_element


@dataclass(frozen=True, slots=True)
class ChampCompare:
    """Un champ du contenu contrôlé, avant et après, en clair.

    `cle` : nom du champ de l'action, sinon `formation/élément`, `action/élément` ou `lieu-12/élément`. `limite` :
    longueur LHEO d'un texte, None pour le reste. `change` se lit sur les arbres, même si le texte en clair est le même.
    """

    cle: str
    libelle: str
    avant: str
    apres: str
    morceaux: tuple[Morceau, ...]
    change: bool
    limite: int | None = None

    @property
    def vide(self) -> bool:
        return not self.avant and not self.apres

    @property
    def detail_invisible(self) -> bool:
        """Le champ a changé, et pas un mot de son texte : espaces, retours à la ligne, ordre technique."""
        return self.change and self.avant.split() == self.apres.split()

    @property
    def mots_avant(self) -> tuple[Morceau, ...]:
        return tuple(m for m in self.morceaux if m.genre != "ajoute")

    @property
    def mots_apres(self) -> tuple[Morceau, ...]:
        return tuple(m for m in self.morceaux if m.genre != "retire")


def champs_compares(
    avant: Contenu | None,
    apres: Contenu,
    *,
    libelles: Libelles | None = None,
    lieux: Mapping[str, str] | None = None,
) -> list[ChampCompare]:
    """Tous les champs contrôlés, dans l'ordre de la grammaire, les dérogations des lieux à la suite.

    `avant` None : première soumission, rien n'est « changé ». `libelles` : (famille, version, code) → libellé ;
    `lieux` : identifiant de déroulement → « 75020 Paris 20ᵉ ».
    """
    noms, codes = lieux or {}, libelles or {}
    compares = [
        _compare(cle, libelle, nom, _noeud(avant, niveau, nom), _noeud(apres, niveau, nom), codes, avant is not None)
        for niveau, nom, cle, libelle in _plan(avant or {}, apres)
    ]
    compares += _derogations(avant, apres, codes, noms)
    connues = {"formation", "action", "derogations"}
    for part in sorted(((avant or {}).keys() | apres.keys()) - connues):
        textes = [_json((contenu or {}).get(part)) for contenu in (avant, apres)]
        compares.append(_assembler(part, part.capitalize(), *textes, change=avant is not None))
    return compares


def _noeud(contenu: Contenu | None, niveau: str, nom: str) -> Any:
    return (contenu or {}).get(niveau, {}).get(nom)


def _plan(avant: Contenu, apres: Contenu) -> Iterator[tuple[str, str, str, str]]:
    """(niveau, élément, clé, libellé) de tout ce que la fiche peut dire et de ce que les contenus disent de plus."""
    for enfant in ELEMENTS["formation"].enfants:
        if enfant.nom == "action":
            yield from _du_niveau("action", [e.nom for e in ELEMENTS["action"].enfants], avant, apres)
        else:
            yield from _du_niveau("formation", [enfant.nom], avant, apres)
    for niveau in ("formation", "action"):
        connus = {enfant.nom for enfant in ELEMENTS[niveau].enfants}
        autres = (avant.get(niveau, {}).keys() | apres.get(niveau, {}).keys()) - connus
        yield from _du_niveau(niveau, sorted(autres), avant, apres)


def _du_niveau(niveau: str, noms: Iterable[str], avant: Contenu, apres: Contenu) -> Iterator[tuple[str, str, str, str]]:
    for nom in noms:
        tenu = champs_de_la_fiche().get((niveau, nom))
        if tenu is not None:
            yield niveau, nom, *tenu
        elif nom in avant.get(niveau, {}) or nom in apres.get(niveau, {}):
            yield niveau, nom, f"{niveau}/{nom}"[:60], libelle_element(nom)


def _derogations(
    avant: Contenu | None, apres: Contenu, codes: Libelles, lieux: Mapping[str, str]
) -> Iterator[ChampCompare]:
    parts = [(contenu or {}).get("derogations") or {} for contenu in (avant, apres)]
    for lieu in sorted(parts[0].keys() | parts[1].keys(), key=lambda cle: (len(cle), cle)):
        ecarts = [part.get(lieu, {}) for part in parts]
        for nom in _dans_l_ordre(ecarts[0].keys() | ecarts[1].keys()):
            _, libelle = champs_de_la_fiche().get(("action", nom), ("", libelle_element(nom)))
            textes = [_ecart_lisible(nom, ecart, codes) for ecart in ecarts]
            yield _assembler(
                f"lieu-{lieu}/{nom}",
                f"Lieu {lieux.get(lieu, 'retiré')} : {libelle[:1].lower()}{libelle[1:]}",
                *textes,
                change=avant is not None and (ecarts[0].get(nom, "") != ecarts[1].get(nom, "")),
            )


def _dans_l_ordre(noms: Iterable[str]) -> list[str]:
    rangs = {enfant.nom: rang for rang, enfant in enumerate(ELEMENTS["action"].enfants)}
    return sorted(noms, key=lambda nom: (rangs.get(nom, len(rangs)), nom))


def _ecart_lisible(nom: str, ecart: Mapping[str, Any], codes: Libelles) -> str:
    if nom not in ecart:
        return "Comme la fiche"
    return "\n".join(lignes(nom, ecart[nom], codes)) or "Rien pour ce lieu"


def _compare(cle: str, libelle: str, nom: str, avant: Any, apres: Any, codes: Libelles, comparer: bool) -> ChampCompare:
    connu = ELEMENTS.get(nom)
    limite = connu.lgmax if connu and connu.nature == "texte" and (connu.lgmax or 0) >= 50 else None
    textes = ("\n".join(lignes(nom, avant, codes)), "\n".join(lignes(nom, apres, codes)))
    return _assembler(cle, libelle, *textes, change=comparer and avant != apres, limite=limite)


def _assembler(
    cle: str, libelle: str, avant: str, apres: str, *, change: bool, limite: int | None = None
) -> ChampCompare:
    morceaux = mot_a_mot(avant, apres) if change else (Morceau("egal", apres),) if apres else ()
    return ChampCompare(cle, libelle, avant, apres, morceaux, change, limite)


def _json(valeur: Any) -> str:
    return "" if not valeur else json.dumps(valeur, ensure_ascii=False, indent=1, sort_keys=True)
