"""Formulaires des financeurs, des dispositifs, de leurs règles et des conventions."""

from typing import Any

from django import forms

from conventionne.models import ChampOuvrable, Convention, Dispositif, Financeur, RegleDispositif
from structures.models import Organisme


def _date(champ: Any) -> None:
    champ.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    champ.colonnes = 3
    champ.error_messages["invalid"] = "Cette date n'existe pas. Écrivez jour, mois, année : 15/03/2027."


class FinanceurForm(forms.ModelForm):
    """Qui paie, et son code dans LHEO."""

    class Meta:
        model = Financeur
        fields = ("nom", "sigle", "code_lheo", "actif")


class DispositifForm(forms.ModelForm):
    """Un programme, en vigueur entre deux dates."""

    class Meta:
        model = Dispositif
        fields = ("nom", "code", "programme", "financeur", "conventionne", "debut", "fin")
        help_texts = {
            "code": "Court, sans espace ni accent : prfe, pdi-93.",
            "programme": "Tel qu'il part dans les flux : PRFE, AFC…",
            "conventionne": "Seules les documentalistes pré-créent l'offre d'un dispositif conventionné.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _date(self.fields["debut"])
        _date(self.fields["fin"])
        for nom in ("nom", "code", "programme", "financeur"):
            self.fields[nom].colonnes = 6  # type: ignore[attr-defined]
        financeur: Any = self.fields["financeur"]
        financeur.queryset = Financeur.objects.filter(actif=True)


class RegleForm(forms.ModelForm):
    """Ce que le dispositif laisse à l'organisme, à partir d'un jour."""

    champs_libres = forms.MultipleChoiceField(
        label="L'organisme modifie librement",
        choices=ChampOuvrable.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Le reste est fixé par la convention : il se change sur demande écrite au CARIF.",
    )

    class Meta:
        model = RegleDispositif
        fields = ("a_partir_du", "dates_par", "champs_libres")
        widgets = {"dates_par": forms.RadioSelect}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _date(self.fields["a_partir_du"])


class ConventionForm(forms.ModelForm):
    """Un marché : l'organisme, le dispositif, le numéro, le lot, les dates, les places et les heures."""

    organisme_reference = forms.CharField(
        label="Organisme", max_length=20, help_text="Sa référence (OF_0000000451) ou son SIRET."
    )

    class Meta:
        model = Convention
        fields = ("dispositif", "numero", "lot", "intitule", "debut", "fin", "places", "heures")

    field_order = ("organisme_reference", "dispositif", "numero", "lot", "intitule", "debut", "fin", "places", "heures")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _date(self.fields["debut"])
        _date(self.fields["fin"])
        for nom, colonnes in (
            ("organisme_reference", 6),
            ("dispositif", 6),
            ("numero", 6),
            ("lot", 6),
            ("places", 3),
            ("heures", 3),
        ):
            self.fields[nom].colonnes = colonnes  # type: ignore[attr-defined]
        dispositif: Any = self.fields["dispositif"]
        dispositif.queryset = Dispositif.objects.filter(conventionne=True)
        if self.instance.pk:
            self.initial["organisme_reference"] = self.instance.organisme.reference

    def clean_organisme_reference(self) -> str:
        saisi: str = self.cleaned_data["organisme_reference"].strip().replace(" ", "")
        organisme = Organisme.objects.filter(reference=saisi.upper()).first() or (
            Organisme.objects.filter(siret=saisi).first() if len(saisi) == 14 else None
        )
        if organisme is None:
            raise forms.ValidationError(f"Aucun organisme n'a « {saisi} » pour référence ou pour SIRET.")
        self.instance.organisme = organisme
        return saisi

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        debut, fin = donnees.get("debut"), donnees.get("fin")
        if debut and fin and fin < debut:
            self.add_error("fin", f"La fin précède le début ({debut:%d/%m/%Y}). Choisissez une date après celle-ci.")
        memes = Convention.objects.filter(
            organisme_id=self.instance.organisme_id, numero=donnees.get("numero", ""), lot=donnees.get("lot", "")
        )
        if self.instance.organisme_id and memes.exclude(pk=self.instance.pk).exists():
            self.add_error("numero", "Cette convention est déjà enregistrée pour cet organisme et ce lot.")
        return donnees
