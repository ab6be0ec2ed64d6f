"""Comparer deux documents LHEO par leur contenu : éléments, attributs et textes à leur place, rien d'autre."""

from __future__ import annotations

import io
from typing import Any

from lxml import etree

from dokelio.lheo.grammaire import ELEMENTS, ESPACE, ESPACE_22

Signature = tuple[str, tuple[tuple[str, str], ...], str, tuple[Any, ...], str]
_SANS_TEXTE = {nom for nom, regle in ELEMENTS.items() if regle.nature in ("sequence", "choix")}


def signature(elt: Any, *, dans_un_extra: bool = False) -> Signature:
    """Un élément en données comparables ; blancs entre éléments, commentaires et préfixes ne comptent pas."""
    nom = str(elt.tag).replace(f"{{{ESPACE_22}}}", f"{{{ESPACE}}}")
    local = nom.rpartition("}")[2] if nom.startswith(f"{{{ESPACE}}}") else nom
    libre = dans_un_extra or local == "extra"
    muet = local in _SANS_TEXTE and not libre
    fils = [f for f in elt if isinstance(f.tag, str)]
    texte = elt.text or ""
    suites = [""] * len(fils)
    rang = -1
    for f in elt:
        if isinstance(f.tag, str):
            rang += 1
        if rang < 0:
            texte += f.tail or ""
        else:
            suites[rang] += f.tail or ""
    if muet:
        assert not (texte + "".join(suites)).strip()
        texte, suites = "", [""] * len(fils)
    attributs = tuple(sorted((str(c), str(v)) for c, v in elt.attrib.items()))
    enfants = tuple((signature(f, dans_un_extra=libre), s) for f, s in zip(fils, suites, strict=True))
    return (nom, attributs, texte, enfants, "")


def lire(octets: bytes) -> Any:
    """La racine d'un document."""
    return etree.parse(io.BytesIO(octets), etree.XMLParser(resolve_entities=False, huge_tree=True)).getroot()


def differences(un: Any, autre: Any, chemin: str = "") -> list[str]:
    """Chemins où deux éléments diffèrent, au plus profond."""
    a, b = signature(un), signature(autre)
    return _differences(a, b, chemin)


def _differences(a: Any, b: Any, chemin: str) -> list[str]:
    nom = a[0].rpartition("}")[2]
    ici = f"{chemin}/{nom}"
    if a == b:
        return []
    if a[0] != b[0]:
        return [f"{ici} ≠ {b[0]}"]
    trouvees = []
    if a[1] != b[1]:
        trouvees.append(f"{ici}/@ : {dict(a[1])} ≠ {dict(b[1])}")
    if a[2] != b[2]:
        trouvees.append(f"{ici} : {a[2]!r} ≠ {b[2]!r}")
    noms_a, noms_b = [f[0][0] for f in a[3]], [f[0][0] for f in b[3]]
    if noms_a != noms_b:
        courts = [[n.rpartition("}")[2] for n in noms] for noms in (noms_a, noms_b)]
        return [*trouvees, f"{ici}/* : {courts[0]} ≠ {courts[1]}"]
    for (fa, sa), (fb, sb) in zip(a[3], b[3], strict=True):
        trouvees += _differences(fa, fb, ici)
        if sa != sb:
            trouvees.append(f"{ici} (suite) : {sa!r} ≠ {sb!r}")
    return trouvees
