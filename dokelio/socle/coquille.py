"""Ce que la coquille des pages affiche : menu, structure courante, personne connectée.

Un processeur de contexte (pièce `accueil`) en remplit une par requête ; les gabarits n'interrogent jamais la base."""

from dataclasses import dataclass, field
from typing import Literal

Espace = Literal["of", "carif", "emprunt"]


@dataclass(frozen=True, slots=True)
class EntreeMenu:
    """Une entrée du menu latéral, du menu de la personne ou du pied de page.

    `compte` s'affiche à droite (None : rien) ; `urgent` le met en couleur d'accent.
    """

    libelle: str
    url: str
    icone: str = ""
    compte: int | None = None
    courante: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class GroupeMenu:
    """Une suite d'entrées du menu latéral, sous un titre facultatif (« Échanges », « Aide »)."""

    entrees: tuple[EntreeMenu, ...]
    titre: str = ""


@dataclass(frozen=True, slots=True)
class StructureCoquille:
    """Une structure au nom de laquelle on peut travailler ; `role` est le libellé du rôle (« rédactrice »)."""

    reference: str
    nom: str
    code_postal: str = ""
    ville: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Coquille:
    """Tout ce que `base.html` montre autour de la page.

    `espace` donne la couleur du bandeau : organisme, CARIF, ou vue au nom d'une autre personne.
    `url_structure` reçoit en POST le champ `reference` de la structure choisie.
    """

    espace: Espace
    utilisateur_nom: str
    utilisateur_initiales: str
    structure: StructureCoquille | None = None
    autres_structures: tuple[StructureCoquille, ...] = ()
    menu: tuple[GroupeMenu, ...] = ()
    liens_compte: tuple[EntreeMenu, ...] = ()
    liens_pied: tuple[EntreeMenu, ...] = ()
    nb_notifications: int = 0
    url_accueil: str = "/"
    url_recherche: str = ""
    url_notifications: str = ""
    url_structure: str = ""
    url_structures: str = ""
    url_deconnexion: str = ""
    url_quitter_emprunt: str = ""
    amorce_recherche: str = "AF_, SE_, RNCP, intitulé…"
    avertissements: tuple[str, ...] = field(default=())

    @property
    def nb_structures(self) -> int:
        return len(self.autres_structures) + (1 if self.structure else 0)
