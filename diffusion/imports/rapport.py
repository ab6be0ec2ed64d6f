"""Le compte rendu d'un import : ce qui est entré, par niveau, et une ligne par chose à savoir."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from diffusion.models import Gravite
from dokelio.lheo.anomalies import Anomalie

LIGNES_GARDEES = 5000
PAR_FORMATION = 40
NIVEAUX = ("formations", "organismes", "formateurs", "deroulements", "sessions")

# Ce qu'un validateur ne fait que signaler, mais qui n'est pas conforme à nos règles (conception §5).
BLOQUANTS = frozenset(
    {
        "siret-fictif",
        "siret-cle",
        "nda-fictif",
        "nda-forme",
        "nomenclature-forme",
        "nomenclature-fictive",
        "code-postal-fictif",
        "certifiante-sans-code",
        "domaine-vide",
    }
)


@dataclass(slots=True)
class Ligne:
    """Une chose à savoir ; `rang` de la formation dans le document (0 : le document), `ligne` du fichier."""

    rang: int
    ligne: int | None
    gravite: str
    code: str
    chemin: str
    phrase: str
    remede: str = ""
    action_id: int | None = None

    def en_json(self) -> dict[str, Any]:
        """Les champs de la ligne, sans la clé interne de l'action."""
        valeurs = asdict(self)
        del valeurs["action_id"]
        return valeurs


@dataclass(slots=True)
class Compte:
    """Ce qu'il est advenu d'un niveau."""

    crees: int = 0
    modifies: int = 0
    inchanges: int = 0
    refuses: int = 0


@dataclass(slots=True)
class Rapport:
    """Bilan et lignes d'un import ; au-delà de `LIGNES_GARDEES`, les lignes sont comptées sans être gardées."""

    comptes: dict[str, Compte] = field(default_factory=lambda: {niveau: Compte() for niveau in NIVEAUX})
    lignes: list[Ligne] = field(default_factory=list)
    total: int = 0
    par_gravite: Counter[str] = field(default_factory=Counter)
    enveloppe: dict[str, Any] | None = None
    version: str = ""

    def dire(self, ligne: Ligne) -> None:
        """Ajoute une ligne ; un refus est toujours gardé."""
        self.total += 1
        self.par_gravite[ligne.gravite] += 1
        if len(self.lignes) < LIGNES_GARDEES:
            self.lignes.append(ligne)

    def anomalies(
        self, rang: int, anomalies: Iterable[Anomalie], *, refus: bool = False, decalage: int = 0
    ) -> list[Ligne]:
        """Ajoute les reproches du validateur à une formation (les premiers seulement) et rend leurs lignes."""
        lignes: list[Ligne] = []
        for anomalie in anomalies:
            if len(lignes) == PAR_FORMATION:
                break
            ligne = None if anomalie.ligne is None else anomalie.ligne + decalage
            une = Ligne(
                rang, ligne, _gravite(anomalie, refus), anomalie.code, anomalie.chemin, anomalie.phrase, anomalie.remede
            )
            self.dire(une)
            lignes.append(une)
        return lignes

    @property
    def refusees(self) -> int:
        """Formations refusées en entier."""
        return self.comptes["formations"].refuses

    def bilan(self) -> dict[str, Any]:
        """Le bilan en JSON : comptes par niveau, lignes par gravité."""
        return {
            **{niveau: asdict(compte) for niveau, compte in self.comptes.items()},
            "lignes": dict(self.par_gravite),
            "version": self.version,
        }


def _gravite(anomalie: Anomalie, refus: bool) -> str:
    if anomalie.illisible and refus:
        return Gravite.REFUS.value
    if anomalie.gravite == "erreur" or anomalie.code in BLOQUANTS:
        return Gravite.BLOCAGE.value
    return Gravite.AVERTISSEMENT.value
