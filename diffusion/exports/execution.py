"""Exécuter un flux : une ligne d'abord, le document ensuite, mis en place d'un coup ; ce qui chute trop est retenu."""

import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from diffusion.exports.document import Bilan, FluxVide, exporter
from diffusion.models import EtatExecution, Execution, Flux
from dokelio.socle.fichiers import ecrit_a_cote
from sessions.models import Session

DOCUMENTS_GARDES = 7
_VERROU = 0x646B66  # espace des verrous de flux
_journal = logging.getLogger(__name__)
_SESSION = re.compile(rb'<session numero="(SE_\d{10})"')


# ------------------------------------------------------------------ demander


def demander(flux: Flux, au: date, auteur: Any = None) -> Execution:
    """La ligne de l'exécution à faire ; celle qui attend déjà, s'il y en a une (demander deux fois est sans effet).

    Une exécution restée « en cours » sans que personne n'y travaille est notée interrompue.
    """
    ouverte = Execution.objects.ouvertes().filter(flux=flux).first()
    if ouverte is not None and not noter_si_interrompue(ouverte):
        return ouverte
    try:
        with transaction.atomic():
            return Execution.objects.create(flux=flux, au=au, demandee_par=auteur)
    except IntegrityError:  # quelqu'un vient de la demander
        return Execution.objects.ouvertes().get(flux=flux)


def noter_si_interrompue(execution: Execution) -> bool:
    """Clôt une exécution « en cours » dont le travail n'existe plus ; rend vrai si c'était le cas."""
    if execution.etat != EtatExecution.EN_COURS:
        return False
    with _seul(execution.flux_id) as libre:
        if not libre:
            return False
        _clore(execution, EtatExecution.ECHEC, message="L'écriture a été interrompue. Relancez-la.")
    return True


# ------------------------------------------------------------------ exécuter


def executer_flux(flux: Flux, au: date, auteur: Any = None) -> Execution:
    """Écrit le flux pour ce jour et rend son exécution, finie : publiée, retenue ou en échec. Ne lève pas.

    Une nouvelle exécution à chaque appel, dont le contenu ne dépend que de la base et du jour.
    """
    return executer(demander(flux, au, auteur))


def executer_les_flux(au: date) -> dict[str, Any]:
    """La nuit : écrit tous les flux actifs ; rend, par flux, l'état, les formations parties et laissées de côté."""
    bilan: dict[str, Any] = {}
    for flux in Flux.objects.actifs():
        execution = executer_flux(flux, au)
        bilan[flux.slug] = {
            "etat": str(execution.etat),
            "formations": execution.formations,
            "laissees": execution.nb_laissees,
            "message": execution.message,
        }
    return bilan


def executer(execution: Execution) -> Execution:
    """Fait une exécution en attente ; sans effet si elle est déjà faite, ou en train de l'être ailleurs."""
    with _seul(execution.flux_id) as libre:
        if not libre:
            return execution
        prise = Execution.objects.filter(pk=execution.pk, etat=EtatExecution.EN_ATTENTE)
        if not prise.update(etat=EtatExecution.EN_COURS, debut=timezone.now()):
            execution.refresh_from_db()
            return execution
        execution.refresh_from_db()
        _ecrire(execution)
    return execution


def _ecrire(execution: Execution) -> None:
    flux = execution.flux
    nom = f"{flux.slug}/{flux.slug}-{execution.au:%Y%m%d}-{execution.pk}.xml"
    cible = Path(settings.DOSSIER_FLUX) / nom
    try:
        cible.parent.mkdir(parents=True, exist_ok=True)
        with ecrit_a_cote(cible) as sortie:
            bilan = exporter(sortie, execution.au, flux, maintenant=execution.debut)
        execution.fichier = nom
        _noter(execution, bilan)
        motif = motif_de_retenue(execution)
        if motif:
            _clore(execution, EtatExecution.RETENU, message=motif)
        else:
            _publier(execution)
            estampiller(bilan.nouvelles.tolist(), execution.au)
            _clore(execution, EtatExecution.PUBLIE)
        oublier_les_anciens(flux)
    except FluxVide as vide:
        _noter(execution, vide.bilan)
        _clore(execution, EtatExecution.RETENU, message=f"{vide.phrase} Le document précédent reste en place.")
    except OSError as erreur:
        _journal.exception("Flux %s : écriture impossible", flux.slug)
        _clore(execution, EtatExecution.ECHEC, message=f"Le document n'a pas pu être écrit : {erreur.strerror}.")
    except Exception as erreur:
        _journal.exception("Flux %s : échec", flux.slug)
        _clore(execution, EtatExecution.ECHEC, message=f"L'écriture s'est arrêtée : {type(erreur).__name__}, {erreur}.")


