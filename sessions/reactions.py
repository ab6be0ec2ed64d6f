"""Gardes et effets de la vie des sessions et des financements, et ce qu'ils inscrivent sur celle des actions."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, Q

from dokelio.publication.contexte import Contexte
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import Refus
from formations.models import Action
from sessions.actions.numeros import donner_un_numero
from sessions.models import Deroulement, EtatFinancement, EtatSession, Financement, Session
from structures.models import DEPARTEMENTS_REGION

# ------------------------------------------------------------------ gardes des sessions et des financements


def action_a_l_antenne(session: Session, contexte: Contexte) -> Iterator[Refus]:
    if not session.deroulement.action.est_en_diffusion:
        yield Refus("", "La fiche n'est pas en diffusion : la session le sera quand la fiche sera acceptée.")


def dates_connues(session: Session, contexte: Contexte) -> Iterator[Refus]:
    if session.debut is None and session.deroulement.entrees_sorties != "1":
        yield Refus("debut", "Donnez la date de début de la session, ou choisissez des entrées et sorties permanentes.")


def jamais_diffusee(session: Session, contexte: Contexte) -> Iterator[Refus]:
    if Evenement.objects.de(session).filter(apres=EtatSession.EN_DIFFUSION).exists():
        yield Refus("", f"{session.reference} a déjà été en diffusion : elle s'annule, elle ne se supprime plus.")


def financement_complet(financement: Financement, contexte: Contexte) -> Iterator[Refus]:
    if not financement.code_financeur:
        yield Refus("code_financeur", "Dites qui finance : sans financeur, ce financement ne peut pas être diffusé.")


# ------------------------------------------------------------------ estampilles et effets


def dater_l_annulation(session: Session, contexte: Contexte) -> None:
    session.annulee_le = contexte.au


def oublier_l_annulation(session: Session, contexte: Contexte) -> None:
    session.annulee_le = None


def numeroter_le_lieu(session: Session, contexte: Contexte) -> None:
    donner_un_numero(session.deroulement, session)


def rien_a_poser(objet: Any, contexte: Contexte) -> None:
    """La transition ne pose que l'état."""


# ------------------------------------------------------------------ sur la vie des actions


def lieux_de(action: Action) -> list[tuple[Deroulement, list[Session], list[Financement]]]:
    """Les lieux d'une action, chacun avec ses sessions vivantes (ni annulées, ni archivées) et ses financements."""
    vivantes = Session.objects.exclude(statut__in=(EtatSession.ANNULEE, EtatSession.ARCHIVEE))
    lieux = action.deroulements.prefetch_related(Prefetch("sessions", queryset=vivantes), "financements")
    return [(lieu, list(lieu.sessions.all()), list(lieu.financements.all())) for lieu in lieux.order_by("rang", "pk")]


def une_session_a_venir(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """Il faut au moins une session non terminée, avec un financement (conception §4, soumettre)."""
    lien = f"/formations/{action.reference}/sessions/"
    a_venir = [
        financements
        for _, sessions, financements in lieux_de(action)
        if any(session.fin is None or session.fin >= contexte.au for session in sessions)
    ]
    if not a_venir:
        yield Refus("sessions", "Ajoutez au moins une session qui n'est pas encore terminée.", lien)
    elif not any(f.statut != EtatFinancement.RETIRE for financements in a_venir for f in financements):
        yield Refus(
            "financements", "Ajoutez un financement à une session à venir : sans lui, elle ne se voit pas.", lien
        )


def dans_le_perimetre(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """En présence : un lieu en Île-de-France ; entièrement à distance : un siège en Île-de-France (conception §5)."""
    lien = f"/formations/{action.reference}/sessions/"
    for lieu, sessions, _ in lieux_de(action):
        if sessions:
            yield from _hors_perimetre(action, lieu, lien)


def perimetre_a_l_antenne(action: Action) -> Iterator[Refus]:
    """La même règle à chaque écriture libre d'une action en diffusion."""
    for lieu, sessions, _ in lieux_de(action):
        if sessions:
            yield from _hors_perimetre(action, lieu, "")


def _hors_perimetre(action: Action, lieu: Deroulement, lien: str) -> Iterator[Refus]:
    if lieu.a_distance:
        if not action.organisme.est_francilien:
            yield Refus(
                "lieux",
                "Entièrement à distance, elle n'est admise que si le siège de l'organisme est en Île-de-France.",
                lien,
            )
    elif lieu.departement not in DEPARTEMENTS_REGION:
        ou = f"« {lieu.code_postal} {lieu.ville} »".replace("«  »", "ce lieu")
        yield Refus(
            "lieux",
            f"Hors région : {ou} n'est pas en Île-de-France. Changez le lieu, ou retirez ses sessions.",
            lien,
        )


def diffuser_les_sessions(action: Action, contexte: Contexte) -> None:
    """La fiche acceptée emmène ses sessions en brouillon et ses financements non conventionnés."""
    financements = Financement.objects.filter(
        Q(dispositif__isnull=True) | Q(dispositif__conventionne=False),
        deroulement__action=action,
        statut__in=(EtatFinancement.EN_REDACTION, EtatFinancement.A_CONTROLER),
    ).exclude(code_financeur="")
    for financement in financements.select_related("deroulement__action"):
        effectuer(financement, "mettre_en_diffusion", None, maintenant=contexte.maintenant, au=contexte.au)
    sessions = Session.objects.filter(deroulement__action=action, statut=EtatSession.BROUILLON)
    for session in sessions.select_related("deroulement__action"):
        if session.debut is not None or session.deroulement.entrees_sorties == "1":
            effectuer(session, "publier", None, maintenant=contexte.maintenant, au=contexte.au)


# ------------------------------------------------------------------ part des dérogations dans le contenu contrôlé


def lire_derogations(action: Action) -> dict[str, Any]:
    """Ce qui, dans chaque lieu, s'écarte de la fiche : `{id du déroulement: arbre partiel}`."""
    lieux = action.deroulements.all()
    return {str(lieu.pk): lieu.derogations for lieu in sorted(lieux, key=lambda lieu: lieu.pk) if lieu.derogations}


def remettre_derogations(action: Action, part: dict[str, Any] | None) -> None:
    for lieu in action.deroulements.all():
        voulues = (part or {}).get(str(lieu.pk), {})
        if lieu.derogations != voulues:
            Deroulement.objects.filter(pk=lieu.pk).update(derogations=voulues)
