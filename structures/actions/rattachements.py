"""Rattacher une personne à un organisme, ou l'en détacher : les administrateurs seuls."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from dokelio.socle.identifiants import normaliser_code
from dokelio.socle.recherche import reconnaitre
from structures.models import EtatOrganisme, Organisme, Rattachement, RoleMembre


def organisme_designe(texte: str) -> Organisme:
    """L'organisme que désigne une référence OF_ ou un SIRET. Lève `ValidationError` s'il n'y en a pas."""
    codes = {code.nature: code.valeur for code in reconnaitre(texte)}
    if "organisme" in codes:
        trouve = Organisme.objects.filter(reference=codes["organisme"]).first()
    elif "siret" in codes:
        trouve = Organisme.objects.filter(siret=codes["siret"]).first()
    else:
        raise ValidationError(
            f"« {texte.strip()[:60]} » n'est ni une référence OF_ (dix chiffres), ni un SIRET (quatorze chiffres)."
        )
    if trouve is None:
        nature = "cette référence" if "organisme" in codes else "ce SIRET"
        cherche = codes.get("organisme") or normaliser_code(texte)
        raise ValidationError(f"Aucun organisme n'a {nature} ({cherche}). Vérifiez le numéro.")
    if trouve.statut == EtatOrganisme.REFUSE:
        raise ValidationError(f"L'inscription de {trouve} ({trouve.reference}) a été refusée.")
    organisme: Organisme = trouve
    return organisme


def rattacher(utilisateur: Any, organisme: Organisme, role: str) -> Rattachement:
    """Rattache la personne, ou change son rôle si elle l'est déjà. Lève `ValidationError` pour un compte du CARIF."""
    if utilisateur.role_carif:
        raise ValidationError("Un compte du CARIF ne se rattache pas à un organisme : il les lit tous.")
    if role not in RoleMembre.values:
        raise ValidationError("Choisissez un rôle : lecteur, rédacteur ou gestionnaire.")
    with transaction.atomic():
        rattachement, _ = Rattachement.objects.update_or_create(
            utilisateur=utilisateur, organisme=organisme, defaults={"role": role}
        )
    return rattachement


def detacher(rattachement: Rattachement) -> None:
    """La personne ne voit plus cet organisme ; ce qu'elle y a fait reste dans l'histoire."""
    rattachement.delete()


def rattacher_a_la_creation(utilisateur: Any, donnees: Any, auteur: Any) -> None:
    """Le volet de la création d'un compte : rattache la personne dans la transaction qui crée son compte."""
    texte = (donnees.get("rattachement_organisme") or "").strip()
    if not texte:
        return
    try:
        rattacher(utilisateur, organisme_designe(texte), donnees.get("rattachement_role") or RoleMembre.REDACTEUR)
    except ValidationError as refus:
        raise ValidationError({"rattachement_organisme": refus.messages}) from None
