"""La diffusion d'une session telle que la page la dit : vue ou non, la première cause et son remède, la frise."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from dokelio.socle.typographie import date_courte, date_et_heure
from formations.models import Action
from sessions.models import Session
from sessions.publication.visibilite import Cause, premiere_cause

DELAI_RESEAU = timedelta(days=2)
DELAI_KAIROS = timedelta(days=3)
SANS_SE = (
    "Sans financement en diffusion, France Travail ne voit pas le numéro SE_. Ajoutez-en un : la session partira "
    "dans le flux de cette nuit."
)
A_COMPLETER = "Il lui manque de quoi partir : complétez ses dates, elle sera mise en diffusion."
REMEDES: dict[Cause, tuple[str, str, str]] = {
    Cause.ORGANISME_EN_CESSATION: ("Écrivez au CARIF si l'organisme a repris son activité.", "", ""),
    Cause.ACTION_HORS_ANTENNE: (
        "Soumettez la fiche : ses sessions partent dès que le CARIF l'accepte.",
        "Voir ce qu'il manque",
        "gestion",
    ),
    Cause.SESSION_BROUILLON: (A_COMPLETER, "Modifier la session", "session"),
    Cause.SESSION_ANNULEE: ("Rétablissez-la si elle a lieu.", "Rétablir la session…", "retablir"),
    Cause.SESSION_ARCHIVEE: ("Ajoutez de nouvelles dates : une archive ne revient pas.", "Ajouter des dates", "dates"),
    Cause.TERMINEE: ("Ajoutez de nouvelles dates.", "Ajouter des dates", "dates"),
    Cause.SANS_FINANCEMENT: (SANS_SE, "Ajouter un financement", "financement"),
    Cause.HORS_PERIMETRE: ("Changez le lieu, ou écrivez au CARIF.", "", ""),
}
"""Pour chaque cause : la phrase du remède, le bouton, et où il mène."""
ETAPES_VERIFIEES = (
    (Cause.ORGANISME_EN_CESSATION, "L'organisme est en activité"),
    (Cause.ACTION_HORS_ANTENNE, "L'action est en diffusion"),
    (Cause.SESSION_BROUILLON, "La session est en diffusion"),
    (Cause.TERMINEE, "La session n'est pas terminée depuis plus d'un mois"),
    (Cause.SANS_FINANCEMENT, "Un financement est en diffusion"),
)


@dataclass(slots=True)
class Diffusion:
    """Pour une session : `visible` (oui, bientot, non) et sa phrase ; la cause et son remède ; la frise."""

    visible: str
    texte: str
    cause: str
    remede: str
    bouton: str
    url: str
    points: list[dict[str, str]]
    frise: list[dict[str, str]]


def diffusion_de(session: Session, au: date) -> Diffusion:
    """Toutes les relations de la session sont déjà lues : aucune requête."""
    cause = premiere_cause(session, au)
    depart = session.premiere_diffusion
    if cause is None:
        arrivee = (depart or au + timedelta(days=1)) + DELAI_KAIROS
        visible = "oui" if depart and arrivee <= au else "bientot"
        texte = "" if visible == "oui" else f"Kairos vers le {arrivee:%d/%m}"
        return Diffusion(visible, texte, "", "", "", "", [], _frise(session, au, depart, None))
    remede, bouton, vers = REMEDES[cause]
    return Diffusion(
        "non", "Pas visible", str(cause.label), remede, bouton, _adresse(session, vers), _points(session, cause, au),
        _frise(session, au, depart, cause),
    )  # fmt: skip


def _adresse(session: Session, vers: str) -> str:
    action: Action = session.deroulement.action
    lieu = session.deroulement_id
    adresses: dict[str, tuple[str, list[Any]]] = {
        "gestion": ("fiche_onglet", [action.reference, "gestion"]),
        "session": ("session_modifier", [action.reference, session.reference]),
        "retablir": ("session_transition", [action.reference, session.reference, "retablir"]),
        "dates": ("lieu_dates", [action.reference, lieu]),
        "financement": ("financement_nouveau", [action.reference, lieu]),
    }
    if vers not in adresses:
        return ""
    nom, parties = adresses[vers]
    return reverse(nom, args=parties)


def _points(session: Session, cause: Cause, au: date) -> list[dict[str, str]]:
    """Ce qui a été vérifié, dans l'ordre, jusqu'à la première cause."""
    de_l_etat = (Cause.SESSION_BROUILLON, Cause.SESSION_ANNULEE, Cause.SESSION_ARCHIVEE)
    points = []
    for etape, phrase in ETAPES_VERIFIEES:
        if etape == cause or (etape == Cause.SESSION_BROUILLON and cause in de_l_etat):
            points.append({"gravite": "bloquant", "texte": str(cause.label)})
            break
        points.append({"gravite": "passe", "texte": phrase})
    if session.debut and au <= session.debut <= au + DELAI_KAIROS:
        jours = (session.debut - au).days
        quand = "aujourd'hui" if not jours else f"dans {jours} jour{'s' if jours > 1 else ''}"
        points.append(
            {
                "gravite": "a_voir",
                "texte": f"La session commence {quand}. Kairos demande au moins 72 h : elle y sera après son début.",
            }
        )
    return points


def _frise(session: Session, au: date, depart: date | None, cause: Cause | None) -> list[dict[str, str]]:
    """Cinq étapes, d'après les seules dates que nous connaissons ; le reste est dit estimé ou en attente."""
    version = session.deroulement.action.version_en_diffusion
    controle = {"libelle": "Contrôle", "detail": "en attente de la fiche", "etat": "prevu"}
    if version is not None:
        apres = timezone.localdate(session.cree_le) > timezone.localdate(version.depuis)
        detail = "sans objet : fiche déjà en diffusion" if apres else f"acceptée le {date_courte(version.depuis)}"
        if depart is not None and depart < timezone.localdate(version.depuis):  # une version d'avant l'a fait partir
            detail = "acceptée"
        controle |= {"detail": detail, "etat": "fait"}
    etapes = [{"libelle": "Saisie", "detail": date_et_heure(session.cree_le), "etat": "fait"}, controle]
    portail = {"libelle": "Portail régional"}
    if depart is not None:
        etapes.append(portail | {"detail": date_courte(depart), "etat": "fait"})
    elif cause is not None:
        etapes.append(portail | {"detail": f"retenue : {_minuscule(cause)}", "etat": "bloque"})
    else:
        etapes.append(portail | {"detail": "dans le flux de cette nuit", "etat": "courant"})
    parti = depart or au + timedelta(days=1)
    for libelle, delai in (("Réseau Carif-Oref", DELAI_RESEAU), ("Kairos", DELAI_KAIROS)):
        if cause is not None:
            etapes.append({"libelle": libelle, "detail": "en attente", "etat": "prevu"})
        elif depart is not None and parti + delai <= au:
            etapes.append({"libelle": libelle, "detail": f"estimé le {date_courte(parti + delai)}", "etat": "fait"})
        else:
            etapes.append({"libelle": libelle, "detail": f"estimé le {date_courte(parti + delai)}", "etat": "prevu"})
    return etapes


def _minuscule(cause: Cause) -> str:
    phrase = str(cause.label).rstrip(".")
    return phrase[:1].lower() + phrase[1:]
