"""L'action de formation (AF_), la fiche : LHEO `formation` et ce qu'elle dit une fois des `action` de LHEO.

Tout ce qui est ici est contrôlé ; ce qui varie d'une session à l'autre vit dans l'application `sessions`.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from dokelio.historique.suivi import suivi_des_changements
from dokelio.publication.champs import EtatField, Publiable, contrainte_etats
from dokelio.socle.lheo import ArbreLheo, BooleenLheo, CodeLheo, TexteLheo
from dokelio.socle.recherche import colonne_cle, index_trigramme
from dokelio.socle.references import ReferenceField, contrainte_reference
from formations.models import declencheurs
from formations.querysets import ActionQuerySet


class EtatAction(models.TextChoices):
    """Vie d'une action de formation (FAQ, partie 3 ; conception §4)."""

    BROUILLON = "brouillon", "Brouillon"
    A_CONTROLER = "a_controler", "À contrôler"
    EN_REDACTION = "en_redaction", "En rédaction"
    EN_DIFFUSION = "en_diffusion", "En diffusion"
    ARCHIVE = "archive", "Archivé"


HORS_ANTENNE = (EtatAction.BROUILLON, EtatAction.ARCHIVE)

# L'état et ses dates se lisent dans les événements ; le reste de cette liste n'est saisi par personne.
HORS_HISTORIQUE = (
    *("statut", "version_en_diffusion", "soumise_le", "prise_par", "prise_le"),
    *("cree_le", "cree_par", "modifie_le", "edition", "empreinte_import", "numero_emetteur", "rang_emetteur"),
    *("reste_lheo", "organisme_recu"),
)


