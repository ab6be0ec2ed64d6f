"""Le cadre commun aux onglets d'une fiche : qui la voit, son en-tête, ses onglets, les gestes offerts."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from dokelio.publication.machine import Transition
from dokelio.publication.moteur import transitions_possibles
from formations.models import Action, EtatAction, EtatRemarque

ONGLETS = (
    ("informations", "Informations"),
    ("indexation", "Indexation"),
    ("sessions", "Sessions"),
    ("complements", "Informations complémentaires"),
    ("gestion", "Gestion"),
)
# Ces gestes ont leur propre page : la relecture les porte.
GESTES_DU_CONTROLE = frozenset(
    {"valider", "corriger_et_valider", "demander_correction", "prendre_en_charge", "remettre_dans_la_file"}
)


@dataclass(frozen=True, slots=True)
class Onglet:
    """Un onglet de la fiche, tel que le montre l'en-tête."""

    libelle: str
    url: str
    courant: bool
    compte: int | None = None
    alerte: str = ""


def fiche_visible(request: HttpRequest, reference: str) -> Action:
    """L'action de cette référence, ou 404 pour qui n'est pas concerné."""
    visibles = Action.objects.visibles_par(request.user).select_related(
        "organisme", "version_en_diffusion", "prise_par"
    )
    action: Action = get_object_or_404(visibles, reference=reference)
    return action


def cadre(request: HttpRequest, action: Action, onglet: str) -> dict[str, Any]:
    """Variables de `formations/fiche.html` : en-tête, onglets, phrase d'état, gestes offerts à la personne."""
    remarques = list(action.remarques.filter(etat=EtatRemarque.ENVOYEE).select_related("auteur"))
    gestes = [p.transition for p in transitions_possibles(action, request.user)]
    gestes = [geste for geste in gestes if geste.nom not in GESTES_DU_CONTROLE]
    return {
        "action": action,
        "onglets": _onglets(action, onglet, len(remarques)),
        "onglet": onglet,
        "precision": phrase_d_etat(action, len(remarques)),
        "remarques": remarques,
        "geste_principal": next((g for g in gestes if g.ton == "principal"), None),
        "autres_gestes": [g for g in gestes if g.ton != "principal"],
        "jeton": uuid4(),
    }


def _onglets(action: Action, onglet: str, corrections: int) -> list[Onglet]:
    return [
        Onglet(
            libelle,
            reverse("fiche_onglet", args=[action.reference, nom]),
            nom == onglet,
            alerte=f"{corrections} à corriger" if nom == "gestion" and corrections else "",
        )
        for nom, libelle in ONGLETS
    ]


def phrase_d_etat(action: Action, corrections: int) -> str:
    """Ce que l'état veut dire maintenant (conception §4), à côté de l'étiquette."""
    version = action.version_en_diffusion
    reste = f"la version {version.numero} reste en diffusion" if version else ""
    if action.statut == EtatAction.EN_DIFFUSION and version:
        return f"version {version.numero}"
    if action.statut == EtatAction.EN_REDACTION:
        if corrections:
            return f"à corriger, {reste}" if reste else "à corriger"
        return reste or "rouverte"
    if action.statut == EtatAction.A_CONTROLER:
        prise = f"contrôlée par {action.prise_par}" if action.prise_par else "dans la file du CARIF"
        return f"{prise}, {reste}" if reste else prise
    return ""


def adresse_transition(action: Action, transition: Transition) -> str:
    """Adresse de la page qui pose la question d'une transition et la fait."""
    return reverse("action_transition", args=[action.reference, transition.nom])
