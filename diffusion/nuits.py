"""La nuit, dans l'ordre : archiver et prévenir, puis écrire les flux. Un jour de Paris fixé pour toute la nuit.

Une nuit manquée se rattrape une fois ; une étape qui échoue est dite et n'empêche pas les suivantes.
"""

import logging
import time
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as heure
from typing import Any

from django.db import connection
from django.utils import timezone

from diffusion.archivage.execution import archiver
from diffusion.models import EtatNuit, Nuit

journal = logging.getLogger(__name__)

DEBUT = heure(3, 30)
VERROU = 0x0D0CE110  # verrou consultatif de PostgreSQL : une seule nuit à la fois, quel que soit le serveur

ETAPES: tuple[tuple[str, Callable[[date], dict[str, Any]]], ...] = (
    ("archivage", lambda au: archiver(au).en_json()),
    ("flux", lambda au: _flux(au)),
)


def _flux(au: date) -> dict[str, Any]:
    from diffusion.exports.execution import executer_les_flux

    return executer_les_flux(au)


def passer_la_nuit(au: date) -> Nuit:
    """Fait toutes les étapes du jour `au` et rend leur bilan ; rejouée, la nuit refait des étapes sans effet double."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_lock(%s)", [VERROU])
        try:
            return _passer(au)
        finally:
            curseur.execute("SELECT pg_advisory_unlock(%s)", [VERROU])


def _passer(au: date) -> Nuit:
    nuit, _ = Nuit.objects.update_or_create(
        au=au, defaults={"etat": EtatNuit.EN_COURS, "debut": timezone.now(), "fin": None, "etapes": []}
    )
    for nom, faire in ETAPES:
        nuit.etapes.append(_etape(nom, faire, au))
        nuit.save(update_fields=["etapes"])
    echec = any(etape["etat"] == EtatNuit.ECHEC for etape in nuit.etapes)
    nuit.etat = EtatNuit.ECHEC if echec else EtatNuit.FAITE
    nuit.fin = timezone.now()
    nuit.save(update_fields=["etat", "fin"])
    return nuit


def _etape(nom: str, faire: Callable[[date], dict[str, Any]], au: date) -> dict[str, Any]:
    debut = time.monotonic()
    try:
        bilan, etat, message = faire(au), EtatNuit.FAITE, ""
    except Exception as erreur:  # une étape en panne ne doit pas priver de flux ; elle est dite sur /sante/
        journal.exception("La nuit du %s, étape « %s », a échoué.", au, nom)
        bilan, etat, message = {}, EtatNuit.ECHEC, f"{type(erreur).__name__} : {erreur}"
    duree = round(time.monotonic() - debut, 3)
    return {"etape": nom, "etat": str(etat), "duree": duree, "bilan": bilan, "message": message}


def nuit_manquee(maintenant: datetime | None = None) -> date | None:
    """Le jour dont la nuit aurait dû passer et n'est pas passée, ou `None`."""
    local = timezone.localtime(maintenant)
    if local.time() < DEBUT:
        return None
    au = local.date()
    return None if Nuit.objects.filter(au=au).exists() else au
