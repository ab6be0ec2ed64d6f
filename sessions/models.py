"""Ce qui varie d'une session à l'autre : lieu et modalités (déroulement), dates (session), argent (financement).

Un déroulement est une `action` de LHEO ; le mot ne s'affiche jamais : les pages disent « lieu et modalités ».
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from dokelio.publication.champs import EtatField, Publiable, contrainte_etats
from dokelio.socle.arbres import DepartementDe, TexteDArbre
from dokelio.socle.lheo import ArbreLheo, BooleenLheo, CodeLheo, DateLheo, DecimalLheo, EntierLheo, TexteLheo
from dokelio.socle.references import ReferenceField, contrainte_reference
from sessions.querysets import DeroulementQuerySet, FinancementQuerySet, SessionQuerySet

ADRESSE_DU_LIEU = ("0", "coordonnees", "adresse")


class Deroulement(models.Model):
    """Lieu et modalités communs à des sessions qui ne diffèrent que par leurs dates : LHEO `action`.

    `derogations` dit ce qui, ici, s'écarte de la fiche : arbre partiel d'`action`, `None` pour un élément absent.
    Les dérogations sont contrôlées comme la fiche ; tout le reste est libre.
    """

    action = models.ForeignKey("formations.Action", on_delete=models.CASCADE, related_name="deroulements")
    rang = models.PositiveIntegerField("ordre dans la fiche", default=1)
    numero = models.CharField("numéro dans le flux national", max_length=40, null=True, unique=True, editable=False)

    rythme = TexteLheo(chemin="action/rythme-formation", verbose_name="rythme")
    modalites_enseignement = CodeLheo(chemin="action/modalites-enseignement", verbose_name="présentiel ou à distance")
    lieux = ArbreLheo(chemin="action/lieu-de-formation", multiple=True, verbose_name="lieux de formation")
    entrees_sorties = CodeLheo(chemin="action/modalites-entrees-sorties", verbose_name="entrées et sorties")
    adresses_web = ArbreLheo(chemin="action/url-action")
    duree_cycle = EntierLheo(chemin="action/duree-cycle", verbose_name="durée du cycle en années")
    adresse_information = ArbreLheo(chemin="action/adresse-information")
    dates_information = ArbreLheo(chemin="action/date-information", multiple=True)
    frais_restants = TexteLheo(chemin="action/frais-restants", verbose_name="frais restant à la charge du stagiaire")
    prix_horaire = DecimalLheo(chemin="action/prix-horaire-TTC", max_digits=6, verbose_name="prix horaire TTC")
    prix_total = DecimalLheo(chemin="action/prix-total-TTC", verbose_name="prix total TTC")
    duree_indicative = TexteLheo(chemin="action/duree-indicative", verbose_name="durée indicative")
    heures_centre = EntierLheo(chemin="action/nombre-heures-centre", verbose_name="heures en centre")
    heures_entreprise = EntierLheo(chemin="action/nombre-heures-entreprise", verbose_name="heures en entreprise")
    heures_total = EntierLheo(chemin="action/nombre-heures-total", verbose_name="total d'heures")
    conventionnement = BooleenLheo(chemin="action/conventionnement")
    duree_conventionnee = EntierLheo(chemin="action/duree-conventionnee", verbose_name="heures conventionnées")

    derogations = models.JSONField("dérogations à la fiche", default=dict, blank=True)
    reste_lheo = models.JSONField("informations reçues sans champ dédié", default=dict, blank=True)
    numero_emetteur = models.CharField(max_length=255, blank=True, default="")
    rang_emetteur = models.PositiveSmallIntegerField(default=1)
    cree_le = models.DateTimeField(db_default=Now())
    modifie_le = models.DateTimeField(db_default=Now())
    edition = models.PositiveIntegerField(default=1)

    code_postal = models.GeneratedField(
        expression=TexteDArbre("lieux", *ADRESSE_DU_LIEU, "codepostal"),
        output_field=models.CharField(max_length=60),
        db_persist=True,
    )
    ville = models.GeneratedField(
        expression=TexteDArbre("lieux", *ADRESSE_DU_LIEU, "ville"),
        output_field=models.CharField(max_length=60),
        db_persist=True,
    )
    departement = models.GeneratedField(
        expression=DepartementDe("lieux", *ADRESSE_DU_LIEU, "codepostal"),
        output_field=models.CharField(max_length=3),
        db_persist=True,
    )

    objects = DeroulementQuerySet.as_manager()

    class Meta:
        verbose_name = "lieu et modalités"
        verbose_name_plural = "lieux et modalités"
        ordering = ["action_id", "rang", "pk"]
        indexes = [models.Index(fields=["departement", "action"], name="deroulement_dept")]

    def __str__(self) -> str:
        lieu = f"{self.code_postal} {self.ville}".strip()
        return ", ".join(filter(None, (self.get_modalites_enseignement_display(), lieu))) or "lieu à préciser"

    @property
    def a_distance(self) -> bool:
        """Entièrement à distance (dict-modalites-enseignement, code 2)."""
        return self.modalites_enseignement == "2"


class EtatSession(models.TextChoices):
    """Vie d'une session (conception §4) ; « à venir », « en cours », « terminée » se déduisent des dates."""

    BROUILLON = "brouillon", "Brouillon"
    EN_DIFFUSION = "en_diffusion", "En diffusion"
    ANNULEE = "annulee", "Annulée"
    ARCHIVEE = "archivee", "Archivée"


