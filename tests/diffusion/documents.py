"""De petits documents LHEO pour les essais d'import : une formation d'Île-de-France, que chaque essai altère."""

from __future__ import annotations

import copy
import io
from typing import Any

from dokelio.lheo.ecriture import Redacteur
from tests.fabriques import siret

ADRESSE = {"ligne": ["12 rue des Prairies"], "codepostal": "75020", "ville": "Paris"}


def organisme(numero: str = "ORG1", rang: int = 900_001, **champs: Any) -> dict[str, Any]:
    """Un `organisme-formation-responsable` ; `rang` fait son SIRET, à la clé juste."""
    coordonnees = {"adresse": ADRESSE, "courriel": "accueil@ateliers.exemple"}
    return {
        "@numero": numero,
        "numero-activite": "11755555575",
        "SIRET-organisme-formation": {"SIRET": siret(rang)},
        "nom-organisme": "Les Ateliers",
        "raison-sociale": "LES ATELIERS SARL",
        "coordonnees-organisme": {"coordonnees": coordonnees},
        "contact-organisme": [{"type-contact": "4", "coordonnees": {"nom": "Accueil"}}],
    } | champs


def session(numero: str = "S1", debut: str = "20270104", fin: str = "20270630", **champs: Any) -> dict[str, Any]:
    """Une `session`."""
    return {
        "@numero": numero,
        "periode": {"debut": debut, "fin": fin},
        "adresse-inscription": {"adresse": ADRESSE},
        "etat-recrutement": "1",
    } | champs


def action(numero: str = "A1", *sessions: dict[str, Any], **champs: Any) -> dict[str, Any]:
    """Une `action`, avec un lieu, un formateur et un financeur."""
    return {
        "@numero": numero,
        "rythme-formation": "Temps plein",
        "code-public-vise": [{"@ref": "V14", "#": "83056"}],
        "niveau-entree-obligatoire": "0",
        "modalites-alternance": "Sans alternance",
        "modalites-enseignement": "0",
        "conditions-specifiques": "Aucun prérequis",
        "prise-en-charge-frais-possible": "1",
        "lieu-de-formation": [{"@tag": "principal", "coordonnees": {"adresse": ADRESSE}}],
        "modalites-entrees-sorties": "0",
        "session": list(sessions) or [session()],
        "restauration": {"@info": "midi", "#": "Cantine"},
        "prix-total-TTC": "1250.50",
        "organisme-formateur": [
            {
                "@tag": "principal",
                "SIRET-formateur": {"SIRET": siret(900_002)},
                "raison-sociale-formateur": "Formateur du quartier",
            }
        ],
        "organisme-financeur": [{"code-financeur": "10", "nb-places-financees": "12"}],
    } | champs


def formation(numero: str = "F1", *actions: dict[str, Any], **champs: Any) -> dict[str, Any]:
    """Une `formation`."""
    return {
        "@numero": numero,
        "domaine-formation": {"code-FORMACODE": [{"@ref": "V14", "#": "45554"}]},
        "intitule-formation": "CAP ébéniste",
        "objectif-formation": "Fabriquer des meubles en bois massif.",
        "resultats-attendus": "CAP ébéniste.",
        "contenu-formation": "Dessin technique, travail du bois.",
        "certifiante": "1",
        "contact-formation": [{"coordonnees": {"nom": "Accueil"}}],
        "parcours-de-formation": "1",
        "code-niveau-entree": "11",
        "certification": [{"code-RNCP": "RNCP37679"}],
        "action": list(actions) or [action()],
        "organisme-formation-responsable": organisme(),
    } | copy.deepcopy(champs)


def document(*formations: dict[str, Any]) -> bytes:
    """Un document `lheo` de ces formations."""
    sortie = io.BytesIO()
    with Redacteur(sortie) as redacteur:
        for une in formations:
            redacteur.formation(une)
    return sortie.getvalue()
