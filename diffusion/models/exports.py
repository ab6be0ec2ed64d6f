"""Les flux tirés par les partenaires, et leurs exécutions : ce qui est parti, quand, et ce qui a été laissé de côté."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from diffusion.querysets import ExecutionQuerySet, FluxQuerySet


class Flux(models.Model):
    """Un document LHEO complet pour un destinataire, récrit chaque nuit.

    Les champs `conventionne` et `departements` bornent ce qui part (`sessions.publication.visibilite.Perimetre`) ;
    vides, ils ne restreignent rien.
    """

    slug = models.SlugField("nom dans les adresses et les commandes", unique=True)
    nom = models.CharField(max_length=100)
    destinataire = models.CharField(max_length=150, blank=True)
    delai = models.CharField("délai annoncé jusqu'au site du destinataire", max_length=60, blank=True, default="")
    actif = models.BooleanField("écrit chaque nuit", default=True)
    conventionne = models.BooleanField(
        "offre conventionnée",
        null=True,
        blank=True,
        help_text="Oui : elle seule. Non : tout sauf elle. Sans réponse : les deux.",
    )
    departements = ArrayField(
        models.CharField(max_length=3), verbose_name="départements des lieux de formation", null=True, blank=True
    )
    seuil_baisse = models.PositiveSmallIntegerField(
        "retenir si le nombre de formations baisse de plus de (%)",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )

    objects = FluxQuerySet.as_manager()

    class Meta:
        verbose_name = "flux"
        verbose_name_plural = "flux"
        ordering = ["nom", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seuil_baisse__range=(1, 100)),
                name="flux_seuil_en_pourcents",
                violation_error_message="Le seuil est un pourcentage, de 1 à 100.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def publie(self) -> Path:
        """Où le destinataire prend le document : toujours le dernier publié, jamais un document en cours d'écriture."""
        return Path(settings.DOSSIER_FLUX) / f"{self.slug}.xml"


class EtatExecution(models.TextChoices):
    """Vie d'une exécution : une ligne d'abord, un travail ensuite."""

    EN_ATTENTE = "en_attente", "En attente"
    EN_COURS = "en_cours", "En cours"
    PUBLIE = "publie", "Publié"
    RETENU = "retenu", "Retenu"
    ECHEC = "echec", "Échec"
    A_PART = "a_part", "Écrit à part"


OUVERTS = (EtatExecution.EN_ATTENTE, EtatExecution.EN_COURS)


class Execution(models.Model):
    """Une écriture d'un flux, pour un jour.

    `causes` compte tout ce qui a été laissé de côté, par cause ; `laissees` en garde les premières,
    `[référence, cause, détail]`. `fichier` est un chemin sous `DOSSIER_FLUX`, vide quand le document n'est plus gardé.
    """

    flux = models.ForeignKey(Flux, on_delete=models.PROTECT, related_name="executions")
    au = models.DateField("jour des règles")
    etat = models.CharField("état", max_length=10, choices=EtatExecution.choices, default=EtatExecution.EN_ATTENTE)
    demandee_le = models.DateTimeField("demandée le", db_default=Now())
    demandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="executions_demandees"
    )
    debut = models.DateTimeField("commencée le", null=True, blank=True)
    fin = models.DateTimeField("finie le", null=True, blank=True)
    publiee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    formations = models.PositiveIntegerField(default=0)
    actions = models.PositiveIntegerField("lieux et modalités", default=0)
    sessions = models.PositiveIntegerField(default=0)
    organismes = models.PositiveIntegerField(default=0)
    taille = models.PositiveBigIntegerField("taille en octets", default=0)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True, default="")
    fichier = models.CharField("document gardé", max_length=255, blank=True, default="")
    causes = models.JSONField("laissées de côté, par cause", default=dict, blank=True)
    laissees = models.JSONField("laissées de côté", default=list, blank=True)
    message = models.TextField("ce qui l'a retenue ou empêchée", blank=True, default="")

    objects = ExecutionQuerySet.as_manager()

    class Meta:
        verbose_name = "exécution d'un flux"
        verbose_name_plural = "exécutions des flux"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["flux", "-id"], name="execution_par_flux")]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatExecution.values),
                name="execution_etat_legal",
                violation_error_message="Cet état d'exécution n'existe pas.",
            ),
            models.UniqueConstraint(
                fields=["flux"],
                name="une_execution_ouverte_par_flux",
                condition=Q(etat__in=OUVERTS),
                violation_error_message="Une exécution de ce flux est déjà en attente ou en cours.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flux}, {self.au:%d/%m/%Y}"

    @property
    def duree(self) -> timedelta | None:
        """Temps d'écriture ; `None` tant qu'elle n'est pas finie."""
        return self.fin - self.debut if self.debut and self.fin else None

    @property
    def nb_laissees(self) -> int:
        """Formations en diffusion qui ne sont pas parties, toutes causes réunies."""
        return sum(self.causes.values())

    @property
    def chemin(self) -> Path | None:
        """Le document gardé, s'il l'est encore."""
        return Path(settings.DOSSIER_FLUX) / self.fichier if self.fichier else None
