"""Une session se voit-elle chez les partenaires ? Une règle, `premiere_cause`, et sa jumelle SQL, `CAUSE_SQL`.

Page, flux, API et tests passent par elle ; l'ordre des causes est celui de la conception (§4, « Visible or not »).
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from typing import Any, Protocol

from django.db import models

from formations.models import Action
from sessions.models import EtatFinancement, EtatSession, Session

MOIS_DE_CONFIRMATION = 6


class Cause(models.TextChoices):
    """Pourquoi une session ne se voit pas : la première qui s'applique, avec sa phrase."""

    ORGANISME_EN_CESSATION = "organisme_en_cessation", "L'organisme est en cessation."
    ACTION_HORS_ANTENNE = "action_hors_antenne", "La fiche n'est pas en diffusion."
    SESSION_BROUILLON = "session_brouillon", "La session est un brouillon."
    SESSION_ANNULEE = "session_annulee", "La session est annulée."
    SESSION_ARCHIVEE = "session_archivee", "La session est archivée."
    TERMINEE = "terminee", "La session est terminée depuis plus d'un mois."
    SANS_FINANCEMENT = "sans_financement", "Aucun financement de cette session n'est en diffusion."
    HORS_PERIMETRE = "hors_perimetre", "La session n'entre pas dans le périmètre de ce flux."


class Perimetre(Protocol):
    """Ce qu'un flux laisse partir ; chaque champ vaut `None` quand il ne restreint rien."""

    @property
    def conventionne(self) -> bool | None: ...
    @property
    def departements(self) -> Sequence[str] | None: ...


@dataclass(frozen=True, slots=True)
class ToutPerimetre:
    """Le périmètre d'un flux qui prend tout."""

    conventionne: bool | None = None
    departements: tuple[str, ...] | None = None


TOUT = ToutPerimetre()


def plus_mois(jour: date, mois: int) -> date:
    """`jour + interval 'n month'` comme PostgreSQL : le 31 janvier plus un mois est le dernier jour de février.

    Passé l'an 9999, que Python n'écrit pas, le dernier jour qu'il connaît.
    """
    rang = jour.year * 12 + jour.month - 1 + mois
    annee, mois_vise = divmod(rang, 12)
    if annee > MAXYEAR:
        return date.max
    return date(annee, mois_vise + 1, min(jour.day, calendar.monthrange(annee, mois_vise + 1)[1]))


def fin_effective(session: Session) -> date:
    """Jour où la session compte comme terminée : sa fin, ou six mois après la dernière confirmation."""
    if session.fin is not None:
        return session.fin
    from django.utils import timezone

    confirmee = session.confirmee_le or timezone.localdate(session.cree_le)
    return plus_mois(confirmee, MOIS_DE_CONFIRMATION)


FIN_EFFECTIVE_SQL = (
    "COALESCE(s.fin, (COALESCE(s.confirmee_le, (s.cree_le AT TIME ZONE 'Europe/Paris')::date)"
    f" + interval '{MOIS_DE_CONFIRMATION} month')::date)"
)

DATE_ARCHIVAGE_SQL = f"""
    SELECT COALESCE(
        max(({FIN_EFFECTIVE_SQL} + interval '1 month')::date)
            FILTER (WHERE s.statut <> 'brouillon' AND s.annulee_le IS NULL),
        max((s.annulee_le + interval '1 month')::date) FILTER (WHERE s.annulee_le IS NOT NULL))
    FROM sessions_formation_session s
    JOIN sessions_formation_deroulement d ON d.id = s.deroulement_id
    WHERE d.action_id = a.id
"""
"""Date d'archivage de l'action `a` (conception §4) : un mois après la dernière fin, ou la dernière annulation.

Une session annulée le reste une fois archivée : c'est `annulee_le` qui le dit, pas l'état.
"""


def premiere_cause(session: Session, au: date, flux: Perimetre = TOUT) -> Cause | None:
    """La première cause d'invisibilité de la session ce jour-là dans ce flux, ou `None` : elle part cette nuit."""
    deroulement = session.deroulement
    action: Action = deroulement.action
    if action.organisme.statut == "cessation":
        return Cause.ORGANISME_EN_CESSATION
    if action.version_en_diffusion_id is None:
        return Cause.ACTION_HORS_ANTENNE
    cause = _cause_de_l_etat(session)
    if cause is not None:
        return cause
    if plus_mois(fin_effective(session), 1) <= au:
        return Cause.TERMINEE
    if not any(f.statut == EtatFinancement.EN_DIFFUSION for f in deroulement.financements.all()):
        return Cause.SANS_FINANCEMENT
    return None if _dans(flux, action, deroulement) else Cause.HORS_PERIMETRE


def _cause_de_l_etat(session: Session) -> Cause | None:
    return {
        EtatSession.BROUILLON: Cause.SESSION_BROUILLON,
        EtatSession.ANNULEE: Cause.SESSION_ANNULEE,
        EtatSession.ARCHIVEE: Cause.SESSION_ARCHIVEE,
    }.get(EtatSession(session.statut))


def _dans(flux: Perimetre, action: Action, deroulement: Any) -> bool:
    if flux.conventionne is not None and action.conventionnee != flux.conventionne:
        return False
    return flux.departements is None or deroulement.departement in flux.departements


CAUSE_SQL = f"""
    CASE
        WHEN o.statut = 'cessation' THEN 'organisme_en_cessation'
        WHEN a.version_en_diffusion_id IS NULL THEN 'action_hors_antenne'
        WHEN s.statut = 'brouillon' THEN 'session_brouillon'
        WHEN s.statut = 'annulee' THEN 'session_annulee'
        WHEN s.statut = 'archivee' THEN 'session_archivee'
        WHEN ({FIN_EFFECTIVE_SQL} + interval '1 month')::date <= %(au)s::date THEN 'terminee'
        WHEN NOT EXISTS (
            SELECT 1 FROM sessions_formation_financement f WHERE f.deroulement_id = d.id AND f.statut = 'en_diffusion'
        ) THEN 'sans_financement'
        WHEN (%(conventionne)s::boolean IS NOT NULL AND a.conventionnee <> %(conventionne)s::boolean)
            OR (%(departements)s::text[] IS NOT NULL AND d.departement <> ALL (%(departements)s::text[]))
            THEN 'hors_perimetre'
    END
"""
"""Jumelle de `premiere_cause`, sur les alias `o` (organisme), `a` (action), `d` (déroulement), `s` (session)."""


def parametres(au: date, flux: Perimetre = TOUT) -> dict[str, Any]:
    """Paramètres de `CAUSE_SQL`."""
    departements = list(flux.departements) if flux.departements is not None else None
    return {"au": au, "conventionne": flux.conventionne, "departements": departements}
