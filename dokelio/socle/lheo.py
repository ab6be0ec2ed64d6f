"""Champs de modèle liés à la grammaire LHEO : longueurs, tables et libellés ne s'écrivent que dans la grammaire.

Un champ dit où il se range par son `chemin` : le premier maillon est l'élément du niveau (`formation`, `action`,
`session`…), le dernier l'élément qu'il tient. Il ne tient que ce qu'il sait récrire à l'identique ; le reste du niveau
va dans `reste_lheo`, arbre partiel que l'écriture refond à sa place (voir `dokelio.socle.arbres`).
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models

from dokelio.lheo import grammaire
from dokelio.lheo.grammaire import Element

type_noeud = str | dict[str, Any] | list[Any]

if TYPE_CHECKING:
    _Base = models.Field[Any, Any]
else:
    _Base = object


class ChampLheo(_Base):
    """Ce que tout champ lié à la grammaire sait dire : son chemin, son élément, et passer du texte LHEO à sa valeur.

    `vers_lheo` rend le texte (ou le nœud) à écrire, `None` quand l'élément est absent ; `depuis_lheo` rend la valeur
    et lève `ValueError` quand le champ ne peut pas la tenir.
    """

    chemin: tuple[str, ...]
    multiple: bool = False

    def _lier(self, chemin: str, options: dict[str, Any]) -> dict[str, Any]:
        self.chemin = tuple(chemin.split("/"))
        element = grammaire.element(self.chemin[-1])
        options.setdefault("verbose_name", element.libelle)
        return options

    @property
    def element(self) -> Element:
        return grammaire.element(self.chemin[-1])

    @property
    def niveau(self) -> str:
        return self.chemin[0]

    def deconstruct(self) -> Any:
        nom, chemin_python, args, options = super().deconstruct()
        # Les migrations ne gardent que la colonne : longueurs et tables vivent dans la grammaire.
        for cle in ("choices", "validators", "help_text", "verbose_name"):
            options.pop(cle, None)
        options["chemin"] = "/".join(self.chemin)
        return nom, chemin_python, args, options

    def vers_lheo(self, valeur: Any) -> Any:
        raise NotImplementedError

    def depuis_lheo(self, noeud: Any) -> Any:
        raise NotImplementedError

    @property
    def absente(self) -> Any:
        """Valeur du champ quand l'élément est absent du document."""
        return None


class TexteLheo(ChampLheo, models.CharField):  # type: ignore[type-arg]
    """Texte d'un élément ; vide vaut absent. `motif` restreint ce que le champ accepte de tenir (un SIRET, un NDA)."""

    def __init__(self, *args: Any, chemin: str, motif: str = "", exclus: tuple[str, ...] = (), **options: Any) -> None:
        options = self._lier(chemin, options)
        element = self.element
        self.motif, self.exclus = motif, tuple(exclus)
        self._forme = re.compile(motif, re.ASCII) if motif else None
        options.setdefault("max_length", element.lgmax)
        options.setdefault("blank", True)
        options.setdefault("default", "")
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        nom, chemin_python, args, options = super().deconstruct()
        if self.motif:
            options["motif"] = self.motif
        if self.exclus:
            options["exclus"] = self.exclus
        return nom, chemin_python, args, options

    @property
    def absente(self) -> str:
        return ""

    def vers_lheo(self, valeur: str) -> str | None:
        return valeur or None

    def depuis_lheo(self, noeud: str) -> str:
        if (self._forme and not self._forme.fullmatch(noeud)) or noeud in self.exclus:
            raise ValueError(noeud)
        if self.max_length and len(noeud) > self.max_length:
            raise ValueError(noeud)
        return noeud

    def formfield(self, **options: Any) -> Any:
        from django import forms

        if (self.max_length or 0) > 255 and "widget" not in options and not self.choices:
            options["widget"] = forms.Textarea
        champ = super().formfield(**options)
        # Le compteur montré sous le champ ; un code ou un numéro de forme fixe n'en a pas.
        if champ is not None and not self.choices and not self.motif:
            champ.limite_lheo = self.max_length  # type: ignore[attr-defined]
            champ.error_messages["max_length"] = (
                "Ce texte compte %(show_value)s caractères, LHEO en admet %(limit_value)s. Raccourcissez-le."
            )
        return champ


class CodeLheo(TexteLheo):
    """Code d'une table fermée de LHEO ; les choix viennent de la grammaire."""

    def __init__(self, *args: Any, chemin: str, **options: Any) -> None:
        table = grammaire.TABLES[grammaire.element(chemin.split("/")[-1]).table or ""]
        self._codes = frozenset(table.codes)
        options.setdefault("choices", table.entrees)
        options.setdefault("max_length", 2)
        super().__init__(*args, chemin=chemin, **options)

    def depuis_lheo(self, noeud: str) -> str:
        if noeud not in self._codes:
            raise ValueError(noeud)
        return noeud


