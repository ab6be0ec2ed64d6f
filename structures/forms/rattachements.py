"""Désigner un organisme et un rôle : à la création d'un compte, puis sur la page du compte."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from structures.actions.rattachements import organisme_designe
from structures.models import RoleMembre

ORGANISME = "rattachement_organisme"
ROLE = "rattachement_role"


def champs() -> dict[str, forms.Field]:
    """Les deux champs, ajoutés à la création d'un compte."""
    organisme = forms.CharField(
        label="Organisme",
        required=False,
        max_length=40,
        help_text="OF_ ou SIRET. À laisser vide pour un compte du CARIF.",
    )
    organisme.widget.attrs["autocomplete"] = "off"
    role = forms.ChoiceField(
        label="Rôle dans l'organisme",
        choices=[(valeur, libelle.capitalize()) for valeur, libelle in RoleMembre.choices],
        initial=RoleMembre.REDACTEUR,
        required=False,
        help_text="Lecteur : lit. Rédacteur : saisit et soumet. Gestionnaire : modifie aussi la structure.",
    )
    return {ORGANISME: organisme, ROLE: role}


class RattachementForm(forms.Form):
    """Un organisme de plus pour un compte qui existe."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.update(champs())
        self.fields[ORGANISME].required = self.fields[ROLE].required = True
        self.fields[ORGANISME].help_text = "OF_ ou SIRET."
        self.fields[ORGANISME].error_messages["required"] = "Donnez la référence OF_ ou le SIRET de l'organisme."
        self.fields[ORGANISME].colonnes = self.fields[ROLE].colonnes = 6  # type: ignore[attr-defined]

    def clean_rattachement_organisme(self) -> Any:
        """L'organisme désigné."""
        return organisme_designe(self.cleaned_data[ORGANISME])


def verifier(donnees: Any) -> dict[str, str]:
    """Refus du volet de création : organisme inconnu, compte du CARIF avec organisme. L'organisme peut attendre."""
    texte = (donnees.get(ORGANISME) or "").strip()
    if not texte:
        return {}
    if donnees.get("role_carif"):
        return {ORGANISME: "Un compte du CARIF n'a pas d'organisme : videz ce champ, ou la fonction au CARIF."}
    try:
        organisme_designe(texte)
    except ValidationError as refus:
        return {ORGANISME: refus.messages[0]}
    return {}
