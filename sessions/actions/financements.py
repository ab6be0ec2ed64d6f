"""Ajouter et modifier un financement. Le non conventionné suit sa fiche ; le conventionné est au CARIF."""

from typing import Any

from conventionne.models import Dispositif
from conventionne.permissions import tient_le_conventionne
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import Refus, TransitionRefusee
from sessions.actions.ecriture import EcritureRefusee, ecriture_libre
from sessions.actions.edition import noter_la_main
from sessions.models import Deroulement, EtatFinancement, Financement
from sessions.permissions import est_conventionne, peut_financer

RESERVE_AU_CARIF = (
    "Seules les documentalistes du CARIF saisissent un financement conventionné. "
    "Écrivez à conventionne.dokelio@iledefrance.fr."
)


def ajouter_un_financement(lieu: Deroulement, auteur: Any, valeurs: dict[str, Any]) -> Financement:
    """Le financement naît en rédaction ; non conventionné, il passe en diffusion si l'action y est."""
    with ecriture_libre(lieu.action) as action:
        lieu.action = action
        financement = creer_le_financement(lieu, auteur, valeurs)
        noter_la_main(action)
        return financement


def creer_le_financement(lieu: Deroulement, auteur: Any, valeurs: dict[str, Any]) -> Financement:
    """Le même geste, dans l'écriture libre déjà ouverte par l'appelant."""
    financement = Financement(deroulement=lieu, rang=lieu.financements.count() + 1, **valeurs)
    _exiger_le_droit(financement, auteur)
    financement.save()
    suivre_la_fiche(financement, auteur)
    return financement


def modifier_un_financement(financement: Financement, auteur: Any, valeurs: dict[str, Any]) -> Financement:
    """Change programme, financeur, places, convention ; ce que la page ne montre pas (extras) demeure."""
    action = financement.deroulement.action
    with ecriture_libre(action) as verrouillee:
        ligne: Financement = Financement.objects.select_for_update(of=("self",)).get(pk=financement.pk)
        ligne.deroulement.action = verrouillee
        _exiger_le_droit(ligne, auteur)
        for nom, valeur in valeurs.items():
            setattr(ligne, nom, valeur)
        _exiger_le_droit(ligne, auteur)
        ligne.save(update_fields=list(valeurs))
        noter_la_main(verrouillee)
        return ligne


def suivre_la_fiche(financement: Financement, auteur: Any) -> None:
    """Met en diffusion un financement non conventionné dont l'action est à l'antenne."""
    a_suivre = financement.statut in (EtatFinancement.EN_REDACTION, EtatFinancement.A_CONTROLER)
    if a_suivre and financement.deroulement.action.est_en_diffusion and not est_conventionne(financement):
        try:
            effectuer(financement, "mettre_en_diffusion", auteur)
        except TransitionRefusee as refusee:
            raise EcritureRefusee(refusee.refus) from refusee


def changer_l_etat(financement: Financement, nom: str, auteur: Any, commentaire: str = "", **options: Any) -> None:
    """Une transition de financement, sous la garde des écritures libres (une fiche à l'antenne reste juste)."""
    with ecriture_libre(financement.deroulement.action) as action:
        financement.deroulement.action = action
        effectuer(financement, nom, auteur, commentaire, **options)


def _exiger_le_droit(financement: Financement, auteur: Any) -> None:
    if not peut_financer(financement, auteur):
        raise EcritureRefusee([Refus("dispositif", RESERVE_AU_CARIF)])
    dispositif: Dispositif | None = financement.dispositif
    if dispositif and dispositif.conventionne and not tient_le_conventionne(auteur):
        raise EcritureRefusee([Refus("dispositif", RESERVE_AU_CARIF)])
