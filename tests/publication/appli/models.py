"""Une fiche d'essai et sa suite : assez de colonnes pour éprouver le moteur, la masse et l'historique."""

from django.db import models

from dokelio.historique.suivi import suivi_des_changements
from dokelio.publication.champs import EtatField, Publiable, PubliableQuerySet, contrainte_etats
from dokelio.socle.references import ReferenceField, contrainte_reference


class Etat(models.TextChoices):
    BROUILLON = "brouillon", "Brouillon"
    A_CONTROLER = "a_controler", "À contrôler"
    EN_REDACTION = "en_redaction", "En rédaction"
    EN_DIFFUSION = "en_diffusion", "En diffusion"
    ARCHIVE = "archive", "Archivée"


@suivi_des_changements(exclure=("modifie_le", "statut"))
class Fiche(Publiable):
    reference = ReferenceField(prefixe="ZZ", sequence="appli_fiche_reference")
    statut = EtatField(Etat)
    titre = models.CharField("titre", max_length=100, blank=True)
    genre = models.CharField("genre", max_length=1, choices=[("c", "court"), ("l", "long")], default="c")
    version = models.IntegerField("version en diffusion", null=True)
    divers = models.JSONField("divers", default=dict)
    fin = models.DateField("fin", null=True)
    modifie_le = models.DateTimeField(auto_now=True)

    objects = PubliableQuerySet.as_manager()

    class Meta:
        constraints = [
            contrainte_etats(Etat),
            contrainte_reference("ZZ"),
            models.CheckConstraint(
                condition=~models.Q(statut="en_diffusion") | models.Q(version__isnull=False),
                name="fiche_en_diffusion_a_une_version",
                violation_error_message="Une fiche en diffusion a une version.",
            ),
            models.CheckConstraint(
                condition=~models.Q(statut__in=["brouillon", "archive"]) | models.Q(version__isnull=True),
                name="fiche_hors_antenne_sans_version",
                violation_error_message="Une fiche archivée n'a plus de version.",
            ),
        ]


class Avis(models.Model):
    """Ce qu'un effet écrit : un avis par fiche et par événement."""

    fiche = models.ForeignKey(Fiche, on_delete=models.PROTECT, related_name="avis")
    evenement_id = models.BigIntegerField()
    texte = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.texte
