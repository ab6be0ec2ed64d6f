"""Les anomalies LHEO dites à une personne : ce qui manque dans sa fiche, où, sans le vocabulaire du schéma."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from diffusion.exports.document import ILLISIBLE, SANS_NUMERO, SANS_SESSION
from dokelio.lheo.anomalies import Anomalie
from dokelio.lheo.grammaire import ElementInconnu, element
from dokelio.publication.refus import Refus
from dokelio.socle.arbres import Arbre, champs_lheo, suivre, texte_de
from dokelio.socle.typographie import accorde, insecables
from formations.models import Action
from sessions.models import Deroulement, Financement, Session
from structures.models import Organisme

# Élément LHEO → comment on le nomme à quelqu'un, dans « Il manque … » ou « L'objectif compte … ».
NOMS = {
    "domaine-formation": "le domaine de la formation",
    "intitule-formation": "l'intitulé",
    "objectif-formation": "l'objectif de la formation",
    "resultats-attendus": "les résultats attendus",
    "contenu-formation": "le contenu de la formation",
    "certifiante": "la réponse à « Formation certifiante »",
    "contact-formation": "un contact pour cette formation",
    "parcours-de-formation": "le type de parcours",
    "code-niveau-entree": "le niveau à l'entrée",
    "code-niveau-sortie": "le niveau à la sortie",
    "objectif-general-formation": "l'objectif général",
    "rythme-formation": "le rythme",
    "code-public-vise": "le public visé",
    "info-public-vise": "la précision sur le public visé",
    "niveau-entree-obligatoire": "la réponse à « Niveau à l'entrée obligatoire »",
    "modalites-alternance": "les modalités de l'alternance",
    "modalites-enseignement": "le choix entre présentiel et à distance",
    "conditions-specifiques": "les prérequis et conditions d'accès",
    "prise-en-charge-frais-possible": "la réponse à « Prise en charge des frais possible »",
    "modalites-entrees-sorties": "le choix entre dates fixes et entrées permanentes",
    "lieu-de-formation": "le lieu de formation",
    "periode": "les dates",
    "debut": "la date de début",
    "fin": "la date de fin",
    "date": "la date",
    "adresse-inscription": "l'adresse d'inscription",
    "adresse": "l'adresse",
    "ligne": "la ligne d'adresse",
    "codepostal": "le code postal",
    "ville": "la ville",
    "coordonnees": "les coordonnées",
    "nom": "le nom du contact",
    "courriel": "le courriel",
    "numtel": "le numéro de téléphone",
    "urlweb": "l'adresse de la page web",
    "numero-activite": "le numéro de déclaration d'activité",
    "SIRET-organisme-formation": "le SIRET de l'organisme",
    "SIRET-formateur": "le SIRET du formateur",
    "SIRET": "le SIRET",
    "nom-organisme": "le nom usuel de l'organisme",
    "raison-sociale": "la raison sociale de l'organisme",
    "raison-sociale-formateur": "la raison sociale du formateur",
    "coordonnees-organisme": "les coordonnées de l'organisme",
    "contact-organisme": "un contact de l'organisme",
    "code-financeur": "le financeur",
    "code-FORMACODE": "le Formacode",
    "code-ROME": "le code ROME",
    "code-NSF": "le code NSF",
    "code-RNCP": "le code RNCP",
    "code-RS": "le code RS",
    "code-bloc": "le code du bloc de compétences",
    "libelle-bloc": "le libellé du bloc de compétences",
}

_ABSENCES = frozenset({"element-manquant", "texte-vide"})
_DITES_AILLEURS = frozenset({"/formation/action"})
"""Absences qu'une autre garde dit déjà avec son remède (aucune session à venir)."""

