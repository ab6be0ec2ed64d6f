"""Les champs de saisie de la fiche : textes que LHEO peut porter, oui ou non, listes de codes, adresses web."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from formations.forms.nomenclatures import Nomenclature

INTERDITS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
URL = re.compile(r"https?://[^\s/]+\.[^\s]+", re.IGNORECASE)


def texte_propre(texte: str) -> str:
    """Fins de ligne simples, sans les caractères que XML refuse (une page collée d'un traitement de texte en a)."""
    texte = texte.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return INTERDITS.sub("", texte)


class ChampTexte(forms.CharField):
    """Un texte, mesuré et gardé comme LHEO l'écrira."""

    def to_python(self, value: Any) -> Any:
        propre = super().to_python(texte_propre(value) if isinstance(value, str) else value)
        return propre.strip() if isinstance(propre, str) else propre


class ChampOuiNon(forms.TypedChoiceField):
    """Oui, non, ou pas encore dit."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.RadioSelect(attrs={"class": "dk-options-rang"}))
        super().__init__(
            choices=[("True", "Oui"), ("False", "Non")],
            coerce=lambda valeur: valeur == "True",
            empty_value=None,
            required=False,
            **options,
        )


class ChoixCodes(forms.SelectMultiple):
    """Un ou plusieurs codes d'une nomenclature : recherche enrichie, ou codes tapés quand le script manque."""

    template_name = "formations/widgets/choix_codes.html"

    def __init__(self, nomenclature: Nomenclature, maximum: int, amorce: str = "") -> None:
        attrs: dict[str, Any] = {"data-dk-choix": True, "data-dk-maximum": maximum, "data-dk-amorce": amorce}
        if nomenclature.source:
            attrs |= {"data-dk-source": nomenclature.adresse()}
        if nomenclature.libre:
            attrs |= {"data-dk-libre": True}
        super().__init__(attrs)
        self.nomenclature = nomenclature
        self.maximum = maximum

    @property
    def allow_multiple_selected(self) -> bool:  # type: ignore[override]
        return self.maximum > 1

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        contexte = super().get_context(name, value, attrs)
        if self.maximum == 1:
            contexte["widget"]["attrs"].pop("multiple", None)
        contexte["widget"] |= {"seul": self.maximum == 1, "exemple": self.nomenclature.exemple}
        contexte["widget"]["avec_code"] = bool(self.nomenclature.source)
        return contexte

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        recus = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        recus = [*recus, *re.split(r"[,;\s]+", data.get(f"{name}_codes", ""))]
        return self.nomenclature.canoniques(recus)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def format_value(self, value: Any) -> list[str]:
        return list(value or [])


class ChampCodes(forms.Field):
    """Une liste de codes d'une nomenclature, rendue sous forme de clés ; `noeuds` en refait des éléments LHEO.

    Un code reçu d'un import et gardé n'est pas jugé ; un code ajouté doit exister dans le référentiel chargé.
    """

    def __init__(self, nomenclature: Nomenclature, maximum: int, amorce: str = "", **options: Any) -> None:
        super().__init__(required=False, widget=ChoixCodes(nomenclature, maximum, amorce), **options)
        self.nomenclature = nomenclature
        self.maximum = maximum
        self.connues: dict[str, str] = {}
        self.recues: set[str] = set()

    def preparer(self, recues: Iterable[str], montrees: Iterable[str]) -> None:
        """Charge les libellés de ce qui est choisi (une requête), et les choix qu'offre la liste."""
        self.recues = set(recues)
        montrees = list(dict.fromkeys(montrees))
        self.connues = self.nomenclature.libelles([*self.recues, *montrees])
        choix = {cle: self.nomenclature.texte(cle, self.connues) for cle in montrees}
        choix |= {cle: texte for cle, texte in self.nomenclature.toutes(self.connues).items() if cle not in choix}
        vide = [("", "Aucun")] if self.maximum == 1 else []
        self.widget.choices = [*vide, *choix.items()]

    def clean(self, value: Any) -> list[str]:
        cles: list[str] = list(value or [])
        for cle in cles:
            if cle not in self.recues and (faute := self.nomenclature.faute(cle, self.connues)):
                raise ValidationError(faute)
        if len(cles) > max(self.maximum, len(self.recues)):
            raise ValidationError(f"{self.maximum} au plus : vous en avez {len(cles)}, retirez-en.")
        return cles

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or []) != set(data or [])


class ChampAdressesWeb(ChampTexte):
    """Jusqu'à trois adresses, une par ligne."""

    MAXIMUM = 3

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3, "inputmode": "url"}), **options)

    def clean(self, value: Any) -> str:
        texte: str = super().clean(value)
        lignes = [ligne.strip() for ligne in texte.split("\n") if ligne.strip()]
        recues = str(self.initial or "").split("\n")
        for ligne in lignes:
            if ligne not in recues and (not URL.fullmatch(ligne) or len(ligne) > 400):
                raise ValidationError(
                    f"« {ligne[:80]} » n'est pas une adresse web. Elle commence par https:// et n'a pas d'espace."
                )
        if len(lignes) > max(self.MAXIMUM, len(recues)):
            raise ValidationError(f"LHEO admet {self.MAXIMUM} adresses : vous en donnez {len(lignes)}.")
        return "\n".join(lignes)
