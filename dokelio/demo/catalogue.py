"""Ce que disent les fiches de la démonstration : offres et organismes de `donnees/`, mis en valeurs de modèles.

Fonctions pures, partagées par le petit jeu et par le chargement en masse ; les arbres ont la forme de LHEO.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dokelio.referentiels.models import Certification

DONNEES = Path(__file__).parent / "donnees"
DISTANCE = "2"
PERMANENTES = "1"


@dataclass(frozen=True, slots=True)
class Lieu:
    """Une adresse : celle d'un siège ou d'un lieu de formation."""

    nom: str
    ligne: str
    code_postal: str
    ville: str
    insee: str

    @property
    def adresse(self) -> dict[str, Any]:
        """L'`adresse` de LHEO."""
        return {
            "denomination": self.nom,
            "ligne": [self.ligne],
            "codepostal": self.code_postal,
            "ville": self.ville,
            "departement": self.code_postal[:2],
            "code-INSEE-commune": self.insee,
            "region": "11",
            "pays": "FR",
        }


@dataclass(frozen=True, slots=True)
class Offre:
    """Une offre de formation, telle que la décrit `offres.toml`."""

    cle: str
    intitule: str
    objectif: str
    contenu: str
    prerequis: str
    niveau_entree: str
    publics: tuple[str, ...]
    heures: tuple[int, int]
    jours: int
    prix: int
    rythme: str
    certification: str = ""
    formacodes: tuple[str, ...] = ()
    resultats: str = ""
    mode: str = "0"
    entrees: str = "0"
    objectif_general: str = "6"

    @property
    def en_alternance(self) -> bool:
        """Préparée surtout en entreprise : l'apprentissage et le contrat de professionnalisation."""
        return self.heures[1] > self.heures[0] > 0


@cache
def offres() -> dict[str, Offre]:
    """Les offres, par clé, dans l'ordre du fichier."""
    listes = ("publics", "heures", "formacodes")
    dites: dict[str, dict[str, Any]] = tomllib.loads((DONNEES / "offres.toml").read_text("utf-8"))
    for dite in dites.values():
        dite |= {nom: tuple(dite[nom]) for nom in listes if nom in dite}
    return {cle: Offre(cle=cle, **dite) for cle, dite in dites.items()}


@cache
def organismes() -> dict[str, dict[str, Any]]:
    """Les organismes, par clé ; `lieux` en `Lieu`, `fiches` en paires (offre, scénario)."""
    dits: dict[str, dict[str, Any]] = tomllib.loads((DONNEES / "organismes.toml").read_text("utf-8"))
    for dit in dits.values():
        dit["lieux"] = [Lieu(*lieu) for lieu in dit["lieux"]]
        dit["fiches"] = [tuple(fiche.split(" : ")) for fiche in dit["fiches"]]
    return dits


@cache
def certification(code: str) -> Certification:
    """La fiche France compétences du fonds de référence."""
    return Certification.objects.get(code=code)


def relire() -> None:
    """Oublie les lignes de référence lues : à faire avant chaque chargement."""
    certification.cache_clear()
    _blocs.cache_clear()


def coordonnees(lieu: Lieu, telephone: str, courriel: str, site: str = "", **personne: str) -> dict[str, Any]:
    """Des `coordonnees` de LHEO."""
    arbre: dict[str, Any] = {
        **personne,
        "adresse": lieu.adresse,
        "telfixe": {"numtel": [telephone]},
        "courriel": courriel,
    }
    return arbre | ({"web": {"urlweb": [f"https://www.{site}"]}} if site else {})


def contacts(telephone: str, site: str, referent: str = "Référente handicap") -> list[dict[str, Any]]:
    """Accueil et référent handicap : des contacts de service, sans personne nommée."""
    telfixe = {"numtel": [telephone]}
    return [
        {
            "@tag": "principal",
            "type-contact": "4",
            "coordonnees": {"nom": "Accueil formation", "telfixe": telfixe, "courriel": f"accueil@{site}"},
        },
        {"type-contact": "1", "coordonnees": {"nom": referent, "telfixe": telfixe, "courriel": f"handicap@{site}"}},
    ]


def formacodes(codes: tuple[str, ...] | list[str]) -> list[dict[str, str]]:
    """Des `code-FORMACODE` de la version 14, le premier principal."""
    return [{"@ref": "V14", "#": code} | ({} if rang else {"@tag": "principal"}) for rang, code in enumerate(codes)]


