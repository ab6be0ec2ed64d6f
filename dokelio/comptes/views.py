"""Les pages des comptes : le sien, et ceux que gèrent les administrateurs."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokelio.comptes import actions, creation
from dokelio.comptes.filtres import VUES, filtrer
from dokelio.comptes.forms import CompteForm, ProfilForm
from dokelio.comptes.models import Utilisateur
from dokelio.comptes.permissions import peut_gerer_les_comptes, reserve
from dokelio.comptes.second_facteur import est_exige
from dokelio.socle.pagination import PageParCle


def _auteur(request: HttpRequest) -> Utilisateur:
    return cast(Utilisateur, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def mon_compte(request: HttpRequest) -> HttpResponse:
    """Son nom, son téléphone ; d'ici vers le mot de passe, le second facteur et les préférences."""
    personne = _auteur(request)
    # Une copie : un formulaire refusé ne doit pas changer le nom affiché par la coquille.
    form = ProfilForm(request.POST or None, instance=Utilisateur.objects.get(pk=personne.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Votre compte est à jour.")
        return redirect("mon_compte")
    contexte = {
        "form": form,
        "second_facteur": Authenticator.objects.filter(user=personne, type=Authenticator.Type.TOTP).exists(),
        "second_facteur_exige": est_exige(personne),
    }
    return render(request, "comptes/mon_compte.html", contexte)


ENTETES = [
    {"libelle": "Personne"},
    {"libelle": "Fonction au CARIF"},
    {"libelle": "Téléphone"},
    {"libelle": "Dernière connexion", "largeur": "l-date"},
    {"libelle": "État"},
]


def _vues(courante: str) -> list[dict[str, object]]:
    return [
        {"libelle": libelle, "url": f"?vue={code}" if code else "?", "courante": code == courante}
        for code, libelle in VUES
    ]


@require_safe
@reserve(peut_gerer_les_comptes)
def liste(request: HttpRequest) -> HttpResponse:
    """Tous les comptes, par nom."""
    comptes = filtrer(Utilisateur.objects.get_queryset(), request.GET)
    contexte = {
        "page": PageParCle(comptes, ("cle_tri", "id"), request.GET),
        "vues": _vues(request.GET.get("vue", "")),
        "entetes": ENTETES,
        "vue": request.GET.get("vue", ""),
        "q": request.GET.get("q", ""),
    }
    return render(request, "comptes/liste.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@reserve(peut_gerer_les_comptes)
def nouveau(request: HttpRequest) -> HttpResponse:
    """Crée un compte et range son invitation ; ce que les autres pièces ajoutent est écrit dans la même transaction."""
    form = CompteForm(request.POST or None, volets=creation.volets())
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                utilisateur = actions.creer_compte(_auteur(request), **form.donnees_du_compte())
                for volet in form.volets:
                    volet.enregistrer(utilisateur, form.cleaned_data, _auteur(request))
        except ValidationError as refus:
            form.ajouter_refus(refus)
        else:
            messages.success(
                request,
                f"Le compte de {utilisateur} est créé. Un courriel lui propose de choisir son mot de passe"
                " dans les 24\u00a0heures.",
            )
            return redirect("compte", pk=utilisateur.pk)
    return render(request, "comptes/nouveau.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@reserve(peut_gerer_les_comptes)
def compte(request: HttpRequest, pk: int) -> HttpResponse:
    """Un compte : ses informations, à corriger ; ce que les autres pièces en disent (panneaux « comptes.compte »)."""
    utilisateur = get_object_or_404(Utilisateur, pk=pk)
    champs = ("email", "prenom", "nom", "telephone", "role_carif", "portees")
    form = CompteForm(request.POST or None, initial={champ: getattr(utilisateur, champ) for champ in champs})
    if request.method == "POST" and form.is_valid() and utilisateur.anonymise_le is None:
        try:
            actions.modifier_compte(_auteur(request), utilisateur, **form.donnees_du_compte())
        except ValidationError as refus:
            form.ajouter_refus(refus)
        else:
            messages.success(request, "Le compte est à jour.")
            return redirect("compte", pk=pk)
    contexte = {
        "compte": utilisateur,
        "form": form,
        "second_facteur": Authenticator.objects.filter(user=utilisateur, type=Authenticator.Type.TOTP).exists(),
        "soi": utilisateur.pk == request.user.pk,
    }
    return render(request, "comptes/compte.html", contexte)


@require_POST
@reserve(peut_gerer_les_comptes)
def geste(request: HttpRequest, pk: int, nom: str) -> HttpResponse:
    """Inviter de nouveau, désactiver, réactiver, retirer le second facteur."""
    utilisateur = get_object_or_404(Utilisateur, pk=pk)
    gestes = {
        "inviter": (
            actions.renvoyer_invitation,
            f"Un nouveau lien part à {utilisateur.email}. Il vaut 24\u00a0heures.",
        ),
        "desactiver": (actions.desactiver, f"Le compte de {utilisateur} est désactivé\u00a0: il ne peut plus servir."),
        "reactiver": (actions.reactiver, f"Le compte de {utilisateur} est rouvert."),
        "second-facteur": (actions.retirer_second_facteur, f"Le second facteur de {utilisateur} est retiré."),
    }
    faire, phrase = gestes[nom]
    try:
        faire(_auteur(request), utilisateur)
    except ValidationError as refus:
        messages.error(request, " ".join(refus.messages))
    else:
        messages.success(request, phrase)
    return redirect("compte", pk=pk)
