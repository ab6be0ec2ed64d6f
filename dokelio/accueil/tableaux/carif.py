"""Le tableau de bord du CARIF : la file, les demandes d'inscription, les imports, la nuit, les comptes."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from diffusion.models import Execution, Import, Nuit
from diffusion.views.imports import etat_montre
from dokelio.comptes.models import Portee, Utilisateur
from dokelio.comptes.permissions import est_administrateur
from formations.models import Action
from structures.models import EtatOrganisme, Organisme

A_MONTRER = 5
# Une prise en charge sans geste pendant quatre heures ne tient plus (conception, §4).
PRISE = timedelta(hours=4)


def tableau(utilisateur: Utilisateur) -> dict[str, Any]:
    """Variables de `accueil/tableau_carif.html` ; neuf requêtes au plus, quel que soit le nombre de lignes."""
    if not utilisateur.est_personnel:
        return {"personnel": False}
    file = _file(utilisateur)
    demandes = Organisme.objects.filter(statut__in=(EtatOrganisme.DEMANDE, EtatOrganisme.COMPLEMENT_DEMANDE))
    a_examiner = demandes.filter(statut=EtatOrganisme.DEMANDE)
    siennes = Action.objects.a_controler().filter(prise_par=utilisateur, prise_le__gt=timezone.now() - PRISE)
    nombre_demandes = a_examiner.count()
    imports = Import.objects.select_related("organisme", "auteur").defer("enveloppe")
    contexte = {
        "personnel": True,
        "file": file,
        "siennes": list(siennes.select_related("organisme").order_by("prise_le")[:A_MONTRER]),
        "nombre_demandes": nombre_demandes,
        "demandes": list(a_examiner.order_by("cree_le", "pk")[:A_MONTRER]),
        "imports": [(un, etat_montre(un)) for un in imports.order_by("-depose_le", "-pk")[:A_MONTRER]],
        "nuit": Nuit.objects.order_by("-au").first(),
        "diffusion": Execution.objects.pour_liste().order_by("-pk").first(),
        "url_controle": _adresse("controle"),
        "url_diffusion": _adresse("diffusion"),
        "cles": _cles(file, nombre_demandes),
        "comptes": None,
    }
    if est_administrateur(utilisateur):
        contexte["comptes"] = Utilisateur.objects.filter(actif=True).aggregate(
            actifs=Count("pk"), jamais=Count("pk", filter=Q(last_login__isnull=True))
        )
    return contexte


def _file(utilisateur: Utilisateur) -> dict[str, Any]:
    """Ce qui attend dans sa portée, ce qu'elle a pris, la plus ancienne ; une requête."""
    tient = Q(prise_le__gt=timezone.now() - PRISE)
    comptes: dict[str, Any] = _dans_sa_portee(utilisateur).aggregate(
        nombre=Count("pk"),
        prises=Count("pk", filter=tient),
        miennes=Count("pk", filter=tient & Q(prise_par=utilisateur)),
        plus_ancienne=Min("soumise_le"),
    )
    return comptes


def _dans_sa_portee(utilisateur: Utilisateur) -> Any:
    actions = Action.objects.a_controler()
    if est_administrateur(utilisateur):
        return actions
    natures = {Portee.CONVENTIONNE: True, Portee.NON_CONVENTIONNE: False}
    admises = [conventionnee for portee, conventionnee in natures.items() if portee in utilisateur.portees]
    return actions.filter(conventionnee__in=admises)


def _cles(file: dict[str, Any], demandes: int) -> list[dict[str, Any]]:
    structures = f"{reverse('structure')}?etat=demande"
    controle = _adresse("controle")
    libres = file["nombre"] - file["prises"]
    return [
        {"icone": "clipboard-check", "nombre": file["nombre"], "libelle": "dans votre file", "url": controle},
        {"icone": "hourglass", "nombre": libres, "libelle": "que personne n'a prises", "url": controle},
        {"icone": "user-round", "nombre": file["miennes"], "libelle": "prises par vous", "url": controle},
        {"icone": "inbox", "nombre": demandes, "libelle": "inscriptions à examiner", "url": structures},
    ]


def _adresse(nom: str) -> str:
    """L'adresse d'une page, ou rien tant qu'elle n'existe pas."""
    try:
        return reverse(nom)
    except NoReverseMatch:
        return ""
