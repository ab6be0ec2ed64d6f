"""Pré-créer une action conventionnée : choisir la convention, dire l'intitulé ; le lieu et les dates suivent."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from conventionne.models import Convention
from dokelio.lheo.grammaire import element
from dokelio.socle.recherche import reconnaitre


class ChoixConvention(forms.ModelChoiceField):
    """Une convention se reconnaît à son numéro, son lot, son organisme et son dispositif."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} — {obj.dispositif} — {obj.organisme}"


class ConventionForm(forms.Form):
    """Première question : quelle convention ?"""

    convention = ChoixConvention(label="Convention", queryset=Convention.objects.none(), empty_label="Choisissez…")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        champ: Any = self.fields["convention"]
        champ.queryset = (
            Convention.objects.filter(fin__gte=timezone.localdate(), organisme__statut="en_diffusion")
            .select_related("dispositif", "organisme")
            .order_by("organisme__cle_nom", "numero", "lot")
        )
        champ.widget.attrs["data-dk-choix"] = ""


class PreactionForm(forms.Form):
    """L'intitulé, la certification si elle est certifiante, les places que la convention paie."""

    intitule = forms.CharField(
        label="Intitulé",
        max_length=element("intitule-formation").lgmax,
        help_text="Sans date, sans lieu, sans financeur.",
    )
    code = forms.CharField(
        label="Certification",
        required=False,
        max_length=20,
        help_text="RNCP38431, RS5080… Vide si elle n'est pas certifiante.",
    )
    places = forms.IntegerField(label="Places financées", required=False, min_value=0, max_value=99999)
    jeton = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, convention: Convention, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"intitule": convention.intitule, "places": convention.places, "jeton": uuid4()} | dict(
            self.initial
        )
        self.fields["code"].colonnes = 6  # type: ignore[attr-defined]
        self.fields["places"].colonnes = 6  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        saisi: str = self.cleaned_data["code"].strip()
        self.certification: dict[str, str] = {}
        if saisi:
            code = next((c for c in reconnaitre(saisi) if c.nature in ("rncp", "rs")), None)
            if code is None:
                raise forms.ValidationError(
                    f"« {saisi} » n'est pas un code de certification. Écrivez RNCP ou RS, puis les chiffres."
                )
            self.certification = {f"code_{code.nature}": code.valeur}
        return saisi
