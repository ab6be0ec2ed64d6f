"""Certifications de France compétences en XML V4.1, lues fiche par fiche puis versées comme le CSV."""

import re
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from dokelio.lheo.identifiants import bien_forme
from dokelio.referentiels.chargeurs.lecture import date, est_vrai, niveau, siret_ou_vide, sur_une_ligne
from dokelio.referentiels.chargeurs.versement import FichierRefuse, Rapport, verser
from dokelio.referentiels.models import Bloc, Certificateur, Certification, PartenaireHabilite, Remplacement

CHAMPS = (
    "repertoire", "intitule", "abrege", "type", "niveau", "actif", "type_enregistrement", "date_effet",
    "date_decision", "date_jo", "fin_enregistrement",
)  # fmt: skip
LISTES = ("codes_nsf", "codes_rome", "formacodes", "voies_acces")
PAR_PAQUET = 2000


def charger(flux: IO[bytes], rapport: Rapport) -> None:
    """Toutes les fiches du document, par paquets ; refuse ce qui n'est pas du XML de fiches, et tout DOCTYPE."""
    paquet: list[etree._Element] = []
    trouvees = 0
    for fiche in _fiches(flux):
        trouvees += 1
        paquet.append(fiche)
        if len(paquet) >= PAR_PAQUET:
            _verser(paquet, rapport)
            paquet = []
    if not trouvees:
        raise FichierRefuse("Le document ne contient aucune fiche (élément FICHE).")
    _verser(paquet, rapport)


def _fiches(flux: IO[bytes]) -> Iterator[etree._Element]:
    try:
        evenements = etree.iterparse(
            flux, events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False
        )
        verifie = False
        for evenement, element in evenements:
            if not verifie:
                verifie = True
                if element.getroottree().docinfo.doctype:
                    raise FichierRefuse("Le document porte un DOCTYPE\u00a0: il est refusé par prudence.")
            if evenement == "end" and element.tag == "FICHE":
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
                yield element
    except etree.XMLSyntaxError as erreur:
        raise FichierRefuse(f"Le XML est illisible ou tronqué (ligne {erreur.lineno}).") from erreur


def _ligne(element: etree._Element) -> int:
    ligne = element.sourceline
    return ligne if isinstance(ligne, int) else 0


def _lu(element: etree._Element, *chemins: str) -> str:
    for chemin in chemins:
        if valeur := sur_une_ligne(element.findtext(chemin) or ""):
            return valeur
    return ""


def _codes(fiche: etree._Element, chemin: str, forme: str) -> list[str]:
    lus = (sur_une_ligne(noeud.text or "") for noeud in fiche.iterfind(chemin))
    return [code for code in dict.fromkeys(lus) if bien_forme(forme, code)]


def _fiche(fiche: etree._Element, code: str) -> tuple[Any, ...]:
    voies = ("FI", "CA", "FC", "CQ", "CL", "VAE")
    return (
        code,
        "RS" if code.startswith("RS") else "RNCP",
        _lu(fiche, "INTITULE")[:1000],
        _lu(fiche, "ABREGE/CODE")[:60],
        _lu(fiche, "ABREGE/LIBELLE")[:255],
        niveau(_lu(fiche, "NOMENCLATURE_EUROPE/NIVEAU")),
        est_vrai(_lu(fiche, "ACTIF")),
        _lu(fiche, "TYPE_ENREGISTREMENT")[:60],
        date(_lu(fiche, "DATE_EFFET")),
        date(_lu(fiche, "DATE_DECISION")),
        date(_lu(fiche, "DATE_DERNIER_JO")),
        date(_lu(fiche, "DATE_FIN_ENREGISTREMENT")),
        date(_lu(fiche, "DATE_LIMITE_DELIVRANCE")),
        _codes(fiche, "CODES_NSF/NSF/CODE", "nsf"),
        _codes(fiche, "CODES_ROME/ROME/CODE", "rome"),
        _codes(fiche, "FORMACODES/FORMACODE/CODE", "formacode"),
        [voie for voie in voies if est_vrai(_lu(fiche, f"SI_JURY_{voie}"))],
    )


