"""Gardes, estampilles et effets de la vie d'une action ; chacun dit sa règle dans la phrase qu'il rend.

Les pièces du dessus inscrivent les leurs : sessions et périmètre (`sessions`), validité LHEO (`diffusion`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from dokelio.publication.contexte import Contexte
from dokelio.publication.models import Evenement
from dokelio.publication.refus import Refus
from dokelio.socle.arbres import texte_de
from formations.actions.versions import (
    certifications_de,
    contenu_controle,
    empreinte,
    fermer_version,
    ouvrir_version,
    remettre,
)
from formations.models import Action, ActionCertification, EtatRemarque
from formations.models.certification import cle_de

DELAI_PRISE_EN_CHARGE = timedelta(hours=4)


# ------------------------------------------------------------------ gardes


def organisme_ouvert(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """On ne crée rien pour un organisme refusé ou en cessation."""
    if action.organisme.statut in ("refuse", "cessation"):
        yield Refus(
            "", f"{action.organisme} est {action.organisme.get_statut_display().lower()} : on n'y crée plus d'action."
        )


def organisme_en_diffusion(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """Rien ne part d'un organisme dont l'inscription n'est pas acceptée."""
    if action.organisme.statut != "en_diffusion":
        yield Refus(
            "",
            f"L'organisme {action.organisme} est « {action.organisme.get_statut_display()} » : "
            "le CARIF doit d'abord accepter son inscription.",
        )


