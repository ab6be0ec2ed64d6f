"""Le choix de chacun, catégorie par catégorie."""

from __future__ import annotations

from typing import Any

from django import forms

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie.categories import reglables
from dokelio.messagerie.models import Cadence, PreferenceNotification


class PreferencesForm(forms.Form):
    """Une cadence par catégorie réglable."""

    def __init__(self, utilisateur: Utilisateur, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choisies = dict(
            PreferenceNotification.objects.filter(utilisateur=utilisateur).values_list("categorie", "cadence")
        )
        for categorie in reglables():
            self.fields[categorie.nom] = forms.ChoiceField(
                label=categorie.libelle,
                help_text=categorie.aide,
                choices=Cadence.choices,
                initial=choisies.get(categorie.nom, Cadence.IMMEDIAT),
                error_messages={"required": "Choisissez une cadence.", "invalid_choice": "Choisissez une cadence."},
            )

    def cadences(self) -> dict[str, str]:
        """La cadence choisie, par catégorie."""
        return {nom: str(self.cleaned_data[nom]) for nom in self.fields}
