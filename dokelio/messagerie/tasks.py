"""L'envoyeur : vide la boîte d'envoi ; le balayage de chaque minute renvoie ce qui est dû, courtier vidé ou non."""

from __future__ import annotations

import datetime
import logging
from smtplib import SMTPRecipientsRefused

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from dokelio.messagerie.habillage import composer
from dokelio.messagerie.models import Courriel

TENTATIVES = 12  # environ deux jours avec les délais ci-dessous
LOT = 200
_journal = logging.getLogger(__name__)


def delai(tentatives: int) -> datetime.timedelta:
    """Attente après la n-ième tentative manquée : 1, 2, 4… minutes, six heures au plus."""
    return datetime.timedelta(minutes=min(2 ** (tentatives - 1), 360))


@shared_task(ignore_result=True)
def envoyer_courriels() -> int:
    """Envoie ce qui est dû, une transaction par courriel ; rend le nombre d'envois.

    Chaque ligne est prise par `FOR UPDATE SKIP LOCKED` : deux envoyeurs ne prennent jamais la même. Une ligne déjà
    partie n'est plus due : relancer la tâche n'envoie rien deux fois.
    """
    if not settings.COURRIELS_TRANSPORT:
        _journal.error("Aucun serveur d'envoi n'est réglé (EMAIL_URL) : les courriels attendent.")
        return 0
    regrouper()
    envoyes = 0
    connexion: BaseEmailBackend = get_connection(settings.COURRIELS_TRANSPORT)
    try:
        for _ in range(LOT):
            if not _joindre(connexion):
                break
            issue = _envoyer_un(connexion)
            if issue is None:
                break
            envoyes += issue
    finally:
        connexion.close()
    return envoyes


@shared_task(ignore_result=True)
def balayage() -> int:
    """Chaque minute : renvoie ce qui est dû, que l'envoyeur ait été réveillé ou non."""
    return envoyer_courriels() if Courriel.objects.dus().exists() else 0


def _joindre(connexion: BaseEmailBackend) -> bool:
    """Ouvre la connexion ; un serveur injoignable ne compte pas de tentative, les courriels restent dus."""
    try:
        connexion.open()
    except Exception:
        _journal.exception("Le serveur d'envoi ne répond pas ; les courriels attendent le prochain balayage.")
        return False
    return True


def _envoyer_un(connexion: BaseEmailBackend) -> int | None:
    """Envoie un courriel dû : 1 parti, 0 manqué, None s'il n'y en a plus."""
    with transaction.atomic():
        courriel = Courriel.objects.dus().filter(groupe=False).select_for_update(skip_locked=True).first()
        if courriel is None:
            return None
        try:
            connexion.send_messages([_message(courriel)])
        except Exception as erreur:  # le courriel reste dû, quelle que soit la panne
            _noter_echec(courriel, erreur)
            connexion.close()
            return 0
        courriel.tentatives += 1
        courriel.envoye_le = timezone.now()
        courriel.derniere_erreur = ""
        if courriel.categorie == "acces" and not settings.COURRIELS_LISIBLES:
            # Le lien à usage unique ne doit pas survivre à son envoi dans la base.
            courriel.texte = "Contenu effacé après l'envoi."
            courriel.html = ""
        courriel.save(update_fields=["tentatives", "envoye_le", "derniere_erreur", "texte", "html"])
    return 1


def _message(courriel: Courriel) -> EmailMultiAlternatives:
    """Le message de la ligne ; son `Message-ID` ne dépend que d'elle, pour qu'un doublon se reconnaisse."""
    domaine = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
    entetes = {"Message-ID": f"<courriel-{courriel.pk}@{domaine}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(
        courriel.sujet, courriel.texte, settings.DEFAULT_FROM_EMAIL, [courriel.destinataire], headers=entetes
    )
    if courriel.html:
        message.attach_alternative(courriel.html, "text/html")
    return message


def _noter_echec(courriel: Courriel, erreur: Exception) -> None:
    """Remet le courriel à plus tard, ou l'abandonne : adresse refusée par le serveur, ou trop de tentatives."""
    maintenant = timezone.now()
    courriel.tentatives += 1
    courriel.derniere_erreur = f"{type(erreur).__name__}: {erreur}"[:2000]
    courriel.a_envoyer_apres = maintenant + delai(courriel.tentatives)
    if courriel.tentatives >= TENTATIVES or _adresse_refusee(erreur):
        courriel.abandonne_le = maintenant
    courriel.save(update_fields=["tentatives", "derniere_erreur", "a_envoyer_apres", "abandonne_le"])
    _journal.warning("Courriel %s non envoyé (tentative %s) : %s", courriel.pk, courriel.tentatives, erreur)


def _adresse_refusee(erreur: Exception) -> bool:
    if not isinstance(erreur, SMTPRecipientsRefused):
        return False
    return bool(erreur.recipients) and all(500 <= code < 600 for code, _ in erreur.recipients.values())


def regrouper() -> int:
    """Fait un résumé des courriels regroupés dont l'heure est venue, un par personne ; rend le nombre de résumés."""
    resumes = 0
    dus = Courriel.objects.dus().filter(groupe=True)
    for adresse in set(dus.order_by().values_list("destinataire", flat=True)):
        with transaction.atomic():
            lot = list(dus.filter(destinataire=adresse).select_for_update(skip_locked=True).order_by("pk"))
            if not lot:
                continue
            message = composer("resume_quotidien", {"courriels": lot, "lien": "/notifications/"})
            resume = Courriel.objects.create(
                destinataire=adresse,
                sujet=message.sujet,
                texte=message.texte,
                html=message.html,
                categorie="resume",
                cree_le=timezone.now(),
                a_envoyer_apres=timezone.now(),
            )
            ids = [courriel.pk for courriel in lot]
            Courriel.objects.filter(pk__in=ids).update(resume=resume, envoye_le=timezone.now())
            resumes += 1
    return resumes
