"""L'archivage d'un jour : sessions finies, fiches dues, avis. Rejoué le même jour, il ne fait ni n'envoie rien."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from diffusion.archivage.regle import Echeance, echeances
from diffusion.models import AvisArchivage
from dokelio.messagerie.actions import ecrire_courriel, notifier
from dokelio.publication.masse import effectuer_en_masse
from formations.models import Action
from sessions.models import Session
from sessions.publication.visibilite import FIN_EFFECTIVE_SQL

CATEGORIE = "archivage"

SESSIONS_FINIES_SQL = f"""
    SELECT s.id FROM sessions_formation_session s
    WHERE (s.statut = 'en_diffusion' AND ({FIN_EFFECTIVE_SQL} + interval '1 month')::date <= %(jour)s)
       OR (s.statut = 'annulee' AND (s.annulee_le + interval '1 month')::date <= %(jour)s)
"""

ACTIONS_DUES_SQL = "SELECT unnest(%(dues)s::bigint[])"


@dataclass(slots=True)
class BilanArchivage:
    """Ce qu'a fait l'archivage : références archivées, nombre de sessions, avis donnés et courriels écrits."""

    au: str
    sessions: int = 0
    actions: list[str] = field(default_factory=list)
    avis: list[dict[str, Any]] = field(default_factory=list)
    courriels: int = 0

    def en_json(self) -> dict[str, Any]:
        return asdict(self)


def archiver(au: date, *, simulation: bool = False) -> BilanArchivage:
    """Archive ce qui est dû à cette date et donne les avis dus ; `simulation` défait tout et rend le même bilan."""
    with transaction.atomic():
        bilan = _archiver(au)
        if simulation:
            transaction.set_rollback(True)
    return bilan


def _archiver(au: date) -> BilanArchivage:
    bilan = BilanArchivage(au.isoformat())
    connues = echeances(au)
    bilan.sessions = effectuer_en_masse(
        "archiver", SESSIONS_FINIES_SQL, au, modele=Session, parametres={"jour": au}
    ).nombre
    dues = [echeance.action_id for echeance in connues if echeance.due(au)]
    faites = effectuer_en_masse("archiver", ACTIONS_DUES_SQL, au, modele=Action, parametres={"dues": dues}).ids
    archivees = set(faites)
    bilan.actions = [e.reference for e in connues if e.action_id in archivees]
    _donner_les_avis(au, [e for e in connues if e.palier(au) is not None], bilan)
    return bilan


def _donner_les_avis(au: date, dus: list[Echeance], bilan: BilanArchivage) -> None:
    """Un courriel par personne pour toutes ses fiches, une notification par fiche, et la trace de chaque avis."""
    avis = [(e, palier) for e in dus if (palier := e.palier(au)) is not None]
    AvisArchivage.objects.bulk_create(
        [AvisArchivage(action_id=e.action_id, jour=e.jour, palier=palier, au=au) for e, palier in avis],
        ignore_conflicts=True,
    )
    bilan.avis = [{"action": e.reference, "jour": e.effectif.isoformat(), "palier": palier} for e, palier in avis]
    par_organisme: dict[int, list[Echeance]] = defaultdict(list)
    for echeance in dus:
        par_organisme[echeance.organisme_id].append(echeance)
    for personne in _personnes(par_organisme):
        siennes = [e for organisme in _organismes(personne) for e in par_organisme.get(organisme, [])]
        bilan.courriels += _prevenir(personne, sorted(siennes, key=lambda e: (e.effectif, e.reference)), au)


def _personnes(par_organisme: dict[int, list[Echeance]]) -> Any:
    """Rédacteurs et gestionnaires actifs de ces organismes, avec leurs rattachements."""
    return (
        get_user_model()
        .objects.filter(
            rattachements__organisme__in=par_organisme,
            rattachements__role__in=("redacteur", "gestionnaire"),
            actif=True,
        )
        .distinct()
        .order_by("pk")
        .prefetch_related("rattachements")
        .iterator(chunk_size=500)
    )


def _organismes(personne: Any) -> list[int]:
    return [r.organisme_id for r in personne.rattachements.all() if r.role != "lecteur"]


def _prevenir(personne: Any, siennes: list[Echeance], au: date) -> int:
    for echeance in siennes:
        notifier(
            personne,
            f"Archivage le {echeance.effectif:%d/%m/%Y} : {echeance.intitule}",
            "Ajoutez une session à venir pour que la fiche reste en diffusion.",
            f"/formations/{echeance.reference}/sessions/",
            CATEGORIE,
            cle=f"archivage:{echeance.reference}:{echeance.jour}:{echeance.palier(au)}",
        )
    lien = f"/formations/{siennes[0].reference}/sessions/" if len(siennes) == 1 else "/formations/?etat=en_diffusion"
    contexte = {"fiches": siennes, "premiere": siennes[0], "lien": lien}
    cle = f"archivage:{au}:{siennes[0].reference}:{siennes[0].palier(au)}"
    return len(ecrire_courriel("archivage_annonce", personne, contexte, cle=cle, categorie=CATEGORIE))
