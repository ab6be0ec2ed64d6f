"""Gardes de la vie d'un organisme : ce qu'il faut pour qu'une inscription soit acceptée."""

from collections.abc import Iterator

from dokelio.publication.contexte import Contexte
from dokelio.publication.refus import Refus
from structures.models import DEPARTEMENTS_REGION, Organisme


def identite_complete(organisme: Organisme, contexte: Contexte) -> Iterator[Refus]:
    """SIRET, numéro de déclaration d'activité et nom : sans eux, rien ne peut partir dans un flux."""
    if not organisme.siret:
        yield Refus("siret", "Il manque le SIRET de l'organisme : quatorze chiffres.")
    if not organisme.nda:
        yield Refus("nda", "Il manque le numéro de déclaration d'activité : onze chiffres, donnés par la DRIEETS.")
    if not (organisme.nom or organisme.raison_sociale):
        yield Refus("nom", "Il manque le nom de l'organisme.")


def dans_la_region(organisme: Organisme, contexte: Contexte) -> Iterator[Refus]:
    """Hors région sans établissement ici : une convention de formation citant un lieu francilien est exigée (FAQ)."""
    if organisme.est_francilien or organisme.justificatif:
        return
    if organisme.etablissements.actifs().filter(departement__in=DEPARTEMENTS_REGION).exists():
        return
    yield Refus(
        "justificatif",
        "Cet organisme n'a ni siège ni établissement en Île-de-France : joignez une convention de formation citant "
        "un lieu francilien (PDF de moins de 1 Mo, données personnelles masquées).",
    )