class BooleenLheo(ChampLheo, models.BooleanField):  # type: ignore[type-arg]
    """Oui, non, ou pas dit (`None`)."""

    def __init__(self, *args: Any, chemin: str, **options: Any) -> None:
        options = self._lier(chemin, options)
        options.setdefault("null", True)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    def vers_lheo(self, valeur: bool | None) -> str | None:
        return None if valeur is None else "1" if valeur else "0"

    def depuis_lheo(self, noeud: str) -> bool:
        return {"1": True, "0": False}[noeud] if noeud in ("0", "1") else _impossible(noeud)


class EntierLheo(ChampLheo, models.IntegerField):  # type: ignore[type-arg]
    """Entier borné par la grammaire ; les écritures « 007 » ou hors bornes vont au reste."""

    def __init__(self, *args: Any, chemin: str, **options: Any) -> None:
        options = self._lier(chemin, options)
        options.setdefault("null", True)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    @property
    def validators(self) -> list[Any]:
        element = self.element
        return [MinValueValidator(element.vmin or 0), MaxValueValidator(element.vmax or 99999)]

    def vers_lheo(self, valeur: int | None) -> str | None:
        return None if valeur is None else str(valeur)

    def depuis_lheo(self, noeud: str) -> int:
        valeur = int(noeud)
        element = self.element
        if not (element.vmin or 0) <= valeur <= (element.vmax or 99999):
            raise ValueError(noeud)
        return valeur


class DecimalLheo(ChampLheo, models.DecimalField):  # type: ignore[type-arg]
    """Montant en euros, deux décimales ; LHEO l'écrit en texte, avec un point, sans unité ni espace."""

    FORME: ClassVar[re.Pattern[str]] = re.compile(r"\d{1,7}(?:[.,]\d{1,2})?")

    def __init__(self, *args: Any, chemin: str, **options: Any) -> None:
        options = self._lier(chemin, options)
        options.setdefault("max_digits", 9)
        options.setdefault("decimal_places", 2)
        options.setdefault("null", True)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    def vers_lheo(self, valeur: Decimal | None) -> str | None:
        if valeur is None:
            return None
        texte = f"{valeur:.2f}"
        return texte[:-3] if texte.endswith(".00") else texte

    def depuis_lheo(self, noeud: str) -> Decimal:
        if not self.FORME.fullmatch(noeud):
            raise ValueError(noeud)
        valeur = Decimal(noeud.replace(",", ".")).quantize(Decimal("0.01"))
        if valeur >= 10 ** (self.max_digits - self.decimal_places):
            raise ValueError(noeud)
        return valeur

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        texte = self.vers_lheo(value)
        if texte is not None:
            MaxLengthValidator(self.element.lgmax or 10)(texte)


class DateLheo(ChampLheo, models.DateField):  # type: ignore[type-arg]
    """Borne d'une période. Inconnue : `None`, écrite 00000000 (début) ou 99999999 (fin).

    Connue au mois ou à l'année, elle compte comme son premier (début) ou son dernier jour (fin) ; l'écriture
    d'origine (20170900) reste dans `reste_lheo` tant que la date n'a pas changé.
    """

    def __init__(self, *args: Any, chemin: str, **options: Any) -> None:
        options = self._lier(chemin, options)
        options.setdefault("null", True)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    @property
    def _inconnue(self) -> str:
        return "99999999" if self.chemin[-1] == "fin" else "00000000"

    def vers_lheo(self, valeur: date | None) -> str:
        return valeur.strftime("%Y%m%d").zfill(8) if valeur else self._inconnue

    def depuis_lheo(self, noeud: str) -> date | None:
        if noeud == self._inconnue:
            return None
        annee, mois, jour = int(noeud[:4]), int(noeud[4:6]), int(noeud[6:8])
        if jour and mois:
            return date(annee, mois, jour)
        if self.chemin[-1] != "fin":
            return date(annee, mois or 1, jour or 1)
        if jour:
            raise ValueError(noeud)
        annee, mois = (annee, mois + 1) if mois and mois < 12 else (annee + 1, 1)
        return date.fromordinal(date(annee, mois, 1).toordinal() - 1)


class ArbreLheo(ChampLheo, models.JSONField):
    """Un élément composé de LHEO tenu en entier, sous la forme d'arbre ; une liste d'éléments si `multiple`."""

    def __init__(self, *args: Any, chemin: str, multiple: bool = False, **options: Any) -> None:
        options = self._lier(chemin, options)
        self.multiple = multiple
        options.setdefault("blank", True)
        if multiple:
            options.setdefault("default", list)
        else:
            options.setdefault("null", True)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        nom, chemin_python, args, options = super().deconstruct()
        if self.multiple:
            options["multiple"] = True
        return nom, chemin_python, args, options

    @property
    def absente(self) -> Any:
        return [] if self.multiple else None

    def vers_lheo(self, valeur: Any) -> Any:
        return None if valeur is None or (self.multiple and not valeur) else valeur

    def depuis_lheo(self, noeud: Any) -> Any:
        return noeud

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        attendu = list if self.multiple else (dict, str)
        if value is not None and not isinstance(value, attendu):
            raise ValidationError("La valeur n'a pas la forme d'un élément LHEO.", code="arbre")


def _impossible(noeud: str) -> Any:
    raise ValueError(noeud)


Codec = Callable[[Any], Any]
