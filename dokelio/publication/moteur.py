"""Le moteur : la seule porte par laquelle un objet change d'état, un à un.

Verrou, source, permission, gardes, estampilles, événement, effets : une transaction, tout ou rien.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from dokelio.historique.contexte import contexte_historique
from dokelio.publication.champs import ecriture_d_etat
from dokelio.publication.contexte import Contexte, jour_de_paris, un_geste
from dokelio.publication.contraintes import contraintes_en_refus
from dokelio.publication.machine import MEME, ORIGINE, Commentaire, Machine, Transition, machine_de
from dokelio.publication.models import Evenement
from dokelio.publication.refus import EtatChange, Refus, TransitionInterdite, TransitionRefusee


@dataclass(frozen=True, slots=True)
class Possible:
    """Une transition offerte à quelqu'un, pour les boutons ; `refus` est vide tant que les gardes n'ont pas tourné."""

    transition: Transition
    refus: list[Refus] = field(default_factory=list)


def effectuer(
    objet: Any,
    nom: str,
    auteur: Any,
    commentaire: str = "",
    *,
    jeton: UUID | None = None,
    geste: UUID | None = None,
    au: date | None = None,
    maintenant: datetime | None = None,
    **donnees: Any,
) -> Evenement:
    """Fait la transition `nom` sur `objet` et rend son événement.

    L'objet de l'appelant est relu sous verrou (ce qu'il avait de non enregistré est perdu), puis tenu à jour ;
    après un échec il retrouve ses valeurs d'avant. `auteur` None : le système. `jeton` : le même jeton ne fait la chose
    qu'une fois, le second appel rend l'événement du premier. `au` : jour de Paris des règles (aujourd'hui) ;
    `maintenant` : instant UTC, donné seulement par la démonstration. `donnees` va aux gardes et aux effets.

    Lève `EtatChange` (source), `TransitionInterdite` (permission), `TransitionRefusee` (toutes les gardes à la fois, ou
    une contrainte de la base qui a une phrase). Une naissance déjà faite sous ce jeton : l'objet est `objet_id`.
    """
    machine = machine_de(objet)
    transition = machine.transition(nom)
    contexte = Contexte(
        machine=machine,
        transition=transition,
        auteur=auteur,
        commentaire=commentaire.replace("\0", "").strip(),
        donnees=donnees,
        maintenant=maintenant or timezone.now(),
        au=au or jour_de_paris(maintenant or timezone.now()),
        avant="",
        apres="",
    )
    try:
        with _valeurs_rendues(objet), contraintes_en_refus(), transaction.atomic(), un_geste(geste) as contexte.geste:
            deja = _verrouiller(objet, machine, transition, jeton)
            if deja is not None:
                return deja
            with contexte_historique(auteur, geste=str(contexte.geste), transition=f"{machine.label}.{nom}"):
                return _derouler(objet, contexte, jeton, maintenant)
    except IntegrityError:
        # Deux naissances au même jeton n'ont pas de ligne à verrouiller : la seconde rend l'événement de la première.
        deja = _evenement_du_jeton(jeton, machine, transition, objet.pk)
        if deja is None:
            raise
        return deja


def verifier(objet: Any, nom: str, auteur: Any, **donnees: Any) -> list[Refus]:
    """Ce qui manque encore pour la transition, à blanc : état de départ et gardes, sans permission ni commentaire."""
    machine = machine_de(objet)
    transition = machine.transition(nom)
    contexte = _contexte_a_blanc(objet, machine, transition, auteur, donnees)
    if not _part_d_ici(transition, contexte.avant):
        return [_etat_change(objet, contexte)]
    contexte.apres, refus = _cible(objet, contexte)
    return [*refus, *_refus_des_gardes(objet, contexte)]


def transitions_possibles(objet: Any, auteur: Any, *, avec_gardes: bool = False) -> list[Possible]:
    """Les transitions que la table offre à `auteur` depuis l'état de l'objet, dans l'ordre de la table.

    Les gardes ne tournent (et ne coûtent) que si `avec_gardes`.
    """
    machine = machine_de(objet)
    etat = str(getattr(objet, machine.champ))
    possibles = []
    for transition in machine.transitions.values():
        if transition.naissance or not _part_d_ici(transition, etat) or not permise(transition, objet, auteur):
            continue
        refus = verifier(objet, transition.nom, auteur) if avec_gardes else []
        possibles.append(Possible(transition, refus))
    return possibles


def permise(transition: Transition, objet: Any, auteur: Any) -> bool:
    """Vrai si `auteur` (None : le système) a le droit de faire cette transition, quel que soit l'état."""
    if auteur is None:
        return transition.systeme
    return transition.permission is not None and bool(transition.permission(objet, auteur))


def etat_d_origine(objet: Any, machine: Machine) -> str | None:
    """L'état d'où l'objet est entré dans son état présent, d'après ses événements ; None s'il n'en a pas."""
    etat = str(getattr(objet, machine.champ))
    entrees = Evenement.objects.de(objet).filter(apres=etat).exclude(avant__in=["", etat])
    return entrees.order_by("-id").values_list("avant", flat=True).first()


# Les temps d'une transition -----------------------------------------------------------------------------------


def _derouler(objet: Any, contexte: Contexte, jeton: UUID | None, instant: datetime | None) -> Evenement:
    """Tout ce qui suit le verrou."""
    machine, transition = contexte.machine, contexte.transition
    contexte.avant = "" if transition.naissance else str(getattr(objet, machine.champ))
    exiger(objet, contexte)
    if transition.naissance:
        for estampille in machine.estampilles(transition.nom):
            estampille.fonction(objet, contexte)
        with ecriture_d_etat():
            setattr(objet, machine.champ, contexte.apres)
            objet.save(force_insert=True)
    else:
        _estampiller(objet, contexte)
    valeurs = _valeurs(objet)
    contexte.evenement = evenement_pour(objet, contexte, jeton=jeton, instant=instant)
    contexte.evenement.save(force_insert=True)
    for effet in machine.effets(transition.nom):
        effet.fonction(objet, contexte)
    if transition.suppression:
        objet.delete()
    else:
        _enregistrer_ecarts(objet, valeurs)
    return contexte.evenement


def _verrouiller(objet: Any, machine: Machine, transition: Transition, jeton: UUID | None) -> Evenement | None:
    """Relit l'objet sous verrou ; rend l'événement si ce jeton a déjà servi."""
    if transition.naissance:
        if not objet._state.adding:
            raise TransitionRefusee([Refus("", "Cet objet existe déjà.")])
        return _evenement_du_jeton(jeton, machine, transition, None)
    cle = objet.pk
    try:
        if cle is None:
            raise ObjectDoesNotExist
        verrou = machine.modele._base_manager.select_for_update(of=("self",), no_key=True)
        objet.refresh_from_db(from_queryset=verrou)
    except ObjectDoesNotExist:
        deja = _evenement_du_jeton(jeton, machine, transition, cle)
        if deja is None:
            raise EtatChange([Refus("", "Cette fiche n’existe plus : quelqu’un l’a supprimée entre-temps.")]) from None
        return deja
    return _evenement_du_jeton(jeton, machine, transition, cle)


def _evenement_du_jeton(jeton: UUID | None, machine: Machine, transition: Transition, cle: Any) -> Evenement | None:
    if jeton is None:
        return None
    deja = Evenement.objects.filter(jeton=jeton).first()
    if deja is None:
        return None
    if (deja.objet_type, deja.transition) != (machine.label, transition.nom) or cle not in (None, deja.objet_id):
        raise TransitionRefusee([Refus("", "Ce formulaire a déjà servi à autre chose : rechargez la page.")])
    return deja


def exiger(objet: Any, contexte: Contexte) -> None:
    """Source, permission, puis toutes les gardes ensemble ; pose `contexte.apres`."""
    transition = contexte.transition
    if not transition.naissance and not _part_d_ici(transition, contexte.avant):
        raise EtatChange([_etat_change(objet, contexte)])
    if not permise(transition, objet, contexte.auteur):
        raise TransitionInterdite(f"« {transition.libelle} » n’est pas permis à ce compte.")
    refus: list[Refus] = []
    if transition.commentaire is Commentaire.OBLIGATOIRE and not contexte.commentaire:
        refus.append(commentaire_manquant(transition))
    contexte.apres, sans_origine = _cible(objet, contexte)
    refus += sans_origine
    refus += _refus_des_gardes(objet, contexte)
    if refus:
        raise TransitionRefusee(refus)


def _estampiller(objet: Any, contexte: Contexte) -> None:
    """Pose l'état et les colonnes qui vont avec, en un seul UPDATE (les CHECK les lient)."""
    machine, transition = contexte.machine, contexte.transition
    valeurs = _valeurs(objet)
    for estampille in machine.estampilles(transition.nom):
        estampille.fonction(objet, contexte)
    if contexte.apres and contexte.apres != contexte.avant:
        with ecriture_d_etat():
            setattr(objet, machine.champ, contexte.apres)
    _enregistrer_ecarts(objet, valeurs)


def evenement_pour(
    objet: Any, contexte: Contexte, *, jeton: UUID | None = None, instant: datetime | None = None
) -> Evenement:
    """L'événement de la transition, non enregistré ; sans `instant`, la base donne le sien."""
    champ = contexte.machine.reference
    evenement = Evenement(
        objet_type=contexte.machine.label,
        objet_id=objet.pk,
        reference=str(getattr(objet, champ) or "") if champ else "",
        transition=contexte.transition.nom,
        avant=contexte.avant,
        apres=contexte.apres,
        auteur=contexte.auteur,
        commentaire=contexte.commentaire,
        donnees=contexte.trace,
        geste=contexte.geste,
        jeton=jeton,
        au=contexte.au,
    )
    if instant is not None:
        evenement.instant = instant
    return evenement


# Pièces -------------------------------------------------------------------------------------------------------


def commentaire_manquant(transition: Transition) -> Refus:
    return Refus(
        "commentaire",
        f"«\u00a0{transition.libelle}\u00a0» demande ce texte\u00a0: écrivez-le, il reste dans l’historique.",
    )


def _part_d_ici(transition: Transition, etat: str) -> bool:
    return transition.sources is not None and etat in {str(source) for source in transition.sources}


def _etat_change(objet: Any, contexte: Contexte) -> Refus:
    machine = contexte.machine
    champ = machine.reference
    sujet = str(getattr(objet, champ)) if champ else machine.modele._meta.verbose_name
    etat = machine.libelle_etat(contexte.avant)
    return Refus(
        "",
        f"L’état de {sujet} a changé entre-temps\u00a0: il est maintenant «\u00a0{etat}\u00a0». "
        f"«\u00a0{contexte.transition.libelle}\u00a0» ne s’applique plus\u00a0; rechargez la page.",
    )


def _cible(objet: Any, contexte: Contexte) -> tuple[str, list[Refus]]:
    """L'état d'arrivée (vide : suppression), et le refus si l'on ne sait pas d'où l'objet venait."""
    cible = contexte.transition.cible
    if cible is None:
        return "", []
    if cible is MEME:
        return contexte.avant, []
    if cible is ORIGINE:
        origine = etat_d_origine(objet, contexte.machine)
        if origine is None:
            return contexte.avant, [Refus("", "On ne sait pas à quel état revenir : l’historique est vide.")]
        return origine, []
    return str(cible), []


def _refus_des_gardes(objet: Any, contexte: Contexte) -> list[Refus]:
    gardes = contexte.machine.gardes(contexte.transition.nom)
    return [refus for garde in gardes for refus in garde.fonction(objet, contexte) or ()]


def _contexte_a_blanc(
    objet: Any, machine: Machine, transition: Transition, auteur: Any, donnees: dict[str, Any]
) -> Contexte:
    maintenant = timezone.now()
    return Contexte(
        machine=machine,
        transition=transition,
        auteur=auteur,
        commentaire="",
        donnees=donnees,
        maintenant=maintenant,
        au=jour_de_paris(maintenant),
        avant=str(getattr(objet, machine.champ)),
        apres="",
    )


def _valeurs(objet: Any) -> dict[str, Any]:
    """Les colonnes déjà lues de l'objet ; les JSON sont copiés, car on les change sur place."""
    donnees = objet.__dict__
    return {
        champ.attname: copy.deepcopy(donnees[champ.attname])
        if isinstance(donnees[champ.attname], (dict, list))
        else donnees[champ.attname]
        for champ in objet._meta.concrete_fields
        if champ.attname in donnees
    }


def _enregistrer_ecarts(objet: Any, valeurs: dict[str, Any]) -> None:
    """Enregistre ce qui a changé depuis `valeurs` (et la date de modification) ; rien n'a changé : aucune requête."""
    champs = [champ for champ in objet._meta.concrete_fields if not champ.generated and not champ.primary_key]
    absent = object()
    changes = {
        champ.name
        for champ in champs
        if champ.attname in objet.__dict__ and objet.__dict__[champ.attname] != valeurs.get(champ.attname, absent)
    }
    if changes:
        changes |= {champ.name for champ in champs if getattr(champ, "auto_now", False)}
        objet.save(update_fields=sorted(changes))


@contextmanager
def _valeurs_rendues(objet: models.Model) -> Iterator[None]:
    """Après un échec, l'objet de l'appelant redit ce que dit la base, non ce que la transaction annulée avait posé."""
    valeurs = _valeurs(objet)
    neuf = objet._state.adding
    try:
        yield
    except BaseException:
        objet.__dict__.update(valeurs)
        objet._state.adding = neuf
        objet._state.fields_cache.clear()
        raise
