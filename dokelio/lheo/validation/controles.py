"""La table élément → contrôles de ce que le schéma ne vérifie pas, tirée de la grammaire et complétée ici.
Elle est parcourue une fois par formation, sans XPath."""

from __future__ import annotations

import re

from lxml.etree import _Element as Elt

from dokelio.lheo.anomalies import Anomalie
from dokelio.lheo.grammaire import ELEMENTS

from . import codes, ensembles
from .controle import NS, Controle, Regle


def _table() -> dict[str, tuple[Regle, ...]]:
    par_nom: dict[str, list[Regle]] = {nom: [] for nom in ELEMENTS}
    for nom, regle in ELEMENTS.items():
        if regle.ref_obligatoire:
            par_nom[nom].append(codes.controler_ref)
        if nom in codes.FORMES:
            par_nom[nom].append(codes.controler_forme)
        elif regle.nature == "date":
            par_nom[nom].append(codes.controler_date)
        elif regle.nature == "entier":
            par_nom[nom].append(codes.controler_entier)
        elif regle.nature == "texte" and (regle.lgmax or 0) >= 50 and nom not in ("courriel", "urlweb"):
            par_nom[nom].append(codes.controler_texte_libre)
            if (regle.lgmax or 0) <= 255:
                par_nom[nom].append(codes.controler_blancs)
        if "datemaj" in regle.attributs:
            par_nom[nom].append(ensembles.controler_dates_de_gestion)
    principaux = ("code-FORMACODE", "lieu-de-formation", "organisme-formateur", "contact-formation")
    for noms, controle in (
        ((*principaux, "contact-session", "contact-organisme", "contact-formateur"), codes.controler_principal),
        (("SIRET",), codes.controler_siret),
        (("numero-activite",), codes.controler_nda),
        (("code-UAI",), codes.controler_uai),
        (("certification", "reference-certification", "code-type-formation"), ensembles.controler_sans_code),
        (("domaine-formation",), ensembles.controler_domaine),
        (("objectif-general-formation",), codes.controler_objectif_general),
        (("code-niveau-entree", "code-niveau-sortie"), codes.controler_niveau),
        (("periode",), ensembles.controler_periode),
        (("numtel",), codes.controler_telephone),
        (("courriel",), codes.controler_motif(codes.COURRIEL, "courriel-forme")),
        (("urlweb",), codes.controler_motif(codes.URL, "url-forme")),
        (("prix-total-TTC", "prix-horaire-TTC"), codes.controler_motif(codes.PRIX, "prix-forme")),
        (("langue-formation",), codes.controler_motif(re.compile("[a-z]{2}"), "langue-forme")),
        (("heure-debut", "heure-fin"), codes.controler_heure),
        (("intitule-formation",), codes.controler_intitule),
        (("formation", "action", "session", "organisme-formation-responsable"), ensembles.controler_numero),
        (("formation",), ensembles.controler_formation),
        (("action",), ensembles.controler_action),
        (("adresse",), ensembles.controler_lieu),
        (("lheo", "lheo-plus", "lheo-index", "formation"), ensembles.controler_schema_location),
    ):
        for nom in noms:
            par_nom[nom].append(controle)
    return {f"{NS}{nom}": tuple(controles) for nom, controles in par_nom.items() if controles}


CONTROLES = _table()


def controler(element: Elt, chemin: str) -> list[Anomalie]:
    """Ce que le schéma ne voit pas dans un élément LHEO 2.3 et ses descendants, dans l’ordre du document."""
    return Controle(element, chemin).passer(CONTROLES)