def ecrire_a_part(flux: Flux, au: date, cible: Path) -> tuple[Execution, Bilan]:
    """Écrit le flux dans un fichier nommé, sans le publier, et l'inscrit au registre ; lève `FluxVide` ou `OSError`."""
    debut = timezone.now()
    with ecrit_a_cote(cible) as sortie:
        bilan = exporter(sortie, au, flux, maintenant=debut)
    execution = Execution(flux=flux, au=au, debut=debut)
    _noter(execution, bilan)
    _clore(execution, EtatExecution.A_PART, message=f"Écrit par la commande dans {cible.name}, sans être publié.")
    return execution, bilan


def motif_de_retenue(execution: Execution) -> str:
    """Pourquoi ne pas publier : le nombre de formations chute trop depuis le dernier document publié ; vide sinon."""
    dernier = Execution.objects.publiees().filter(flux=execution.flux_id).order_by("-pk").first()
    if dernier is None or not dernier.formations:
        return ""
    baisse = (dernier.formations - execution.formations) * 100 / dernier.formations
    seuil = execution.flux.seuil_baisse
    if baisse <= seuil:
        return ""
    return (
        f"Ce document perd {baisse:.0f}\u00a0% de ses formations ({dernier.formations} le {dernier.au:%d/%m/%Y}, "
        f"{execution.formations} maintenant), le seuil est à {seuil}\u00a0%. Le document précédent reste en place."
    )


def _noter(execution: Execution, bilan: Bilan) -> None:
    for nom in ("formations", "actions", "sessions", "organismes", "taille", "sha256"):
        setattr(execution, nom, getattr(bilan, nom))
    execution.causes = dict(bilan.causes.most_common())
    execution.laissees = [list(une) for une in bilan.laissees]


def _clore(execution: Execution, etat: EtatExecution, *, message: str = "") -> None:
    execution.etat, execution.message, execution.fin = etat, message, timezone.now()
    execution.save()


# ------------------------------------------------------------------ publier


def publier_quand_meme(execution: Execution, auteur: Any) -> bool:
    """Met en place le document d'une exécution retenue, tel qu'il a été écrit ; faux s'il n'y a rien à publier."""
    with transaction.atomic():
        retenue = Execution.objects.select_for_update(of=("self",)).select_related("flux").get(pk=execution.pk)
        chemin = retenue.chemin
        if retenue.etat != EtatExecution.RETENU or chemin is None or not chemin.is_file():
            return False
        estampiller_d_apres(chemin, retenue.au)
        retenue.etat, retenue.publiee_par = EtatExecution.PUBLIE, auteur
        retenue.save(update_fields=["etat", "publiee_par"])
        _publier(retenue)
    return True


def _publier(execution: Execution) -> None:
    """Le document prend la place du précédent d'un seul geste ; les deux noms désignent le même fichier si possible."""
    source, cible = execution.chemin, execution.flux.publie
    assert source is not None
    provisoire = cible.with_name(f".{cible.name}.{execution.pk}.partiel")
    provisoire.unlink(missing_ok=True)
    try:
        os.link(source, provisoire)
    except OSError:  # système de fichiers sans liens
        shutil.copyfile(source, provisoire)
    provisoire.replace(cible)


def estampiller(sessions: list[int], au: date) -> int:
    """Date le premier départ de ces sessions, en une instruction ; rend combien l'ont été."""
    return Session.objects.filter(pk__in=sessions, premiere_diffusion__isnull=True).update(premiere_diffusion=au)


def estampiller_d_apres(document: Path, au: date) -> int:
    """La même chose pour les sessions qu'un document déjà écrit contient."""
    with document.open("rb") as lignes:
        references = [reference.decode() for ligne in lignes for reference in _SESSION.findall(ligne)]
    inedites = Session.objects.filter(premiere_diffusion__isnull=True, reference__in=references)
    return inedites.update(premiere_diffusion=au)


def oublier_les_anciens(flux: Flux) -> None:
    """Ne garde que les derniers documents ; les exécutions, elles, restent toutes."""
    gardes = Execution.objects.filter(flux=flux).exclude(fichier="").order_by("-pk")
    for ancienne in gardes[DOCUMENTS_GARDES:]:
        (Path(settings.DOSSIER_FLUX) / ancienne.fichier).unlink(missing_ok=True)
        Execution.objects.filter(pk=ancienne.pk).update(fichier="")


@contextmanager
def _seul(flux: int) -> Iterator[bool]:
    """Vrai pour le seul processus qui travaille sur ce flux ; le verrou tombe avec sa connexion."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_lock(%s, %s)", [_VERROU, flux])
        (libre,) = curseur.fetchone()
    try:
        yield libre
    finally:
        if libre:
            with connection.cursor() as curseur:
                curseur.execute("SELECT pg_advisory_unlock(%s, %s)", [_VERROU, flux])
