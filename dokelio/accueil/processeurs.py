"""Processeur de contexte : remplit la coquille des pages (menu, structure, cloche) pour la personne connectée."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from conventionne.permissions import tient_le_conventionne
from dokelio.comptes.models import Utilisateur
from dokelio.comptes.permissions import est_administrateur
from dokelio.messagerie.notifications import nombre_non_lues
from dokelio.socle.coquille import Coquille, EntreeMenu, GroupeMenu, StructureCoquille
from formations.actions.controle import file_de
from structures.models import Rattachement
from structures.views.espace import rattachements_de, structure_courante

PIED = (
    ("Accessibilité : non conforme", "accessibilite"),
    ("Mentions légales", "mentions_legales"),
    ("Données personnelles", "donnees_personnelles"),
)


def coquille(request: HttpRequest) -> dict[str, Any]:
    """`{"coquille": Coquille}` pour une personne connectée, rien pour un visiteur."""
    utilisateur = getattr(request, "user", None)
    if not isinstance(utilisateur, Utilisateur):
        return {}
    return {"coquille": _composer(request, utilisateur, bool(utilisateur.role_carif))}


def _composer(request: HttpRequest, utilisateur: Utilisateur, carif: bool) -> Coquille:
    courante = None if carif else structure_courante(request)
    autres = () if carif else tuple(_structure(r) for r in rattachements_de(request) if r is not courante)
    return Coquille(
        espace="carif" if carif else "of",
        utilisateur_nom=utilisateur.get_full_name(),
        utilisateur_initiales=utilisateur.initiales,
        structure=_carif(utilisateur) if carif else _structure(courante) if courante else None,
        autres_structures=autres,
        menu=_menu(request, utilisateur, carif),
        liens_compte=(_entree(request, "Mon compte", "mon_compte", "circle-user"),),
        liens_pied=tuple(_entree(request, libelle, nom, "") for libelle, nom in PIED),
        nb_notifications=nombre_non_lues(utilisateur),
        url_accueil=reverse("tableau_de_bord"),
        url_recherche=reverse("formations"),
        url_notifications=reverse("notifications"),
        url_structure=reverse("structure_choisir"),
        url_structures="",
        url_deconnexion=reverse("account_logout"),
    )


def _structure(rattachement: Rattachement) -> StructureCoquille:
    organisme = rattachement.organisme
    return StructureCoquille(
        reference=organisme.reference,
        nom=str(organisme),
        code_postal=organisme.code_postal,
        ville=organisme.ville,
        role=rattachement.get_role_display(),
    )


def _carif(utilisateur: Utilisateur) -> StructureCoquille:
    return StructureCoquille(reference="", nom="Le CARIF francilien", role=utilisateur.get_role_carif_display().lower())


def _groupe(*entrees: EntreeMenu | None) -> GroupeMenu:
    return GroupeMenu(tuple(entree for entree in entrees if entree is not None))


def _entree(request: HttpRequest, libelle: str, nom: str, icone: str, **options: Any) -> EntreeMenu:
    url = reverse(nom)
    courante = request.path == url if url == "/" else request.path.startswith(url)
    return EntreeMenu(libelle, url, icone, courante=courante, **options)


def _menu(request: HttpRequest, utilisateur: Utilisateur, carif: bool) -> tuple[GroupeMenu, ...]:
    accueil = _entree(request, "Tableau de bord", "tableau_de_bord", "layout-dashboard")
    formations = _entree(request, "Formations", "formations", "graduation-cap")
    imports = _entree(request, "Imports", "imports", "file-up")
    if not carif:
        structure = _entree(request, "Ma structure", "structure", "building-2")
        return (_groupe(accueil, structure, formations, imports),)
    structures = _entree(request, "Structures", "structure", "building-2")
    if not utilisateur.est_personnel:
        return (_groupe(accueil, formations, structures),)
    attendent = file_de(utilisateur).count()
    file = _entree(request, "Contrôle", "controle", "clipboard-check", compte=attendent, urgent=attendent > 0)
    conventionne = None
    if tient_le_conventionne(utilisateur):
        conventionne = _entree(request, "Conventionné", "conventionne", "landmark")
    groupes = [
        _groupe(accueil, file, formations, structures, conventionne),
        _groupe(_entree(request, "Diffusion", "diffusion", "radio-tower"), imports),
    ]
    if est_administrateur(utilisateur):
        groupes.append(_groupe(_entree(request, "Comptes", "comptes", "users")))
    return tuple(groupes)
