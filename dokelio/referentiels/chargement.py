"""Le chargement d'un fichier de référentiel : quelle source, quel chargeur, une transaction, une trace."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from dokelio.referentiels.chargeurs import certifications, certifinfo, communes, kit_apprentissage, nomenclatures
from dokelio.referentiels.chargeurs.versement import FichierRefuse, Rapport
from dokelio.referentiels.models import ImportReferentiel

TAILLE_MAX = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """Une source de référentiel : son nom dans la commande, ce que c'est, son chargeur, prend-elle une version."""

    nom: str
    libelle: str
    charger: Callable[..., None]
    versionnee: bool = False


SOURCES = {
    source.nom: source
    for source in (
        Source("certifications", "RNCP et RS de France compétences (ZIP de CSV, XML V4.1)", certifications.charger),
        Source("certifinfo", "CertifInfo, CSV", certifinfo.charger),
        Source("kit-apprentissage", "CFD et fiches RNCP, CSV", kit_apprentissage.charger),
        Source("formacode", "Formacode, CSV à en-tête", nomenclatures.charger_formacode, versionnee=True),
        Source("fcod", "Formacode historique (FCod), sans en-tête", nomenclatures.charger_fcod, versionnee=True),
        Source("rome", "ROME, CSV ou XML", nomenclatures.charger_rome, versionnee=True),
        Source("nsf", "NSF, liste réglementaire ou BCN", nomenclatures.charger_nsf),
        Source("communes", "découpage administratif, JSON", communes.charger_decoupage),
        Source("codes-postaux", "codes postaux et coordonnées de La Poste, CSV", communes.charger_codes_postaux),
    )
}


def charger(source: str, flux: BinaryIO, fichier: str, *, version: str = "", simulation: bool = False) -> Rapport:
    """Charge `flux` (ouvert en binaire, repositionnable) et rend le rapport ; tout ou rien.

    Lève `FichierRefuse` (une phrase) si le fichier n'est pas celui qu'attend la source."""
    choisie = SOURCES.get(source)
    if choisie is None:
        raise FichierRefuse(f"La source «\u00a0{source}\u00a0» n'existe pas. Sources\u00a0: {', '.join(SOURCES)}.")
    if version and not choisie.versionnee:
        raise FichierRefuse(f"La source «\u00a0{source}\u00a0» n'a pas de version.")
    rapport = Rapport(source=source, fichier=fichier, simulation=simulation, sha256=_empreinte(flux))
    options = {"version": version} if version else {}
    with transaction.atomic():
        choisie.charger(flux, rapport, **options)
        if simulation:
            transaction.set_rollback(True)
        else:
            tracer(rapport)
    return rapport


def charger_chemin(source: str, chemin: Path, *, version: str = "", simulation: bool = False) -> Rapport:
    """Comme `charger`, depuis un chemin ; un fichier absent ou illisible est refusé d'une phrase."""
    try:
        if not chemin.is_file():
            raise FichierRefuse(f"Le fichier «\u00a0{chemin}\u00a0» n'existe pas.")
        if chemin.stat().st_size > TAILLE_MAX:
            raise FichierRefuse("Le fichier dépasse 2\u00a0Go\u00a0: ce n'est pas un référentiel.")
        with chemin.open("rb") as flux:
            return charger(source, flux, chemin.name, version=version, simulation=simulation)
    except OSError as erreur:
        raise FichierRefuse(f"Le fichier «\u00a0{chemin}\u00a0» ne peut pas être lu ({erreur.strerror}).") from erreur


def tracer(rapport: Rapport) -> ImportReferentiel:
    """Garde la trace d'un chargement."""
    return ImportReferentiel.objects.create(
        source=rapport.source,
        fichier=rapport.fichier[:255],
        sha256=rapport.sha256,
        crees=rapport.total("crees"),
        modifies=rapport.total("modifies"),
        inchanges=rapport.total("inchanges"),
        supprimes=rapport.total("supprimes"),
        ecartees=rapport.nombre_ecartees,
        compte_rendu=rapport.en_json(),
    )


def _empreinte(flux: BinaryIO) -> str:
    flux.seek(0)
    empreinte = hashlib.sha256()
    while bloc := flux.read(1 << 20):
        empreinte.update(bloc)
    flux.seek(0)
    return empreinte.hexdigest()
