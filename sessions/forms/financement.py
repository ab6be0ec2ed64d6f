"""Qui paie, et au titre de quoi : les dispositifs en vigueur ; les conventionnés pour le CARIF seulement."""

from typing import Any

from django import forms
from django.utils import timezone

from conventionne.models import Convention, Dispositif
from dokelio.lheo.grammaire import TABLES, element
from structures.models import Organisme

NON_CONV = "non-conv"
CONVENTIONNE_AU_CARIF = (
    "Ce dispositif est conventionné : seules les documentalistes du CARIF l'ajoutent. Choisissez-en un autre."
)


class FinancementForm(forms.Form):
    """Dispositif, financeur, places ; la convention quand le CARIF saisit du conventionné."""

    dispositif = forms.ModelChoiceField(
        label="Programme",
        queryset=Dispositif.objects.none(),
        help_text="Non conv : l'apprenant, son employeur ou un droit individuel paie, sans marché public.",
    )
    code_financeur = forms.ChoiceField(
        label="Financeur",
        required=False,
        choices=[("", "Celui du programme"), *TABLES["dict-financeurs"].entrees],
    )
    places = forms.IntegerField(
        label="Places financées", required=False, min_value=0, max_value=element("nb-places-financees").vmax
    )
    convention = forms.ModelChoiceField(
        label="Convention", queryset=Convention.objects.none(), required=False, empty_label="Aucune"
    )

    def __init__(self, *args: Any, organisme: Organisme, conventionne: bool = False, **options: Any) -> None:
        """`conventionne` : la personne peut choisir un dispositif conventionné (documentalistes)."""
        super().__init__(*args, **options)
        offerts = Dispositif.objects.en_vigueur(timezone.localdate()).select_related("financeur")
        if not conventionne:
            offerts = offerts.non_conventionnes()
        actuel = self.initial.get("dispositif")
        if actuel is not None:
            offerts = offerts | Dispositif.objects.filter(pk=actuel.pk).select_related("financeur")
        champ: Any = self.fields["dispositif"]
        champ.queryset = offerts.order_by("-conventionne", "nom") if conventionne else offerts.order_by("nom")
        champ.error_messages["invalid_choice"] = CONVENTIONNE_AU_CARIF
        if actuel is None and not self.initial:
            self.initial["dispositif"] = Dispositif.objects.filter(code=NON_CONV).first()
        if conventionne:
            self.fields["convention"].queryset = organisme.conventions.select_related("dispositif")  # type: ignore[attr-defined]
        else:
            del self.fields["convention"]
        for nom, colonnes in (("dispositif", 4), ("code_financeur", 5), ("places", 3), ("convention", 6)):
            if nom in self.fields:
                self.fields[nom].colonnes = colonnes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        dispositif, convention = donnees.get("dispositif"), donnees.get("convention")
        if dispositif and convention and convention.dispositif_id != dispositif.pk:
            self.add_error(
                "convention", f"Cette convention est au titre de {convention.dispositif}, pas de {dispositif}."
            )
        return donnees

    def valeurs(self) -> dict[str, Any]:
        """Valeurs du Financement ; sans financeur choisi, celui du programme."""
        donnees = self.cleaned_data
        return {
            "dispositif": donnees["dispositif"],
            "code_financeur": donnees["code_financeur"] or donnees["dispositif"].financeur.code_lheo,
            "places": donnees["places"],
            "convention": donnees.get("convention"),
        }
