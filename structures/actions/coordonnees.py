"""Entre un arbre LHEO `coordonnees` et les quelques champs d'un formulaire.

N'est récrit que ce qui a changé : ce que le formulaire ne montre pas (fax, extras, attributs) demeure.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from dokelio.socle.arbres import suivre, texte_de

Arbre = dict[str, Any]

SIMPLES: Mapping[str, tuple[str, ...]] = {
    "civilite": ("civilite",),
    "nom": ("nom",),
    "prenom": ("prenom",),
    "courriel": ("courriel",),
    "denomination": ("adresse", "denomination"),
    "code_postal": ("adresse", "codepostal"),
    "ville": ("adresse", "ville"),
}
PREMIERS: Mapping[str, tuple[str, str]] = {
    "telephone": ("telfixe", "numtel"),
    "portable": ("portable", "numtel"),
    "web": ("web", "urlweb"),
}
CHAMPS = (*SIMPLES, *PREMIERS, "lignes")
# Déduits de la commune ou de l'endroit : faux dès que l'adresse change.
DEDUITS_DE_LA_COMMUNE = ("departement", "code-INSEE-commune", "code-INSEE-canton", "region", "geolocalisation")


def lire(arbre: Arbre | None) -> dict[str, str]:
    """Valeurs de tous les `CHAMPS` ; chaîne vide pour ce qui manque ; `lignes` : une par ligne de texte."""
    arbre = arbre or {}
    valeurs = {champ: texte_de(suivre(arbre, *chemin)) for champ, chemin in SIMPLES.items()}
    for champ, chemin in PREMIERS.items():
        suite = suivre(arbre, *chemin)
        valeurs[champ] = texte_de(suite[0]) if isinstance(suite, list) and suite else ""
    lignes = suivre(arbre, "adresse", "ligne")
    valeurs["lignes"] = "\n".join(texte_de(une) for une in lignes) if isinstance(lignes, list) else ""
    return valeurs


def ecrire(arbre: Arbre | None, valeurs: Mapping[str, str], changes: Collection[str]) -> Arbre:
    """Un nouvel arbre où les champs de `changes` prennent leur valeur ; le reste est celui d'`arbre`.

    Changer de commune retire ce qui s'en déduisait (code INSEE, département, région, position) ; changer de rue, la
    position seule.
    """
    nouveau = deepcopy(arbre) if arbre else {}
    for champ in changes:
        texte = valeurs.get(champ, "")
        if champ in SIMPLES:
            _poser(nouveau, SIMPLES[champ], texte)
        elif champ in PREMIERS:
            _poser_premier(nouveau, PREMIERS[champ], texte)
        elif champ == "lignes":
            _poser_lignes(nouveau, [ligne.strip() for ligne in texte.splitlines() if ligne.strip()])
    adresse = nouveau.get("adresse")
    if isinstance(adresse, dict):
        perimes = DEDUITS_DE_LA_COMMUNE if {"code_postal", "ville"} & set(changes) else ()
        for nom in (*perimes, *(("geolocalisation",) if "lignes" in changes else ())):
            adresse.pop(nom, None)
        if not adresse:
            del nouveau["adresse"]
    return nouveau


def _feuille(ancienne: Any, texte: str) -> Any:
    """La feuille avec ce texte, ses attributs gardés."""
    return {**ancienne, "#": texte} if isinstance(ancienne, dict) else texte


def _poser(arbre: Arbre, chemin: tuple[str, ...], texte: str) -> None:
    *dossiers, nom = chemin
    for dossier in dossiers:
        if not isinstance(arbre.get(dossier), dict):
            if not texte:
                return
            arbre[dossier] = {}
        arbre = arbre[dossier]
    if texte:
        arbre[nom] = _feuille(arbre.get(nom), texte)
    else:
        arbre.pop(nom, None)


def _poser_premier(arbre: Arbre, chemin: tuple[str, str], texte: str) -> None:
    """Le premier d'une suite (téléphone, page web) ; les autres restent ; une suite vide emporte son contenant."""
    contenant, nom = chemin
    dossier = arbre.get(contenant)
    dossier = dossier if isinstance(dossier, dict) else {}
    suite = list(dossier.get(nom) or [])
    if texte:
        suite[:1] = [_feuille(suite[0] if suite else None, texte)]
    else:
        del suite[:1]
    if suite:
        arbre[contenant] = {**dossier, nom: suite}
    else:
        arbre.pop(contenant, None)


def _poser_lignes(arbre: Arbre, lignes: list[str]) -> None:
    adresse = arbre.get("adresse")
    adresse = adresse if isinstance(adresse, dict) else {}
    anciennes = list(adresse.get("ligne") or [])
    feuilles = [_feuille(anciennes[rang] if rang < len(anciennes) else None, une) for rang, une in enumerate(lignes)]
    if feuilles:
        arbre["adresse"] = {**adresse, "ligne": feuilles}
    elif "ligne" in adresse:
        arbre["adresse"] = {cle: noeud for cle, noeud in adresse.items() if cle != "ligne"}