_SIEGE = "/formation/organisme-formation-responsable/coordonnees-organisme"
_ONGLETS = {"domaine": "indexation"} | dict.fromkeys(
    (
        *("acces_handicapes", "restauration", "hebergement", "transport", "modalites_pedagogiques", "langues"),
        *("codes_modalite_pedagogique", "equipements", "perimetre_recrutement", "infos_perimetre", "adresses_web"),
        *("detail_prise_en_charge", "codes_type", "enseignements", "identifiant_module", "modules_prerequis"),
        "sous_modules",
    ),
    "complements",
)
"""L'onglet des champs de la fiche qui ne sont pas dans « informations »."""
_NIVEAUX: dict[str, tuple[type[models.Model], ...]] = {
    "formation": (Action,),
    "action": (Action, Deroulement),
    "session": (Session,),
    "organisme-financeur": (Financement,),
    "organisme-formation-responsable": (Organisme,),
}
_PAS = re.compile(r"([^/\[]+)(?:\[(\d+)\])?")

LIBELLES_DE_CAUSE = {
    SANS_SESSION: "Aucune session diffusable",
    SANS_NUMERO: "Lieu sans numéro",
    ILLISIBLE: "Contenu illisible",
    "element-manquant": "Information obligatoire absente",
    "texte-vide": "Texte obligatoire vide",
    "texte-trop-long": "Texte trop long pour LHEO",
    "texte-trop-court": "Valeur incomplète",
    "code-hors-table": "Code absent de sa table",
    "element-en-trop": "Trop d'éléments d'une même sorte",
    "date-impossible": "Date impossible",
    "date-forme": "Date mal écrite",
    "fin-avant-debut": "Fin avant le début",
    "siret-forme": "SIRET qui n'a pas quatorze chiffres",
    "ref-manquant": "Code sans la version de sa nomenclature",
    "entier-hors-bornes": "Nombre hors des bornes de LHEO",
}
_AU_CARIF = frozenset({SANS_NUMERO, ILLISIBLE, "refus-du-schema", "ref-manquant", "code-hors-table"})


def libelle_de_cause(cause: str) -> str:
    """Comment se dit une cause du registre des exécutions."""
    return LIBELLES_DE_CAUSE.get(cause) or cause.replace("-", " ").replace("_", " ").capitalize()


def qui_agit(cause: str) -> str:
    """Qui peut faire que la formation parte : l'organisme ou le CARIF."""
    return "CARIF" if cause in _AU_CARIF else "Organisme"


# ------------------------------------------------------------------ une anomalie, un refus


@dataclass(frozen=True, slots=True)
class _Place:
    """Où tombe une anomalie : le niveau LHEO, ce qui suit ce niveau, et les nœuds traversés."""

    niveau: str
    suite: tuple[str, ...]
    action: Arbre | None
    session: Arbre | None


def refus_lheo(anomalies: list[Anomalie], arbre: Arbre, action: Action) -> Iterator[Refus]:
    """Les refus que valent ces anomalies : une phrase par faute, dite une fois même si chaque lieu la répète."""
    vus: set[tuple[str, str]] = set()
    erreurs = [anomalie for anomalie in anomalies if anomalie.gravite == "erreur"]
    siege_incomplet = any(une.chemin.startswith(_SIEGE) for une in erreurs)
    for anomalie in erreurs:
        if anomalie.chemin in _DITES_AILLEURS or (siege_incomplet and "/adresse-inscription" in anomalie.chemin):
            continue  # à défaut d'une autre, l'adresse d'inscription est celle de l'organisme
        refus = _refus(anomalie, arbre, action)
        if (refus.champ, refus.phrase) not in vus:
            vus.add((refus.champ, refus.phrase))
            yield refus


def _refus(anomalie: Anomalie, arbre: Arbre, action: Action) -> Refus:
    place = _situer(anomalie.chemin, arbre)
    vise = _champ_de(place)
    nom = NOMS.get(anomalie.champ) or f"« {_libelle(anomalie.champ)} »"
    phrase = _phrase(anomalie, nom)
    de_la_fiche = place.niveau == "formation" or (vise is not None and vise.model is Action)
    if ou := ", ".join(filter(None, ("" if de_la_fiche else _ou(place), _dans(place, vise)))):
        phrase = f"{_tete(ou)} : {phrase[:1].lower()}{phrase[1:]}"
    champ = vise.name if vise is not None else place.suite[0] if place.suite else place.niveau
    return Refus(champ, insecables(phrase), _lien(place, champ, de_la_fiche, action))


