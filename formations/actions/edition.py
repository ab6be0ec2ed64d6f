"""Enregistrer la fiche sans écraser ce qu'un autre vient d'y écrire : verrou optimiste, champ par champ.

Une fiche importée puis retouchée n'est plus « inchangée » au prochain import.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from dokelio.publication.refus import Refus, TransitionRefusee
from dokelio.socle.arbres import contenu
from formations.actions.versions import certifications_de, remettre_certifications
from formations.models import Action, EtatAction, EtatRemarque, Remarque
from formations.reactions import phrase_de_doublon

CERTIFICATIONS = "certifications"


class EditionConcurrente(Exception):
    """La fiche a changé depuis l'ouverture du formulaire ; `champs` : ceux où les deux saisies diffèrent.

    `action` est la ligne telle que l'autre l'a laissée.
    """

    def __init__(self, action: Action, champs: list[str]) -> None:
        self.action = action
        self.champs = champs
        super().__init__("La fiche a changé depuis que vous l'avez ouverte.")


class EditionFermee(Exception):
    """La fiche n'est plus dans un état où cette personne l'écrit : un autre onglet l'a soumise, un autre l'a prise."""

    def __init__(self, action: Action) -> None:
        self.action = action
        super().__init__(f"La fiche est maintenant « {action.get_statut_display()} ».")


def valeur_de(action: Action, nom: str) -> Any:
    """Valeur d'un champ contrôlé ; « certifications » : les arbres des certifications préparées, dans l'ordre."""
    if nom == CERTIFICATIONS:
        return [contenu(une, "certification") for une in certifications_de(action)]
    return getattr(action, nom)


def marque(valeur: Any) -> str:
    """Empreinte courte d'une valeur, que le formulaire garde pour dire ce qu'il a montré."""
    texte = json.dumps(valeur, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(texte.encode(), digest_size=6).hexdigest()


def marques(action: Action, noms: Iterable[str]) -> dict[str, str]:
    """Empreintes de ces champs, par nom."""
    return {nom: marque(valeur_de(action, nom)) for nom in noms}


def enregistrer_fiche(
    action: Action,
    valeurs: Mapping[str, Any],
    edition: int,
    vues: Mapping[str, str] | None = None,
    *,
    utilisateur: Any = None,
) -> list[str]:
    """Écrit ces champs contrôlés dans la ligne et rend les noms de ceux qui ont changé.

    `edition` est le numéro vu par le formulaire, `vues` les empreintes des champs qu'il montrait (`marques`). Si la
    ligne a bougé depuis : un champ que l'autre seul a touché garde sa saisie, un champ que nous seuls avons touché
    s'écrit, et s'il y en a que les deux ont changé, lève `EditionConcurrente` sans rien écrire. `utilisateur` :
    celui dont le droit d'écrire est revérifié sous verrou (`EditionFermee`). L'instance donnée est tenue à jour.
    """
    with transaction.atomic():
        ligne = Action.objects.select_for_update(of=("self",), no_key=True).get(pk=action.pk)
        _exiger_ouverte(ligne, utilisateur)
        courantes = {nom: valeur_de(ligne, nom) for nom in valeurs}
        voulues = {nom: v for nom, v in valeurs.items() if v != courantes[nom]}
        if ligne.edition != edition:
            voulues = _departager(ligne, voulues, courantes, vues or {})
        changes = list(voulues)
        if changes:
            _ecrire(ligne, voulues)
    for nom in (*changes, "edition", "modifie_le", "empreinte_import"):
        if nom != CERTIFICATIONS:
            setattr(action, nom, getattr(ligne, nom))
    return changes


def _exiger_ouverte(ligne: Action, utilisateur: Any) -> None:
    from formations.permissions import peut_editer

    if utilisateur is not None and not peut_editer(ligne, utilisateur):
        raise EditionFermee(ligne)


def _departager(
    ligne: Action, voulues: dict[str, Any], courantes: dict[str, Any], vues: Mapping[str, str]
) -> dict[str, Any]:
    """Ce que nous seuls avons changé depuis l'ouverture ; lève si un champ a été changé des deux côtés."""
    a_nous = {nom: v for nom, v in voulues.items() if vues.get(nom) != marque(v)}
    heurtes = [nom for nom in a_nous if vues.get(nom) != marque(courantes[nom])]
    if heurtes:
        raise EditionConcurrente(ligne, heurtes)
    return a_nous


def _ecrire(ligne: Action, voulues: dict[str, Any]) -> None:
    for nom, valeur in voulues.items():
        if nom != CERTIFICATIONS:
            setattr(ligne, nom, valeur)
    if CERTIFICATIONS in voulues:
        _ecrire_certifications(ligne, voulues[CERTIFICATIONS])
    toucher(ligne)
    colonnes = [nom for nom in voulues if nom != CERTIFICATIONS]
    ligne.save(update_fields=[*colonnes, "edition", "modifie_le", "empreinte_import"])


def _ecrire_certifications(ligne: Action, arbres: list[dict[str, Any]]) -> None:
    """Une fiche vivante occupe sa certification principale : le doublon se dit avant que la base ne le refuse."""
    if arbres and ligne.statut not in (EtatAction.BROUILLON, EtatAction.ARCHIVE):
        refus = phrase_de_doublon(ligne, arbres[0])
        if refus is not None:
            raise TransitionRefusee([Refus(CERTIFICATIONS, refus.phrase, refus.lien)])
    remettre_certifications(ligne, arbres)


def toucher(action: Action) -> None:
    """Marque la ligne comme modifiée par quelqu'un (sans l'enregistrer)."""
    action.edition += 1
    action.modifie_le = timezone.now()
    action.empreinte_import = ""


def repondre(remarque: Remarque, reponse: str, traitee: bool) -> bool:
    """L'organisme répond à une remarque et dit s'il a corrigé ; rend vrai si quelque chose a changé.

    Une remarque que la documentaliste n'a pas encore envoyée n'appelle pas de réponse.
    """
    if remarque.etat == EtatRemarque.PREPAREE:
        return False
    etat = EtatRemarque.TRAITEE if traitee else EtatRemarque.ENVOYEE
    if (remarque.reponse, remarque.etat) == (reponse, etat):
        return False
    if etat != remarque.etat:
        remarque.traitee_le = timezone.now() if traitee else None
    remarque.reponse, remarque.etat = reponse, etat
    remarque.save(update_fields=["reponse", "etat", "traitee_le"])
    return True
