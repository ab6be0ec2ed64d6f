"""`manage.py valider_lheo FICHIER [--json]` : toutes les anomalies d’un document LHEO, sans toucher à la base.
Sort avec 0 sans erreur, 1 avec des erreurs, 2 si le document n’a pas pu être examiné."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from dokelio.lheo.anomalies import ANOMALIES, Anomalie, typographie
from dokelio.lheo.encodage import DocumentRefuse
from dokelio.lheo.validation import Rapport, valider_document
from dokelio.socle.commandes import AVEC_REFUS, FAIT, Commande, Impossible
from dokelio.socle.fichiers import document_lu

_MARQUES = {"erreur": "ERREUR", "avertissement": "à vérifier"}


class Command(Commande):
    """Valide un document LHEO 2.3 ou 2.2, tel quel, sans rien réparer."""

    help = "Donne toutes les anomalies d’un document LHEO (« - » : entrée standard)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Le fichier, et la sortie en JSON."""
        parser.add_argument("fichier", metavar="FICHIER", help="document LHEO ; « - » lit l’entrée standard")
        parser.add_argument("--json", action="store_true", help="un objet JSON sur la sortie standard, rien d’autre")

    def executer(self, **options: Any) -> int:
        """Valide, écrit le compte-rendu, rend le code convenu."""
        fichier = options["fichier"]
        with document_lu(fichier) as flux:
            try:
                rapport = valider_document(flux)
            except DocumentRefuse as refus:
                raise Impossible(refus.phrase) from None
            except (OSError, ValueError) as erreur:
                raise Impossible(f"Le fichier « {fichier} » n'a pas pu être lu : {erreur}.") from None
        try:
            if options["json"]:
                self.rendre(rapport.en_json())
            else:
                for ligne in compte_rendu(rapport):
                    self.stdout.write(ligne)
            sys.stdout.flush()
        except BrokenPipeError:  # le lecteur (head, less) n’en voulait pas davantage
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return AVEC_REFUS if rapport.erreurs else FAIT


def compte_rendu(rapport: Rapport) -> Iterator[str]:
    """Les lignes du compte-rendu : une section par formation, puis les totaux par code."""
    yield typographie(f"Document LHEO {rapport.version} ({rapport.racine}) : {_bilan(rapport)}")
    entetes = {entete.chemin: entete for entete in rapport.entetes}
    for section, fautes in groupby(rapport.anomalies, key=_section):
        yield ""
        entete = entetes.get(section)
        if entete is None:
            yield typographie("Enveloppe du document")
        else:
            rang = section.rpartition("[")[2].rstrip("]")
            numero = f" ({entete.numero})" if entete.numero else ""
            yield f"Formation {rang}{numero}, ligne {entete.ligne or '?'} – {entete.intitule}"
        for faute in fautes:
            yield from _lignes(faute)
    if rapport.tues:
        yield ""
        yield f"… et {rapport.tues} autres anomalies, comptées ci-dessous."
    yield from _totaux(rapport)


def _bilan(rapport: Rapport) -> str:
    refusees = f", dont {rapport.refusees} que le schéma refuse" if rapport.refusees else ""
    return (
        f"{_pluriel(rapport.formations, 'formation')}{refusees} ; {_pluriel(rapport.erreurs, 'erreur')}, "
        f"{_pluriel(rapport.avertissements, 'avertissement')}."
    )


def _pluriel(nombre: int, mot: str) -> str:
    return f"{nombre} {mot}{'s' if nombre > 1 else ''}"


def _section(faute: Anomalie) -> str:
    """Le chemin de la formation en cause, ou une chaîne vide pour l’enveloppe."""
    debut, formation, suite = faute.chemin.partition("/formation[")
    return f"{debut}{formation}{suite.partition(']')[0]}]" if formation else ""


def _lignes(faute: Anomalie) -> Iterator[str]:
    ligne = f"ligne {faute.ligne}" if faute.ligne else "document"
    yield f"  {ligne:<12} {_MARQUES[faute.gravite]:<11} {faute.phrase}"
    yield f"  {'':<24} → {faute.remede}"
    yield f"  {'':<24} {faute.chemin} [{faute.code}]"


def _totaux(rapport: Rapport) -> Iterator[str]:
    if not rapport.par_code:
        return
    yield ""
    yield typographie("Totaux :")
    ordre = sorted(rapport.par_code.items(), key=lambda paire: (ANOMALIES[paire[0]].gravite != "erreur", -paire[1]))
    for code, nombre in ordre:
        yield f"  {nombre:>6}  {_MARQUES[ANOMALIES[code].gravite]:<11} {code}"
