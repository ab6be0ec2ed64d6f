"""Financement ↔ LHEO `organisme-financeur` et ses `specificites`."""

from typing import Any

from dokelio.socle.arbres import Arbre, contenu, repartir
from sessions.models import Financement

SPECIFICITES = "specificites"
PROGRAMME = "programme-financeur"
MARCHE = "ref-action-marche-financeur"


def lire_financement(arbre: Arbre) -> dict[str, Any]:
    """Valeurs d'un Financement d'après un `organisme-financeur`."""
    valeurs, reste = repartir(Financement, "organisme-financeur", arbre)
    return valeurs | {"reste_lheo": reste}


def ecrire_financement(financement: Financement) -> Arbre:
    """`organisme-financeur` d'un financement ; le dispositif et la convention, s'il en a, disent ses spécificités."""
    arbre = contenu(financement, "organisme-financeur")
    if financement.dispositif is not None:
        arbre.setdefault("code-financeur", financement.dispositif.financeur.code_lheo)
        arbre["extras"] = specifier(arbre.get("extras", []), PROGRAMME, financement.dispositif.programme)
    if financement.convention is not None:
        arbre["extras"] = specifier(arbre.get("extras", []), MARCHE, financement.convention.numero)
    return arbre


def specifier(extras: list[Any], info: str, texte: str) -> list[Any]:
    """Les `extras` d'un financeur, liste nouvelle, où la spécificité `info` vaut `texte`."""
    autres = [e for e in extras if e.get("@info") != SPECIFICITES]
    bloc = next((e for e in extras if e.get("@info") == SPECIFICITES), {"@info": SPECIFICITES})
    dits = list(bloc.get("contenu", []))
    place = next((i for i, (_, n) in enumerate(dits) if isinstance(n, dict) and n.get("@info") == info), None)
    if place is None:
        dits.append(["extra", {"@info": info, "#": texte}])
    else:
        dits[place] = ["extra", dits[place][1] | {"#": texte}]
    return [*autres, bloc | {"contenu": dits}]
