"""Récrire une feuille dans un arbre LHEO sans toucher au reste : attributs, extras, éléments non montrés demeurent."""

from typing import Any

from dokelio.socle.arbres import texte_de

Chemin = tuple[str | int, ...]


def lire(noeud: Any, *chemin: str | int) -> str:
    """Texte de la feuille au bout du chemin (un entier désigne un rang dans une liste) ; vide si elle manque."""
    for maillon in chemin:
        if isinstance(maillon, int):
            noeud = noeud[maillon] if isinstance(noeud, list) and maillon < len(noeud) else None
        else:
            noeud = noeud.get(maillon) if isinstance(noeud, dict) else None
    return texte_de(noeud)


def ecrire(noeud: Any, chemin: Chemin, texte: str) -> Any:
    """L'arbre où la feuille du chemin vaut `texte` ; vide, elle disparaît, et les contenants vidés avec elle.

    Un texte que la saisie n'a pas changé (aux espaces de bord et fins de ligne près) laisse l'arbre tel quel.
    """
    ancien = lire(noeud, *chemin)
    if _saisi(ancien) == _saisi(texte):
        return noeud
    return _poser(noeud, chemin, texte)


def ecrire_tout(noeud: Any, feuilles: dict[Chemin, str]) -> Any:
    """Plusieurs feuilles à la fois ; les rangs d'une liste de la fin vers le début, car une feuille vide s'en va."""
    for chemin, texte in sorted(feuilles.items(), key=lambda paire: [str(m) for m in paire[0]], reverse=True):
        noeud = ecrire(noeud, chemin, texte)
    return noeud


def _saisi(texte: str) -> str:
    return texte.replace("\r\n", "\n").strip()


def _poser(noeud: Any, chemin: Chemin, texte: str) -> Any:
    if not chemin:
        if not texte:
            return None
        return noeud | {"#": texte} if isinstance(noeud, dict) and "#" in noeud else texte
    tete, suite = chemin[0], chemin[1:]
    if isinstance(tete, int):
        liste = list(noeud) if isinstance(noeud, list) else []
        neuf = _poser(liste[tete] if tete < len(liste) else None, suite, texte)
        if tete < len(liste):
            liste[tete : tete + 1] = [] if neuf is None else [neuf]
        elif neuf is not None:
            liste.append(neuf)
        return liste or None
    etage = dict(noeud) if isinstance(noeud, dict) else {}
    neuf = _poser(etage.get(tete), suite, texte)
    if neuf is None:
        etage.pop(tete, None)
    else:
        etage[tete] = neuf
    return etage or None
