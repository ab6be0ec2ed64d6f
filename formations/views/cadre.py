"""Le cadre commun aux onglets d'une fiche : qui la voit, son en-tête, ses onglets, les gestes offerts."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from dokelio.publication.machine import Transition
from dokelio.publication.moteur import transitions_possibles
from formations.models import Action, EtatAction, EtatRemarque, Remarque
from formations.views.remarques import remarques_de
from formations.views.reperes import FORMULAIRES, place_de

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

# Ceux-ci n'ont de sens que si une version est en diffusion ; leur garde les refuserait.
GESTES_A_L_ANTENNE = frozenset({"abandonner", "retirer"})


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
    remarques = a_traiter(action)
    gestes = [p.transition for p in transitions_possibles(action, request.user)]
    sans_objet = GESTES_DU_CONTROLE if action.est_en_diffusion else GESTES_DU_CONTROLE | GESTES_A_L_ANTENNE
    gestes = [geste for geste in gestes if geste.nom not in sans_objet]
    return {
        "action": action,
        "onglets": _onglets(action, onglet, remarques),
        "onglet": onglet,
        "precision": phrase_d_etat(action, len(remarques)),
        "remarques": remarques,
        "geste_principal": next((g for g in gestes if g.ton == "principal"), None),
        "autres_gestes": [g for g in gestes if g.ton != "principal"],
        "jeton": uuid4(),
    }


def a_traiter(action: Action) -> list[Remarque]:
    """Les remarques que l'organisme n'a pas encore traitées ; aucune une fois la fiche repartie ou archivée."""
    if action.statut != EtatAction.EN_REDACTION:
        return []
    return [remarque for remarque in remarques_de(action) if remarque.etat == EtatRemarque.ENVOYEE]


def _onglets(action: Action, onglet: str, remarques: list[Remarque]) -> list[Onglet]:
    """Les corrections se comptent sur l'onglet de leur champ ; celles de l'ensemble, sur Gestion."""
    ou = (place_de(remarque.champ)[0] for remarque in remarques)
    corrections = Counter(un if un in FORMULAIRES or un == "sessions" else "gestion" for un in ou)
    return [
        Onglet(
            libelle,
            reverse("fiche_onglet", args=[action.reference, nom]),
            nom == onglet,
            alerte=f"{corrections[nom]} à corriger" if corrections[nom] else "",
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
