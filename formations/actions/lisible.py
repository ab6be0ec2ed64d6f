"""Un morceau d'arbre LHEO en clair : ce qu'une documentaliste lit et compare, sans balise ni base de données.

Deux arbres différents se lisent différemment : attributs et éléments sans champ sont écrits eux aussi.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dokelio.lheo.grammaire import ELEMENTS, TABLES
from dokelio.socle.arbres import texte_de
from dokelio.socle.typographie import date_courte, lieu_texte
from formations.forms.langues import LANGUES
from formations.models.libelles import libelle_element

# (famille, version, code) → libellé ; la version est vide quand le référentiel n'en a pas.
CodeCite = tuple[str, str, str]
Libelles = Mapping[CodeCite, str]

FAMILLES = {
    "code-FORMACODE": "formacode",
    "code-public-vise": "formacode",
    "code-modalite-pedagogique": "formacode",
    "reference-code-FORMACODE": "formacode",
    "code-ROME": "rome",
    "code-NSF": "nsf",
    "code-RNCP": "certification",
    "code-RS": "certification",
}
_LANGUES = dict(LANGUES)
VERSIONNEES = frozenset({"formacode", "rome"})
# Ce qui se comprend sans son étiquette, dans une adresse ou chez un contact.
EVIDENTS = frozenset(
    {
        *("type-contact", "coordonnees", "adresse", "civilite", "prenom", "nom", "ligne", "denomination"),
        *("numtel", "courriel", "urlweb", "web", "telfixe", "extra", "extras", "contenu"),
    }
)


def lignes(nom: str, noeud: Any, libelles: Libelles) -> list[str]:
    """Le nœud en clair, une ligne par valeur d'un élément répété, une ligne par enfant d'un élément composé."""
    if noeud is None:
        return []
    if isinstance(noeud, list):
        return [texte for un in noeud if (texte := _en_ligne(nom, un, libelles))]
    if not _compose(noeud):
        return [texte] if (texte := _en_ligne(nom, noeud, libelles)) else []
    return list(_enfants(nom, noeud, libelles, etiquetes=True))


def codes_cites(noeud: Any) -> set[CodeCite]:
    """Les codes de référentiel que cite un arbre, pour en demander les libellés en une fois."""
    trouves: set[CodeCite] = set()
    if isinstance(noeud, list):
        for un in noeud:
            trouves |= codes_cites(un)
    elif isinstance(noeud, dict):
        for nom, enfant in noeud.items():
            if nom in FAMILLES:
                trouves |= {_code(nom, un) for un in (enfant if isinstance(enfant, list) else [enfant])}
            else:
                trouves |= codes_cites(enfant)
    return {code for code in trouves if code[2]}


def _code(nom: str, noeud: Any) -> CodeCite:
    famille = FAMILLES[nom]
    version = str(noeud.get("@ref", "")) if isinstance(noeud, dict) and famille in VERSIONNEES else ""
    code = texte_de(noeud)
    if famille == "certification":
        code = _code_de_fiche(nom, code)
    return famille, version.upper(), code


def _code_de_fiche(nom: str, texte: str) -> str:
    chiffres = "".join(c for c in texte if c.isdecimal()).lstrip("0")
    return f"{'RNCP' if nom == 'code-RNCP' else 'RS'}{chiffres}" if chiffres else ""


def _compose(noeud: Any) -> bool:
    return isinstance(noeud, dict) and "#" not in noeud and "xml" not in noeud


def _en_ligne(nom: str, noeud: Any, libelles: Libelles) -> str:
    if noeud is None:
        return ""
    if not _compose(noeud):
        return _feuille(nom, noeud, libelles)
    parts = list(_enfants(nom, noeud, libelles, etiquetes=False))
    return (" : " if nom.startswith("contact-") else ", " if nom == "adresse" else " · ").join(parts)


def _feuille(nom: str, noeud: Any, libelles: Libelles) -> str:
    if isinstance(noeud, dict) and "xml" in noeud:
        return str(noeud["xml"])
    texte, connu = texte_de(noeud), ELEMENTS.get(nom)
    if nom in FAMILLES:
        code = _code(nom, noeud)
        libelle, precision = libelles.get(code, ""), " ".join(filter(None, (texte, code[1])))
        rendu = f"{libelle} ({precision})" if libelle else precision
        return rendu + _attributs(noeud, sauf=("@ref",) if code[0] in VERSIONNEES else ())
    if nom == "langue-formation":
        texte = f"{_LANGUES[texte]} ({texte})" if texte in _LANGUES else texte
    elif connu is not None and connu.table and texte:
        table = TABLES[connu.table]
        texte = table.libelle_de(texte) if texte in table.codes else texte
    elif connu is not None and connu.nature == "date":
        texte = date_courte(texte)
    return texte + _attributs(noeud)


def _attributs(noeud: Any, sauf: tuple[str, ...] = ()) -> str:
    if not isinstance(noeud, dict):
        return ""
    paires = (f" [{cle[1:]} : {v}]" for cle, v in sorted(noeud.items()) if cle.startswith("@") and cle not in sauf)
    return "".join(paires)


def _enfants(nom: str, noeud: dict[str, Any], libelles: Libelles, *, etiquetes: bool) -> Iterator[str]:
    """Chaque enfant en clair, dans l'ordre de la grammaire ; `etiquetes` : toujours précédé de son nom."""
    reste = dict(noeud)
    if nom == "coordonnees" and (personne := _personne(reste)):
        yield personne
    connu = ELEMENTS.get(nom)
    ordre = [enfant.nom for enfant in connu.enfants] if connu else []
    for cle in [*ordre, *sorted(reste.keys() - set(ordre))]:
        if cle not in reste or cle.startswith("@"):
            continue
        if cle == "codepostal" or (cle == "ville" and "codepostal" not in noeud):
            yield lieu_texte(texte_de(reste.get("codepostal")), texte_de(reste.get("ville")))
            continue
        if cle == "ville":
            continue
        valeurs = reste[cle] if isinstance(reste[cle], list) else [reste[cle]]
        if cle == "contenu":
            yield from (texte for n, un in valeurs if (texte := _en_ligne(str(n), un, libelles)))
            continue
        for un in valeurs:
            texte = "rien" if un is None else _en_ligne(cle, un, libelles)
            if texte:
                yield texte if cle in EVIDENTS and not etiquetes else f"{libelle_element(cle)} : {texte}"
    if attributs := _attributs(noeud):
        yield attributs.strip()


def _personne(reste: dict[str, Any]) -> str:
    noms = [texte_de(reste.pop(cle, "")) for cle in ("civilite", "prenom", "nom")]
    return " ".join(filter(None, noms))
