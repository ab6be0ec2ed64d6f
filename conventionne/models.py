"""Financeurs, dispositifs datés et conventions : ce qui rend une offre conventionnée."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from conventionne.querysets import DispositifQuerySet
from dokelio.lheo import grammaire


class Financeur(models.Model):
    """Qui paie : LHEO `code-financeur`, précisé (la Région, tel département, tel OPCO)."""

    nom = models.CharField(max_length=150, unique=True)
    sigle = models.CharField(max_length=30, blank=True)
    code_lheo = models.CharField(
        "code financeur LHEO", max_length=2, choices=grammaire.TABLES["dict-financeurs"].entrees
    )
    actif = models.BooleanField(default=True)

    class Meta:
        verbose_name = "financeur"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.sigle or self.nom


class QuiDates(models.TextChoices):
    """Qui a la main sur les dates d'une session conventionnée : chaque dispositif a sa règle (FAQ, partie 3)."""

    ORGANISME = "organisme", "l'organisme de formation"
    DOCUMENTALISTE = "documentaliste", "les documentalistes du CARIF"


class ChampOuvrable(models.TextChoices):
    """Ce qu'un dispositif peut rendre libre ; le reste d'un lieu conventionné est contrôlé (conception §2)."""

    LIEUX = "lieux", "le lieu, présentiel ou à distance"
    ENTREES_SORTIES = "entrees_sorties", "les entrées et sorties"
    RYTHME = "rythme", "le rythme"
    HEURES = "heures", "les heures et la durée"
    PRIX = "prix", "le prix et les frais restants"
    FORMATEURS = "formateurs", "l'organisme formateur"
    ETAT_RECRUTEMENT = "etat_recrutement", "l'état du recrutement"
    INSCRIPTION = "inscription", "les modalités, la période et l'adresse d'inscription"
    CONTACTS = "contacts", "les contacts de la session"
    RECRUTEMENTS = "recrutements", "les informations collectives"
    BLOCS = "blocs", "les blocs de compétences"


class Dispositif(models.Model):
    """Programme de financement, en vigueur entre deux dates : LHEO `programme-financeur`."""

    code = models.SlugField(unique=True)
    nom = models.CharField(max_length=150)
    programme = models.CharField(
        "programme dans les flux", max_length=150, help_text="tel qu'il part en `programme-financeur`"
    )
    financeur = models.ForeignKey(Financeur, on_delete=models.PROTECT, related_name="dispositifs")
    conventionne = models.BooleanField("conventionné", default=True)
    debut = models.DateField("en vigueur du")
    fin = models.DateField("au", null=True, blank=True)

    objects = DispositifQuerySet.as_manager()

    class Meta:
        verbose_name = "dispositif"
        ordering = ["nom"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(fin__gte=models.F("debut")),
                name="dispositif_dates",
                violation_error_message="La fin du dispositif précède son début.",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    def regle_au(self, jour: Any) -> "RegleDispositif | None":
        """Règle en vigueur ce jour-là ; `None` si le dispositif n'en a pas encore. Lit `regles`, préchargées ou non."""
        en_vigueur = [regle for regle in self.regles.all() if regle.a_partir_du <= jour]
        return max(en_vigueur, key=lambda regle: regle.a_partir_du, default=None)


class RegleDispositif(models.Model):
    """Ce qu'un dispositif laisse à la main de l'organisme, à partir d'un jour."""

    dispositif = models.ForeignKey(Dispositif, on_delete=models.CASCADE, related_name="regles")
    a_partir_du = models.DateField("à partir du")
    dates_par = models.CharField(
        "les dates de session sont modifiées par",
        max_length=14,
        choices=QuiDates.choices,
        default=QuiDates.DOCUMENTALISTE,
    )
    champs_libres = ArrayField(
        models.CharField(max_length=40),
        verbose_name="champs que l'organisme modifie librement",
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = "règle de dispositif"
        verbose_name_plural = "règles de dispositif"
        ordering = ["dispositif_id", "-a_partir_du"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispositif", "a_partir_du"],
                name="regle_unique_par_jour",
                violation_error_message="Ce dispositif a déjà une règle à partir de ce jour.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dispositif}, à partir du {self.a_partir_du:%d/%m/%Y}"


class Convention(models.Model):
    """Marché ou convention d'un organisme au titre d'un dispositif : LHEO `ref-action-marche-financeur`."""

    dispositif = models.ForeignKey(Dispositif, on_delete=models.PROTECT, related_name="conventions")
    organisme = models.ForeignKey("structures.Organisme", on_delete=models.PROTECT, related_name="conventions")
    numero = models.CharField("numéro de convention ou de marché", max_length=60)
    lot = models.CharField(max_length=60, blank=True)
    intitule = models.CharField("intitulé", max_length=255, blank=True)
    debut = models.DateField("du")
    fin = models.DateField("au")
    places = models.PositiveIntegerField("places financées", null=True, blank=True)
    heures = models.PositiveIntegerField("heures conventionnées", null=True, blank=True)

    class Meta:
        verbose_name = "convention"
        ordering = ["-debut", "numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "numero", "lot"],
                name="convention_unique",
                violation_error_message="Cette convention est déjà enregistrée pour cet organisme et ce lot.",
            ),
            models.CheckConstraint(
                condition=Q(fin__gte=models.F("debut")),
                name="convention_dates",
                violation_error_message="La fin de la convention précède son début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.numero} lot {self.lot}" if self.lot else self.numero
