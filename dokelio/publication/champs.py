"""Le champ d'état et le modèle « Publiable » : seul le moteur change l'état d'un objet.

L'affectation, l'enregistrement et `update()` sont gardés ; un CHECK liste les états légaux en base.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from dokelio.publication.refus import EtatReserve

if TYPE_CHECKING:
    _ChampTexte = models.CharField[str, str]
else:
    _ChampTexte = models.CharField

_M = TypeVar("_M", bound=models.Model)

_ecriture: ContextVar[bool] = ContextVar("ecriture_d_etat", default=False)


@contextmanager
def ecriture_d_etat() -> Iterator[None]:
    """Ouvre l'écriture de l'état : pour le moteur, la relecture, et le chargement en masse de la démonstration."""
    jeton = _ecriture.set(True)
    try:
        yield
    finally:
        _ecriture.reset(jeton)


class AttributEtat(DeferredAttribute):
    """Attribut d'état : se lit comme un autre, ne s'affecte pas hors du moteur une fois l'objet enregistré."""

    def __set__(self, instance: models.Model, valeur: Any) -> None:
        donnees = instance.__dict__
        nom = self.field.attname
        libre = instance._state.adding or _ecriture.get()
        if not libre and (nom not in donnees or donnees[nom] != valeur):
            raise EtatReserve(
                f"{instance._meta.label}.{nom} ne s'affecte pas : passez par effectuer() "
                f"({donnees.get(nom)!r} → {valeur!r})."
            )
        donnees[nom] = valeur


class EtatField(_ChampTexte):
    """Champ d'état d'un modèle Publiable : `statut = EtatField(Etat)`.

    `etats` est le TextChoices de la machine, `initial` l'état de naissance (par défaut le premier). On ne crée
    que dans l'état initial ; tout autre état vient d'une transition. En migration, c'est un CharField ordinaire.
    """

    descriptor_class = AttributEtat

    def __init__(self, etats: type[models.TextChoices] | None = None, *, initial: str = "", **options: Any) -> None:
        self.etats = etats
        if etats is not None:
            options.setdefault("choices", etats.choices)
            options.setdefault("default", str(initial or next(iter(etats)).value))
            options.setdefault("max_length", 30)
            options.setdefault("editable", False)
            options.setdefault("verbose_name", "état")
        super().__init__(**options)

    @property
    def initial(self) -> str:
        """L'état dans lequel naît l'objet."""
        return str(self.default)

    def deconstruct(self) -> Any:
        nom, _, args, options = super().deconstruct()
        return nom, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        valeur = getattr(model_instance, self.attname)
        if model_instance._state.adding and not _ecriture.get():
            if not add:
                raise EtatReserve(
                    f"{model_instance._meta.label} : une ligne existante se relit avant de s'enregistrer."
                )
            if valeur != self.initial:
                raise EtatReserve(
                    f"{model_instance._meta.label} naît « {self.initial} », pas « {valeur} » : passez par effectuer()."
                )
        return valeur

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        fautes = super().check(**options)
        modele = self.model
        if not issubclass(modele, Publiable):
            fautes.append(checks.Error("Un EtatField vit sur un modèle Publiable.", obj=self, id="publication.E001"))
        elif not isinstance(modele._default_manager.all(), PubliableQuerySet):
            fautes.append(
                checks.Error(
                    "Le gestionnaire par défaut d'un modèle Publiable dérive de PubliableQuerySet.",
                    obj=self,
                    id="publication.E002",
                )
            )
        return fautes


class PubliableQuerySet(models.QuerySet[_M]):
    """QuerySet d'un modèle Publiable : `update()`, `bulk_update()` et les conflits d'insertion refusent l'état."""

    def update(self, **valeurs: Any) -> int:
        for nom in valeurs:
            if isinstance(self.model._meta.get_field(nom), EtatField):
                raise EtatReserve(f"{self.model._meta.label}.{nom} ne s'écrit pas : passez par effectuer_en_masse().")
        return super().update(**valeurs)

    def bulk_create(self, objs: Any, *args: Any, **options: Any) -> list[_M]:
        ecrases = options.get("update_fields") or ()
        if any(isinstance(self.model._meta.get_field(nom), EtatField) for nom in ecrases):
            raise EtatReserve(f"{self.model._meta.label} : une insertion ne change pas l'état d'une ligne existante.")
        return super().bulk_create(objs, *args, **options)


class Publiable(models.Model):
    """Objet dont la vie suit une machine ; déclare un EtatField, et son QuerySet dérive de PubliableQuerySet."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        with ecriture_d_etat():
            super().refresh_from_db(*args, **options)


def contrainte_etats(etats: type[models.TextChoices], champ: str = "statut") -> models.CheckConstraint:
    """CHECK des états légaux, à mettre dans `Meta.constraints`."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{champ}__in": etats.values}),
        name=f"%(app_label)s_%(class)s_{champ}_legal",
        violation_error_message="Cet état n'existe pas.",
    )
