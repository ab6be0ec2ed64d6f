"""Organismes de formation, leurs lieux, leurs formateurs, leurs contacts et les personnes qui y travaillent."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from dokelio.historique.suivi import suivi_des_changements
from dokelio.publication.champs import EtatField, Publiable, contrainte_etats
from dokelio.socle.arbres import DepartementDe, TexteDArbre
from dokelio.socle.lheo import ArbreLheo, CodeLheo, TexteLheo
from dokelio.socle.recherche import colonne_cle, index_trigramme
from dokelio.socle.references import ReferenceField, contrainte_reference
from structures.querysets import EtablissementQuerySet, FormateurQuerySet, OrganismeQuerySet, RattachementQuerySet

SIRET_FICTIFS = ("00000000000000", "99999999999999")
DEPARTEMENTS_REGION = ("75", "77", "78", "91", "92", "93", "94", "95")
ADRESSE = ("adresse",)


def colonne_adresse(arbre: str, *chemin: str) -> Any:
    """Colonne engendrée : texte d'une feuille de l'adresse d'un arbre `coordonnees`."""
    return models.GeneratedField(
        expression=TexteDArbre(arbre, *chemin), output_field=models.CharField(max_length=60), db_persist=True
    )


def colonne_departement(arbre: str, *chemin: str) -> Any:
    """Colonne engendrée : département du code postal d'un arbre."""
    return models.GeneratedField(
        expression=DepartementDe(arbre, *chemin), output_field=models.CharField(max_length=3), db_persist=True
    )


class EtatOrganisme(models.TextChoices):
    """Vie d'un organisme (domaine §6.2)."""

    DEMANDE = "demande", "Demande à contrôler"
    COMPLEMENT_DEMANDE = "complement_demande", "Complément demandé"
    REFUSE = "refuse", "Refusé"
    EN_DIFFUSION = "en_diffusion", "En diffusion"
    CESSATION = "cessation", "En cessation"


class Origine(models.TextChoices):
    """D'où vient une ligne."""

    SAISIE = "saisie", "saisie"
    IMPORT = "import", "import LHEO"
    REPRISE = "reprise", "reprise de l'ancien Dokelio"


# L'état se lit dans les événements ; le reste de cette liste n'est saisi par personne.
HORS_HISTORIQUE = ("statut", "cree_le", "modifie_le", "origine", "numero_emetteur", "reste_lheo", "documentaliste")


