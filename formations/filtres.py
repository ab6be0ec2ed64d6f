"""Filtres de la liste des actions ; ils vivent dans l'adresse, chacun se partage et se retire."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from dokelio.socle.recherche import reconnaitre, tous_les_mots
from formations.models import Action
from formations.querysets import ActionQuerySet


class FiltreActions(django_filters.FilterSet):
    """Texte libre ou code, nature ; la vue par état est à part (`etat`)."""

    q = django_filters.CharFilter(label="Rechercher", method="chercher")
    nature = django_filters.ChoiceFilter(
        label="Nature",
        choices=[("non", "Non conventionné"), ("oui", "Conventionné")],
        empty_label="Toutes",
        method="par_nature",
    )

    class Meta:
        model = Action
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.form.fields["q"].widget = forms.TextInput(
            attrs={"placeholder": "Intitulé, AF_, SE_, RNCP, code postal…", "autocomplete": "off"}
        )

    def chercher(self, actions: ActionQuerySet, nom: str, texte: str) -> ActionQuerySet:
        """Un code reconnu cherche ce qu'il désigne ; sinon chaque mot doit être dans l'intitulé."""
        return chercher(actions, texte)

    def par_nature(self, actions: ActionQuerySet, nom: str, valeur: str) -> ActionQuerySet:
        return actions.filter(conventionnee=valeur == "oui")


def chercher(actions: ActionQuerySet, texte: str) -> ActionQuerySet:
    """Actions que désigne ce texte : un code (AF_, SE_, OF_, SIRET, RNCP, code postal) ou des mots de l'intitulé."""
    codes = reconnaitre(texte)
    if not codes:
        return actions.filter(tous_les_mots("cle_intitule", texte))
    condition = Q(pk__in=[])
    for code in codes:
        champ = CHAMPS_PAR_CODE.get(code.nature)
        if champ is not None:
            condition |= Q(**{champ: code.valeur})
    return actions.filter(condition).distinct()


CHAMPS_PAR_CODE = {
    "action": "reference",
    "session": "deroulements__sessions__reference",
    "organisme": "organisme__reference",
    "siret": "organisme__siret",
    "nda": "organisme__nda",
    "siren": "organisme__siret__startswith",
    "rncp": "certifications__cle",
    "rs": "certifications__cle",
    "code_postal": "deroulements__code_postal",
}