class Session(Publiable):
    """Les dates d'une formation et ce qui les accompagne : LHEO `session`."""

    reference = ReferenceField(prefixe="SE", sequence="sessions_session_reference")
    statut = EtatField(EtatSession, initial=EtatSession.BROUILLON)
    deroulement = models.ForeignKey(Deroulement, on_delete=models.CASCADE, related_name="sessions")

    debut = DateLheo(chemin="session/periode/debut", verbose_name="date de début")
    fin = DateLheo(chemin="session/periode/fin", verbose_name="date de fin")
    adresse_inscription = ArbreLheo(chemin="session/adresse-inscription/adresse", verbose_name="adresse d'inscription")
    modalites_inscription = TexteLheo(chemin="session/modalites-inscription", verbose_name="modalités d'inscription")
    periode_inscription = ArbreLheo(chemin="session/periode-inscription/periode", verbose_name="période d'inscription")
    etat_recrutement = CodeLheo(chemin="session/etat-recrutement", verbose_name="recrutement")
    recrutements = ArbreLheo(
        chemin="session/recrutement", multiple=True, verbose_name="réunions et épreuves de recrutement"
    )
    adresses_web = ArbreLheo(chemin="session/url-session", verbose_name="pages web de la session")
    contacts = ArbreLheo(chemin="session/contact-session", multiple=True, verbose_name="contacts")
    references_certification = ArbreLheo(chemin="session/reference-certification", multiple=True)
    blocs = ArbreLheo(chemin="session/blocs-competences", multiple=True, verbose_name="blocs de compétences")
    cycles = ArbreLheo(chemin="session/cycle", multiple=True)

    reste_lheo = models.JSONField("informations reçues sans champ dédié", default=dict, blank=True)
    numero_emetteur = models.CharField(max_length=255, blank=True, default="")
    rang_emetteur = models.PositiveSmallIntegerField(default=1)
    rang = models.PositiveIntegerField("ordre chez l'émetteur", default=1)
    annulee_le = models.DateField("annulée le", null=True, blank=True)
    confirmee_le = models.DateField("dates confirmées le", null=True, blank=True)
    premiere_diffusion = models.DateField("partie la première fois dans le flux du", null=True, blank=True)
    cree_le = models.DateTimeField(db_default=Now())
    modifie_le = models.DateTimeField(db_default=Now())
    edition = models.PositiveIntegerField(default=1)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        ordering = ["deroulement_id", "rang", "pk"]
        constraints = [
            contrainte_reference("SE"),
            contrainte_etats(EtatSession),
            models.CheckConstraint(
                condition=Q(fin__isnull=True) | Q(debut__isnull=True) | Q(fin__gte=F("debut")),
                name="session_dates",
                violation_error_message="La fin précède le début. Choisissez une date de fin après celle du début.",
            ),
        ]
        indexes = [
            models.Index(fields=["deroulement", "fin"], name="session_fin"),
            models.Index(fields=["deroulement", "debut"], name="session_debut"),
        ]

    def __str__(self) -> str:
        return self.reference


class EtatFinancement(models.TextChoices):
    """Vie d'un financement : hors « en diffusion », France Travail ne voit pas le numéro SE_ (FAQ)."""

    EN_REDACTION = "en_redaction", "En rédaction"
    A_CONTROLER = "a_controler", "À contrôler"
    EN_DIFFUSION = "en_diffusion", "En diffusion"
    RETIRE = "retire", "Retiré"


class Financement(Publiable):
    """Qui paie un déroulement, et au titre de quoi : LHEO `organisme-financeur` et ses `specificites`."""

    NIVEAU = "organisme-financeur"

    deroulement = models.ForeignKey(Deroulement, on_delete=models.CASCADE, related_name="financements")
    rang = models.PositiveSmallIntegerField(default=1)
    statut = EtatField(EtatFinancement, initial=EtatFinancement.EN_REDACTION)
    dispositif = models.ForeignKey(
        "conventionne.Dispositif", on_delete=models.PROTECT, null=True, blank=True, related_name="financements"
    )
    convention = models.ForeignKey(
        "conventionne.Convention", on_delete=models.PROTECT, null=True, blank=True, related_name="financements"
    )
    code_financeur = CodeLheo(chemin=f"{NIVEAU}/code-financeur", verbose_name="financeur")
    places = EntierLheo(chemin=f"{NIVEAU}/nb-places-financees", verbose_name="places financées")
    extras = ArbreLheo(chemin=f"{NIVEAU}/extras", multiple=True, verbose_name="spécificités")
    reste_lheo = models.JSONField(default=dict, blank=True)

    objects = FinancementQuerySet.as_manager()

    class Meta:
        verbose_name = "financement"
        ordering = ["deroulement_id", "rang", "pk"]
        constraints = [contrainte_etats(EtatFinancement)]

    def __str__(self) -> str:
        return self.dispositif.nom if self.dispositif else self.get_code_financeur_display()


class Intervention(models.Model):
    """Un formateur assure un déroulement : LHEO `organisme-formateur`, à sa place dans l'`action`.

    `recu` garde ce qu'un document disait du formateur quand cela diffère de la ligne que nous tenons.
    """

    deroulement = models.ForeignKey(Deroulement, on_delete=models.CASCADE, related_name="interventions")
    formateur = models.ForeignKey("structures.Formateur", on_delete=models.PROTECT, related_name="interventions")
    rang = models.PositiveSmallIntegerField(default=1)
    reste_lheo = models.JSONField(default=dict, blank=True)
    recu = models.JSONField("formateur tel que reçu, s'il diffère", null=True, blank=True)

    class Meta:
        verbose_name = "intervention d'un formateur"
        ordering = ["deroulement_id", "rang", "pk"]

    def __str__(self) -> str:
        return str(self.formateur)
