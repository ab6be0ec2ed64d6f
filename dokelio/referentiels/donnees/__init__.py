"""Le fonds livré avec le produit : communes d'Île-de-France, départements, NSF, publics V14, et de quoi démontrer.

Des faits, dans notre format. Les vrais fichiers, une fois chargés, l'emportent : le fonds n'écrit que ce qui manque.
Une échéance vide est inconnue ici ; les libellés de domaines Formacode sont indicatifs."""

import csv
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction

from dokelio.referentiels.chargement import tracer
from dokelio.referentiels.chargeurs.communes import postaux_en_texte
from dokelio.referentiels.chargeurs.lecture import date
from dokelio.referentiels.chargeurs.versement import Rapport, verser
from dokelio.referentiels.models import (
    Bloc,
    Certification,
    Commune,
    Departement,
    Formacode,
    ImportReferentiel,
    Nsf,
    Remplacement,
    Rome,
)

DOSSIER = Path(__file__).parent
SOURCE = "fonds"
_FICHIERS = (
    "departements", "communes", "nsf", "formacodes", "rome", "certifications", "blocs", "remplacements",
)  # fmt: skip


def charger_socle_referentiels() -> Rapport | None:
    """Écrit ce qui manque du fonds, en moins d'une seconde ; None s'il est déjà là, dans cette version."""
    empreinte = sha256(b"".join((DOSSIER / f"{nom}.csv").read_bytes() for nom in _FICHIERS)).hexdigest()
    if ImportReferentiel.objects.filter(source=SOURCE, sha256=empreinte).exists():
        return None
    rapport = Rapport(source=SOURCE, fichier="fonds livré", sha256=empreinte)
    with transaction.atomic():
        _simples(rapport)
        _communes(rapport)
        _certifications(rapport)
        tracer(rapport)
    return rapport


def _lignes(nom: str) -> Iterator[tuple[int, dict[str, str]]]:
    with (DOSSIER / f"{nom}.csv").open(encoding="utf-8", newline="") as flux:
        yield from enumerate(csv.DictReader(flux, delimiter=";"), 2)


def _recopier(modele: Any, nom: str, cle: Sequence[str], champs: Sequence[str], rapport: Rapport) -> None:
    lignes = ((numero, [ligne[c] for c in (*cle, *champs)]) for numero, ligne in _lignes(nom))
    verser(modele, cle, champs, lignes, rapport, remplacer=False)


def _simples(rapport: Rapport) -> None:
    _recopier(Departement, "departements", ("code",), ("nom", "region", "region_nom"), rapport)
    _recopier(Nsf, "nsf", ("code",), ("libelle",), rapport)
    _recopier(Formacode, "formacodes", ("version", "code"), ("libelle", "type"), rapport)
    _recopier(Rome, "rome", ("version", "code"), ("libelle", "parent"), rapport)
    _recopier(Remplacement, "remplacements", ("ancienne", "nouvelle"), (), rapport)


def _communes(rapport: Rapport) -> None:
    champs = (
        "type", "nom", "departement", "codes_postaux", "codes_postaux_texte", "anciens_codes", "latitude",
        "longitude", "parente", "proposee",
    )  # fmt: skip
    lignes = (
        (
            numero,
            (
                ligne["code"],
                "arrondissement" if ligne["parente"] else "commune",
                ligne["nom"],
                ligne["departement"],
                (postaux := ligne["codes_postaux"].split()),
                postaux_en_texte(postaux),
                ligne["anciens_codes"].split(),
                ligne["latitude"] or None,
                ligne["longitude"] or None,
                ligne["parente"] or None,
                ligne["code"] != "75056",
            ),
        )
        for numero, ligne in _lignes("communes")
    )
    verser(Commune, ("code_insee",), champs, lignes, rapport, remplacer=False)


def _certifications(rapport: Rapport) -> None:
    textes = ("repertoire", "intitule", "abrege", "type", "type_enregistrement")
    dates = ("date_effet", "date_decision", "fin_enregistrement")
    listes = ("codes_certifinfo", "codes_cfd", "codes_nsf", "codes_rome", "formacodes", "voies_acces")
    lignes = (
        (
            numero,
            (
                ligne["code"],
                *(ligne[c] for c in textes),
                int(ligne["niveau"]) if ligne["niveau"] else None,
                ligne["actif"] == "1",
                *(date(ligne[c]) for c in dates),
                *(ligne[c].split() for c in listes),
            ),
        )
        for numero, ligne in _lignes("certifications")
    )
    champs = (*textes, "niveau", "actif", *dates, *listes)
    verser(Certification, ("code",), champs, lignes, rapport, remplacer=False)
    # Les blocs d'une fiche que le vrai fichier a déjà donnés ne se mêlent pas aux nôtres.
    sans_blocs = dict(Certification.objects.filter(blocs__isnull=True).values_list("code", "pk"))
    blocs = (
        (numero, (sans_blocs[fiche], ligne["code"], ligne["libelle"]))
        for numero, ligne in _lignes("blocs")
        if (fiche := ligne["code"].partition("BC")[0]) in sans_blocs
    )
    verser(Bloc, ("certification", "code"), ("libelle",), blocs, rapport, remplacer=False)
