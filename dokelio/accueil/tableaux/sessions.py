"""Les sessions à venir d'un organisme : combien, combien se voient, les prochaines, celles qu'un rien cache."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db import connection

from sessions.publication.visibilite import CAUSE_SQL, Cause, parametres

PROCHAINES = 6
CACHEES = 3
# Ce que l'organisme peut régler lui-même sur une fiche en diffusion.
REMEDIABLES = (Cause.SANS_FINANCEMENT, Cause.SESSION_BROUILLON)


@dataclass(frozen=True, slots=True)
class SessionAVenir:
    """Une ligne des prochaines sessions ; `cause` vaut None quand elle part cette nuit."""

    reference: str
    debut: date
    action: str
    intitule: str
    a_distance: bool
    code_postal: str
    ville: str
    deja_partie: bool
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class SessionsAVenir:
    """Les comptes portent sur toutes les sessions à venir ; les listes sont bornées."""

    nombre: int = 0
    visibles: int = 0
    a_regler: int = 0
    prochaines: list[SessionAVenir] = field(default_factory=list)
    cachees: list[SessionAVenir] = field(default_factory=list)


_SQL = f"""
    WITH venir AS (
        SELECT s.reference, s.debut, a.reference AS action, a.intitule, d.modalites_enseignement = '2' AS a_distance,
            d.code_postal, d.ville, s.premiere_diffusion IS NOT NULL AS deja_partie, {CAUSE_SQL} AS cause,
            a.version_en_diffusion_id IS NOT NULL AS a_l_antenne, s.id
        FROM sessions_formation_session s
        JOIN sessions_formation_deroulement d ON d.id = s.deroulement_id
        JOIN formations_action a ON a.id = d.action_id
        JOIN structures_organisme o ON o.id = a.organisme_id
        WHERE a.organisme_id = %(organisme)s AND s.debut >= %(au)s AND s.statut IN ('brouillon', 'en_diffusion')
            AND a.statut <> 'archive'
    ), jugees AS (
        SELECT *, COALESCE(a_l_antenne AND cause = ANY (%(remediables)s), false) AS a_regler FROM venir
    ), rangees AS (
        SELECT *, row_number() OVER (ORDER BY debut, id) AS rang,
            row_number() OVER (PARTITION BY a_regler ORDER BY debut, id) AS rang_a_regler,
            count(*) OVER () AS nombre, count(*) FILTER (WHERE cause IS NULL) OVER () AS visibles,
            count(*) FILTER (WHERE a_regler) OVER () AS nombre_a_regler
        FROM jugees
    )
    SELECT reference, debut, action, intitule, a_distance, code_postal, ville, deja_partie, cause, a_regler, rang,
        nombre, visibles, nombre_a_regler
    FROM rangees
    WHERE rang <= {PROCHAINES} OR (a_regler AND rang_a_regler <= {CACHEES})
    ORDER BY debut, id
"""


def sessions_a_venir(organisme_id: int, au: date) -> SessionsAVenir:
    """Les sessions qui commencent à partir de `au` ; une requête."""
    valeurs = {**parametres(au), "organisme": organisme_id, "remediables": [str(cause) for cause in REMEDIABLES]}
    with connection.cursor() as curseur:
        curseur.execute(_SQL, valeurs)
        lignes = curseur.fetchall()
    if not lignes:
        return SessionsAVenir()
    lues = [(_session(*ligne[:9]), ligne[9], ligne[10]) for ligne in lignes]
    return SessionsAVenir(
        nombre=lignes[0][11],
        visibles=lignes[0][12],
        a_regler=lignes[0][13],
        prochaines=[session for session, _, rang in lues if rang <= PROCHAINES],
        cachees=[session for session, a_regler, _ in lues if a_regler][:CACHEES],
    )


def _session(*valeurs: Any) -> SessionAVenir:
    """Une ligne lue, la cause en dernier."""
    noms = [champ.name for champ in fields(SessionAVenir)]
    lue = dict(zip(noms, valeurs, strict=True))
    return SessionAVenir(**{**lue, "cause": Cause(lue["cause"]) if lue["cause"] else None})
