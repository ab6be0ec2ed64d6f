"""La remarque d'une documentaliste sur un champ ou sur l'ensemble : un motif qui propose un texte, et le texte."""

from typing import Any

from django import forms

from formations.actions.controle import MOTIFS
from formations.models.libelles import champs_de_la_fiche


class RemarqueForm(forms.Form):
    """Sans texte, le motif choisi donne le sien : la remarque se garde sans script."""

    champ = forms.RegexField(regex=r"^[\w/.:@-]*$", max_length=60, required=False, widget=forms.HiddenInput)
    remarque = forms.IntegerField(required=False, widget=forms.HiddenInput)
    motif = forms.ChoiceField(
        label="Motif", required=False, choices=[("", "Choisir un motif"), *((m.code, m.libelle) for m in MOTIFS)]
    )
    texte = forms.CharField(label="Ce que l'organisme lira", max_length=2000, required=False)

    def clean_champ(self) -> str:
        cle: str = self.cleaned_data["champ"]
        connues = {nom for nom, _ in champs_de_la_fiche().values()}
        if cle and cle not in connues and not cle.startswith(("formation/", "action/", "lieu-")):
            raise forms.ValidationError("Ce champ n'existe pas sur la fiche.")
        return cle

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        modeles = {motif.code: motif.modele for motif in MOTIFS}
        texte = donnees.get("texte", "").replace("\r\n", "\n").strip() or modeles.get(donnees.get("motif", ""), "")
        if not texte and "texte" not in self.errors:
            self.add_error("texte", "Dites à l'organisme quoi corriger, ou choisissez un motif.")
        donnees["texte"] = texte
        return donnees
