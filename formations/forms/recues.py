"""Les informations reçues sans champ dédié, en clair : ce qu'un import a gardé et que la fiche renverra tel quel."""

import re
from typing import Any

from dokelio.socle.arbres import reste_de, texte_de
from formations.actions.lisible import lignes
from formations.models import Action
from formations.models.libelles import libelle_element

Couple = tuple[str, str]
_BALISES = re.compile(r"<[^>]*>")


def informations_recues(action: Action) -> list[Couple]:
    """Libellé et texte de ce que tient `reste_lheo`, les deux niveaux de la fiche à la suite."""
    couples = []
    for niveau in ("formation", "action"):
        couples += _couples(reste_de(Action, action.reste_lheo, niveau))
    return couples


def organisme_tel_que_recu(action: Action) -> list[Couple]:
    """Ce que le document disait de l'organisme et qui diffère de sa structure ; nos flux écrivent la structure."""
    recu = action.organisme_recu or {}
    return [(libelle_element(nom), "absent du document") for nom, v in sorted(recu.items()) if v is None] + _couples(
        {nom: valeur for nom, valeur in recu.items() if valeur is not None}
    )


def _couples(arbre: dict[str, Any]) -> list[Couple]:
    couples = []
    for nom, noeud in arbre.items():
        propre = _propre(noeud)
        if nom.startswith("@"):
            couples.append((f"Repère « {nom[1:].split('}')[-1]} » de l'émetteur", str(noeud)))
        elif nom == "extras":
            couples += _extensions(propre)
        elif textes := [texte for texte in lignes(nom, propre, {}) if texte]:
            couples.append((libelle_element(nom), " ; ".join(textes)))
    return couples


def _extensions(extras: Any) -> list[Couple]:
    """Chaque information d'un conteneur d'extensions, sous le nom que l'émetteur lui donne."""
    couples = []
    for groupe in extras if isinstance(extras, list) else [extras]:
        famille = str(groupe.get("@info", "")) if isinstance(groupe, dict) else ""
        for nom, noeud in groupe.get("contenu", []) if isinstance(groupe, dict) else []:
            if nom == "extras":
                couples += _extensions(noeud)
                continue
            info = str(noeud.get("@info", "")) if isinstance(noeud, dict) else ""
            libelle = f"« {info or famille} »" if info or famille else "Sans nom"
            couples.append((libelle, texte_de(noeud)))
    return couples


def _propre(noeud: Any) -> Any:
    """Sans la marque de valeur d'origine, ni les balises d'une extension gardée en XML."""
    if isinstance(noeud, list):
        return [_propre(un) for un in noeud]
    if not isinstance(noeud, dict):
        return noeud
    if "xml" in noeud:
        return " ".join(_BALISES.sub(" ", str(noeud["xml"])).split())
    return {cle: _propre(valeur) for cle, valeur in noeud.items() if cle != "="}
