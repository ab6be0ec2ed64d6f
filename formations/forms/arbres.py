"""Lire et changer une feuille d'un arbre LHEO sans rien perdre de ce que le formulaire ne montre pas."""

from typing import Any

from dokelio.socle.arbres import texte_de

Chemin = tuple[str | int, ...]


def lire(noeud: Any, chemin: Chemin) -> str:
    """Texte de la feuille au bout du chemin (un entier est un rang dans une liste), ou vide."""
    for pas in chemin:
        if isinstance(pas, int):
            noeud = noeud[pas] if isinstance(noeud, list) and pas < len(noeud) else None
        else:
            noeud = noeud.get(pas) if isinstance(noeud, dict) else None
    return texte_de(noeud)


def changer(noeud: Any, chemin: Chemin, texte: str) -> Any:
    """L'arbre où la feuille au bout du chemin vaut `texte` ; le même arbre si elle le vaut déjà.

    Les attributs de la feuille restent ; un texte vide ôte la feuille et les contenants qu'elle laisse vides (`None`
    quand il ne reste rien). L'arbre donné n'est pas modifié.
    """
    return noeud if lire(noeud, chemin) == texte else _poser(noeud, chemin, texte)


def _poser(noeud: Any, chemin: Chemin, texte: str) -> Any:
    if not chemin:
        if not texte:
            return None
        attributs = {cle: v for cle, v in noeud.items() if cle != "#"} if isinstance(noeud, dict) else {}
        return {**attributs, "#": texte} if attributs else texte
    pas, suite = chemin[0], chemin[1:]
    if isinstance(pas, int):
        liste = list(noeud) if isinstance(noeud, list) else []
        nouveau = _poser(liste[pas] if pas < len(liste) else None, suite, texte)
        liste[pas : pas + 1] = [] if nouveau is None else [nouveau]
        return liste or None
    contenant = dict(noeud) if isinstance(noeud, dict) else {}
    nouveau = _poser(contenant.get(pas), suite, texte)
    if nouveau is None:
        contenant.pop(pas, None)
    else:
        contenant[pas] = nouveau
    return contenant or None
