"""Deux textes comparés mot à mot : ce qui reste, ce qui part, ce qui vient. Ni base, ni LHEO."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Genre = Literal["egal", "retire", "ajoute"]
Operation = tuple[str, int, int, int, int]

# Au-delà, le mot à mot n'aide plus personne : le texte entier est dit remplacé.
MOTS_COMPARES = 8000
RESSEMBLANCE_MINIMALE = 0.4
# Un bout gardé entre deux changements s'y fond : toujours jusqu'à trois lettres, jusqu'à vingt s'il est le plus petit.
ILOT_MINUSCULE, ILOT = 3, 20
ECARTS_MAXIMAUX = 400

_MOTS = re.compile(r"(\s*)(\w+(?:['’]\w+)*|[^\w\s]|\Z)")


@dataclass(frozen=True, slots=True)
class Morceau:
    """Un bout de texte : gardé, retiré de l'ancien, ajouté au nouveau."""

    genre: Genre
    texte: str


def mot_a_mot(avant: str, apres: str) -> tuple[Morceau, ...]:
    """Ce qui passe d'un texte à l'autre, mot à mot ; les espaces de chacun sont gardés.

    Sans les « ajoutés », les morceaux redonnent exactement l'ancien texte ; sans les « retirés », le nouveau.
    """
    if avant == apres:
        return (Morceau("egal", apres),) if apres else ()
    mots = _mots(avant), _mots(apres)
    if not avant or not apres or len(mots[0]) + len(mots[1]) > MOTS_COMPARES:
        return _tout_remplace(avant, apres)
    operations = _operations(*mots)
    if _part_gardee(operations, *mots) < RESSEMBLANCE_MINIMALE:
        return _tout_remplace(avant, apres)
    suite: list[Morceau] = []
    for _, a1, a2, b1, b2 in _sans_ilots(operations, mots[0]):
        ancien, nouveau = "".join(mots[0][a1:a2]), "".join(mots[1][b1:b2])
        if ancien == nouveau:
            suite.append(Morceau("egal", nouveau))
        else:
            suite += _tout_remplace(ancien, nouveau)
    return tuple(suite)


def _mots(texte: str) -> list[str]:
    """Mots, signes et espaces ; les espaces sont des morceaux à part, gardés tels quels."""
    return [part for trouve in _MOTS.finditer(texte) for part in trouve.groups() if part]


def _part_gardee(operations: Iterable[Operation], avant: list[str], apres: list[str]) -> float:
    """Part du plus court des deux textes qui se retrouve dans l'autre, en mots (ni espaces ni signes)."""
    gardes = sum(_compter_mots(avant[a1:a2]) for genre, a1, a2, _, _ in operations if genre == "equal")
    return gardes / max(1, min(_compter_mots(avant), _compter_mots(apres)))


def _compter_mots(parts: Iterable[str]) -> int:
    return sum(part[0].isalnum() for part in parts)


def _tout_remplace(avant: str, apres: str) -> tuple[Morceau, ...]:
    retire = (Morceau("retire", avant),) if avant else ()
    return (*retire, Morceau("ajoute", apres)) if apres else retire


def _sans_ilots(operations: Iterable[Operation], mots: list[str]) -> list[Operation]:
    """Fond dans le changement un petit bout gardé entre deux plus grands : sinon le texte se mite."""
    gardees: list[Operation] = []
    suite = list(operations)
    for rang, (genre, a1, a2, b1, b2) in enumerate(suite):
        taille = len("".join(mots[a1:a2]).strip())
        if genre != "equal":
            fondre = bool(gardees) and gardees[-1][0] != "equal"
        else:
            entre_deux = 0 < rang < len(suite) - 1
            voisins = (_etendue(gardees[-1]), _etendue(suite[rang + 1])) if entre_deux else (0, 0)
            fondre = entre_deux and (taille <= ILOT_MINUSCULE or (taille <= ILOT and a2 - a1 <= min(voisins)))
        if fondre:
            _, c1, _, d1, _ = gardees[-1]
            gardees[-1] = ("replace", c1, a2, d1, b2)
        else:
            gardees.append((genre, a1, a2, b1, b2))
    return gardees


def _etendue(operation: Operation) -> int:
    _, a1, a2, b1, b2 = operation
    return max(a2 - a1, b2 - b1)


def _operations(avant: list[str], apres: list[str]) -> list[Operation]:
    """Le plus court chemin d'une suite de mots à l'autre (Myers, 1986) ; au-delà de `ECARTS_MAXIMAUX`, difflib."""
    debut = 0
    while debut < min(len(avant), len(apres)) and avant[debut] == apres[debut]:
        debut += 1
    traces = _traces(avant[debut:], apres[debut:])
    if traces is None:
        return [*SequenceMatcher(None, avant, apres, autojunk=False).get_opcodes()]
    x, y = len(avant) - debut, len(apres) - debut
    pas: list[Operation] = []
    for d in range(len(traces) - 1, -1, -1):
        loin, k = traces[d], x - y
        descend = k == -d or (k != d and loin.get(k - 1, -1) < loin.get(k + 1, -1))
        precedent = k + 1 if descend else k - 1
        x0 = loin.get(precedent, 0)
        y0 = x0 - precedent
        garde = min(x - x0, y - y0) if d == 0 else min(x - x0 - (not descend), y - y0 - descend)
        if d == 0:
            garde = x
        pas.append(("equal", x - garde, x, y - garde, y))
        x, y = x - garde, y - garde
        if d:
            pas.append(("replace", x0, x, y0, y))
            x, y = x0, y0
    decales = [(g, a1 + debut, a2 + debut, b1 + debut, b2 + debut) for g, a1, a2, b1, b2 in reversed(pas)]
    return _reunies([("equal", 0, debut, 0, debut), *decales])


def _traces(avant: list[str], apres: list[str]) -> list[dict[int, int]] | None:
    """Pour chaque nombre d'écarts, jusqu'où va chaque diagonale avant lui ; None s'il en faut trop."""
    loin: dict[int, int] = {1: 0}
    traces: list[dict[int, int]] = []
    for d in range(min(len(avant) + len(apres), ECARTS_MAXIMAUX) + 1):
        traces.append(dict(loin))
        for k in range(-d, d + 1, 2):
            descend = k == -d or (k != d and loin.get(k - 1, -1) < loin.get(k + 1, -1))
            x = loin.get(k + 1, 0) if descend else loin.get(k - 1, 0) + 1
            while x < len(avant) and x - k < len(apres) and avant[x] == apres[x - k]:
                x += 1
            loin[k] = x
            if x >= len(avant) and x - k >= len(apres):
                return traces
    return None


def _reunies(operations: Iterable[Operation]) -> list[Operation]:
    """Les pas qui se suivent et de même genre n'en font qu'un ; les vides disparaissent."""
    reunies: list[Operation] = []
    for genre, a1, a2, b1, b2 in operations:
        if a1 == a2 and b1 == b2:
            continue
        if reunies and reunies[-1][0] == genre:
            _, c1, _, d1, _ = reunies[-1]
            reunies[-1] = (genre, c1, a2, d1, b2)
        else:
            reunies.append((genre, a1, a2, b1, b2))
    return reunies
