"""Écrire une structure : ses champs, ses contacts, ses lieux, son justificatif."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dokelio.lheo.validation import valider_arbre
from structures.models import Contact, Etablissement, EtatOrganisme, Organisme

DERNIER_CONTACT = (
    "C'est le dernier contact diffusé, et les sites partenaires en exigent un. Ajoutez-en un autre d'abord."
)


def verrouiller(organisme: Organisme) -> Organisme:
    """La ligne de l'organisme, sous verrou ; à appeler dans une transaction, avant de relire ce qu'on modifie."""
    verrouille: Organisme = Organisme.objects.select_for_update().get(pk=organisme.pk)
    return verrouille


def refuser_nouvelles_fautes(avant: Any, apres: Any) -> None:
    """Refuse des coordonnées que LHEO n'accepterait pas, sans reprocher ce qu'un import y avait déjà mis de travers.

    Lève `ValidationError` avec toutes les phrases.
    """
    if apres == avant:
        return
    deja = {(a.code, a.chemin) for a in valider_arbre("coordonnees", avant or {}) if a.gravite == "erreur"}
    fautes = [a for a in valider_arbre("coordonnees", apres or {}) if a.gravite == "erreur"]
    phrases = [f"{a.phrase} {a.remede}".strip() for a in fautes if (a.code, a.chemin) not in deja]
    if phrases:
        raise ValidationError(phrases)


def modifier_organisme(organisme: Organisme, valeurs: Mapping[str, Any], coordonnees: Any) -> bool:
    """Enregistre ce qui a changé ; rend faux si rien n'a changé. Lève `ValidationError`."""
    refuser_nouvelles_fautes(organisme.coordonnees, coordonnees)
    champs = [nom for nom, valeur in valeurs.items() if getattr(organisme, nom) != valeur]
    for nom in champs:
        setattr(organisme, nom, valeurs[nom])
    if coordonnees != organisme.coordonnees:
        organisme.coordonnees = coordonnees
        champs.append("coordonnees")
    if not champs:
        return False
    organisme.modifie_le = timezone.now()
    organisme.save(update_fields=[*champs, "modifie_le"])
    return True


def enregistrer_contact(contact: Contact, valeurs: Mapping[str, Any], coordonnees: Any) -> None:
    """Crée ou modifie un contact. Lève `ValidationError`, et refuse de cacher le dernier contact diffusé."""
    refuser_nouvelles_fautes(contact.coordonnees, coordonnees)
    with transaction.atomic():
        organisme = verrouiller(contact.organisme)
        if contact.pk and contact.diffuse and not valeurs["diffuse"]:
            _garder_un_contact(organisme, contact)
        for nom, valeur in valeurs.items():
            setattr(contact, nom, valeur)
        contact.coordonnees = coordonnees
        if contact.pk is None:
            dernier = organisme.contacts.order_by("-rang").values_list("rang", flat=True).first()
            contact.rang = (dernier or 0) + 1
        contact.save()
        _toucher(organisme)


def retirer_contact(contact: Contact) -> None:
    """Retire un contact. Lève `ValidationError` si c'est le dernier diffusé d'un organisme en diffusion."""
    with transaction.atomic():
        organisme = verrouiller(contact.organisme)
        if contact.diffuse:
            _garder_un_contact(organisme, contact)
        contact.delete()
        _toucher(organisme)


def _garder_un_contact(organisme: Organisme, contact: Contact) -> None:
    if organisme.statut != EtatOrganisme.EN_DIFFUSION:
        return
    if not organisme.contacts.filter(diffuse=True).exclude(pk=contact.pk).exists():
        raise ValidationError(DERNIER_CONTACT)


def enregistrer_lieu(lieu: Etablissement, valeurs: Mapping[str, Any], coordonnees: Any) -> None:
    """Crée ou modifie un lieu connu ; les sessions qui s'y tiennent gardent l'adresse qu'elles avaient."""
    refuser_nouvelles_fautes(lieu.coordonnees, coordonnees)
    with transaction.atomic():
        for nom, valeur in valeurs.items():
            setattr(lieu, nom, valeur)
        lieu.coordonnees = coordonnees
        lieu.save()
        _toucher(lieu.organisme)


def joindre_justificatif(organisme: Organisme, fichier: Any) -> None:
    """Garde le justificatif sous un nom à nous et oublie le précédent, une fois le nouveau enregistré."""
    ancien = organisme.justificatif.name
    with transaction.atomic():
        organisme.justificatif.save(f"{uuid4().hex}.pdf", fichier, save=False)
        organisme.modifie_le = timezone.now()
        organisme.save(update_fields=["justificatif", "modifie_le"])
        if ancien and ancien != organisme.justificatif.name:
            stockage = organisme.justificatif.storage
            transaction.on_commit(lambda: stockage.delete(ancien))


def _toucher(organisme: Organisme) -> None:
    Organisme.objects.filter(pk=organisme.pk).update(modifie_le=timezone.now())
