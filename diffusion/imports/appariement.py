"""Reconnaître d'un document à l'autre : par le numéro de l'émetteur et son rang, sinon par la place."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

_CHIFFRES = re.compile("[^0-9]")


def apparier(connus: Iterable[tuple[int, str]], numeros: Sequence[str]) -> tuple[list[int | None], list[int]]:
    """Apparie ce qu'on connaît, (identifiant, numéro) dans l'ordre, à ce qui arrive, par numéro puis par place.

    Rend l'identifiant de chaque arrivant (`None` : nouveau), et les identifiants qu'aucun n'a pris. Un numéro vide
    s'apparie à la place qu'il tient parmi les numéros vides.
    """
    libres: dict[str, list[int]] = defaultdict(list)
    for cle, numero in connus:
        libres[numero].append(cle)
    for liste in libres.values():
        liste.reverse()
    pris = [libres[numero].pop() if libres.get(numero) else None for numero in numeros]
    return pris, [cle for liste in libres.values() for cle in reversed(liste)]


def rangs(numeros: Sequence[str]) -> list[int]:
    """Rang de chacun parmi les mêmes numéros, depuis 1."""
    vus: Counter[str] = Counter()
    resultat = []
    for numero in numeros:
        vus[numero] += 1
        resultat.append(vus[numero])
    return resultat


def cle_certification(valeurs: dict[str, Any]) -> str:
    """Clé d'une certification, celle de la colonne engendrée `cle` d'ActionCertification."""
    if rncp := _CHIFFRES.sub("", valeurs["code_rncp"]):
        return "RNCP" + rncp.lstrip("0")
    if rs := _CHIFFRES.sub("", valeurs["code_rs"]):
        return "RS" + rs.lstrip("0")
    if valeurs["code_certifinfo"]:
        return f"CI{valeurs['code_certifinfo']}"
    return str(valeurs["code_cpf"])
