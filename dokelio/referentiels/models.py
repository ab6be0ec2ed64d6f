"""Référentiels : communes, Formacode, ROME, NSF, certifications. Un code garde toujours sa version."""

import datetime
import re
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from dokelio.referentiels import querysets
from dokelio.socle.recherche import colonne_cle, index_trigramme


def _codes(longueur: int, **options: Any) -> "ArrayField[list[str], list[str]]":
    """Une liste de codes, vide par défaut en base comme en Python."""
    base: models.CharField[str, str] = models.CharField(max_length=longueur)
    vide = Value([], output_field=ArrayField(models.CharField(max_length=longueur)))
    return ArrayField(base, default=list, db_default=vide, blank=True, **options)


class Departement(models.Model):
    """Un département français ou une collectivité d'outre-mer."""

    code = models.CharField("code", primary_key=True, max_length=3)
    nom = models.CharField("nom", max_length=50)
    region = models.CharField("code de la région", max_length=2, db_default="", blank=True)
    region_nom = models.CharField("région", max_length=50, db_default="", blank=True)
    cle = colonne_cle("nom")

    objects = querysets.DepartementQuerySet.as_manager()

    class Meta:
        verbose_name = "département"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})"


class Commune(models.Model):
    """Une commune actuelle ou un arrondissement municipal, avec ses codes postaux ; clé : code de l'Insee."""

    class Type(models.TextChoices):
        COMMUNE = "commune", "Commune"
        ARRONDISSEMENT = "arrondissement", "Arrondissement municipal"

    code_insee = models.CharField("code Insee", primary_key=True, max_length=5)
    type = models.CharField("type", max_length=14, choices=Type.choices, db_default=Type.COMMUNE)
    nom = models.CharField("nom", max_length=60)
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="communes", verbose_name="département")
    codes_postaux = _codes(5, verbose_name="codes postaux")
    codes_postaux_texte = models.CharField(
        "codes postaux, chacun après une espace", max_length=200, db_default="", editable=False
    )
    latitude = models.DecimalField("latitude", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("longitude", max_digits=9, decimal_places=6, null=True, blank=True)
    anciens_codes = _codes(5, verbose_name="codes des communes absorbées")
    parente = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="arrondissements", verbose_name="commune entière"
    )
    proposee = models.BooleanField("proposée dans une adresse", db_default=True)
    cle = colonne_cle("nom")

    objects = querysets.CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ("cle", "code_insee")
        indexes = [
            index_trigramme("cle", "commune_cle_trgm"),
            index_trigramme("codes_postaux_texte", "commune_cp_trgm"),
            GinIndex(fields=["codes_postaux"], name="commune_cp_gin"),
            GinIndex(fields=["anciens_codes"], name="commune_anciens_gin"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(code_insee__regex=r"^([0-9]{2}|2[AB])[0-9]{3}$"),
                name="commune_code_forme",
                violation_error_message="Un code Insee de commune compte 5\u00a0caractères.",
            )
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def ville(self) -> str:
        """Le nom sur une enveloppe : « Paris » pour un arrondissement."""
        return re.sub(r" \d+ᵉʳ?$", "", self.nom) if self.type == self.Type.ARRONDISSEMENT else self.nom


class Formacode(models.Model):
    """Un descripteur Formacode dans une version ; clé (version, code), jamais le code seul."""

    version = models.CharField("version", max_length=4)
    code = models.CharField("code", max_length=5)
    libelle = models.CharField("libellé", max_length=255)
    type = models.CharField("liste", max_length=12, help_text="DOM, PUB, MOD, RYT, AIS, VAL…")
    champ = models.CharField("champ sémantique", max_length=120, db_default="", blank=True)
    synonymes = models.TextField("synonymes", db_default="", blank=True)
    cle = colonne_cle("libelle", "synonymes")

    objects = querysets.FormacodeQuerySet.as_manager()

    class Meta:
        verbose_name = "descripteur Formacode"
        verbose_name_plural = "descripteurs Formacode"
        ordering = ("version", "cle", "code")
        indexes = [index_trigramme("cle", "formacode_cle_trgm")]
        constraints = [
            models.UniqueConstraint(
                fields=("version", "code"),
                name="formacode_version_code",
                violation_error_message="Ce code existe déjà dans cette version du Formacode.",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{5}$") & Q(version__regex=r"^V[0-9]{1,2}$"),
                name="formacode_forme",
                violation_error_message="Un Formacode compte 5\u00a0chiffres, sa version s'écrit V14.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.libelle}"


class Rome(models.Model):
    """Un métier du ROME dans une version ; clé (version, code)."""

    version = models.CharField("version", max_length=3)
    code = models.CharField("code", max_length=5)
    libelle = models.CharField("libellé", max_length=255)
    parent = models.CharField("code de la version 3", max_length=5, db_default="", blank=True)
    cle = colonne_cle("libelle")

    objects = querysets.RomeQuerySet.as_manager()

    class Meta:
        verbose_name = "métier du ROME"
        verbose_name_plural = "métiers du ROME"
        ordering = ("version", "code")
        indexes = [index_trigramme("cle", "rome_cle_trgm")]
        constraints = [
            models.UniqueConstraint(
                fields=("version", "code"),
                name="rome_version_code",
                violation_error_message="Ce code existe déjà dans cette version du ROME.",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-N][0-9]{4}$") & Q(version__regex=r"^V[0-9]{1,2}$"),
                name="rome_forme",
                violation_error_message="Un code ROME compte une lettre et 4\u00a0chiffres, sa version s'écrit V4.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.libelle}"


class Nsf(models.Model):
    """Un groupe de spécialités de formation : trois chiffres, et une lettre de fonction facultative."""

    code = models.CharField("code", primary_key=True, max_length=4)
    libelle = models.CharField("libellé", max_length=255)
    cle = colonne_cle("libelle")

    objects = querysets.NsfQuerySet.as_manager()

    class Meta:
        verbose_name = "spécialité NSF"
        verbose_name_plural = "spécialités NSF"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{3}[a-z]?$"),
                name="nsf_forme",
                violation_error_message="Un code NSF compte 3\u00a0chiffres et parfois une lettre.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.libelle}"


class Certification(models.Model):
    """Une fiche du RNCP ou du Répertoire spécifique (France compétences), complétée par CertifInfo.

    Les codes proposés (NSF, ROME, Formacode) ne disent pas leur version : les sources ne la donnent pas."""

    class Repertoire(models.TextChoices):
        RNCP = "RNCP", "Répertoire national des certifications professionnelles"
        RS = "RS", "Répertoire spécifique"

    code = models.CharField("code de la fiche", max_length=12, unique=True, help_text="RNCP37674, RS5695")
    repertoire = models.CharField("répertoire", max_length=4, choices=Repertoire.choices)
    intitule = models.CharField("intitulé", max_length=1000)
    abrege = models.CharField("sigle du type", max_length=60, db_default="", blank=True, help_text="TP, BTS, CAP…")
    type = models.CharField("type", max_length=255, db_default="", blank=True, help_text="Titre professionnel…")
    niveau = models.PositiveSmallIntegerField("niveau (cadre national)", null=True, blank=True)
    actif = models.BooleanField("active", db_default=True)
    type_enregistrement = models.CharField("type d'enregistrement", max_length=60, db_default="", blank=True)
    date_effet = models.DateField("date d'effet", null=True, blank=True)
    date_decision = models.DateField("date de décision", null=True, blank=True)
    date_jo = models.DateField("dernière parution au Journal officiel", null=True, blank=True)
    fin_enregistrement = models.DateField("échéance de l'enregistrement", null=True, blank=True)
    limite_delivrance = models.DateField("date limite de délivrance", null=True, blank=True)
    codes_certifinfo = _codes(10, verbose_name="codes CertifInfo")
    codes_cfd = _codes(8, verbose_name="codes de formation-diplôme")
    codes_nsf = _codes(4, verbose_name="NSF proposées")
    codes_rome = _codes(5, verbose_name="ROME proposés")
    formacodes = _codes(5, verbose_name="Formacodes proposés")
    voies_acces = _codes(3, verbose_name="voies d'accès")
    cle = colonne_cle("abrege", "intitule")

    objects = querysets.CertificationQuerySet.as_manager()

    class Meta:
        verbose_name = "certification"
        ordering = ("cle", "code")
        indexes = [
            index_trigramme("cle", "certification_cle_trgm"),
            index_trigramme("code", "certification_code_trgm"),
            GinIndex(fields=["codes_certifinfo"], name="certification_certifinfo_gin"),
            GinIndex(fields=["codes_cfd"], name="certification_cfd_gin"),
            models.Index(fields=["fin_enregistrement"], condition=Q(actif=True), name="certification_echeance"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(repertoire="RNCP", code__regex=r"^RNCP[0-9]{1,6}$")
                | Q(repertoire="RS", code__regex=r"^RS[0-9]{1,6}$"),
                name="certification_code_forme",
                violation_error_message="Un code de fiche s'écrit RNCP ou RS suivi de chiffres.",
            ),
            models.CheckConstraint(
                condition=Q(niveau__isnull=True) | Q(niveau__range=(1, 8)),
                name="certification_niveau",
                violation_error_message="Un niveau de certification va de 1 à 8.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.intitule_court}"

    @property
    def intitule_court(self) -> str:
        """L'intitulé précédé de son sigle : « TP Développeur web et web mobile »."""
        if not self.abrege or self.intitule.upper().startswith(self.abrege.upper()):
            return self.intitule
        return f"{self.abrege} {self.intitule}"

    @property
    def code_niveau_lheo(self) -> str:
        """Le niveau dans la table LHEO (11 à 18), ou vide."""
        return str(10 + self.niveau) if self.niveau else ""

    @property
    def en_apprentissage(self) -> bool:
        """La certification se prépare par apprentissage."""
        return "CA" in self.voies_acces

    def active_au(self, jour: datetime.date) -> bool:
        """Même règle que `Certification.objects.actives_au`."""
        return self.actif and (self.fin_enregistrement is None or self.fin_enregistrement >= jour)

    def remplacantes(self) -> "models.QuerySet[Certification]":
        """Les fiches connues qui la remplacent directement."""
        nouvelles = Remplacement.objects.de(self.code).values("nouvelle")
        return Certification.objects.filter(code__in=nouvelles).order_by("code")


class Bloc(models.Model):
    """Un bloc de compétences d'une fiche ; clé (fiche, code), car des codes se répètent d'une fiche à l'autre."""

    certification = models.ForeignKey(Certification, models.CASCADE, related_name="blocs")
    code = models.CharField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=1000)

    objects = querysets.BlocQuerySet.as_manager()

    class Meta:
        verbose_name = "bloc de compétences"
        verbose_name_plural = "blocs de compétences"
        ordering = ("certification_id", "code")
        constraints = [
            models.UniqueConstraint(
                fields=("certification", "code"),
                name="bloc_fiche_code",
                violation_error_message="Ce bloc existe déjà dans cette fiche.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.libelle}"


class Certificateur(models.Model):
    """Un certificateur d'une fiche."""

    certification = models.ForeignKey(Certification, models.CASCADE, related_name="certificateurs")
    siret = models.CharField("SIRET", max_length=14, db_default="", blank=True)
    nom = models.CharField("nom", max_length=255)

    class Meta:
        verbose_name = "certificateur"
        ordering = ("certification_id", "nom")
        constraints = [
            models.UniqueConstraint(
                fields=("certification", "siret", "nom"),
                name="certificateur_unique",
                violation_error_message="Ce certificateur est déjà celui de la fiche.",
            )
        ]

    def __str__(self) -> str:
        return self.nom


class PartenaireHabilite(models.Model):
    """Un organisme habilité par le certificateur d'une fiche à former, à évaluer, ou les deux."""

    certification = models.ForeignKey(Certification, models.CASCADE, related_name="partenaires")
    siret = models.CharField("SIRET", max_length=14)
    nom = models.CharField("nom", max_length=255, db_default="", blank=True)
    habilitation = models.CharField("habilitation", max_length=40)

    objects = querysets.PartenaireHabiliteQuerySet.as_manager()

    class Meta:
        verbose_name = "partenaire habilité"
        verbose_name_plural = "partenaires habilités"
        indexes = [models.Index(fields=["siret"], name="partenaire_siret")]
        constraints = [
            models.UniqueConstraint(
                fields=("certification", "siret", "habilitation"),
                name="partenaire_unique",
                violation_error_message="Cette habilitation existe déjà.",
            )
        ]

    def __str__(self) -> str:
        return self.nom or self.siret


class Remplacement(models.Model):
    """« L'ancienne fiche est remplacée par la nouvelle » : plusieurs à plusieurs, et l'une des deux peut manquer."""

    ancienne = models.CharField("ancienne fiche", max_length=12)
    nouvelle = models.CharField("nouvelle fiche", max_length=12, db_index=True)

    objects = querysets.RemplacementQuerySet.as_manager()

    class Meta:
        verbose_name = "remplacement de fiche"
        verbose_name_plural = "remplacements de fiches"
        constraints = [
            models.UniqueConstraint(
                fields=("ancienne", "nouvelle"),
                name="remplacement_unique",
                violation_error_message="Ce remplacement est déjà connu.",
            ),
            models.CheckConstraint(
                condition=~Q(ancienne=F("nouvelle")),
                name="remplacement_autre",
                violation_error_message="Une fiche ne se remplace pas elle-même.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ancienne} → {self.nouvelle}"


class CertifInfo(models.Model):
    """Un code CertifInfo : une certification, parfois sans fiche nationale (habilitation, diplôme d'établissement)."""

    code = models.CharField("code", primary_key=True, max_length=10)
    libelle = models.CharField("libellé", max_length=500)
    type = models.CharField("type", max_length=255, db_default="", blank=True)
    niveau = models.PositiveSmallIntegerField("niveau", null=True, blank=True)
    code_cfd = models.CharField("code de formation-diplôme", max_length=8, db_default="", blank=True)
    formacode = models.CharField("Formacode principal", max_length=5, db_default="", blank=True)
    codes_rome = _codes(5, verbose_name="ROME")
    code_nsf = models.CharField("NSF", max_length=4, db_default="", blank=True)
    fiches = _codes(12, verbose_name="fiches RNCP et RS")
    etat = models.PositiveSmallIntegerField("état", db_default=0, help_text="0 : publié")
    ancien_code = models.CharField("code remplacé", max_length=10, db_default="", blank=True)
    cle = colonne_cle("libelle")

    objects = querysets.CertifInfoQuerySet.as_manager()

    class Meta:
        verbose_name = "code CertifInfo"
        verbose_name_plural = "codes CertifInfo"
        ordering = ("cle", "code")
        indexes = [index_trigramme("cle", "certifinfo_cle_trgm")]

    def __str__(self) -> str:
        return f"{self.code} {self.libelle}"


class ImportReferentiel(models.Model):
    """Un chargement de référentiel : d'où il vient, ce qu'il a changé, ce qui a été écarté et pourquoi."""

    source = models.CharField("source", max_length=40)
    fichier = models.CharField("fichier", max_length=255)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    fait_le = models.DateTimeField("fait le", db_default=Now())
    crees = models.PositiveIntegerField("créés", db_default=0)
    modifies = models.PositiveIntegerField("modifiés", db_default=0)
    inchanges = models.PositiveIntegerField("inchangés", db_default=0)
    supprimes = models.PositiveIntegerField("retirés", db_default=0)
    ecartees = models.PositiveIntegerField("lignes écartées", db_default=0)
    compte_rendu = models.JSONField("compte rendu", default=dict)

    class Meta:
        verbose_name = "chargement de référentiel"
        verbose_name_plural = "chargements de référentiels"
        ordering = ("-fait_le", "-id")

    def __str__(self) -> str:
        return f"{self.source} – {self.fichier}"
