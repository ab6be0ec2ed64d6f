"""Les remarques du contrôle, telles que l'organisme les lit et y répond dans la fiche."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from formations.actions.edition import repondre
from formations.forms.champs import texte_propre
from formations.models import Action, EtatRemarque, Remarque


@dataclass(frozen=True, slots=True)
class RemarqueMontree:
    """Ce que lit le composant `remarque`."""

    id: int
    auteur: str
    quand: datetime | None
    texte: str
    reglee: bool
    reglee_par: str
    actions: SafeString
    motif: str = ""


def remarques_de(action: Action) -> list[Remarque]:
    """Les remarques envoyées à l'organisme, traitées ou non, lues une fois par requête."""
    if not hasattr(action, "_remarques_lues"):
        envoyees = action.remarques.exclude(etat=EtatRemarque.PREPAREE).select_related("auteur")
        action._remarques_lues = list(envoyees)  # type: ignore[attr-defined]
    lues: list[Remarque] = action._remarques_lues  # type: ignore[attr-defined]
    return lues


def montrer(remarque: Remarque, *, repond: bool, saisie: Mapping[str, Any] | None = None) -> RemarqueMontree:
    """La remarque et, pour qui répond, sa réponse à écrire dans le formulaire qui l'entoure."""
    reponse = (saisie or {}).get(f"reponse-{remarque.pk}", remarque.reponse)
    traitee = remarque.etat == EtatRemarque.TRAITEE
    coche = f"traitee-{remarque.pk}" in saisie if saisie is not None else traitee
    actions = render_to_string(
        "formations/_reponse.html",
        {"remarque": remarque, "reponse": reponse, "coche": coche, "repond": repond},
    )
    return RemarqueMontree(
        id=remarque.pk,
        auteur=str(remarque.auteur),
        quand=remarque.traitee_le if traitee else remarque.envoyee_le,
        texte=remarque.texte,
        reglee=traitee,
        reglee_par="Corrigé par l'organisme",
        actions=actions,
    )


def enregistrer_reponses(remarques: list[Remarque], saisie: Mapping[str, Any]) -> int:
    """Écrit les réponses saisies et rend leur nombre ; ce que le formulaire ne montrait pas n'est pas touché."""
    faites = 0
    for remarque in remarques:
        if f"reponse-{remarque.pk}" in saisie:
            reponse = texte_propre(str(saisie[f"reponse-{remarque.pk}"])).strip()[:2000]
            faites += repondre(remarque, reponse, f"traitee-{remarque.pk}" in saisie)
    return faites
