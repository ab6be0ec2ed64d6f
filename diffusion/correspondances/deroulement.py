"""Deroulement, Intervention et Financement ↔ LHEO `action`.

La fiche dit une fois ce que disent toutes ses actions ; une action qui s'en écarte porte ses dérogations.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from diffusion.correspondances.financement import ecrire_financement, lire_financement
from diffusion.correspondances.formateur import FormateurLu, ecrire_intervention, lire_formateur
from diffusion.correspondances.numerotation import Numerotation, prelever_numero
from diffusion.correspondances.session import ecrire_session, lire_session
from dokelio.socle.arbres import Arbre, appliquer, champs_lheo, contenu, ecarts, repartir
from formations.models import Action
from sessions.models import Deroulement, Financement, Session

NIVEAU = "action"
CONTROLES = frozenset(champ.chemin[1] for champ in champs_lheo(Action, NIVEAU))
"""Enfants d'`action` que la fiche dit une fois : contrôlés."""
_REPETES = {"session": "sessions", "organisme-formateur": "formateurs", "organisme-financeur": "financeurs"}


@dataclass(frozen=True, slots=True)
class DeroulementLu:
    """Ce qu'un document dit d'une `action`."""

    valeurs: dict[str, Any]
    controle: Arbre
    sessions: list[dict[str, Any]] = field(default_factory=list)
    formateurs: list[FormateurLu] = field(default_factory=list)
    financements: list[dict[str, Any]] = field(default_factory=list)


def lire_deroulement(arbre: Arbre) -> DeroulementLu:
    """Valeurs d'un Deroulement et de ce qu'il contient ; `controle` est la part que la fiche dit une fois."""
    controle, libre = {}, {}
    for cle, noeud in arbre.items():
        if cle in CONTROLES:
            controle[cle] = noeud
        elif cle not in _REPETES:
            libre[cle] = noeud
    valeurs, reste = repartir(Deroulement, NIVEAU, libre)
    valeurs["numero_emetteur"], valeurs["reste_lheo"] = prelever_numero(reste)
    return DeroulementLu(
        valeurs,
        controle,
        [lire_session(s) for s in arbre.get("session", [])],
        [lire_formateur(f) for f in arbre.get("organisme-formateur", [])],
        [lire_financement(f) for f in arbre.get("organisme-financeur", [])],
    )


def derogations(fiche: Arbre, controle: Arbre) -> Arbre:
    """Ce qui, dans une action, s'écarte de ce que dit la fiche (les deux sont des arbres partiels d'`action`)."""
    return ecarts(fiche, controle)


def deroger(fiche: Arbre, ecart: Arbre | None) -> Arbre:
    """Ce que dit une action de ce que la fiche dit une fois, ses dérogations comprises."""
    return appliquer(fiche, ecart) if ecart else fiche


def ecrire_deroulement(
    deroulement: Deroulement,
    fiche: Arbre,
    numerotation: Numerotation,
    *,
    sessions: Iterable[Session],
    financements: Iterable[Financement],
    tel_que_recu: bool = False,
) -> Arbre:
    """`action` d'un déroulement.

    `fiche` est ce que l'action de formation en dit une fois (`contenu(action, "action")`) ; `sessions` et
    `financements` sont ceux à écrire, dans l'ordre.
    """
    arbre = deroger(fiche, deroulement.derogations) | contenu(deroulement, NIVEAU)
    if ecrites := [ecrire_session(s, numerotation) for s in sessions]:
        arbre["session"] = ecrites
    interventions = sorted(deroulement.interventions.all(), key=lambda i: (i.rang, i.pk))
    if formateurs := [ecrire_intervention(i, numerotation, tel_que_recu=tel_que_recu) for i in interventions]:
        arbre["organisme-formateur"] = formateurs
    if financeurs := [ecrire_financement(f) for f in financements]:
        arbre["organisme-financeur"] = financeurs
    return numerotation.action(deroulement, arbre)