def _verser(paquet: list[etree._Element], rapport: Rapport) -> None:
    lignes: list[tuple[int, tuple[Any, ...]]] = []
    retenues: dict[str, etree._Element] = {}
    for fiche in paquet:
        code = _lu(fiche, "NUMERO_FICHE").upper()
        ligne = _ligne(fiche)
        if not re.fullmatch(r"(RNCP|RS)[0-9]{1,6}", code, re.ASCII):
            rapport.ecarter(ligne, f"«\u00a0{code}\u00a0» n'est pas un numéro de fiche")
        elif not _lu(fiche, "INTITULE"):
            rapport.ecarter(ligne, f"la fiche {code} n'a pas d'intitulé")
        else:
            lignes.append((ligne, _fiche(fiche, code)))
            retenues.setdefault(code, fiche)
    verser(Certification, ("code",), (*CHAMPS, "limite_delivrance", *LISTES), lignes, rapport, garder_si_vide=LISTES)
    connues = dict(Certification.objects.filter(code__in=retenues).values_list("code", "pk"))
    portee = list(connues.values())
    enfants: list[tuple[Any, tuple[str, ...], tuple[str, ...], Any]] = [
        (Bloc, ("certification", "code"), ("libelle",), _blocs),
        (Certificateur, ("certification", "siret", "nom"), (), _certificateurs),
        (PartenaireHabilite, ("certification", "siret", "habilitation"), ("nom",), _partenaires),
    ]
    for modele, cle, champs, lire in enfants:
        valeurs = [
            (_ligne(fiche), (connues[code], *enfant))
            for code, fiche in retenues.items()
            for enfant in dict.fromkeys(lire(fiche))
        ]
        verser(modele, cle, champs, valeurs, rapport).retirer_absentes("t.certification_id = ANY(%s)", [portee])
    couples = dict.fromkeys(couple for code, fiche in retenues.items() for couple in _remplacements(fiche, code))
    verser(Remplacement, ("ancienne", "nouvelle"), (), [(0, couple) for couple in couples], rapport)


def _blocs(fiche: etree._Element) -> Iterator[tuple[str, str]]:
    for bloc in fiche.iterfind("BLOCS_COMPETENCES/BLOC_COMPETENCES"):
        code, libelle = _lu(bloc, "CODE"), _lu(bloc, "LIBELLE")
        if code and libelle:
            yield code[:40], libelle[:1000]


def _certificateurs(fiche: etree._Element) -> Iterator[tuple[str, str]]:
    for noeud in fiche.iterfind("CERTIFICATEURS/CERTIFICATEUR"):
        if nom := _lu(noeud, "NOM_CERTIFICATEUR"):
            yield siret_ou_vide(_lu(noeud, "SIRET_CERTIFICATEUR")), nom[:255]


def _partenaires(fiche: etree._Element) -> Iterator[tuple[str, str, str]]:
    for noeud in fiche.iterfind("PARTENAIRES/PARTENAIRE"):
        if siret := siret_ou_vide(_lu(noeud, "SIRET_PARTENAIRE")):
            yield siret, _lu(noeud, "HABILITATION_PARTENAIRE")[:40], _lu(noeud, "NOM_PARTENAIRE")[:255]


def _remplacements(fiche: etree._Element, code: str) -> Iterator[tuple[str, str]]:
    for sens in ("ANCIENNE", "NOUVELLE"):
        for noeud in fiche.iterfind(f"{sens}S_CERTIFICATIONS/{sens}_CERTIFICATION"):
            autre = "".join(str(morceau) for morceau in noeud.itertext()).strip().upper()
            if re.fullmatch(r"(RNCP|RS)[0-9]{1,6}", autre, re.ASCII) and autre != code:
                yield (autre, code) if sens == "ANCIENNE" else (code, autre)
