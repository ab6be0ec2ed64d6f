"""Écrire un courriel ou une notification : des lignes, dans la transaction de ce qu'elles annoncent.

Après validation, on réveille seulement l'envoyeur ; s'il dort, le balayage de chaque minute passe."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie.categories import est_reglable
from dokelio.messagerie.habillage import Message, composer
from dokelio.messagerie.models import Cadence, Courriel, Notification, PreferenceNotification

Destinataire = Utilisateur | str
HEURE_DU_RESUME = 7  # heure de Paris
_journal = logging.getLogger(__name__)


def ecrire_courriel(
    gabarit: str,
    destinataires: Destinataire | Iterable[Destinataire],
    contexte: Mapping[str, Any],
    *,
    cle: str | None = None,
    categorie: str,
    objet: models.Model | None = None,
) -> list[Courriel]:
    """Écrit un courriel par destinataire (compte ou adresse) à partir de `templates/courriels/<gabarit>.txt`.

    `contexte["lien"]` (chemin du site) est rendu absolu ; `prenom` vient du compte. `cle` : écrire deux fois la même
    clé au même destinataire n'écrit qu'un courriel. Les préférences du compte s'appliquent si la catégorie est
    réglable (« jamais » n'écrit rien ; « une fois par jour » attend le résumé du matin). Les comptes désactivés ou
    effacés ne reçoivent rien. Rend les courriels réellement écrits.
    """
    comptes, adresses = _separer(destinataires)
    cadences = _cadences(comptes, categorie)
    ecrits: list[Courriel] = []
    for compte in comptes:
        cadence = cadences.get(compte.pk, Cadence.IMMEDIAT)
        if not compte.actif or compte.anonymise_le is not None or cadence == Cadence.JAMAIS:
            continue
        message = composer(gabarit, {"prenom": compte.prenom, "utilisateur": compte, **contexte})
        groupe = cadence == Cadence.QUOTIDIEN
        ecrits += ranger([compte.email], message, categorie=categorie, cle=cle, objet=objet, groupe=groupe)
    if adresses:
        ecrits += ranger(adresses, composer(gabarit, contexte), categorie=categorie, cle=cle, objet=objet)
    return ecrits


def ranger(
    adresses: Iterable[str],
    message: Message,
    *,
    categorie: str,
    cle: str | None = None,
    objet: models.Model | None = None,
    groupe: bool = False,
) -> list[Courriel]:
    """Range un message composé dans la boîte d'envoi, une ligne par adresse ; rend les lignes nouvelles."""
    uniques = dict.fromkeys(adresse.strip().lower() for adresse in adresses if adresse.strip())
    lignes = [
        Courriel(
            destinataire=adresse,
            sujet=message.sujet,
            texte=message.texte,
            html=message.html,
            categorie=categorie,
            cle=f"{cle}:{adresse}"[:250] if cle else None,
            objet_type=objet._meta.label_lower if objet is not None else "",
            objet_id=objet.pk if objet is not None else None,
            groupe=groupe,
            cree_le=timezone.now(),
            a_envoyer_apres=prochain_resume() if groupe else timezone.now(),
        )
        for adresse in uniques
    ]
    if cle:
        prises = set(Courriel.objects.filter(cle__in=[ligne.cle for ligne in lignes]).values_list("cle", flat=True))
        lignes = [ligne for ligne in lignes if ligne.cle not in prises]
    Courriel.objects.bulk_create(lignes, ignore_conflicts=cle is not None)
    if lignes:
        reveiller_apres_validation()
    return lignes


def notifier(
    utilisateurs: Utilisateur | Iterable[Utilisateur],
    titre: str,
    texte: str = "",
    lien: str = "",
    categorie: str = "",
    cle: str | None = None,
    evenement_id: int | None = None,
) -> int:
    """Écrit une notification par personne active ; rend le nombre de lignes demandées.

    `lien` : chemin du site. `cle` : la même clé pour la même personne n'écrit qu'une fois.
    """
    personnes = [utilisateurs] if isinstance(utilisateurs, Utilisateur) else list(utilisateurs)
    lignes = [
        Notification(
            utilisateur=personne,
            titre=titre[:200],
            texte=texte,
            lien=lien,
            categorie=categorie,
            cle=cle,
            evenement_id=evenement_id,
            cree_le=timezone.now(),
        )
        for personne in {personne.pk: personne for personne in personnes if personne.actif}.values()
    ]
    Notification.objects.bulk_create(lignes, ignore_conflicts=cle is not None)
    return len(lignes)


def marquer_lues(utilisateur: Utilisateur, ids: Iterable[int] | None = None) -> int:
    """Marque lues les notifications de cette personne (toutes, ou celles de `ids`) ; rend combien l'ont été."""
    lot = Notification.objects.visibles_par(utilisateur).non_lues()
    if ids is not None:
        lot = lot.filter(pk__in=list(ids))
    return lot.order_by().update(lue_le=timezone.now())


def regler_preferences(utilisateur: Utilisateur, cadences: Mapping[str, str]) -> None:
    """Enregistre la cadence choisie pour chaque catégorie (`{"controle": "quotidien"}`)."""
    PreferenceNotification.objects.bulk_create(
        [
            PreferenceNotification(utilisateur=utilisateur, categorie=categorie, cadence=cadence)
            for categorie, cadence in cadences.items()
        ],
        update_conflicts=True,
        unique_fields=["utilisateur", "categorie"],
        update_fields=["cadence"],
    )


def prochain_resume(au: datetime.datetime | None = None) -> datetime.datetime:
    """L'instant du prochain résumé quotidien : sept heures, jour de Paris."""
    local = timezone.localtime(au)
    matin = local.replace(hour=HEURE_DU_RESUME, minute=0, second=0, microsecond=0)
    return matin if local < matin else matin + datetime.timedelta(days=1)


def reveiller_apres_validation() -> None:
    """Réveille l'envoyeur une fois la transaction validée, une seule fois par transaction."""
    if any(suite[1] is _reveiller for suite in connection.run_on_commit):
        return
    transaction.on_commit(_reveiller)


def _reveiller() -> None:
    from dokelio.messagerie.tasks import envoyer_courriels

    try:
        envoyer_courriels.apply_async(retry=False, ignore_result=True)
    except Exception:  # courtier injoignable : les lignes sont écrites, le balayage passera
        _journal.warning("L'envoyeur de courriels n'a pas pu être réveillé ; le balayage passera.", exc_info=True)


def _separer(destinataires: Destinataire | Iterable[Destinataire]) -> tuple[list[Utilisateur], list[str]]:
    tous = [destinataires] if isinstance(destinataires, Utilisateur | str) else list(destinataires)
    comptes = {personne.pk: personne for personne in tous if isinstance(personne, Utilisateur)}
    return list(comptes.values()), [adresse for adresse in tous if isinstance(adresse, str)]


def _cadences(comptes: list[Utilisateur], categorie: str) -> dict[int, str]:
    if not comptes or not est_reglable(categorie):
        return {}
    lot = PreferenceNotification.objects.filter(utilisateur__in=comptes, categorie=categorie)
    return dict(lot.values_list("utilisateur_id", "cadence"))
