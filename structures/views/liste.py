"""La liste des organismes, pour le CARIF et les financeurs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from dokelio.socle.etats import etat as etat_montre
from dokelio.socle.pagination import PageParCle
from structures.filtres import FiltreOrganismes
from structures.models import EtatOrganisme, Organisme

ENTETES = [
    {"libelle": "Organisme"},
    {"libelle": "Siège"},
    {"libelle": "SIRET"},
    {"libelle": "État"},
    {"libelle": "Modifié le", "largeur": "l-date"},
]
VUES = (
    EtatOrganisme.EN_DIFFUSION,
    EtatOrganisme.DEMANDE,
    EtatOrganisme.COMPLEMENT_DEMANDE,
    EtatOrganisme.CESSATION,
    EtatOrganisme.REFUSE,
)


def liste(request: HttpRequest) -> HttpResponse:
    """Par nom ; les filtres et la vue vivent dans l'adresse. Trois requêtes quelle que soit la page."""
    filtre = FiltreOrganismes(request.GET, queryset=Organisme.objects.visibles_par(request.user))
    filtres = filtre.qs
    etat = request.GET.get("etat", "")
    etat = etat if etat in EtatOrganisme.values else ""
    lignes = filtres.filter(statut=etat) if etat else filtres
    montrees = lignes.only(*(f for f in ("reference", "nom", "raison_sociale", "siret", "statut", "modifie_le")),
                           "code_postal", "ville", "cle_nom")  # fmt: skip
    contexte = {
        "page": PageParCle(montrees, ("cle_nom", "id"), request.GET),
        "entetes": ENTETES,
        "filtre": filtre,
        "vues": _vues(request, filtres.compter_par_etat(), etat),
        "caches": [("etat", etat)] if etat else [],
        "filtree": any(request.GET.get(nom) for nom in ("q", "departement", "etat")),
    }
    return render(request, "structures/liste.html", contexte)


def _vues(request: HttpRequest, comptes: dict[str, int], etat: str) -> list[dict[str, Any]]:
    vues: list[dict[str, Any]] = [
        {"libelle": "Tous", "url": _adresse(request, ""), "courante": not etat, "compte": sum(comptes.values())}
    ]
    for un in VUES:
        montre = etat_montre("organisme", un)
        vues.append(
            {
                "libelle": montre.libelle,
                "url": _adresse(request, un),
                "courante": etat == un,
                "compte": comptes.get(un, 0),
                "icone": montre.icone,
                "ton": montre.ton,
            }
        )
    return vues


def _adresse(request: HttpRequest, etat: str) -> str:
    gardes = {nom: request.GET.get(nom, "") for nom in ("q", "departement")} | {"etat": str(etat)}
    suite = urlencode({nom: valeur for nom, valeur in gardes.items() if valeur})
    return f"{reverse('structure')}?{suite}" if suite else reverse("structure")
