"""Pages du conventionné, pour les documentalistes de cette portée et les administrateurs."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from conventionne.forms import ConventionForm, DispositifForm, FinanceurForm, RegleForm
from conventionne.models import ChampOuvrable, Convention, Dispositif, Financeur, RegleDispositif
from conventionne.permissions import tient_le_conventionne
from dokelio.comptes.permissions import reserve
from dokelio.socle.pagination import PageParCle

LIBELLES = dict(ChampOuvrable.choices)


@reserve(tient_le_conventionne)
def accueil(request: HttpRequest) -> HttpResponse:
    """Les dispositifs et la règle en vigueur de chacun."""
    jour = timezone.localdate()
    dispositifs = list(
        Dispositif.objects.select_related("financeur")
        .prefetch_related("regles")
        .annotate(nombre_conventions=Count("conventions"))
        .order_by("-conventionne", "nom")
    )
    lignes = [
        {
            "dispositif": un,
            "regle": un.regle_au(jour),
            "en_vigueur": un.debut <= jour and (un.fin is None or un.fin >= jour),
        }
        for un in dispositifs
    ]
    return _rendre(request, "conventionne/dispositifs.html", "dispositifs", lignes=lignes)


@reserve(tient_le_conventionne)
def financeurs(request: HttpRequest) -> HttpResponse:
    """Les financeurs et leur code LHEO."""
    lignes = Financeur.objects.annotate(nombre_dispositifs=Count("dispositifs"))
    return _rendre(request, "conventionne/financeurs.html", "financeurs", lignes=list(lignes))


@reserve(tient_le_conventionne)
def conventions(request: HttpRequest) -> HttpResponse:
    """Les conventions, les plus récentes d'abord."""
    toutes = Convention.objects.select_related("organisme", "dispositif").annotate(nombre_actions=Count("actions"))
    page: PageParCle[Convention] = PageParCle(toutes, ("-debut", "-id"), request.GET)
    return _rendre(request, "conventionne/conventions.html", "conventions", page=page)


@reserve(tient_le_conventionne)
def dispositif(request: HttpRequest, code: str = "") -> HttpResponse:
    """Créer ou modifier un dispositif ; ses règles datées, la dernière d'abord."""
    un = get_object_or_404(Dispositif, code=code) if code else Dispositif()
    formulaire = DispositifForm(request.POST or None, instance=un)
    if request.method == "POST" and formulaire.is_valid():
        formulaire.save()
        messages.success(request, f"Le dispositif {un} est enregistré.")
        return redirect("conventionne" if code else "dispositif", *([] if code else [un.code]))
    regles = [(r, [LIBELLES.get(c, c) for c in r.champs_libres]) for r in un.regles.all()] if un.pk else []
    titre = f"Dispositif {un.nom}" if code else "Nouveau dispositif"
    return _formulaire(request, formulaire, titre, "conventionne", dispositif=un if code else None, regles=regles)


@reserve(tient_le_conventionne)
def regle(request: HttpRequest, code: str, cle: int | None = None) -> HttpResponse:
    """Une règle nouvelle, ou la correction d'une règle : elle vaut à partir de son jour."""
    un = get_object_or_404(Dispositif, code=code)
    ligne = get_object_or_404(RegleDispositif, pk=cle, dispositif=un) if cle else RegleDispositif(dispositif=un)
    formulaire = RegleForm(request.POST or None, instance=ligne)
    if request.method == "POST" and formulaire.is_valid():
        jour = formulaire.cleaned_data["a_partir_du"]
        if un.regles.filter(a_partir_du=jour).exclude(pk=ligne.pk).exists():
            formulaire.add_error("a_partir_du", "Ce dispositif a déjà une règle à partir de ce jour. Modifiez-la.")
        else:
            formulaire.save()
            messages.success(request, f"La règle de {un} vaut à partir du {jour:%d/%m/%Y}.")
            return redirect("dispositif", un.code)
    return _formulaire(request, formulaire, f"Règle du dispositif {un.nom}", "conventionne")


@reserve(tient_le_conventionne)
def financeur(request: HttpRequest, cle: int | None = None) -> HttpResponse:
    """Créer ou modifier un financeur."""
    un = get_object_or_404(Financeur, pk=cle) if cle else Financeur()
    return _enregistrer(request, FinanceurForm, un, "Financeur", "conventionne_financeurs")


@reserve(tient_le_conventionne)
def convention(request: HttpRequest, cle: int | None = None) -> HttpResponse:
    """Créer ou modifier une convention."""
    une = get_object_or_404(Convention.objects.select_related("organisme"), pk=cle) if cle else Convention()
    return _enregistrer(request, ConventionForm, une, "Convention", "conventionne_conventions")


def _enregistrer(request: HttpRequest, forme: Any, objet: Any, nom: str, retour: str) -> HttpResponse:
    formulaire = forme(request.POST or None, instance=objet)
    if request.method == "POST" and formulaire.is_valid():
        formulaire.save()
        messages.success(request, f"{nom} {objet} : c'est enregistré.")
        return redirect(retour)
    titre = f"{nom} {objet}" if objet.pk else f"{nom} : nouvel enregistrement"
    return _formulaire(request, formulaire, titre, retour)


def _formulaire(
    request: HttpRequest, formulaire: forms.BaseForm, titre: str, retour: str, **contexte: Any
) -> HttpResponse:
    statut = 422 if formulaire.is_bound and formulaire.errors else 200
    contexte |= {"formulaire": formulaire, "titre": titre, "retour": retour}
    return render(request, "conventionne/formulaire.html", contexte, status=statut)


def _rendre(request: HttpRequest, gabarit: str, vue: str, **contexte: Any) -> HttpResponse:
    vues = [
        {"libelle": libelle, "url": reverse(adresse), "courante": nom == vue}
        for nom, libelle, adresse in (
            ("dispositifs", "Dispositifs", "conventionne"),
            ("financeurs", "Financeurs", "conventionne_financeurs"),
            ("conventions", "Conventions", "conventionne_conventions"),
        )
    ]
    return render(request, gabarit, {"vues": vues, **contexte})
