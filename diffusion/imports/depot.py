"""Déposer un document, puis l'importer : une ligne d'abord, un travail ensuite, un compte rendu dans tous les cas."""

import hashlib
import logging
from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from diffusion.imports.fiche import Portee
from diffusion.imports.moteur import importer
from diffusion.imports.rapport import Rapport
from diffusion.models import EtatImport, Import, LigneImport
from dokelio.lheo.lecture import DocumentRefuse

ABANDON = timedelta(hours=6)
"""Un import encore « en cours » après ce temps a perdu son exécutant : rien n'en est écrit, il se refait."""

journal = logging.getLogger(__name__)
ECHEC = (
    "L'import s'est arrêté sur une erreur de notre fait ; rien n'a été écrit. "
    "Recommencez plus tard, et prévenez le CARIF si cela se répète."
)


class Annulation(Exception):
    """Défait la transaction d'une simulation."""


def deposer(fichier: File, auteur: Any, organisme: Any = None, simulation: bool = False) -> Import:
    """Garde le document et la ligne de son import, à exécuter ensuite (tâche `diffusion.tasks.executer_import`)."""
    condense = hashlib.sha256()
    for morceau in fichier.chunks():
        condense.update(morceau)
    fichier.seek(0)
    depot = Import(
        nom=(fichier.name or "document.xml").rpartition("/")[2][:255],
        taille=fichier.size,
        sha256=condense.hexdigest(),
        auteur=auteur,
        organisme=organisme,
        simulation=simulation,
    )
    depot.fichier.save(f"{condense.hexdigest()[:16]}.xml", fichier, save=False)
    depot.save()
    return depot


def portee_de(auteur: Any, organisme: Any) -> Portee:
    """La portée d'un import : celui d'un organisme dès qu'un organisme est nommé, sauf par le CARIF lui-même."""
    carif = organisme is None or (auteur is not None and auteur.est_personnel)
    return Portee(auteur=auteur, organisme=organisme, carif=carif)


def executer(depot: Import) -> Import:
    """Exécute un import en attente (ou abandonné en cours de route) ; sans effet s'il est pris ou fini.

    Le document entre en une transaction : refusé ou en échec, il ne laisse que sa ligne et son message.
    """
    maintenant = timezone.now()
    a_prendre = Q(etat=EtatImport.EN_ATTENTE) | Q(etat=EtatImport.EN_COURS, debut__lt=maintenant - ABANDON)
    if not Import.objects.filter(a_prendre, pk=depot.pk).update(etat=EtatImport.EN_COURS, debut=maintenant):
        depot.refresh_from_db()
        return depot
    depot.refresh_from_db()
    try:
        with depot.fichier.open("rb") as flux:
            rapport = importer_en_transaction(
                cast(BinaryIO, flux.file), portee_de(depot.auteur, depot.organisme), depot.simulation
            )
    except DocumentRefuse as refus:
        depot.etat, depot.message = EtatImport.REFUSE, refus.phrase
        depot.bilan = {"code": refus.code, "ligne": refus.ligne}
    except Exception:
        journal.exception("import %s", depot.pk)
        depot.etat, depot.message = EtatImport.ECHEC, ECHEC
    else:
        depot.etat, depot.enveloppe, depot.bilan = EtatImport.TERMINE, rapport.enveloppe, rapport.bilan()
        garder_les_lignes(depot, rapport)
    depot.fin = timezone.now()
    depot.save()
    return depot


def importer_en_transaction(flux: BinaryIO, portee: Portee, simulation: bool) -> Rapport:
    """Importe, et défait tout à la fin si c'est une simulation ; lève `DocumentRefuse` sans rien laisser."""
    rapport: Rapport | None = None
    try:
        with transaction.atomic():
            rapport = importer(flux, portee)
            if simulation:
                raise Annulation
    except Annulation:
        pass
    assert rapport is not None  # sinon l'exception est déjà partie
    if simulation:
        for ligne in rapport.lignes:
            ligne.action_id = None
    return rapport


def garder_les_lignes(depot: Import, rapport: Rapport) -> None:
    """Enregistre les lignes du compte rendu."""
    LigneImport.objects.bulk_create(
        [
            LigneImport(
                import_lheo=depot,
                rang=ligne.rang,
                ligne=ligne.ligne,
                gravite=ligne.gravite,
                code=ligne.code[:60],
                chemin=ligne.chemin[:500],
                phrase=ligne.phrase,
                remede=ligne.remede,
                action_id=ligne.action_id,
            )
            for ligne in rapport.lignes
        ],
        batch_size=500,
    )
