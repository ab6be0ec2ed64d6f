"""La table des événements : toutes les transitions de tous les objets, dans l'ordre où elles ont eu lieu."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from dokelio.publication.machine import Declaration, Transition, machine
from dokelio.publication.querysets import EvenementQuerySet


class Evenement(models.Model):
    """Une transition faite. Sans élément LHEO : c'est la mémoire de la maison.

    Ni modifiée ni effacée (déclencheur) : les événements d'un brouillon supprimé restent. `auteur` vide : le système.
    `instant` est UTC, `au` le jour de Paris des règles ; `geste` réunit les événements d'un même clic.
    """

    objet_type = models.CharField("type d'objet", max_length=80)
    objet_id = models.BigIntegerField("identifiant de l'objet")
    reference = models.CharField("référence", max_length=80, blank=True)
    transition = models.CharField(max_length=60)
    avant = models.CharField("état d'avant", max_length=30, blank=True)
    apres = models.CharField("état d'après", max_length=30, blank=True)
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="evenements"
    )
    commentaire = models.TextField(blank=True)
    donnees = models.JSONField("données", default=dict, blank=True)
    geste = models.UUIDField()
    jeton = models.UUIDField("jeton du formulaire", null=True, blank=True, unique=True)
    instant = models.DateTimeField(db_default=Now())
    au = models.DateField("jour des règles")

    objects = EvenementQuerySet.as_manager()

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "événements"
        ordering = ["-instant", "-id"]
        indexes = [
            models.Index(fields=["objet_type", "objet_id", "-instant"], name="evenement_par_objet"),
            models.Index(fields=["-instant", "-id"], name="evenement_par_instant"),
        ]
        triggers = [pgtrigger.Protect(name="ajout_seul", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reference or self.objet_type} {self.transition}"

    @property
    def definition(self) -> Transition | None:
        """La ligne de la table, None si la transition a disparu du code depuis."""
        try:
            return machine(self.objet_type).transition(self.transition)
        except Declaration:
            return None

    @property
    def phrase(self) -> str:
        """Ce qui s'est passé, en une phrase avec son auteur."""
        ligne = self.definition
        trace: dict[str, Any] = self.donnees
        if ligne is None:
            return f"{self.transition.replace('_', ' ').capitalize()}."
        return ligne.raconter(str(self.auteur) if self.auteur_id else "", trace)
