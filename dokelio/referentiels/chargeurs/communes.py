"""Communes : le JSON du découpage administratif (Etalab), et la base des codes postaux de La Poste (coordonnées)."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

from dokelio.lheo.identifiants import bien_forme
from dokelio.referentiels.chargeurs.lecture import Colonnes, encodage, texte
from dokelio.referentiels.chargeurs.versement import FichierRefuse, Rapport, verser
from dokelio.referentiels.models import Commune, Departement

_TYPES = {"commune-actuelle": "commune", "arrondissement-municipal": "arrondissement"}
_AVEC_ARRONDISSEMENTS = {"75056", "69123", "13055"}
CHAMPS_DECOUPAGE = (
    "type", "nom", "departement", "codes_postaux", "codes_postaux_texte", "anciens_codes", "parente", "proposee",
)  # fmt: skip


def charger_decoupage(flux: BinaryIO, rapport: Rapport) -> None:
    """Les communes actuelles et arrondissements municipaux ; les communes déléguées et associées sont passées."""
    flux.seek(0)
    if not flux.read(1):
        raise FichierRefuse("Le fichier est vide.")
    codage = encodage(flux)
    try:
        entrees = json.loads(flux.read().decode(codage))
    except ValueError as erreur:
        raise FichierRefuse(f"Le fichier n'est pas du JSON\u00a0: {erreur}.") from erreur
    if not isinstance(entrees, list) or not all(isinstance(e, dict) for e in entrees):
        raise FichierRefuse("Le fichier n'est pas la liste des communes du découpage administratif.")
    departements = set(Departement.objects.values_list("code", flat=True))
    lignes = list(_lignes_decoupage(entrees, departements, rapport))
    lignes.sort(key=lambda ligne: ligne[1][1] != "commune")
    verser(Commune, ("code_insee",), CHAMPS_DECOUPAGE, lignes, rapport)


def _lignes_decoupage(
    entrees: list[dict[str, Any]], departements: set[str], rapport: Rapport
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    villes = {str(e.get("commune", "")) for e in entrees if e.get("type") == "arrondissement-municipal"}
    actuelles = {str(e.get("code", "")) for e in entrees if e.get("type") == "commune-actuelle"}
    actuelles |= set(Commune.objects.values_list("code_insee", flat=True))
    autres = 0
    for rang, entree in enumerate(entrees, 1):
        genre = _TYPES.get(str(entree.get("type", "")))
        if genre is None:
            autres += 1
            continue
        code, nom = str(entree.get("code", "")), nom_court(str(entree.get("nom", "")).strip())
        departement = str(entree.get("departement") or entree.get("collectiviteOutremer") or "")
        parente = str(entree["commune"]) if genre == "arrondissement" and entree.get("commune") else None
        if not bien_forme("insee", code) or not nom:
            rapport.ecarter(rang, f"le code Insee «\u00a0{code}\u00a0» ou le nom manque ou est mal formé")
            continue
        if departement not in departements:
            rapport.ecarter(rang, f"{nom} ({code})\u00a0: département «\u00a0{departement}\u00a0» inconnu")
            continue
        if parente is not None and parente not in actuelles:
            rapport.ecarter(rang, f"{nom} ({code})\u00a0: la commune entière {parente} est inconnue")
            continue
        postaux = [str(c) for c in entree.get("codesPostaux") or [] if bien_forme("code_postal", str(c))]
        anciens = [str(c) for c in entree.get("anciensCodes") or [] if str(c) != code]
        proposee = code not in villes and code not in _AVEC_ARRONDISSEMENTS
        yield rang, (code, genre, nom, departement, postaux, postaux_en_texte(postaux), anciens, parente, proposee)
    if autres:
        rapport.remarques.append(f"{autres} communes déléguées ou associées passées\u00a0: ce ne sont pas des lieux.")


def nom_court(nom: str) -> str:
    """« Paris 11e Arrondissement » → « Paris 11ᵉ », « Paris 1er Arrondissement » → « Paris 1ᵉʳ »."""
    court = re.sub(r"^(\D+ \d+)e Arrondissement$", r"\1ᵉ", nom)
    return re.sub(r"^(\D+ 1)er Arrondissement$", r"\1ᵉʳ", court)[:60]


def postaux_en_texte(postaux: list[str]) -> str:
    """Les codes postaux, chacun précédé d'une espace : un début de code se cherche par « espace, chiffres »."""
    return "".join(f" {code}" for code in postaux)[:200]


def charger_codes_postaux(flux: BinaryIO, rapport: Rapport) -> None:
    """La base de La Poste : coordonnées des communes connues, et codes postaux qui leur manqueraient.

    Trois en-têtes ont existé ; le dernier n'a plus de coordonnées, il n'apporte alors que des codes postaux."""
    colonnes = Colonnes(texte(flux), rapport.fichier)
    colonnes.exiger("code_commune_insee", "code_postal")
    connues = {c.code_insee: c for c in Commune.objects.all()}
    postaux: dict[str, list[str]] = {}
    lieux: dict[str, tuple[Decimal, Decimal]] = {}
    premieres: dict[str, int] = {}
    inconnues = 0
    for ligne in colonnes:
        code, postal = ligne["codecommuneinsee"].zfill(5), ligne["codepostal"].zfill(5)
        if code not in connues:
            inconnues += 1
            continue
        if not bien_forme("code_postal", postal):
            rapport.ecarter(ligne.numero, f"le code postal «\u00a0{postal}\u00a0» n'a pas cinq chiffres")
            continue
        premieres.setdefault(code, ligne.numero)
        postaux.setdefault(code, []).append(postal)
        if lieu := _coordonnees(ligne.premiere("coordonneesgps", "coordonneesgeographiques", "geopoint", "geopoint2d")):
            lieux.setdefault(code, lieu)
    if inconnues and not premieres:
        raise FichierRefuse("Aucune des communes du fichier n'est connue\u00a0: chargez d'abord les communes.")
    if inconnues:
        rapport.remarques.append(f"{inconnues} lignes de communes non chargées passées.")
    lignes = []
    for code, numero in premieres.items():
        commune = connues[code]
        tous = list(dict.fromkeys([*commune.codes_postaux, *sorted(postaux[code])]))
        latitude, longitude = lieux.get(code, (commune.latitude, commune.longitude))
        if code in _AVEC_ARRONDISSEMENTS:
            tous = commune.codes_postaux
        lignes.append((numero, (code, commune.nom, commune.departement_id, tous, postaux_en_texte(tous),
                                latitude, longitude)))  # fmt: skip
    champs = ("nom", "departement", "codes_postaux", "codes_postaux_texte", "latitude", "longitude")
    verser(Commune, ("code_insee",), champs, lignes, rapport)


def _coordonnees(valeur: str) -> tuple[Decimal, Decimal] | None:
    morceaux = [morceau.strip() for morceau in valeur.split(",")]
    if len(morceaux) != 2:
        return None
    try:
        latitude, longitude = (Decimal(m).quantize(Decimal("0.000001")) for m in morceaux)
    except InvalidOperation:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
