"""Recherche et filtres de la liste des comptes ; ils vivent dans l'adresse."""

from __future__ import annotations

from django.db.models import Q
from django.http import QueryDict

from dokelio.comptes.models import RoleCarif
from dokelio.comptes.querysets import UtilisateurQuerySet
from dokelio.socle.recherche import tous_les_mots

VUES = (
    ("", "Actifs"),
    ("attente", "Jamais connectés"),
    ("carif", "CARIF"),
    ("desactives", "Désactivés"),
)


def filtrer(comptes: UtilisateurQuerySet, parametres: QueryDict) -> UtilisateurQuerySet:
    """Applique `q` (mots du nom, ou morceau d'adresse) et `vue` (voir `VUES`)."""
    vue = parametres.get("vue", "")
    comptes = comptes.filter(actif=False) if vue == "desactives" else comptes.actifs()
    if vue == "attente":
        comptes = comptes.filter(last_login__isnull=True)
    elif vue == "carif":
        comptes = comptes.exclude(role_carif=RoleCarif.AUCUN)
    texte = parametres.get("q", "").strip().replace("\0", "")[:100]
    if texte:
        comptes = comptes.filter(tous_les_mots("cle_tri", texte) | Q(email__contains=texte.lower()))
    return comptes
