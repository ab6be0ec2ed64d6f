"""Ce qu'un document disait d'un objet et qu'aucun champ ne tient, en phrases courtes à lire."""

from collections.abc import Iterator
from typing import Any

from dokelio.lheo import grammaire
from dokelio.lheo.grammaire import ElementInconnu


def informations_recues(reste: Any) -> list[tuple[str, str]]:
    """Couples (où, texte) d'un `reste_lheo`, dans l'ordre où il est gardé."""
    return [(" › ".join(chemin) or "Information", texte) for chemin, texte in _feuilles(reste, ())]


def _feuilles(noeud: Any, chemin: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(noeud, str):
        if noeud.strip():
            yield chemin, noeud
    elif isinstance(noeud, list):
        for un in noeud:
            # Un extra est un couple (nom, nœud).
            couple = isinstance(un, list) and len(un) == 2 and un[0] in ("extra", "extras")
            yield from _feuilles(un[1] if couple else un, chemin)
    elif isinstance(noeud, dict):
        yield from _de_la_sequence(noeud, chemin)


def _de_la_sequence(noeud: dict[str, Any], chemin: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    nom = noeud.get("@info")
    ici = (*chemin, str(nom)) if nom else chemin
    for cle, valeur in noeud.items():
        if cle in ("@info", "="):
            continue
        if cle in ("#", "contenu", "xml", "extras", "extra"):
            yield from _feuilles(valeur, ici)
        elif cle.startswith("@"):
            yield (*ici, cle[1:]), str(valeur)
        else:
            yield from _feuilles(valeur, (*ici, libelle(cle)))


def libelle(balise: str) -> str:
    """Le nom d'un élément tel que la grammaire le dit ; la balise elle-même si elle l'ignore."""
    try:
        return grammaire.element(balise).libelle or balise
    except ElementInconnu:
        return balise