@suivi_des_changements(exclure=HORS_HISTORIQUE)
class Organisme(Publiable):
    """Organisme de formation responsable : LHEO `organisme-formation-responsable`."""

    NIVEAU = "organisme-formation-responsable"

    reference = ReferenceField(prefixe="OF", sequence="structures_organisme_reference")
    statut = EtatField(EtatOrganisme, initial=EtatOrganisme.DEMANDE)

    nda = TexteLheo(chemin=f"{NIVEAU}/numero-activite", motif=r"\d{11}")
    siret = TexteLheo(
        chemin=f"{NIVEAU}/SIRET-organisme-formation/SIRET", motif=r"\d{14}", exclus=SIRET_FICTIFS, verbose_name="SIRET"
    )
    nom = TexteLheo(chemin=f"{NIVEAU}/nom-organisme", verbose_name="nom usuel")
    raison_sociale = TexteLheo(chemin=f"{NIVEAU}/raison-sociale")
    coordonnees = ArbreLheo(chemin=f"{NIVEAU}/coordonnees-organisme/coordonnees")
    renseignements = TexteLheo(chemin=f"{NIVEAU}/renseignements-specifiques")
    potentiel = ArbreLheo(chemin=f"{NIVEAU}/potentiel")
    uai = TexteLheo(chemin=f"{NIVEAU}/code-UAI-organisme-formation/code-UAI", motif=r"\d{7}[A-Z]", verbose_name="UAI")
    reste_lheo = models.JSONField(default=dict, blank=True)

    est_cfa = models.BooleanField("CFA", default=False)
    qualiopi = ArrayField(
        models.CharField(
            max_length=3,
            choices=[
                ("AF", "actions de formation"),
                ("BC", "bilans de compétences"),
                ("VAE", "VAE"),
                ("CFA", "apprentissage"),
            ],
        ),
        verbose_name="catégories certifiées Qualiopi",
        default=list,
        blank=True,
    )
    qualiopi_jusqu_au = models.DateField("Qualiopi valable jusqu'au", null=True, blank=True)
    justificatif = models.FileField("justificatif d'activité en Île-de-France", upload_to="justificatifs/", blank=True)
    documentaliste = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="organismes_suivis"
    )
    note_interne = models.TextField(blank=True)

    origine = models.CharField(max_length=8, choices=Origine.choices, default=Origine.SAISIE)
    numero_emetteur = models.CharField("numéro chez l'émetteur", max_length=255, blank=True, default="")
    cree_le = models.DateTimeField("créé le", db_default=Now())
    modifie_le = models.DateTimeField("modifié le", db_default=Now())

    code_postal = colonne_adresse("coordonnees", "adresse", "codepostal")
    ville = colonne_adresse("coordonnees", "adresse", "ville")
    departement = colonne_departement("coordonnees", "adresse", "codepostal")

    cle_nom = colonne_cle("nom", "raison_sociale")

    objects = OrganismeQuerySet.as_manager()

    class Meta:
        verbose_name = "organisme de formation"
        verbose_name_plural = "organismes de formation"
        constraints = [
            contrainte_reference("OF"),
            contrainte_etats(EtatOrganisme),
            models.UniqueConstraint(
                "siret",
                name="organisme_siret_unique",
                condition=~Q(siret=""),
                violation_error_message="Cet organisme est déjà inscrit avec ce SIRET : demandez à y être rattaché.",
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^[0-9]{14}$"),
                name="organisme_siret_forme",
                violation_error_message="Le SIRET compte quatorze chiffres.",
            ),
        ]
        indexes = [
            index_trigramme("cle_nom", "organisme_recherche"),
            models.Index(fields=["cle_nom", "id"], name="organisme_par_nom"),
            models.Index(F("modifie_le").desc(), F("id").desc(), name="organisme_par_date"),
            models.Index(fields=["statut", "departement"], name="organisme_etat_dept"),
        ]

    def __str__(self) -> str:
        return self.nom or self.raison_sociale or self.reference

    @property
    def est_francilien(self) -> bool:
        """Siège en Île-de-France : condition d'une offre entièrement à distance (conception §5)."""
        return self.departement in DEPARTEMENTS_REGION


class Contact(models.Model):
    """Personne ou service à joindre dans un organisme : LHEO `contact-organisme` quand il est diffusé."""

    organisme = models.ForeignKey(Organisme, on_delete=models.CASCADE, related_name="contacts")
    rang = models.PositiveSmallIntegerField(default=1)
    type = CodeLheo(chemin="contact-organisme/type-contact", verbose_name="rôle")
    coordonnees = ArbreLheo(chemin="contact-organisme/coordonnees")
    reste_lheo = models.JSONField(default=dict, blank=True)
    fonction = models.CharField(max_length=100, blank=True)
    diffuse = models.BooleanField("diffusé sur les sites partenaires", default=True)

    class Meta:
        verbose_name = "contact"
        ordering = ["organisme_id", "rang", "pk"]

    def __str__(self) -> str:
        from dokelio.socle.arbres import suivre, texte_de

        return " ".join(filter(None, (texte_de(suivre(self.coordonnees, cle)) for cle in ("prenom", "nom"))))