def _phrase(anomalie: Anomalie, nom: str) -> str:
    if anomalie.code in _ABSENCES:
        return f"Il manque {nom}."
    if anomalie.code == "code-hors-table":
        valeur = anomalie.phrase.split("»")[0].lstrip("«\u00a0 ").rstrip("\u00a0 ")
        return f"{_tete(nom)} : « {valeur} » n'est pas dans la liste. Choisissez une valeur proposée."
    if anomalie.code == "ref-manquant":
        return f"{_tete(nom)} est donné sans la version de sa nomenclature. Choisissez-le de nouveau dans la liste."
    cite = f"«\u00a0{anomalie.champ}\u00a0»"
    dite = anomalie.phrase.replace(cite, nom, 1) if cite in anomalie.phrase else f"{_tete(nom)} : {anomalie.phrase}"
    return f"{_tete(dite)} {_remede(anomalie)}"


def _remede(anomalie: Anomalie) -> str:
    if anomalie.code == "texte-trop-long" and (exces := re.search(r"\d+", anomalie.remede)):
        return f"Raccourcissez ce texte de {accorde(int(exces[0]), 'caractère')}."
    return anomalie.remede


def _tete(texte: str) -> str:
    return texte[:1].upper() + texte[1:]


def _libelle(nom: str) -> str:
    """Le libellé d'un élément dans la grammaire, ou son nom s'il n'en est pas un."""
    try:
        return element(nom).libelle
    except ElementInconnu:
        return nom.lstrip("@")


def _situer(chemin: str, arbre: Arbre) -> _Place:
    """Le niveau le plus profond du chemin, et les nœuds `action` et `session` traversés."""
    pas = [(nom, int(rang or 1) - 1) for nom, rang in _PAS.findall(chemin)]
    noeud: Any = arbre
    niveau, depuis = "formation", 1
    traverses: dict[str, Arbre] = {}
    for indice, (nom, rang) in enumerate(pas[1:], 1):
        noeud = noeud.get(nom) if isinstance(noeud, dict) else None
        if isinstance(noeud, list):
            noeud = noeud[rang] if rang < len(noeud) else None
        if nom in _NIVEAUX or nom == "organisme-formateur":
            niveau, depuis = nom, indice + 1
            if isinstance(noeud, dict):
                traverses[nom] = noeud
    suite = tuple(nom for nom, _ in pas[depuis:])
    return _Place(niveau, suite, traverses.get("action"), traverses.get("session"))


def _champ_de(place: _Place) -> Any:
    """Le champ de modèle que vise l'anomalie ; `None` si aucun ne tient cet élément."""
    if not place.suite:
        return None
    champs = (champ for modele in _NIVEAUX.get(place.niveau, ()) for champ in champs_lheo(modele, place.niveau))
    return next((c for c in champs if all(a == b for a, b in zip(c.chemin[1:], place.suite, strict=False))), None)


def _ou(place: _Place) -> str:
    """« Session SE_… », « Lieu 75020 Paris » ; vide pour l'organisme."""
    if place.niveau == "organisme-formation-responsable" or place.action is None:
        return ""
    if place.session is not None:
        return f"session {place.session.get('@numero') or 'sans numéro'}"
    return _lieu(place.action)


def _dans(place: _Place, vise: Any) -> str:
    """Le champ composé où se trouve l'anomalie (« contacts ») ; vide quand elle porte sur tout le champ."""
    return str(vise.verbose_name) if vise is not None and len(place.suite) > len(vise.chemin) - 1 else ""


def _lieu(action: Arbre) -> str:
    lieux = action.get("lieu-de-formation") or [{}]
    adresse = suivre(lieux[0], "coordonnees", "adresse") or {}
    ou = " ".join(filter(None, (texte_de(adresse.get(cle)) for cle in ("codepostal", "ville"))))
    return f"lieu « {ou} »" if ou else "lieu à préciser"


def _lien(place: _Place, champ: str, de_la_fiche: bool, action: Action) -> str:
    if place.niveau == "organisme-formation-responsable":
        return f"/structure/{action.organisme.reference}/"
    onglet = _ONGLETS.get(champ, "informations") if de_la_fiche else "sessions"
    return f"/formations/{action.reference}/{onglet}/"
