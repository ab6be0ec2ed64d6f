"""Les organismes d'un compte : le panneau de sa page, et les deux gestes qu'il offre."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from dokelio.comptes.models import Utilisateur
from dokelio.comptes.permissions import peut_gerer_les_comptes, reserve
from structures.actions.rattachements import detacher, rattacher
from structures.forms.rattachements import ORGANISME, ROLE, RattachementForm
from structures.models import Rattachement

SAISIE = "rattachement_refuse"


def panneau(request: HttpRequest, compte: Utilisateur) -> dict[str, Any] | None:
    """Les rattachements d'un compte de membre ; rien pour un compte du CARIF, qui n'en a pas."""
    if not peut_gerer_les_comptes(request.user):
        return None
    rattachements = list(Rattachement.objects.de(compte))
    if compte.role_carif and not rattachements:
        return None
    # Une saisie refusée revient ici avec ses phrases, sur la page du compte.
    saisie = request.session.pop(SAISIE, None) if request.method == "GET" else None
    formulaire = RattachementForm(saisie) if saisie else RattachementForm()
    return {"compte": compte, "rattachements": rattachements, "formulaire": formulaire}


@require_POST
@reserve(peut_gerer_les_comptes)
def ajouter(request: HttpRequest, pk: int) -> HttpResponse:
    """Rattache le compte à un organisme, ou change son rôle."""
    compte = get_object_or_404(Utilisateur, pk=pk)
    formulaire = RattachementForm(request.POST)
    if formulaire.is_valid():
        organisme = formulaire.cleaned_data[ORGANISME]
        try:
            rattachement = rattacher(compte, organisme, formulaire.cleaned_data[ROLE])
        except ValidationError as refus:
            messages.error(request, refus.messages[0])
        else:
            messages.success(request, f"{compte} est {rattachement.get_role_display()} de {organisme}.")
    else:
        request.session[SAISIE] = {nom: request.POST.get(nom, "") for nom in (ORGANISME, ROLE)}
    return redirect("compte", pk=pk)


@require_POST
@reserve(peut_gerer_les_comptes)
def retirer(request: HttpRequest, pk: int, rattachement: int) -> HttpResponse:
    """Détache le compte d'un organisme."""
    ligne = get_object_or_404(Rattachement.objects.select_related("organisme"), pk=rattachement, utilisateur_id=pk)
    detacher(ligne)
    messages.success(request, f"Ce compte n'est plus rattaché à {cast(Any, ligne).organisme}.")
    return redirect("compte", pk=pk)
