"""Des dates : une ligne par session, autant de lignes qu'on veut d'un coup."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from dokelio.lheo.grammaire import TABLES

RECRUTEMENT = TABLES["dict-etat-recrutement"].entrees
DELAI_KAIROS = timedelta(days=3)
PREMIER_JOUR, DERNIER_JOUR = date(1970, 1, 1), date(2099, 12, 31)
HORS_BORNES = "Vérifiez l'année : une session se tient entre 1970 et 2099."
TROIS_ANS = timedelta(days=3 * 366)


class DateChamp(forms.DateField):
    """Une date : le calendrier du navigateur, ou jj/mm/aaaa."""

    widget = forms.DateInput

    def __init__(self, label: str, *, required: bool = False, colonnes: int = 3, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date", "max": DERNIER_JOUR.isoformat()}, format="%Y-%m-%d")
        bornes = [MinValueValidator(PREMIER_JOUR, HORS_BORNES), MaxValueValidator(DERNIER_JOUR, HORS_BORNES)]
        super().__init__(label=label, required=required, widget=widget, validators=bornes, **options)
        self.colonnes = colonnes
        self.error_messages["invalid"] = "Cette date n'existe pas. Écrivez jour, mois, année : 15/03/2027."


class PeriodeMixin(forms.Form):
    """Début, fin et « date de fin inconnue » : les règles qui les lient."""

    permanentes: bool = False

    def verifier_periode(self) -> None:
        donnees = self.cleaned_data
        debut, fin, inconnue = donnees.get("debut"), donnees.get("fin"), donnees.get("fin_inconnue")
        if debut is None and "debut" not in self.errors and not self.permanentes:
            self.add_error("debut", "Donnez la date de début.")
        if inconnue and not self.permanentes:
            self.add_error("fin_inconnue", "Une fin inconnue n'est admise qu'avec des entrées et sorties permanentes.")
        elif inconnue and fin:
            self.add_error("fin", "Donnez la date de fin, ou dites-la inconnue, pas les deux.")
        elif fin is None and not inconnue and "fin" not in self.errors:
            suite = ", ou cochez « date de fin inconnue »" if self.permanentes else ""
            self.add_error("fin", f"Donnez la date de fin{suite}.")
        if debut and fin and fin < debut:
            self.add_error(
                "fin", f"La fin précède le début ({debut:%d/%m/%Y}). Choisissez une date à partir de celle-ci."
            )


class LigneDatesForm(PeriodeMixin):
    """Une session à ajouter : ses dates et son recrutement. Une ligne laissée vide ne compte pas."""

    debut = DateChamp("Date de début")
    fin = DateChamp("Date de fin")
    etat_recrutement = forms.ChoiceField(label="Recrutement", choices=RECRUTEMENT, initial="1")
    fin_inconnue = forms.BooleanField(label="Date de fin inconnue", required=False)

    def __init__(self, *args: Any, permanentes: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.permanentes = permanentes
        self.fields["etat_recrutement"].colonnes = 3  # type: ignore[attr-defined]
        self.fields["fin_inconnue"].colonnes = 3  # type: ignore[attr-defined]

    @property
    def vide(self) -> bool:
        return not any(nom in self.changed_data for nom in ("debut", "fin", "fin_inconnue"))

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if not self.vide and not self.cleaned_data.get("DELETE"):
            self.verifier_periode()
        return donnees


class DatesFormSet(forms.BaseFormSet):
    """Les lignes de dates ; au moins une, sauf si `facultatives`."""

    facultatives = False

    def lignes(self) -> list[dict[str, Any]]:
        """Valeurs de session par ligne remplie, dans l'ordre."""
        return [
            {nom: un.cleaned_data[nom] for nom in ("debut", "fin", "etat_recrutement")}
            for un in self.forms
            if not un.vide and not un.cleaned_data.get("DELETE")
        ]

    def clean(self) -> None:
        if any(self.errors):
            return
        lignes = self.lignes()
        if not lignes and not self.facultatives:
            raise forms.ValidationError("Donnez au moins les dates d'une session.")
        couples = [(ligne["debut"], ligne["fin"]) for ligne in lignes]
        if len(set(couples)) < len(couples):
            raise forms.ValidationError("Deux lignes ont les mêmes dates : retirez-en une.")


DatesFactory: Any = forms.formset_factory(
    LigneDatesForm, formset=DatesFormSet, extra=1, max_num=60, absolute_max=60, can_delete=True
)


class JetonForm(forms.Form):
    """Le jeton qui rend inoffensif un envoi répété."""

    jeton = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("jeton", uuid4())


def avertissements_de_dates(debut: date | None, fin: date | None, heures: int | None) -> list[str]:
    """Ce qui étonne sans empêcher (domaine §6.1) : trop tôt pour Kairos, déjà finie, trop longue, trop d'heures."""
    dits = []
    aujourdhui = timezone.localdate()
    if fin and fin < aujourdhui:
        dits.append("Cette session est déjà terminée.")
    elif debut and aujourdhui <= debut < aujourdhui + DELAI_KAIROS:
        dits.append("Elle commence dans moins de 72 h : France Travail ne la verra pas à temps.")
    if debut and fin and fin - debut > TROIS_ANS:
        dits.append("Elle dure plus de trois ans. Vérifiez les dates.")
    if debut and fin and heures and heures > ((fin - debut).days + 1) * 12:
        dits.append(f"{heures} h ne tiennent pas entre ces deux dates. Vérifiez les dates ou le total d'heures.")
    return dits
