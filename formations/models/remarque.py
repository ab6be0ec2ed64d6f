"""Les remarques du contrôle, chacune attachée à un champ ou à l'ensemble de la fiche."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from formations.models.libelles import libelle_de_cle


class EtatRemarque(models.TextChoices):
    """Vie d'une remarque : préparée par la documentaliste, envoyée, puis traitée par l'organisme."""

    PREPAREE = "preparee", "préparée"
    ENVOYEE = "envoyee", "à traiter"
    TRAITEE = "traitee", "traitée"


class Remarque(models.Model):
    """Ce que la documentaliste demande de corriger, sur un champ ou sur l'ensemble de la fiche (`champ` vide)."""

    action = models.ForeignKey("formations.Action", on_delete=models.CASCADE, related_name="remarques")
    champ = models.CharField("champ visé", max_length=60, blank=True)
    texte = models.TextField("ce que l'organisme lira", max_length=2000)
    etat = models.CharField(max_length=8, choices=EtatRemarque.choices, default=EtatRemarque.PREPAREE)
    auteur = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reponse = models.TextField("réponse de l'organisme", max_length=2000, blank=True)
    cree_le = models.DateTimeField(db_default=Now())
    envoyee_le = models.DateTimeField(null=True, blank=True)
    traitee_le = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "remarque"
        ordering = ["action_id", "cree_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatRemarque.values),
                violation_error_message="Cet état de remarque n'existe pas.",
                name="remarque_etat",
            ),
        ]

    def __str__(self) -> str:
        return self.texte[:60]

    @property
    def libelle_champ(self) -> str:
        """Nom du champ visé tel que les pages l'écrivent ; chaîne vide quand la remarque porte sur l'ensemble."""
        if not self.champ:
            return ""
        return libelle_de_cle(self.champ)
