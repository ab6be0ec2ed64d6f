"""Le compte d'une personne : son adresse, son nom, sa fonction au CARIF."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from dokelio.comptes.querysets import UtilisateurManager
from dokelio.socle.recherche import colonne_cle, index_trigramme

DOUBLON = "Un compte existe déjà avec cette adresse : une adresse nominative correspond à un seul compte."


class CourrielNominatif(models.EmailField):  # type: ignore[type-arg]
    """Une adresse gardée en minuscules : les recherches aussi y passent, la casse ne distingue jamais deux comptes."""

    def to_python(self, value: Any) -> Any:
        texte = super().to_python(value)
        return texte.strip().lower() if isinstance(texte, str) else texte

    def get_prep_value(self, value: Any) -> Any:
        texte = super().get_prep_value(value)
        return texte.strip().lower() if isinstance(texte, str) else texte

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        valeur = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, valeur)
        return valeur


class RoleCarif(models.TextChoices):
    """La fonction d'un compte au CARIF ; vide pour les membres d'organismes."""

    AUCUN = "", "Aucun (membre d'un organisme)"
    DOCUMENTALISTE = "documentaliste", "Documentaliste"
    ADMINISTRATEUR = "administrateur", "Administrateur"
    FINANCEUR = "financeur", "Financeur"


class Portee(models.TextChoices):
    """Ce qu'une documentaliste contrôle : filtre la file et les gestes, jamais la lecture."""

    NON_CONVENTIONNE = "non_conventionne", "Non conventionné"
    CONVENTIONNE = "conventionne", "Conventionné"
    APPRENTISSAGE = "apprentissage", "Apprentissage"


class Utilisateur(AbstractBaseUser):
    """Un compte = une adresse nominative. Sans équivalent LHEO ; ses organismes sont dits par la pièce `structures`."""

    email = CourrielNominatif("courriel", unique=True, error_messages={"unique": DOUBLON})
    prenom = models.CharField("prénom", max_length=50)
    nom = models.CharField("nom", max_length=50)
    telephone = models.CharField("téléphone", max_length=25, blank=True, default="", db_default="")
    role_carif = models.CharField(
        "fonction au CARIF",
        max_length=20,
        choices=RoleCarif,
        blank=True,
        default="",
        db_default="",
    )
    portees = ArrayField(
        models.CharField(max_length=20, choices=Portee),
        verbose_name="portées",
        blank=True,
        default=list,
        db_default=[],
    )
    actif = models.BooleanField("actif", default=True, db_default=True)
    cree_le = models.DateTimeField("créé le", default=timezone.now, db_default=Now(), editable=False)
    modifie_le = models.DateTimeField("modifié le", auto_now=True, db_default=Now())
    invite_le = models.DateTimeField("dernière invitation", null=True, blank=True, editable=False)
    anonymise_le = models.DateTimeField("effacé le", null=True, blank=True, editable=False)
    cle_tri = colonne_cle("nom", "prenom")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["prenom", "nom"]

    objects = UtilisateurManager()

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        ordering = ["cle_tri", "pk"]
        indexes = [
            models.Index(fields=["cle_tri", "id"], name="comptes_tri"),
            index_trigramme("cle_tri", "comptes_recherche"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="comptes_un_courriel_un_compte",
                violation_error_message=DOUBLON,
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="comptes_courriel_en_minuscules",
                violation_error_message="L'adresse doit être en minuscules.",
            ),
            models.CheckConstraint(
                condition=Q(role_carif__in=RoleCarif.values),
                name="comptes_role_connu",
                violation_error_message="Cette fonction n'existe pas.",
            ),
            models.CheckConstraint(
                condition=Q(portees__contained_by=Portee.values)
                & (
                    Q(role_carif="documentaliste", portees__len__gt=0)
                    | (~Q(role_carif="documentaliste") & Q(portees=[]))
                ),
                name="comptes_portees_des_documentalistes",
                violation_error_message="Une documentaliste a au moins une portée ; les autres comptes n'en ont pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        """« Prénom Nom », tel qu'affiché partout."""
        return f"{self.prenom} {self.nom}".strip()

    def get_short_name(self) -> str:
        """Le prénom seul, pour les salutations."""
        return self.prenom

    @property
    def initiales(self) -> str:
        """Deux lettres au plus, pour la pastille du compte."""
        return (self.prenom[:1] + self.nom[:1]).upper() or self.email[:1].upper()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Le nom que Django et allauth donnent à `actif`."""
        return self.actif

    @property
    def est_personnel(self) -> bool:
        """Travaille au CARIF : documentaliste ou administrateur."""
        return self.role_carif in (RoleCarif.DOCUMENTALISTE, RoleCarif.ADMINISTRATEUR)

    @property
    def is_staff(self) -> bool:
        """Entrée dans l'administration de Django : administrateurs seulement."""
        return self.actif and self.role_carif == RoleCarif.ADMINISTRATEUR

    @property
    def is_superuser(self) -> bool:
        """Dans l'administration de Django, un administrateur peut tout ; personne d'autre n'y entre."""
        return self.is_staff

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Droits de l'administration de Django ; les gestes du produit ont leurs propres prédicats."""
        return self.is_staff

    def has_perms(self, perm_list: Any, obj: object | None = None) -> bool:
        """Voir `has_perm`."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Voir `has_perm`."""
        return self.is_staff

    def anonymiser(self) -> None:
        """Efface la personne et garde son histoire : le compte ne peut plus servir, l'adresse redevient libre.

        L'adresse de remplacement est fictive (`.invalid` ne reçoit jamais de courrier). Idempotent.
        """
        if self.anonymise_le is not None:
            return
        self.email = f"efface-{self.pk}@dokelio.invalid"
        self.prenom, self.nom, self.telephone = "Compte", "effacé", ""
        self.role_carif, self.portees, self.actif = RoleCarif.AUCUN, [], False
        self.anonymise_le = timezone.now()
        self.set_unusable_password()
        self.save()
