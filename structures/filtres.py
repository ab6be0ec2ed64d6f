"""Filtres de la liste des organismes ; ils vivent dans l'adresse."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from dokelio.socle.recherche import reconnaitre, tous_les_mots
from structures.models import DEPARTEMENTS_REGION, Organisme
from structures.querysets import OrganismeQuerySet

NOMS_DEPARTEMENTS = {
    "75": "Paris",
    "77": "Seine-et-Marne",
    "78": "Yvelines",
    "91": "Essonne",
    "92": "Hauts-de-Seine",
    "93": "Seine-Saint-Denis",
    "94": "Val-de-Marne",
    "95": "Val-d'Oise",
}
AILLEURS = "ailleurs"
CHAMPS_PAR_CODE = {
    "organisme": "reference",
    "siret": "siret",
    "siren": "siret__startswith",
    "nda": "nda",
    "uai": "uai",
    "code_postal": "code_postal",
}


class FiltreOrganismes(django_filters.FilterSet):
    """Nom ou code, et département du siège ; la vue par état est à part (`etat`)."""

    q = django_filters.CharFilter(label="Rechercher", method="chercher")
    departement = django_filters.ChoiceFilter(
        label="Département",
        choices=[
            *((code, f"{code} {NOMS_DEPARTEMENTS[code]}") for code in DEPARTEMENTS_REGION),
            (AILLEURS, "Hors région"),
        ],
        empty_label="Tous",
        method="par_departement",
    )

    class Meta:
        model = Organisme
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.form.fields["q"].widget = forms.TextInput(
            attrs={"placeholder": "Nom, OF_, SIRET, NDA, code postal…", "autocomplete": "off"}
        )

    def chercher(self, organismes: OrganismeQuerySet, nom: str, texte: str) -> OrganismeQuerySet:
        """Un code reconnu cherche ce qu'il désigne ; sinon chaque mot doit être dans le nom."""
        texte = texte.replace("\0", "")
        condition = Q()
        for code in reconnaitre(texte):
            champ = CHAMPS_PAR_CODE.get(code.nature)
            if champ is not None:
                condition |= Q(**{champ: code.valeur})
        return organismes.filter(condition or tous_les_mots("cle_nom", texte))

    def par_departement(self, organismes: OrganismeQuerySet, nom: str, valeur: str) -> OrganismeQuerySet:
        if valeur == AILLEURS:
            return organismes.exclude(departement__in=DEPARTEMENTS_REGION)
        return organismes.filter(departement=valeur)
