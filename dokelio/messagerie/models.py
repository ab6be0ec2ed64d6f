"""La boîte d'envoi, les notifications et ce que chacun veut recevoir.

Des lignes d'abord : un courriel existe ici avant d'être un message ; un courtier vidé ne perd rien."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dokelio.messagerie.querysets import CourrielQuerySet, NotificationQuerySet


class Courriel(models.Model):
    """Un courriel à une personne, écrit dans la transaction de ce qu'il annonce. Sans équivalent LHEO.

    Dû quand `envoye_le` et `abandonne_le` sont vides et que `a_envoyer_apres` est passé. `cle` rend l'écriture
    idempotente : une clé déjà prise n'écrit rien. `groupe` attend le résumé quotidien de son destinataire.
    """

    destinataire = models.EmailField("destinataire")
    sujet = models.CharField("sujet", max_length=255)
    texte = models.TextField("texte")
    html = models.TextField("version HTML", blank=True, default="", db_default="")
    categorie = models.CharField("catégorie", max_length=40, blank=True, default="", db_default="")
    objet_type = models.CharField("type de l'objet", max_length=60, blank=True, default="", db_default="")
    objet_id = models.BigIntegerField("identifiant de l'objet", null=True, blank=True)
    cle = models.CharField("clé d'idempotence", max_length=250, null=True, blank=True, unique=True)
    groupe = models.BooleanField("attend le résumé quotidien", default=False, db_default=False)
    resume = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="regroupes",
        verbose_name="parti dans",
    )
    cree_le = models.DateTimeField("écrit le", db_default=Now(), editable=False)
    a_envoyer_apres = models.DateTimeField("à envoyer après", db_default=Now())
    envoye_le = models.DateTimeField("envoyé le", null=True, blank=True)
    abandonne_le = models.DateTimeField("abandonné le", null=True, blank=True)
    tentatives = models.PositiveSmallIntegerField("tentatives", default=0, db_default=0)
    derniere_erreur = models.TextField("dernière erreur", blank=True, default="", db_default="")

    objects = CourrielQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        verbose_name_plural = "courriels"
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["a_envoyer_apres", "id"],
                name="courriels_dus",
                condition=Q(envoye_le__isnull=True, abandonne_le__isnull=True),
            ),
            models.Index(fields=["destinataire", "-id"], name="courriels_par_personne"),
            models.Index(fields=["objet_type", "objet_id"], name="courriels_par_objet"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(envoye_le__isnull=True) | Q(abandonne_le__isnull=True),
                name="courriel_envoye_ou_abandonne",
                violation_error_message="Un courriel envoyé ne peut pas être abandonné.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sujet} → {self.destinataire}"

    @property
    def adresse(self) -> str:
        """Le premier lien du texte, ou rien."""
        trouve = re.search(r"https?://\S+", self.texte)
        return trouve.group() if trouve else ""

    @property
    def etat(self) -> str:
        """Où en est le courriel, en un mot pour les pages."""
        if self.envoye_le:
            return "Envoyé"
        if self.abandonne_le:
            return "Abandonné"
        return "À renvoyer" if self.tentatives else "À envoyer"


class Notification(models.Model):
    """Ce que la cloche dit à une personne ; une ligne par personne. `evenement_id` désigne l'événement du circuit."""

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name="personne",
    )
    titre = models.CharField("titre", max_length=200)
    texte = models.TextField("texte", blank=True, default="", db_default="")
    lien = models.CharField("lien", max_length=500, blank=True, default="", db_default="")
    categorie = models.CharField("catégorie", max_length=40, blank=True, default="", db_default="")
    evenement_id = models.BigIntegerField("événement", null=True, blank=True)
    cle = models.CharField("clé d'idempotence", max_length=200, null=True, blank=True)
    lue_le = models.DateTimeField("lue le", null=True, blank=True)
    cree_le = models.DateTimeField("écrite le", db_default=Now(), editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "notification"
        verbose_name_plural = "notifications"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["utilisateur", "-id"], name="notifications_par_personne"),
            models.Index(
                fields=["utilisateur"],
                name="notifications_non_lues",
                condition=Q(lue_le__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "cle"],
                name="notification_une_par_cle",
                violation_error_message="Cette notification a déjà été écrite.",
            )
        ]

    def __str__(self) -> str:
        return self.titre


class Cadence(models.TextChoices):
    """Quand une personne reçoit les courriels d'une catégorie."""

    IMMEDIAT = "immediat", "Tout de suite"
    QUOTIDIEN = "quotidien", "Une fois par jour, regroupés"
    JAMAIS = "jamais", "Jamais (la cloche seulement)"


class PreferenceNotification(models.Model):
    """Ce qu'une personne a choisi pour une catégorie ; sans ligne, tout de suite."""

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="preferences_notification",
    )
    categorie = models.CharField("catégorie", max_length=40)
    cadence = models.CharField("cadence", max_length=10, choices=Cadence, default=Cadence.IMMEDIAT)

    class Meta:
        verbose_name = "préférence de notification"
        verbose_name_plural = "préférences de notification"
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "categorie"],
                name="preference_une_par_categorie",
                violation_error_message="Cette préférence existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values),
                name="preference_cadence_connue",
                violation_error_message="Cette cadence n'existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.categorie} : {self.get_cadence_display()}"
