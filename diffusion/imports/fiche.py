"""Une formation en cours d'import : ce qui en est dit, la ligne qu'elle retrouve, ce qu'on a le droit d'écrire."""

from dataclasses import dataclass, field
from typing import Any

from diffusion.correspondances.formation import FormationLue
from diffusion.imports.annuaire import Connu
from diffusion.imports.rapport import Ligne
from diffusion.imports.reception import Recue
from dokelio.comptes.models import Portee as NatureControlee
from dokelio.comptes.permissions import est_administrateur, est_documentaliste


@dataclass(frozen=True, slots=True)
class Portee:
    """Au nom de qui l'on importe.

    `organisme` : tout va chez lui ; `carif` : l'import d'une documentaliste, qui peut créer du conventionné ;
    `neuf` : rien n'est retrouvé parmi les actions déjà connues (aller-retour d'un document).
    """

    auteur: Any = None
    organisme: Any = None
    carif: bool = True
    neuf: bool = False

    def ecrit(self, conventionnee: bool) -> bool:
        """Vrai si cette personne peut changer par un import une fiche de cette nature, comme dans ses pages."""
        if not self.carif:
            return not conventionnee
        nature = NatureControlee.CONVENTIONNE if conventionnee else NatureControlee.NON_CONVENTIONNE
        return self.auteur is None or est_administrateur(self.auteur) or est_documentaliste(self.auteur, nature)


@dataclass(frozen=True, slots=True)
class Existante:
    """Ce qu'il faut savoir d'une action de la base pour décider."""

    id: int
    reference: str
    statut: str
    organisme_id: int
    empreinte: str
    conventionnee: bool
    version_id: int | None


@dataclass(slots=True)
class Fiche:
    """Une formation à écrire.

    `controle_admis` : son contenu contrôlé peut entrer ; `controle_change` : il y a lieu de l'écrire. `lieux` : le
    déroulement de la base que retrouve chacun des siens, ou None.
    """

    recue: Recue
    lue: FormationLue
    organisme: Connu
    rang_emetteur: int
    lignes: list[Ligne]
    existante: Existante | None = None
    id: int = 0
    reference: str = ""
    controle_admis: bool = True
    controle_change: bool = True
    conventionnee: bool = False
    modifiee: bool = False
    lieux: list[int | None] = field(default_factory=list)
    lieux_absents: list[int] = field(default_factory=list)
    derogations_connues: dict[int, Any] = field(default_factory=dict)

    def retrouver(self, existante: Existante) -> None:
        """Cette formation est celle-là."""
        self.existante, self.id, self.reference = existante, existante.id, existante.reference

    @property
    def a_l_antenne(self) -> bool:
        """Une version de l'action est en diffusion."""
        return self.existante is not None and self.existante.version_id is not None
