"""Le tableau de bord du CARIF : la file, les demandes d'inscription, les imports, la nuit, les comptes."""

from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from diffusion.models import Execution, Import, Nuit
from diffusion.views.imports import etat_montre
from dokelio.comptes.models import Utilisateur
from dokelio.comptes.permissions import est_administrateur
from formations.actions.controle import file_de, libres, prises_par
from structures.models import EtatOrganisme, Organisme

A_MONTRER = 5


def tableau(utilisateur: Utilisateur) -> dict[str, Any]:
    """Variables de `accueil/tableau_carif.html` ; neuf requêtes au plus, quel que soit le nombre de lignes."""
    if not utilisateur.est_personnel:
        return {"personnel": False}
    file = _file(utilisateur)
    demandes = Organisme.objects.filter(statut__in=(EtatOrganisme.DEMANDE, EtatOrganisme.COMPLEMENT_DEMANDE))
    a_examiner = demandes.filter(statut=EtatOrganisme.DEMANDE)
    siennes = file_de(utilisateur).filter(prises_par(utilisateur, timezone.now()))
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
        "cles": _cles(file, nombre_demandes),
        "comptes": None,
    }
    if est_administrateur(utilisateur):
        contexte["comptes"] = Utilisateur.objects.filter(actif=True).aggregate(
            actifs=Count("pk"), jamais=Count("pk", filter=Q(last_login__isnull=True))
        )
    return contexte


def _file(utilisateur: Utilisateur) -> dict[str, Any]:
    """Ce qui attend dans sa portée, ce que personne ne tient, ce qu'elle tient, la plus ancienne ; une requête."""
    maintenant = timezone.now()
    comptes: dict[str, Any] = file_de(utilisateur).aggregate(
        nombre=Count("pk"),
        libres=Count("pk", filter=libres(maintenant)),
        miennes=Count("pk", filter=prises_par(utilisateur, maintenant)),
        plus_ancienne=Min("soumise_le"),
    )
    return comptes


def _cles(file: dict[str, Any], demandes: int) -> list[dict[str, Any]]:
    structures = f"{reverse('structure')}?etat=demande"
    controle = reverse("controle")
    return [
        {"icone": "clipboard-check", "nombre": file["nombre"], "libelle": "dans votre file", "url": controle},
        {"icone": "hourglass", "nombre": file["libres"], "libelle": "que personne n'a prises", "url": controle},
        {"icone": "user-round", "nombre": file["miennes"], "libelle": "prises par vous", "url": controle},
        {"icone": "inbox", "nombre": demandes, "libelle": "inscriptions à examiner", "url": structures},
    ]
