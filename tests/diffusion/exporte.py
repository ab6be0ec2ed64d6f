"""Ce que les essais des flux ont en commun : exporter en mémoire, lire le document, mettre à l'antenne sans détour."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from lxml import etree

from diffusion.exports.document import Bilan, exporter
from dokelio.lheo.grammaire import ESPACE
from formations.actions.versions import ouvrir_version
from formations.models import Action
from sessions.publication.visibilite import TOUT, Perimetre

NS = {"l": ESPACE}


def document(au: date | None = None, perimetre: Perimetre = TOUT) -> tuple[bytes, Bilan]:
    """Le document d'un flux et son bilan."""
    sortie = io.BytesIO()
    bilan = exporter(sortie, au or timezone.localdate(), perimetre)
    return sortie.getvalue(), bilan


def racine(au: date | None = None, perimetre: Perimetre = TOUT) -> Any:
    """Le document d'un flux, analysé."""
    return etree.fromstring(document(au, perimetre)[0])


def numeros(au: date | None = None, perimetre: Perimetre = TOUT) -> list[str]:
    """Les `AF_…` d'un flux, dans l'ordre."""
    return [n.removeprefix("14_") for n in racine(au, perimetre).xpath("//l:formation/@numero", namespaces=NS)]


def tout_mettre_a_l_antenne() -> None:
    """Met à l'antenne tout ce que la base tient, sans contrôle : pour des documents tirés au hasard."""
    maintenant = timezone.now()
    for action in Action.objects.all():
        ouvrir_version(action, None, maintenant)
        with connection.cursor() as curseur:
            curseur.execute(
                "UPDATE formations_action SET statut = 'en_diffusion', version_en_diffusion_id = %s WHERE id = %s",
                [action.version_en_diffusion_id, action.pk],
            )
    with connection.cursor() as curseur:
        for table in ("structures_organisme", "sessions_formation_session", "sessions_formation_financement"):
            curseur.execute(f"UPDATE {table} SET statut = 'en_diffusion'")
