"""Les avis d'archivage donnés aux organismes, et les nuits passées."""

from django.db import models
from django.db.models.functions import Now


class AvisArchivage(models.Model):
    """Ce qui a été annoncé : telle fiche s'archive tel jour. Nul n'est archivé sans l'avoir su dix jours avant.

    `jour` : la date que la règle donnait ; `palier` : le préavis (30, 10 ou 3 jours) ; `au` : le jour de l'avis.
    """

    action = models.ForeignKey("formations.Action", on_delete=models.CASCADE, related_name="avis_archivage")
    jour = models.DateField("date d'archivage annoncée")
    palier = models.PositiveSmallIntegerField("préavis en jours")
    au = models.DateField("avis donné le")

    class Meta:
        verbose_name = "avis d'archivage"
        verbose_name_plural = "avis d'archivage"
        ordering = ["-au", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "jour", "palier"],
                violation_error_message="Cet avis d'archivage a déjà été donné.",
                name="avis_unique",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} : archivage le {self.jour:%d/%m/%Y}"


class EtatNuit(models.TextChoices):
    """Où en est une nuit."""

    EN_COURS = "en_cours", "En cours"
    FAITE = "faite", "Faite"
    ECHEC = "echec", "Échec"


class Nuit(models.Model):
    """Une nuit de tâches : un jour de Paris, ses étapes et leur bilan (`[{etape, etat, duree, bilan, message}]`)."""

    au = models.DateField("jour", unique=True)
    etat = models.CharField("état", max_length=8, choices=EtatNuit.choices, default=EtatNuit.EN_COURS)
    debut = models.DateTimeField("commencée le", db_default=Now())
    fin = models.DateTimeField("finie le", null=True, blank=True)
    etapes = models.JSONField("étapes", default=list)

    class Meta:
        verbose_name = "nuit"
        ordering = ["-au"]

    def __str__(self) -> str:
        return f"nuit du {self.au:%d/%m/%Y}"