@suivi_des_changements(exclure=HORS_HISTORIQUE)
class Action(Publiable):
    """La fiche : LHEO `formation`, et ce qu'elle dit une fois pour toutes des `action` de LHEO."""

    reference = ReferenceField(prefixe="AF", sequence="formations_action_reference")
    statut = EtatField(EtatAction, initial=EtatAction.BROUILLON)
    organisme = models.ForeignKey("structures.Organisme", on_delete=models.PROTECT, related_name="actions")
    conventionnee = models.BooleanField("conventionnée", default=False)
    convention = models.ForeignKey(
        "conventionne.Convention", on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    version_en_diffusion = models.ForeignKey(
        "formations.VersionDiffusee", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # LHEO formation
    domaine = ArbreLheo(chemin="formation/domaine-formation")
    intitule = TexteLheo(chemin="formation/intitule-formation", verbose_name="intitulé")
    objectif = TexteLheo(chemin="formation/objectif-formation", verbose_name="objectif")
    resultats = TexteLheo(chemin="formation/resultats-attendus", verbose_name="résultats attendus")
    contenu = TexteLheo(chemin="formation/contenu-formation", verbose_name="contenu")
    certifiante = BooleenLheo(chemin="formation/certifiante")
    contacts = ArbreLheo(chemin="formation/contact-formation", multiple=True, verbose_name="contacts")
    parcours = CodeLheo(chemin="formation/parcours-de-formation", verbose_name="type de parcours")
    niveau_entree = CodeLheo(chemin="formation/code-niveau-entree", verbose_name="niveau à l'entrée")
    objectif_general = CodeLheo(chemin="formation/objectif-general-formation", verbose_name="objectif général")
    codes_type = ArbreLheo(chemin="formation/code-type-formation", multiple=True, verbose_name="codes CPF ou ELU")
    niveau_sortie = CodeLheo(chemin="formation/code-niveau-sortie", verbose_name="niveau à la sortie")
    adresses_web = ArbreLheo(chemin="formation/url-formation", verbose_name="pages web de la formation")
    identifiant_module = TexteLheo(chemin="formation/identifiant-module")
    positionnement = CodeLheo(chemin="formation/positionnement")
    sous_modules = ArbreLheo(chemin="formation/sous-modules")
    modules_prerequis = ArbreLheo(chemin="formation/modules-prerequis")

    # LHEO action, dit une fois par la fiche
    public_vise = ArbreLheo(chemin="action/code-public-vise", multiple=True, verbose_name="public visé")
    info_public_vise = TexteLheo(chemin="action/info-public-vise", verbose_name="précisions sur le public visé")
    niveau_entree_obligatoire = BooleenLheo(chemin="action/niveau-entree-obligatoire")
    modalites_alternance = TexteLheo(chemin="action/modalites-alternance", verbose_name="modalités de l'alternance")
    conditions_specifiques = TexteLheo(
        chemin="action/conditions-specifiques", verbose_name="prérequis et conditions d'accès"
    )
    prise_en_charge_possible = BooleenLheo(chemin="action/prise-en-charge-frais-possible")
    restauration = TexteLheo(chemin="action/restauration")
    hebergement = TexteLheo(chemin="action/hebergement", verbose_name="hébergement")
    transport = TexteLheo(chemin="action/transport")
    acces_handicapes = TexteLheo(chemin="action/acces-handicapes", verbose_name="accès des personnes handicapées")
    langues = ArbreLheo(chemin="action/langue-formation", multiple=True, verbose_name="langues de la formation")
    modalites_recrutement = TexteLheo(chemin="action/modalites-recrutement", verbose_name="modalités de recrutement")
    modalites_pedagogiques = TexteLheo(chemin="action/modalites-pedagogiques", verbose_name="modalités pédagogiques")
    codes_modalite_pedagogique = ArbreLheo(
        chemin="action/code-modalite-pedagogique", multiple=True, verbose_name="codes de modalité pédagogique"
    )
    equipements = ArbreLheo(
        chemin="action/equipement", multiple=True, verbose_name="équipement à la charge des apprenants"
    )
    perimetre_recrutement = CodeLheo(
        chemin="action/code-perimetre-recrutement", verbose_name="périmètre de recrutement"
    )
    infos_perimetre = TexteLheo(chemin="action/infos-perimetre-recrutement", verbose_name="précisions sur le périmètre")
    detail_prise_en_charge = TexteLheo(
        chemin="action/detail-conditions-prise-en-charge", verbose_name="détail des conditions de prise en charge"
    )
    enseignements = ArbreLheo(chemin="action/enseignement", multiple=True, verbose_name="enseignements")

    reste_lheo = models.JSONField("informations reçues sans champ dédié", default=dict, blank=True)
    organisme_recu = models.JSONField("organisme tel que reçu, s'il diffère", null=True, blank=True)

    # contrôle
    soumise_le = models.DateTimeField(null=True, blank=True)
    prise_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="actions_prises"
    )
    prise_le = models.DateTimeField(null=True, blank=True)

    # provenance
    cree_le = models.DateTimeField("créée le", db_default=Now())
    cree_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="actions_creees"
    )
    modifie_le = models.DateTimeField("modifiée le", db_default=Now())
    edition = models.PositiveIntegerField("numéro d'édition de la ligne", default=1)
    numero_emetteur = models.CharField("numéro chez l'émetteur", max_length=255, blank=True, default="")
    rang_emetteur = models.PositiveSmallIntegerField("rang parmi les mêmes numéros du document", default=1)
    empreinte_import = models.CharField(
        "empreinte du dernier import, vidée par une saisie", max_length=64, blank=True, default=""
    )

    cle_intitule = colonne_cle("intitule")

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = "action de formation"
        verbose_name_plural = "actions de formation"
        constraints = [
            contrainte_reference("AF"),
            contrainte_etats(EtatAction),
            models.CheckConstraint(
                condition=(~Q(statut=EtatAction.EN_DIFFUSION) | Q(version_en_diffusion__isnull=False))
                & (~Q(statut__in=HORS_ANTENNE) | Q(version_en_diffusion__isnull=True)),
                name="action_en_diffusion_si_version",
                violation_error_message="En diffusion, une action a une version ; brouillon ou archive, aucune.",
            ),
            models.CheckConstraint(
                condition=Q(conventionnee=True) | Q(convention__isnull=True),
                name="action_convention",
                violation_error_message="Une convention ne se rattache qu'à une action conventionnée.",
            ),
            models.UniqueConstraint(
                fields=["organisme", "numero_emetteur", "rang_emetteur"],
                name="action_numero_emetteur",
                condition=~Q(numero_emetteur=""),
                violation_error_message="Ce numéro d'émetteur désigne déjà une action de cet organisme.",
            ),
        ]
        indexes = [
            index_trigramme("cle_intitule", "action_recherche"),
            models.Index(F("statut"), F("modifie_le").desc(), F("id").desc(), name="action_etat_date"),
            models.Index(
                F("organisme"), F("statut"), F("modifie_le").desc(), F("id").desc(), name="action_of_etat_date"
            ),
            models.Index(F("organisme"), F("modifie_le").desc(), F("id").desc(), name="action_of_date"),
            models.Index(
                F("soumise_le"), F("id"), name="action_file_de_controle", condition=Q(statut=EtatAction.A_CONTROLER)
            ),
            models.Index(F("id"), name="action_en_diffusion", condition=Q(version_en_diffusion__isnull=False)),
        ]
        triggers = declencheurs.ACTION

    def __str__(self) -> str:
        return self.intitule or self.reference

    @property
    def est_en_diffusion(self) -> bool:
        """Vrai quand une version est à l'antenne, quel que soit l'état de la ligne qu'on édite."""
        return self.version_en_diffusion_id is not None
