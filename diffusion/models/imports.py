"""Les imports de documents LHEO : ce qui a été déposé, ce qui en est entré, et le compte rendu ligne à ligne."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from diffusion.querysets import ImportQuerySet


class EtatImport(models.TextChoices):
    """Vie d'un import : une ligne d'abord, un travail ensuite."""

    EN_ATTENTE = "en_attente", "En attente"
    EN_COURS = "en_cours", "En cours"
    TERMINE = "termine", "Terminé"
    REFUSE = "refuse", "Document refusé"
    ECHEC = "echec", "Échec"


class Gravite(models.TextChoices):
    """Ce qu'une ligne du compte rendu change pour la formation."""

    REFUS = "refus", "refusée"
    BLOCAGE = "blocage", "à corriger avant de soumettre"
    AVERTISSEMENT = "avertissement", "à vérifier"
    INFORMATION = "information", "pour information"


class Import(models.Model):
    """Un document LHEO déposé (page, commande ou API) et ce qui en est entré dans la base.

    `organisme` vide : toute l'offre du document, chacune chez son organisme ; donné : tout va chez lui. `enveloppe` est
    ce que le document dit hors de ses formations ; `bilan` compte, par niveau, créés, modifiés, inchangés, refusés.
    """

    fichier = models.FileField("document", upload_to="imports/%Y/%m/", blank=True)
    nom = models.CharField("nom du fichier", max_length=255)
    taille = models.BigIntegerField("taille en octets", default=0)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True, default="")
    auteur = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    organisme = models.ForeignKey(
        "structures.Organisme", on_delete=models.PROTECT, null=True, blank=True, related_name="imports"
    )
    etat = models.CharField("état", max_length=10, choices=EtatImport.choices, default=EtatImport.EN_ATTENTE)
    simulation = models.BooleanField(default=False)
    depose_le = models.DateTimeField("déposé le", db_default=Now())
    debut = models.DateTimeField("commencé le", null=True, blank=True)
    fin = models.DateTimeField("fini le", null=True, blank=True)
    enveloppe = models.JSONField(null=True, blank=True)
    bilan = models.JSONField(default=dict, blank=True)
    message = models.TextField("ce qui a empêché l'import", blank=True, default="")

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ["-depose_le", "-pk"]
        indexes = [
            models.Index(fields=["-depose_le", "-id"], name="import_par_date"),
            models.Index(
                fields=["depose_le"],
                name="import_a_faire",
                condition=Q(etat__in=[EtatImport.EN_ATTENTE, EtatImport.EN_COURS]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatImport.values),
                name="import_etat_legal",
                violation_error_message="Cet état d'import n'existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class LigneImport(models.Model):
    """Une ligne du compte rendu d'un import : où, quoi, que faire.

    `rang` est celui de la formation dans le document (0 : le document), `ligne` celle du fichier.
    """

    import_lheo = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lignes", db_column="import_id")
    rang = models.PositiveIntegerField("formation n°", default=0)
    ligne = models.PositiveIntegerField(null=True, blank=True)
    gravite = models.CharField("gravité", max_length=13, choices=Gravite.choices)
    code = models.CharField(max_length=60)
    chemin = models.CharField("élément", max_length=500, blank=True, default="")
    phrase = models.TextField("ce qui ne va pas")
    remede = models.TextField("ce qu'il faut faire", blank=True, default="")
    action = models.ForeignKey(
        "formations.Action", on_delete=models.SET_NULL, null=True, blank=True, related_name="lignes_import"
    )

    class Meta:
        verbose_name = "ligne de compte rendu"
        verbose_name_plural = "lignes de compte rendu"
        ordering = ["import_lheo_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gravite__in=Gravite.values),
                name="ligne_import_gravite_legale",
                violation_error_message="Cette gravité n'existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.phrase
