"""Écrire dans un lieu ou une session sans écraser ce qu'un autre vient d'y écrire, ni toucher un champ réservé."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone

from conventionne.permissions import CHAMP_RESERVE, DATES_RESERVEES
from dokelio.publication.refus import Refus
from formations.models import Action
from formations.permissions import peut_editer_le_libre
from sessions.actions.ecriture import EcritureRefusee
from sessions.models import Deroulement
from sessions.permissions import reserves_a

GROUPES = {
    "modalites_enseignement": "lieux",
    "lieux": "lieux",
    "entrees_sorties": "entrees_sorties",
    "rythme": "rythme",
    "heures_centre": "heures",
    "heures_entreprise": "heures",
    "heures_total": "heures",
    "duree_indicative": "heures",
    "prix_total": "prix",
    "prix_horaire": "prix",
    "frais_restants": "prix",
    "formateur": "formateurs",
    "debut": "dates",
    "fin": "dates",
    "etat_recrutement": "etat_recrutement",
    "modalites_inscription": "inscription",
    "periode_inscription": "inscription",
    "adresse_inscription": "inscription",
    "contacts": "contacts",
    "recrutements": "recrutements",
    "blocs": "blocs",
}
"""Champ de modèle → ce que la convention ouvre ou ferme (`ChampOuvrable`, ou « dates »)."""


class EcritureConcurrente(Exception):
    """L'objet a changé depuis l'ouverture du formulaire ; `champs` : ceux où les deux saisies diffèrent."""

    def __init__(self, objet: Any, champs: list[str]) -> None:
        self.objet = objet
        self.champs = champs
        super().__init__("L'objet a changé depuis l'ouverture du formulaire.")


def exiger_les_champs(lieu: Deroulement, auteur: Any, champs: Iterable[str]) -> None:
    """Lève `PermissionDenied` à qui n'écrit pas ici, `EcritureRefusee` pour ce que la convention réserve."""
    if not peut_editer_le_libre(lieu.action, auteur):
        raise PermissionDenied("Cette offre n'est pas modifiable par ce compte.")
    reserves = reserves_a(lieu, auteur)
    refus = [
        Refus(champ, DATES_RESERVEES if GROUPES[champ] == "dates" else CHAMP_RESERVE)
        for champ in champs
        if GROUPES.get(champ) in reserves
    ]
    if refus:
        raise EcritureRefusee(refus)


def poser(objet: Any, valeurs: dict[str, Any], edition: int | None) -> list[str]:
    """Écrit ces valeurs dans la ligne verrouillée et rend les champs changés ; lève `EcritureConcurrente`."""
    changes = [nom for nom, valeur in valeurs.items() if getattr(objet, nom) != valeur]
    if edition is not None and objet.edition != edition and changes:
        raise EcritureConcurrente(objet, changes)
    if changes:
        for nom in changes:
            setattr(objet, nom, valeurs[nom])
        marquer(objet)
        objet.save(update_fields=[*changes, "edition", "modifie_le"])
    return changes


def marquer(objet: models.Model) -> None:
    """Une édition de plus (sans enregistrer)."""
    objet.edition += 1  # type: ignore[attr-defined]
    objet.modifie_le = timezone.now()  # type: ignore[attr-defined]


def noter_la_main(action: Action) -> None:
    """Quelqu'un a écrit dans l'offre : au prochain import, la fiche ne passera plus pour inchangée.

    L'édition de la fiche n'avance pas : qui écrit l'onglet Informations au même moment ne se heurte à rien.
    """
    Action.objects.filter(pk=action.pk).update(empreinte_import="", modifie_le=timezone.now())
    action.empreinte_import = ""