class Etablissement(models.Model):
    """Lieu connu d'un organisme, proposé quand on choisit où se tient une formation : LHEO `lieu-de-formation`."""

    organisme = models.ForeignKey(Organisme, on_delete=models.CASCADE, related_name="etablissements")
    nom = models.CharField("nom du lieu", max_length=255, blank=True)
    siret = TexteLheo(chemin="lieu-de-formation/SIRET-lieu-formation/SIRET", motif=r"\d{14}", verbose_name="SIRET")
    uai = TexteLheo(
        chemin="lieu-de-formation/code-UAI-lieu-formation/code-UAI", motif=r"\d{7}[A-Z]", verbose_name="UAI"
    )
    coordonnees = ArbreLheo(chemin="lieu-de-formation/coordonnees")
    reste_lheo = models.JSONField(default=dict, blank=True)
    actif = models.BooleanField(default=True)

    code_postal = colonne_adresse("coordonnees", "adresse", "codepostal")
    ville = colonne_adresse("coordonnees", "adresse", "ville")
    departement = colonne_departement("coordonnees", "adresse", "codepostal")

    objects = EtablissementQuerySet.as_manager()

    class Meta:
        verbose_name = "établissement"
        ordering = ["organisme_id", "nom", "pk"]

    def __str__(self) -> str:
        return self.nom or f"{self.code_postal} {self.ville}"


class Formateur(models.Model):
    """Organisme qui assure la formation pour le compte du responsable : LHEO `organisme-formateur`.

    Un formateur sans compte n'a aucun droit ; `structure` dit l'organisme qu'il est, quand il est inscrit.
    """

    NIVEAU = "organisme-formateur"

    organisme = models.ForeignKey(
        Organisme, on_delete=models.CASCADE, related_name="formateurs", verbose_name="organisme responsable"
    )
    structure = models.ForeignKey(
        Organisme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interventions",
        verbose_name="organisme inscrit",
    )
    siret = TexteLheo(
        chemin=f"{NIVEAU}/SIRET-formateur/SIRET", motif=r"\d{14}", exclus=SIRET_FICTIFS, verbose_name="SIRET"
    )
    raison_sociale = TexteLheo(chemin=f"{NIVEAU}/raison-sociale-formateur")
    contacts = ArbreLheo(chemin=f"{NIVEAU}/contact-formateur", multiple=True)
    potentiel = ArbreLheo(chemin=f"{NIVEAU}/potentiel")
    uai = TexteLheo(chemin=f"{NIVEAU}/code-UAI-formateur/code-UAI", motif=r"\d{7}[A-Z]", verbose_name="UAI")
    reste_lheo = models.JSONField(default=dict, blank=True)
    numero_emetteur = models.CharField(max_length=255, blank=True, default="")

    objects = FormateurQuerySet.as_manager()

    class Meta:
        verbose_name = "formateur"
        constraints = [
            models.UniqueConstraint(
                fields=["organisme", "siret"],
                name="formateur_siret_unique",
                condition=~Q(siret=""),
                violation_error_message="Ce formateur est déjà connu de votre organisme.",
            ),
        ]
        ordering = ["organisme_id", "raison_sociale", "pk"]

    def __str__(self) -> str:
        return self.raison_sociale or self.siret


class RoleMembre(models.TextChoices):
    """Ce qu'une personne peut faire dans un organisme."""

    LECTEUR = "lecteur", "lecteur"
    REDACTEUR = "redacteur", "rédacteur"
    GESTIONNAIRE = "gestionnaire", "gestionnaire"


class Rattachement(models.Model):
    """Une personne travaille pour un organisme, avec un rôle."""

    utilisateur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="rattachements")
    organisme = models.ForeignKey(Organisme, on_delete=models.PROTECT, related_name="rattachements")
    role = models.CharField("rôle", max_length=12, choices=RoleMembre.choices, default=RoleMembre.REDACTEUR)
    cree_le = models.DateTimeField(db_default=Now())

    objects = RattachementQuerySet.as_manager()

    class Meta:
        verbose_name = "rattachement"
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "organisme"],
                name="rattachement_unique",
                violation_error_message="Cette personne est déjà rattachée à cet organisme.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=RoleMembre.values),
                name="rattachement_role",
                violation_error_message="Choisissez un rôle : lecteur, rédacteur ou gestionnaire.",
            ),
        ]
        ordering = ["organisme_id", "utilisateur_id"]

    def __str__(self) -> str:
        return f"{self.utilisateur} — {self.organisme} ({self.get_role_display()})"
