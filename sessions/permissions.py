"""Qui touche aux lieux, aux dates et à l'argent d'une formation. Sur le conventionné, chaque dispositif a sa règle."""

from typing import Any

from django.utils import timezone

from conventionne.models import ChampOuvrable, QuiDates, RegleDispositif
from conventionne.permissions import tient_le_conventionne
from formations.models import Action
from formations.permissions import peut_controler, peut_editer_le_libre
from sessions.models import Deroulement, EtatFinancement, Financement, Session


def regles_de(deroulement: Deroulement) -> list[RegleDispositif | None]:
    """La règle en vigueur de chaque dispositif conventionné qui paie ce lieu ; `None` pour un dispositif sans règle."""
    jour = timezone.localdate()
    financements = [f for f in deroulement.financements.all() if f.dispositif_id and f.statut != EtatFinancement.RETIRE]
    return [f.dispositif.regle_au(jour) for f in financements if f.dispositif.conventionne]


def dates_reservees(deroulement: Deroulement) -> bool:
    """Vrai quand les dates ne se changent que par les documentalistes (FAQ, partie 3).

    Un lieu conventionné sans règle connue est réservé : dans le doute, le contrat prime.
    """
    if not deroulement.action.conventionnee:
        return False
    regles = regles_de(deroulement)
    return not regles or any(regle is None or regle.dates_par == QuiDates.DOCUMENTALISTE for regle in regles)


def reserves_a(deroulement: Deroulement, utilisateur: Any) -> frozenset[str]:
    """Ce que la convention retire à cette personne : codes de `ChampOuvrable`, et « dates ». Vide hors conventionné."""
    action: Action = deroulement.action
    if not action.conventionnee or peut_controler(action, utilisateur):
        return frozenset()
    regles = regles_de(deroulement)
    if not regles or None in regles:
        return frozenset({*ChampOuvrable.values, "dates"})
    connues = [regle for regle in regles if regle is not None]
    fermes = {champ for champ in ChampOuvrable.values if any(champ not in r.champs_libres for r in connues)}
    return frozenset(fermes | ({"dates"} if any(r.dates_par == QuiDates.DOCUMENTALISTE for r in connues) else set()))


def peut_changer_les_dates(session: Session, utilisateur: Any) -> bool:
    action: Action = session.deroulement.action
    if peut_controler(action, utilisateur):
        return True
    return peut_editer_le_libre(action, utilisateur) and not dates_reservees(session.deroulement)


def peut_ajouter_des_dates(session: Session, utilisateur: Any) -> bool:
    return peut_changer_les_dates(session, utilisateur)


def peut_publier(session: Session, utilisateur: Any) -> bool:
    return peut_editer_le_libre(session.deroulement.action, utilisateur)


def est_conventionne(financement: Financement) -> bool:
    """Au titre d'une action ou d'un dispositif conventionné : il relève du CARIF."""
    action: Action = financement.deroulement.action
    return action.conventionnee or bool(financement.dispositif and financement.dispositif.conventionne)


def peut_financer(financement: Financement, utilisateur: Any) -> bool:
    """L'organisme finance son offre non conventionnée ; le conventionné est au CARIF."""
    if est_conventionne(financement):
        return utilisateur is not None and tient_le_conventionne(utilisateur)
    return peut_editer_le_libre(financement.deroulement.action, utilisateur)


def peut_diffuser_financement(financement: Financement, utilisateur: Any) -> bool:
    return peut_financer(financement, utilisateur)
