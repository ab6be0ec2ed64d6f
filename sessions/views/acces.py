"""Trouver le lieu, la session, le financement d'une fiche visible ; dire un refus ou un conflit dans un formulaire."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from dokelio.publication.refus import Refus
from dokelio.socle.typographie import date_courte
from formations.models import Action
from formations.permissions import peut_editer_le_libre
from formations.views.cadre import fiche_visible
from sessions.actions.edition import EcritureConcurrente
from sessions.models import Deroulement, Financement, Session

# Champ du modèle (ou élément LHEO) d'un refus → champ du formulaire qui le porte.
_CHAMPS: Mapping[str, str] = {"lieux": "lieu", "formateurs": "formateur", "periode_inscription": "inscription_du"}


def fiche_modifiable(request: HttpRequest, reference: str) -> Action:
    """L'action, ou 404 pour qui ne la voit pas ou n'y écrit rien."""
    action = fiche_visible(request, reference)
    if not peut_editer_le_libre(action, request.user):
        raise Http404
    return action


def lieu_de(action: Action, cle: int) -> Deroulement:
    lieu: Deroulement = get_object_or_404(Deroulement, pk=cle, action=action)
    lieu.action = action
    return lieu


def session_de(action: Action, reference: str) -> Session:
    sessions = Session.objects.select_related("deroulement")
    session: Session = get_object_or_404(sessions, reference=reference, deroulement__action=action)
    session.deroulement.action = action
    return session


def financement_de(action: Action, cle: int) -> Financement:
    financements = Financement.objects.select_related("deroulement", "dispositif__financeur", "convention")
    financement: Financement = get_object_or_404(financements, pk=cle, deroulement__action=action)
    financement.deroulement.action = action
    return financement


def adresse_de_l_onglet(action: Action, ancre: str = "") -> str:
    return reverse("fiche_sessions", args=[action.reference]) + (f"#{ancre}" if ancre else "")


def ligne_de_plus(request: HttpRequest, formsets: Iterable[Any], autres: Iterable[Any] = ()) -> bool:
    """Sans script, « Ajouter » envoie le formulaire : une ligne de plus, sans rien valider ni reprocher."""
    formsets = list(formsets)
    voulu = next((un for un in formsets if f"ajouter-{un.prefix}" in request.POST), None)
    if voulu is None:
        return False
    voulu.data = voulu.data.copy()
    cle = f"{voulu.prefix}-TOTAL_FORMS"
    total = voulu.data.get(cle, "")
    nombre = int(total) if total.isdecimal() and len(total) < 6 else 0
    voulu.data[cle] = str(min(nombre + 1, voulu.max_num))
    for formset in formsets:
        formset._errors, formset._non_form_errors = [], ErrorList()
    for formulaire in (*autres, *(un for formset in formsets for un in formset.forms)):
        formulaire._errors, formulaire.cleaned_data = ErrorDict(), {}
    return True


def dire_les_refus(formulaire: forms.BaseForm, refus: Iterable[Refus]) -> None:
    """Chaque refus à côté de son champ, sinon en tête du formulaire."""
    for un in refus:
        champ = _CHAMPS.get(un.champ, un.champ)
        formulaire.add_error(champ if champ in formulaire.fields else None, un.phrase)


def dire_le_conflit(formulaire: Any, conflit: EcritureConcurrente, sujet: str) -> None:
    """Qui que ce soit d'autre a enregistré : ce qui diffère, ce que dit maintenant la base ; la saisie demeure."""
    objet, dits = conflit.objet, []
    avertissements = dict(getattr(formulaire, "avertissements", None) or {})
    for nom in conflit.champs:
        dits.append(str(objet._meta.get_field(nom).verbose_name))
        avertissements[_CHAMPS.get(nom, nom)] = f"Enregistré entre-temps : « {_lisible(objet, nom)} »."
    formulaire.avertissements = avertissements
    formulaire.data = formulaire.data.copy()
    formulaire.data[formulaire.add_prefix("edition")] = str(objet.edition)
    formulaire.add_error(
        None,
        f"{sujet} a été modifié par quelqu'un d'autre pendant votre saisie ({', '.join(dits)}). Votre texte est "
        "gardé : relisez-le, puis enregistrez de nouveau pour qu'il l'emporte.",
    )


def _lisible(objet: Any, nom: str) -> str:
    montre = getattr(objet, f"get_{nom}_display", None)
    valeur = montre() if montre else getattr(objet, nom)
    if hasattr(valeur, "isoformat"):
        return date_courte(valeur)
    if isinstance(valeur, list | dict):
        return str(objet) if nom == "lieux" else "autre contenu"
    return "vide" if valeur in (None, "") else str(valeur)
