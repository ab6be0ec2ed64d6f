"""Filtres de la liste des actions et de la file de contrôle ; ils vivent dans l'adresse et se partagent."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from dokelio.socle.recherche import reconnaitre, tous_les_mots
from formations.actions.delais import OBJECTIF_JOURS, il_y_a
from formations.models import Action, VersionDiffusee
from formations.querysets import ActionQuerySet
from structures.models import DEPARTEMENTS_REGION


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


class FiltreFile(django_filters.FilterSet):
    """Filtres de la file de contrôle : texte ou code, département, conventionné, nature de la demande, retard."""

    q = django_filters.CharFilter(label="Rechercher dans la file", method="chercher")
    nature = django_filters.ChoiceFilter(
        label="Nature",
        choices=[("premiere", "Première diffusion"), ("modification", "Modification"), ("reouverture", "Réouverture")],
        empty_label="Toutes",
        method="par_nature",
    )
    conventionne = django_filters.ChoiceFilter(
        label="Offre",
        choices=[("non", "Non conventionnée"), ("oui", "Conventionnée")],
        empty_label="Toute",
        method="par_convention",
    )
    departement = django_filters.ChoiceFilter(
        label="Département",
        choices=[(code, code) for code in sorted(DEPARTEMENTS_REGION)],
        empty_label="Tous",
        method="par_departement",
    )
    attente = django_filters.ChoiceFilter(
        label="Attente", choices=[("retard", "En retard")], empty_label="Toutes", method="par_attente"
    )

    class Meta:
        model = Action
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.form.fields["q"].widget = forms.TextInput(
            attrs={"placeholder": "Intitulé, AF_, organisme, SIRET", "autocomplete": "off"}
        )

    def chercher(self, actions: ActionQuerySet, nom: str, texte: str) -> ActionQuerySet:
        """Un code reconnu, ou des mots de l'intitulé ou du nom de l'organisme."""
        if reconnaitre(texte):
            return actions.filter(pk__in=chercher(Action.objects.a_controler(), texte).values("pk"))
        return actions.filter(tous_les_mots("cle_intitule", texte) | tous_les_mots("organisme__cle_nom", texte))

    def par_nature(self, actions: ActionQuerySet, nom: str, valeur: str) -> ActionQuerySet:
        if valeur == "modification":
            return actions.filter(version_en_diffusion__isnull=False)
        anciennes = VersionDiffusee.objects.filter(action=OuterRef("pk"))
        hors_antenne = actions.filter(version_en_diffusion__isnull=True)
        return hors_antenne.filter(Exists(anciennes) if valeur == "reouverture" else ~Exists(anciennes))

    def par_convention(self, actions: ActionQuerySet, nom: str, valeur: str) -> ActionQuerySet:
        return actions.filter(conventionnee=valeur == "oui")

    def par_departement(self, actions: ActionQuerySet, nom: str, valeur: str) -> ActionQuerySet:
        """Celui d'un de ses lieux ou, à défaut, de l'organisme (une offre à distance)."""
        ici = Action.objects.filter(pk=OuterRef("pk"), deroulements__departement=valeur)
        ailleurs = Action.objects.filter(pk=OuterRef("pk"), deroulements__departement__gt="")
        return actions.filter(Exists(ici) | (Q(organisme__departement=valeur) & ~Exists(ailleurs)))

    def par_attente(self, actions: ActionQuerySet, nom: str, valeur: str) -> ActionQuerySet:
        return actions.filter(soumise_le__lt=il_y_a(OBJECTIF_JOURS, timezone.now()))
