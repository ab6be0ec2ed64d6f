"""Les catégories de courriels et de notifications ; chaque pièce déclare les siennes dans `AppConfig.ready()`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Categorie:
    """Une sorte de message. `obligatoire` : part toujours tout de suite (accès au compte, décisions)."""

    nom: str
    libelle: str
    aide: str = ""
    obligatoire: bool = False


_declarees: dict[str, Categorie] = {}


def declarer(nom: str, libelle: str, aide: str = "", *, obligatoire: bool = False) -> Categorie:
    """Déclare une catégorie. Deux déclarations différentes d'un même nom : ValueError."""
    categorie = Categorie(nom, libelle, aide, obligatoire)
    if _declarees.setdefault(nom, categorie) != categorie:
        raise ValueError(f"La catégorie {nom!r} est déjà déclarée autrement.")
    return categorie


def declarees() -> tuple[Categorie, ...]:
    """Toutes les catégories, par libellé."""
    return tuple(sorted(_declarees.values(), key=lambda categorie: categorie.libelle))


def reglables() -> tuple[Categorie, ...]:
    """Celles dont chacun choisit la cadence."""
    return tuple(categorie for categorie in declarees() if not categorie.obligatoire)


def est_reglable(nom: str) -> bool:
    """Vrai si les préférences de la personne s'appliquent à cette catégorie ; une catégorie inconnue part toujours."""
    categorie = _declarees.get(nom)
    return categorie is not None and not categorie.obligatoire
