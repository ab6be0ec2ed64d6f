"""Les versions diffusées : ce que voient les partenaires."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from formations.querysets import VersionQuerySet


class VersionDiffusee(models.Model):
    """Contenu contrôlé tel qu'il a été validé : ce que voient les partenaires, jamais la ligne qu'on édite.

    `contenu` : `{"formation": arbre, "action": arbre, "derogations": {id de déroulement: arbre partiel}}`.
    """

    action = models.ForeignKey("formations.Action", on_delete=models.PROTECT, related_name="versions")
    numero = models.PositiveIntegerField("numéro")
    contenu = models.JSONField()
    version_grammaire = models.CharField(max_length=12)
    empreinte = models.CharField("empreinte du contenu contrôlé", max_length=64)
    cles_certification = ArrayField(models.CharField(max_length=24), default=list)
    validee_par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    depuis = models.DateTimeField(db_default=Now())
    jusqu_a = models.DateTimeField(null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version diffusée"
        verbose_name_plural = "versions diffusées"
        ordering = ["action_id", "-numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "numero"],
                violation_error_message="Cette version existe déjà.",
                name="version_numero_unique",
            ),
            models.UniqueConstraint(
                fields=["action"],
                violation_error_message="Une action n'a qu'une version en diffusion à la fois.",
                name="une_version_ouverte",
                condition=Q(jusqu_a__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.numero}"