def conventionnement_coherent(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """Une fiche créée par un organisme ne se dit pas conventionnée (FAQ, partie 4)."""
    if not action.conventionnee and action.deroulements.filter(conventionnement=True).exists():
        yield Refus(
            "",
            "Un lieu de cette fiche se dit conventionné. Seul le CARIF crée une offre conventionnée : "
            "retirez cette mention, ou écrivez au CARIF.",
        )


# Ce que la fiche dit pour chacune de ses sessions, et que LHEO demande.
DIT_POUR_LES_SESSIONS = {
    "public_vise": "le public visé",
    "niveau_entree_obligatoire": "la réponse à « Niveau à l'entrée obligatoire »",
    "modalites_alternance": "les modalités de l'alternance",
    "conditions_specifiques": "les prérequis et conditions d'accès",
    "prise_en_charge_possible": "la réponse à « Prise en charge des frais possible »",
}


def dit_pour_les_sessions(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """Sans aucun lieu, rien de ceci ne partirait : le validateur ne peut pas encore le dire, la fiche le dit."""
    absents = [nom for nom in DIT_POUR_LES_SESSIONS if getattr(action, nom) in (None, "", [])]
    if absents and not action.deroulements.exists():
        for nom in absents:
            yield Refus(nom, f"Il manque {DIT_POUR_LES_SESSIONS[nom]}.")


def autre_action(action: Action, une: ActionCertification) -> ActionCertification | None:
    """La certification d'une autre action du même organisme qui occupe déjà la place de celle-ci."""
    if not une.cle or une.rang != 1:
        return None
    occupantes = ActionCertification.objects.filter(
        organisme_id=action.organisme_id, cle=une.cle, rang=1, occupe=True, conventionnee=action.conventionnee
    ).exclude(action_id=action.pk)
    if action.conventionnee:
        occupantes = occupantes.filter(lot=une.lot)
    return occupantes.select_related("action").first()


def phrase_de_doublon(action: Action, arbre: dict[str, Any]) -> Refus | None:
    """Le refus d'une certification principale (arbre LHEO) qu'une autre action de l'organisme occupe déjà."""
    codes = ("code-RNCP", "code-RS", "code-CERTIFINFO", "code-CPF")
    une = ActionCertification(cle=cle_de(*(texte_de(arbre.get(nom)) for nom in codes)), rang=1)
    lot = action.certifications.values_list("lot", flat=True).first() if action.conventionnee else None
    une.lot = lot or ""
    autre = autre_action(action, une)
    return _doublon(une.cle, autre.action) if autre is not None else None


def _doublon(cle: str, autre: Action) -> Refus:
    return Refus(
        "certification",
        f"{cle} a déjà sa fiche : {autre.reference}, « {autre.intitule} ». "
        "Ajoutez-y vos sessions, ou changez la certification de cette fiche.",
        autre.reference,
    )


def sans_doublon(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """Une certification = une seule action de formation par organisme (FAQ, partie 3)."""
    for une in certifications_de(action):
        autre = autre_action(action, une)
        if autre is not None:
            yield _doublon(une.cle, autre.action)


def est_prise(action: Action, maintenant: datetime) -> bool:
    """Prise en charge par quelqu'un, depuis moins de quatre heures sans geste."""
    return bool(action.prise_par_id and action.prise_le and maintenant - action.prise_le < DELAI_PRISE_EN_CHARGE)


def pas_encore_prise(action: Action, contexte: Contexte) -> Iterator[Refus]:
    if est_prise(action, contexte.maintenant):
        yield Refus("", f"{action.prise_par} contrôle cette fiche : attendez sa réponse, ou écrivez-lui.")


def libre_ou_a_moi(action: Action, contexte: Contexte) -> Iterator[Refus]:
    if est_prise(action, contexte.maintenant) and action.prise_par_id != getattr(contexte.auteur, "pk", None):
        yield Refus(
            "", f"{action.prise_par} a pris cette fiche en charge. Elle revient dans la file après quatre heures."
        )


def remarques_preparees(action: Action) -> Any:
    return action.remarques.filter(etat=EtatRemarque.PREPAREE)


def au_moins_une_remarque(action: Action, contexte: Contexte) -> Iterator[Refus]:
    if not remarques_preparees(action).exists():
        yield Refus(
            "remarque", "Dites à l'organisme quoi corriger : au moins une remarque, sur un champ ou sur l'ensemble."
        )


def contenu_deja_vu(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """On accepte ce qu'on a lu : l'empreinte vue doit être celle de la ligne."""
    if contexte.donnees.get("empreinte") != empreinte(contenu_controle(action)):
        yield Refus("", "La fiche a changé depuis que vous l'avez ouverte. Relisez-la avant d'accepter.")


def encore_a_l_antenne(action: Action, contexte: Contexte) -> Iterator[Refus]:
    if not action.est_en_diffusion:
        yield Refus("", "Aucune version de cette fiche n'est en diffusion.")


def jamais_soumise(action: Action, contexte: Contexte) -> Iterator[Refus]:
    if Evenement.objects.de(action).filter(transition="soumettre").exists():
        yield Refus("", "Cette fiche a déjà été soumise : elle s'archive, elle ne se supprime plus.")


# ------------------------------------------------------------------ estampilles


def signer_la_creation(action: Action, contexte: Contexte) -> None:
    action.cree_par = contexte.auteur


def dater_la_soumission(action: Action, contexte: Contexte) -> None:
    """Date l'entrée dans la file et retient ce qui est soumis : une correction du CARIF s'y verra."""
    action.soumise_le = contexte.maintenant
    contexte.trace["empreinte"] = empreinte(contenu_controle(action))
    relacher(action, contexte)


def prendre(action: Action, contexte: Contexte) -> None:
    action.prise_par, action.prise_le = contexte.auteur, contexte.maintenant


def relacher(action: Action, contexte: Contexte) -> None:
    action.prise_par, action.prise_le = None, None


def ouvrir_la_version(action: Action, contexte: Contexte) -> None:
    version = ouvrir_version(action, contexte.auteur, contexte.maintenant)
    contexte.trace["version"] = version.numero
    relacher(action, contexte)


def fermer_la_version(action: Action, contexte: Contexte) -> None:
    fermer_version(action, contexte.maintenant)
    relacher(action, contexte)


def remettre_la_version(action: Action, contexte: Contexte) -> None:
    version = action.version_en_diffusion
    assert version is not None  # la garde encore_a_l_antenne est passée
    remettre(action, version)


# ------------------------------------------------------------------ effets


def rien_de_plus(action: Action, contexte: Contexte) -> None:
    """L'effet est dans l'estampille ; seule la voie en masse écrit à part."""


def envoyer_les_remarques(action: Action, contexte: Contexte) -> None:
    remarques_preparees(action).update(etat=EtatRemarque.ENVOYEE, envoyee_le=contexte.maintenant)


def remarques_traitees(action: Action, contexte: Contexte) -> None:
    """Soumettre de nouveau, c'est dire que les corrections demandées sont faites."""
    action.remarques.filter(etat=EtatRemarque.ENVOYEE).update(etat=EtatRemarque.TRAITEE, traitee_le=contexte.maintenant)


def oublier_les_remarques_preparees(action: Action, contexte: Contexte) -> None:
    remarques_preparees(action).delete()


def liberer_les_certifications(action: Action, contexte: Contexte) -> None:
    """La nouvelle version ne les contient plus : les certifications retirées de la fiche s'effacent."""
    action.certifications.filter(retiree=True).delete()