def valeurs_de_fiche(offre: Offre, telephone: str, site: str) -> dict[str, Any]:
    """Les champs contrôlés d'une Action pour cette offre."""
    fiche = certification(offre.certification) if offre.certification else None
    domaine: dict[str, Any] = {"code-FORMACODE": formacodes(fiche.formacodes if fiche else offre.formacodes)}
    if fiche and fiche.codes_nsf:
        domaine["code-NSF"] = [code[:3] for code in fiche.codes_nsf[:3]]
    if fiche and fiche.codes_rome:
        domaine["code-ROME"] = [{"@ref": "V4", "#": code} for code in fiche.codes_rome[:5]]
    resultats = f"{fiche.intitule_court} ({fiche.code})" if fiche else offre.resultats
    return {
        "domaine": domaine,
        "intitule": offre.intitule,
        "objectif": offre.objectif,
        "resultats": resultats,
        "contenu": offre.contenu,
        "certifiante": fiche is not None,
        "contacts": contacts(telephone, site),
        "parcours": "2" if offre.entrees == PERMANENTES else "1",
        "niveau_entree": offre.niveau_entree,
        "niveau_sortie": fiche.code_niveau_lheo if fiche else "",
        "objectif_general": offre.objectif_general,
        "adresses_web": {"urlweb": [f"https://www.{site}/formations/{offre.cle}"]},
        "positionnement": "2" if offre.entrees == PERMANENTES else "",
        "public_vise": [{"@ref": "V14", "#": code} for code in offre.publics],
        "niveau_entree_obligatoire": offre.niveau_entree in ("14", "15"),
        "modalites_alternance": f"Alternance : {offre.rythme}." if offre.en_alternance else "Sans alternance",
        "conditions_specifiques": offre.prerequis,
        "prise_en_charge_possible": True,
        "detail_prise_en_charge": "Prise en charge étudiée avec chaque candidat selon son statut.",
        "acces_handicapes": "Locaux accessibles ; parcours aménagé avec la référente handicap.",
        "transport": "" if offre.mode == DISTANCE else "Transports en commun à moins de dix minutes à pied.",
        "restauration": "" if offre.mode == DISTANCE else "Salle de repas équipée.",
        "langues": ["fr"],
        "modalites_recrutement": "Dossier puis entretien individuel ; réponse sous quinze jours.",
        "modalites_pedagogiques": "Apports, mises en situation, travail en petits groupes.",
        "perimetre_recrutement": "3",
    }


def valeurs_de_certification(offre: Offre) -> dict[str, Any] | None:
    """Les champs d'une ActionCertification, ou `None` pour une offre sans certification."""
    if not offre.certification:
        return None
    champ = "code_rs" if offre.certification.startswith("RS") else "code_rncp"
    return {champ: offre.certification, "certification_id": certification(offre.certification).pk}


def valeurs_de_lieu(offre: Offre, lieu: Lieu, site: str, mode: str = "", conventionne: bool = False) -> dict[str, Any]:
    """Les champs d'un Deroulement dans ce lieu ; `mode` : celui de l'offre si vide."""
    mode = mode or offre.mode
    centre, entreprise = offre.heures
    return {
        "rythme": offre.rythme,
        "modalites_enseignement": mode,
        "lieux": [
            {"@tag": "principal", "coordonnees": {"nom": lieu.nom, "adresse": lieu.adresse}},
        ],
        "entrees_sorties": offre.entrees,
        "adresses_web": {"urlweb": [f"https://www.{site}/formations/{offre.cle}#inscription"]},
        "frais_restants": "" if offre.prix else "Aucun frais à la charge du stagiaire",
        "prix_total": offre.prix or None,
        "prix_horaire": round(offre.prix / centre, 2) if offre.prix else None,
        "duree_indicative": f"{max(1, round(offre.jours / 30))} mois" if offre.jours >= 30 else f"{centre} heures",
        "heures_centre": centre,
        "heures_entreprise": entreprise,
        "heures_total": centre + entreprise,
        "conventionnement": conventionne,
        "duree_conventionnee": centre if conventionne else None,
        "duree_cycle": 2 if offre.en_alternance else None,
    }


def valeurs_de_session(offre: Offre, debut: date, fin: date | None, siege: Lieu, rang: int) -> dict[str, Any]:
    """Les champs d'une Session de ces dates ; `rang` fait varier ce qui est facultatif."""
    valeurs: dict[str, Any] = {
        "debut": debut,
        "fin": fin,
        "adresse_inscription": siege.adresse,
        "modalites_inscription": "Dossier en ligne ou à l'accueil, du lundi au vendredi.",
        "periode_inscription": {"debut": jour(debut - timedelta(days=75)), "fin": jour(debut - timedelta(days=5))},
        "etat_recrutement": "1",
        "rang": rang + 1,
    }
    if rang % 3 == 0:
        valeurs["recrutements"] = [_information_collective(siege, debut - timedelta(days=21))]
    if rang % 5 == 2 and (blocs := _blocs(offre.certification)):
        valeurs["blocs"] = blocs
    return valeurs


def _information_collective(lieu: Lieu, le: date) -> dict[str, Any]:
    return {
        "modalite-recrutement": "9",
        "a-distance": "0",
        "adresse": lieu.adresse,
        "nb-places": "20",
        "periode": {"debut": jour(le), "fin": jour(le)},
        "heure-debut": "9h30",
        "heure-fin": "11h30",
        "commentaire": "Apporter un CV et de quoi écrire.",
    }


@cache
def _blocs(code: str) -> list[dict[str, Any]]:
    """Le premier bloc de la certification, visé seul ; rien si le fonds n'en connaît pas."""
    from dokelio.referentiels.models import Bloc

    bloc = Bloc.objects.filter(certification__code=code).order_by("code").first() if code else None
    if bloc is None:
        return []
    return [
        {
            "validation-blocs": "0",
            "reference-certification": {"reference-code-RNCP": code},
            "bloc-competences": [{"libelle-bloc": bloc.libelle, "code-bloc": bloc.code}],
        }
    ]


def jour(le: date) -> str:
    """Une date de LHEO."""
    return le.strftime("%Y%m%d")
