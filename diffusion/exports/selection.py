"""Ce qui part dans un flux : sept requêtes ordonnées de même, lues par des curseurs du serveur et fondues ensemble.

Leur nombre ne dépend pas de la taille de l'offre. Toutes voient le même instant de la base.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from diffusion.exports.lignes import JOUR_SQL, Ligne, colonne_json, lecteur
from sessions.models import Deroulement, Financement, Session
from sessions.publication.visibilite import CAUSE_SQL, TOUT, Perimetre, parametres
from structures.models import Contact, Formateur, Organisme

PAR_LECTURE = 500
CLE = 2
"""Les deux premières colonnes de chaque requête : l'organisme, puis l'action (0 au niveau de l'organisme)."""

_ACTIONS = """
    FROM formations_action a
    JOIN structures_organisme o ON o.id = a.organisme_id
    {jointures}
    WHERE a.version_en_diffusion_id IS NOT NULL AND o.statut <> 'cessation'
        AND (%(conventionne)s::boolean IS NULL OR a.conventionnee = %(conventionne)s::boolean)
        AND (%(actions)s::bigint[] IS NULL OR a.id = ANY (%(actions)s::bigint[]))
        {conditions}
"""
_LIEUX = "JOIN sessions_formation_deroulement d ON d.action_id = a.id"
_PAR_LIEU = "ORDER BY a.organisme_id, a.id, d.rang, d.id"

ORGANISME = lecteur(Organisme, "organisme-formation-responsable", "o", CLE + 1)
CONTACT = lecteur(Contact, "contact-organisme", "c", CLE)
DEROULEMENT = lecteur(Deroulement, "action", "d", CLE + 4)
FORMATEUR = lecteur(Formateur, "organisme-formateur", "f", CLE + 4)
FINANCEMENT = lecteur(Financement, "organisme-financeur", "f", CLE + 4)
SESSION = lecteur(Session, "session", "s", CLE + 6)


def _requete(colonnes: Sequence[str], jointures: str = "", conditions: str = "", ordre: str = "") -> str:
    return f"SELECT {', '.join(colonnes)}{_ACTIONS.format(jointures=jointures, conditions=conditions)}{ordre}"


def _de_l_organisme(alias: str, table: str, colonnes: Sequence[str], conditions: str, ordre: str) -> str:
    """Une requête au niveau de l'organisme : ceux dont une action au moins est à l'antenne."""
    choisis = _requete(["a.organisme_id"])
    return f"SELECT {', '.join(colonnes)} FROM {table} {alias} WHERE {conditions} IN ({choisis}) ORDER BY {ordre}"


REQUETES: dict[str, str] = {
    "fiches": _requete(
        [
            "a.organisme_id",
            "a.id",
            "a.reference",
            JOUR_SQL.format("a.cree_le"),
            JOUR_SQL.format("v.depuis"),
            "v.contenu::text",
        ],
        "JOIN formations_versiondiffusee v ON v.id = a.version_en_diffusion_id",
        ordre="ORDER BY a.organisme_id, a.id",
    ),
    "organismes": _de_l_organisme(
        "o", "structures_organisme", ["o.id", "0", "o.reference", *ORGANISME.colonnes], "o.id", "o.id"
    ),
    "contacts": _de_l_organisme(
        "c",
        "structures_contact",
        ["c.organisme_id", "0", *CONTACT.colonnes],
        "c.diffuse AND c.organisme_id",
        "c.organisme_id, c.rang, c.id",
    ),
    "lieux": _requete(
        [
            "a.organisme_id",
            "a.id",
            "d.id",
            "d.numero",
            JOUR_SQL.format("d.cree_le"),
            JOUR_SQL.format("d.modifie_le"),
            *DEROULEMENT.colonnes,
        ],
        _LIEUX,
        ordre=_PAR_LIEU,
    ),
    "formateurs": _requete(
        [
            "a.organisme_id",
            "a.id",
            "d.id",
            colonne_json("i.reste_lheo"),
            "f.id",
            "inscrit.reference",
            *FORMATEUR.colonnes,
        ],
        f"{_LIEUX} JOIN sessions_formation_intervention i ON i.deroulement_id = d.id"
        " JOIN structures_formateur f ON f.id = i.formateur_id"
        " LEFT JOIN structures_organisme inscrit ON inscrit.id = f.structure_id",
        ordre=f"{_PAR_LIEU}, i.rang, i.id",
    ),
    "financements": _requete(
        ["a.organisme_id", "a.id", "d.id", "p.code_lheo", "x.programme", "k.numero", *FINANCEMENT.colonnes],
        f"{_LIEUX} JOIN sessions_formation_financement f ON f.deroulement_id = d.id"
        " LEFT JOIN conventionne_dispositif x ON x.id = f.dispositif_id"
        " LEFT JOIN conventionne_financeur p ON p.id = x.financeur_id"
        " LEFT JOIN conventionne_convention k ON k.id = f.convention_id",
        "AND f.statut = 'en_diffusion'",
        f"{_PAR_LIEU}, f.rang, f.id",
    ),
    "sessions": _requete(
        [
            "a.organisme_id",
            "a.id",
            "d.id",
            "s.reference",
            JOUR_SQL.format("s.cree_le"),
            JOUR_SQL.format("s.modifie_le"),
            "s.id",
            "s.premiere_diffusion IS NULL",
            *SESSION.colonnes,
        ],
        f"{_LIEUX} JOIN sessions_formation_session s ON s.deroulement_id = d.id",
        # L'état est redit pour écarter tôt le gros des sessions archivées ; la cause seule décide.
        f"AND s.statut = 'en_diffusion' AND ({CAUSE_SQL}) IS NULL",
        f"{_PAR_LIEU}, s.rang, s.id",
    ),
}


class Suite:
    """Les lignes d'un curseur, prises par (organisme, action) dans leur ordre."""

    def __init__(self, lignes: Iterator[Ligne]) -> None:
        self._lignes = lignes
        self._tete = next(lignes, None)

    def prendre(self, organisme: int, action: int = 0) -> list[Ligne]:
        """Les lignes de cette action ; celles qui précèdent sont passées."""
        tete, suivante = self._tete, self._lignes
        while tete is not None and (tete[0], tete[1]) < (organisme, action):
            tete = next(suivante, None)
        prises: list[Ligne] = []
        while tete is not None and tete[0] == organisme and tete[1] == action:
            prises.append(tete)
            tete = next(suivante, None)
        self._tete = tete
        return prises


@dataclass(frozen=True, slots=True)
class Selection:
    """Les sept suites d'un flux ; `fiches` mène, les autres la suivent."""

    fiches: Iterator[Ligne]
    organismes: Suite
    contacts: Suite
    lieux: Suite
    formateurs: Suite
    financements: Suite
    sessions: Suite


@contextmanager
def ouvrir(au: date, perimetre: Perimetre = TOUT, actions: Sequence[int] | None = None) -> Iterator[Selection]:
    """Ouvre les curseurs du flux au jour `au`, dans une transaction de lecture à eux.

    `actions` : ces actions seulement. Dans une transaction déjà ouverte (une écriture qu'on vérifie), la lecture s'y
    fait et voit ce qu'elle a écrit.
    """
    valeurs = parametres(au, perimetre) | {"actions": list(actions) if actions is not None else None}
    seule = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as curseur:
            if seule:
                curseur.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            curseur.execute("SET LOCAL cursor_tuple_fraction = 1.0")
        curseurs: list[Any] = []
        try:
            suites = {nom: _lire(requete, valeurs, curseurs) for nom, requete in REQUETES.items()}
            fiches = suites.pop("fiches")
            yield Selection(fiches, **{nom: Suite(lignes) for nom, lignes in suites.items()})
        finally:
            for ouvert in curseurs:
                ouvert.close()


def _lire(requete: str, valeurs: dict[str, Any], curseurs: list[Any]) -> Iterator[Ligne]:
    curseur = connection.chunked_cursor()
    curseurs.append(curseur)
    curseur.execute(requete, valeurs)

    def lignes() -> Iterator[Ligne]:
        while lot := curseur.fetchmany(PAR_LECTURE):
            yield from lot

    return lignes()
