"""Pré-créer une action conventionnée : la fiche, son lieu, ses dates et son financement, d'après une convention.

Seules les documentalistes de cette portée le font (FAQ, partie 4) : le moteur refuse toute autre personne.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from conventionne.models import Convention
from dokelio.publication.contexte import un_geste
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import Refus
from formations.models import Action, ActionCertification, EtatAction
from sessions.actions.dates import creer_les_sessions
from sessions.actions.ecriture import EcritureRefusee
from sessions.actions.lieux import SaisieDeLieu, changer_le_formateur
from sessions.models import Deroulement, Financement


@dataclass(frozen=True, slots=True)
class Preaction:
    """Ce que dit la convention : la fiche à ouvrir, son lieu, ses dates, les places et heures qu'elle paie."""

    convention: Convention
    intitule: str
    code_rncp: str = ""
    code_rs: str = ""
    lieu: SaisieDeLieu | None = None
    lignes: Sequence[dict[str, Any]] = ()
    places: int | None = None


def precreer(saisie: Preaction, auteur: Any, jeton: UUID | None = None) -> Action:
    """L'action conventionnée, en brouillon, que l'organisme complétera ; le même jeton n'en crée qu'une.

    Lève `TransitionInterdite` (hors du CARIF), `TransitionRefusee`, `EcritureRefusee` (doublon dans le lot).
    """
    convention = saisie.convention
    with transaction.atomic(), un_geste():
        action = Action(
            organisme=convention.organisme,
            conventionnee=True,
            convention=convention,
            intitule=saisie.intitule,
            certifiante=bool(saisie.code_rncp or saisie.code_rs),
            modalites_alternance="Sans alternance.",
            conditions_specifiques="Aucune.",
            niveau_entree_obligatoire=False,
        )
        effectuer(action, "creer", auteur, jeton=jeton)
        if action.pk is None:  # le même formulaire envoyé deux fois
            return Action.objects.get(pk=Evenement.objects.get(jeton=jeton).objet_id)
        _certifier(action, saisie)
        lieu = _poser_le_lieu(action, saisie)
        creer_les_sessions(lieu, auteur, saisie.lignes)
        return action


def _certifier(action: Action, saisie: Preaction) -> None:
    if not action.certifiante:
        return
    une = ActionCertification(
        action=action,
        organisme=action.organisme,
        conventionnee=True,
        lot=saisie.convention.lot or saisie.convention.numero,
        code_rncp=saisie.code_rncp,
        code_rs=saisie.code_rs,
    )
    autres = ActionCertification.objects.filter(
        organisme=action.organisme, conventionnee=True, lot=une.lot, cle=saisie.code_rncp or saisie.code_rs
    ).exclude(action__statut=EtatAction.ARCHIVE)
    autre = autres.select_related("action").first()
    if autre is not None:
        phrase = f"Ce lot a déjà une action pour {autre.cle} : {autre.action.reference}. Ajoutez-y des dates."
        raise EcritureRefusee([Refus("code", phrase, autre.action.reference)])
    une.save()


def _poser_le_lieu(action: Action, saisie: Preaction) -> Deroulement:
    convention = saisie.convention
    valeurs = saisie.lieu.valeurs if saisie.lieu else {}
    lieu = Deroulement(action=action, conventionnement=True, **valeurs)
    lieu.duree_conventionnee = convention.heures
    lieu.save()
    if saisie.lieu and saisie.lieu.formateur:
        changer_le_formateur(lieu, saisie.lieu.formateur)
    financement = Financement(deroulement=lieu, dispositif=convention.dispositif, convention=convention)
    financement.code_financeur = convention.dispositif.financeur.code_lheo
    financement.places = convention.places if saisie.places is None else saisie.places
    financement.save()
    return lieu
