"""La règle d'archivage, en une requête : quand chaque fiche s'archive, ce qui a été annoncé, ce qui est dû ce jour-là.

`date_archivage` vient de la conception (§4) ; le jour effectif ne précède jamais dix jours après le premier avis.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from sessions.publication.visibilite import DATE_ARCHIVAGE_SQL

PREAVIS = 10
PALIERS = (30, PREAVIS, 3)


@dataclass(frozen=True, slots=True)
class Echeance:
    """Ce que la règle dit d'une action en diffusion ce jour-là.

    `jour` : date d'archivage ; `effectif` : le jour où elle s'archivera vraiment, préavis compris ; `premier_avis` :
    jour du premier avis donné pour cette date ; `deja` : paliers déjà annoncés.
    """

    action_id: int
    reference: str
    intitule: str
    organisme_id: int
    jour: date
    effectif: date
    premier_avis: date | None
    deja: tuple[int, ...]

    def due(self, au: date) -> bool:
        """À archiver cette nuit : la date est atteinte et les membres l'ont su au moins dix jours avant."""
        return self.premier_avis is not None and self.jour <= au and self.premier_avis + _PREAVIS <= au

    def palier(self, au: date) -> int | None:
        """L'avis à donner cette nuit (30, 10 ou 3 jours), ou `None` : un seul par fiche et par nuit."""
        if self.due(au):
            return None
        reste = (self.effectif - au).days
        atteints = [palier for palier in PALIERS if reste <= palier]
        if not atteints:
            return None
        palier = min(atteints)
        if self.premier_avis is None:
            palier = max(palier, PREAVIS)
        return None if any(donne <= palier for donne in self.deja) else palier


_PREAVIS = timedelta(days=PREAVIS)

_SQL = f"""
    SELECT a.id, a.reference, a.intitule, a.organisme_id, e.jour,
        min(v.au) AS premier_avis, COALESCE(array_agg(v.palier) FILTER (WHERE v.palier IS NOT NULL), '{{}}') AS deja
    FROM formations_action a
    CROSS JOIN LATERAL (SELECT ({DATE_ARCHIVAGE_SQL}) AS jour) e
    LEFT JOIN diffusion_avisarchivage v ON v.action_id = a.id AND v.jour = e.jour AND v.au <= %(au)s
    WHERE a.version_en_diffusion_id IS NOT NULL AND e.jour <= %(horizon)s
        AND (%(action)s::bigint IS NULL OR a.id = %(action)s)
    GROUP BY a.id, e.jour
    ORDER BY e.jour, a.id
"""


def echeances(au: date, *, horizon: date | None = None, action_id: int | None = None) -> list[Echeance]:
    """Les actions en diffusion qui s'archivent d'ici l'horizon (trente jours par défaut), la plus proche d'abord."""
    parametres: dict[str, Any] = {
        "au": au,
        "horizon": horizon or au + timedelta(days=max(PALIERS)),
        "action": action_id,
    }
    with connection.cursor() as curseur:
        curseur.execute(_SQL, parametres)
        return [_echeance(ligne, au) for ligne in curseur.fetchall()]


def echeance_de(action_id: int, au: date) -> Echeance | None:
    """Ce que la règle dit d'une action, si loin que ce soit ; `None` hors diffusion ou sans date."""
    trouvees = echeances(au, horizon=date.max, action_id=action_id)
    return trouvees[0] if trouvees else None


def _echeance(ligne: tuple[Any, ...], au: date) -> Echeance:
    action_id, reference, intitule, organisme_id, jour, premier_avis, deja = ligne
    effectif = max(jour, (premier_avis or au) + _PREAVIS)
    return Echeance(action_id, reference, intitule, organisme_id, jour, effectif, premier_avis, tuple(deja))
