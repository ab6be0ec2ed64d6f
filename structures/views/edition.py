"""Modifier un organisme : son identité, son justificatif, ses contacts, ses lieux."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dokelio.comptes.permissions import est_du_carif
from structures.actions import edition
from structures.forms.contacts import ContactForm, LieuForm
from structures.forms.organisme import JustificatifForm, OrganismeForm
from structures.models import Contact, Etablissement, Organisme
from structures.views.cadre import cadre, champs_proteges, contact_de, lieu_de, organisme_modifiable

formulaire_http = require_http_methods(["GET", "HEAD", "POST"])


@formulaire_http
def modifier(request: HttpRequest, reference: str) -> HttpResponse:
    """L'identité, l'adresse et ce que l'organisme dit de lui."""
    organisme = organisme_modifiable(request, reference)

    def formulaire(lu: Organisme) -> OrganismeForm:
        protege, carif = champs_proteges(lu, request.user), est_du_carif(request.user)
        return OrganismeForm(request.POST or None, organisme=lu, protege=protege, carif=carif)

    form = formulaire(organisme)
    if request.method == "POST":
        with transaction.atomic():
            organisme = edition.verrouiller(organisme)
            form = formulaire(organisme)
            if _ecrit(form, lambda: edition.modifier_organisme(organisme, form.valeurs(), form.arbre_modifie())):
                messages.success(request, "La structure est à jour.")
                return redirect("structure_fiche", organisme.reference)
            organisme.refresh_from_db()
    contexte = {**cadre(request, organisme), "form": form}
    return render(request, "structures/modifier.html", contexte, status=_code(form))


@formulaire_http
def joindre_justificatif(request: HttpRequest, reference: str) -> HttpResponse:
    """Joindre la convention de formation qui prouve une activité en Île-de-France."""
    organisme = organisme_modifiable(request, reference)
    form = JustificatifForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        edition.joindre_justificatif(organisme, form.cleaned_data["justificatif"])
        messages.success(request, "Le justificatif est joint. Seul le CARIF peut le lire.")
        return redirect("structure_fiche", organisme.reference)
    contexte = {**cadre(request, organisme), "form": form}
    return render(request, "structures/justificatif.html", contexte, status=_code(form))


@formulaire_http
def contact(request: HttpRequest, reference: str, pk: int | None = None) -> HttpResponse:
    """Ajouter un contact, ou en modifier un."""
    organisme = organisme_modifiable(request, reference)
    ligne = contact_de(organisme, pk) if pk else Contact(organisme=organisme)
    form = ContactForm(request.POST or None, contact=ligne)
    if _ecrit(form, lambda: edition.enregistrer_contact(ligne, form.valeurs(), form.arbre_modifie())):
        messages.success(request, "Le contact est enregistré.")
        return _retour(organisme, "contacts")
    contexte = {**cadre(request, organisme), "form": form, "contact": ligne if pk else None}
    return render(request, "structures/contact.html", contexte, status=_code(form))


@require_POST
def retirer_contact(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Retirer un contact."""
    organisme = organisme_modifiable(request, reference)
    ligne = contact_de(organisme, pk)
    nom = str(ligne) or "Le contact"
    try:
        edition.retirer_contact(ligne)
    except ValidationError as refus:
        messages.error(request, refus.messages[0])
    else:
        messages.success(request, f"{nom} n'est plus un contact de la structure.")
    return _retour(organisme, "contacts")


@formulaire_http
def lieu(request: HttpRequest, reference: str, pk: int | None = None) -> HttpResponse:
    """Ajouter un lieu connu, ou en modifier un."""
    organisme = organisme_modifiable(request, reference)
    ligne = lieu_de(organisme, pk) if pk else Etablissement(organisme=organisme)
    form = LieuForm(request.POST or None, lieu=ligne)
    if _ecrit(form, lambda: edition.enregistrer_lieu(ligne, form.valeurs(), form.arbre_modifie())):
        messages.success(request, "Le lieu est enregistré.")
        return _retour(organisme, "lieux")
    contexte = {**cadre(request, organisme), "form": form, "lieu": ligne if pk else None}
    return render(request, "structures/lieu.html", contexte, status=_code(form))


def _ecrit(form: forms.Form, ecrire: Callable[[], Any]) -> bool:
    """Écrit un formulaire valide ; un refus y est montré, et rien n'est gardé. Faux : la page est à montrer."""
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        with transaction.atomic():
            ecrire()
    except ValidationError as refus:
        form.add_error(None, refus.messages)
        return False
    return True


def _retour(organisme: Organisme, ancre: str) -> HttpResponse:
    return redirect(f"{reverse('structure_fiche', args=[organisme.reference])}#{ancre}")


def _code(form: forms.Form) -> int:
    return 422 if form.is_bound and form.errors else 200
