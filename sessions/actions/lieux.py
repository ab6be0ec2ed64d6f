"""Créer, modifier, séparer un lieu : ce que des sessions ont en commun, et ce qu'une seule prend à part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max

from conventionne.permissions import ADRESSE
from dokelio.publication.contexte import un_geste
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import Refus
from formations.actions.versions import empreinte
from formations.models import Action
from formations.permissions import peut_controler
from sessions.actions.dates import creer_les_sessions, deja_fait
from sessions.actions.ecriture import EcritureRefusee, ecriture_libre
from sessions.actions.edition import exiger_les_champs, marquer, noter_la_main, poser
from sessions.actions.financements import creer_le_financement
from sessions.actions.numeros import donner_un_numero
from sessions.models import Deroulement, EtatFinancement, Financement, Intervention, Session
from structures.models import Formateur


@dataclass(frozen=True, slots=True)
class SaisieDeLieu:
    """Ce qu'un formulaire veut écrire : valeurs du Deroulement, formateur (`None` : inchangé)."""

    valeurs: dict[str, Any]
    formateur: Formateur | None = None


def creer_lieu(
    action: Action,
    auteur: Any,
    saisie: SaisieDeLieu,
    lignes: Sequence[dict[str, Any]],
    financement: dict[str, Any],
    jeton: UUID | None = None,
) -> Deroulement | None:
    """Un lieu avec ses modalités, son formateur, son financement et ses premières dates ; `None` si déjà fait."""
    with ecriture_libre(action) as verrouillee, un_geste():
        if deja_fait(jeton):
            return None
        rang = (verrouillee.deroulements.aggregate(dernier=Max("rang"))["dernier"] or 0) + 1
        lieu = Deroulement(action=verrouillee, rang=rang, conventionnement=verrouillee.conventionnee, **saisie.valeurs)
        _exiger_un_lieu_de_plus(lieu, auteur)
        lieu.save()
        if saisie.formateur is not None:
            changer_le_formateur(lieu, saisie.formateur)
        creer_le_financement(lieu, auteur, financement)
        creer_les_sessions(lieu, auteur, lignes, jeton)
        noter_la_main(verrouillee)
        return lieu


def _exiger_un_lieu_de_plus(lieu: Deroulement, auteur: Any) -> None:
    """Un lieu de plus dans une offre conventionnée est l'affaire du CARIF."""
    if not lieu.action.conventionnee:
        exiger_les_champs(lieu, auteur, [])
    elif not peut_controler(lieu.action, auteur):
        phrase = f"Seules les documentalistes du CARIF ajoutent un lieu conventionné. Écrivez à {ADRESSE}."
        raise EcritureRefusee([Refus("", phrase)])


def enregistrer_lieu(
    lieu: Deroulement, auteur: Any, saisie: SaisieDeLieu, edition: int | None, *, session: Session | None = None
) -> Deroulement:
    """Écrit la saisie dans le lieu ; avec `session`, dans un lieu à part qui n'est plus que le sien.

    Lève `EcritureConcurrente` (édition dépassée), `EcritureRefusee` (champ réservé, offre qui deviendrait fausse).
    """
    with ecriture_libre(lieu.action) as action, un_geste():
        ligne: Deroulement = Deroulement.objects.select_for_update(of=("self",)).get(pk=lieu.pk)
        ligne.action = action
        voulus = [nom for nom, valeur in saisie.valeurs.items() if getattr(ligne, nom) != valeur]
        exiger_les_champs(ligne, auteur, [*voulus, *(["formateur"] if saisie.formateur is not None else [])])
        if session is not None and ligne.sessions.exclude(pk=session.pk).exists():
            exiger_les_champs(ligne, auteur, ["lieux"])
            ligne = separer(ligne, session)
        changes = poser(ligne, saisie.valeurs, edition)
        if saisie.formateur is not None:
            changer_le_formateur(ligne, saisie.formateur)
        if changes or saisie.formateur is not None:
            noter_la_main(action)
        return ligne


def separer(lieu: Deroulement, session: Session) -> Deroulement:
    """Donne à la session un lieu à elle : la copie de l'ancien, sous un numéro neuf. Elle garde son SE_."""
    neuf = Deroulement.objects.get(pk=lieu.pk)
    neuf.pk, neuf.numero, neuf.numero_emetteur, neuf.edition = None, None, "", lieu.edition
    neuf._state.adding = True
    neuf.action = lieu.action
    neuf.rang = (lieu.action.deroulements.aggregate(dernier=Max("rang"))["dernier"] or 0) + 1
    neuf.save()
    for intervention in Intervention.objects.filter(deroulement=lieu):
        intervention.pk, intervention.deroulement = None, neuf
        intervention._state.adding = True
        intervention.save()
    for financement in Financement.objects.filter(deroulement=lieu).exclude(statut=EtatFinancement.RETIRE):
        _copier_le_financement(financement, neuf)
    Session.objects.filter(pk=session.pk).update(deroulement=neuf)
    session.deroulement = neuf
    donner_un_numero(neuf, session)
    _suivre_dans_la_version(lieu, neuf)
    return neuf


def _copier_le_financement(ancien: Financement, lieu: Deroulement) -> None:
    """Le même financement sur l'autre lieu, dans le même état : le système refait le chemin par le moteur."""
    copie = Financement(deroulement=lieu)
    for champ in Financement._meta.concrete_fields:
        if champ.attname not in ("id", "deroulement_id", "statut"):
            setattr(copie, champ.attname, getattr(ancien, champ.attname))
    copie.save()
    if ancien.statut == EtatFinancement.EN_DIFFUSION:
        effectuer(copie, "mettre_en_diffusion", None)


def _suivre_dans_la_version(ancien: Deroulement, neuf: Deroulement) -> None:
    """Les dérogations acceptées de l'ancien lieu valent pour celui qui en est tiré : rien de contrôlé ne change."""
    version = neuf.action.version_en_diffusion
    ecarts = (version.contenu.get("derogations") or {}).get(str(ancien.pk)) if version else None
    if version is None or not ecarts:
        return
    version.contenu["derogations"][str(neuf.pk)] = ecarts
    version.empreinte = empreinte(version.contenu)
    version.save(update_fields=["contenu", "empreinte"])


def changer_le_formateur(lieu: Deroulement, formateur: Formateur) -> None:
    """Le premier formateur du lieu ; les autres, et ce que son intervention dit de plus, demeurent."""
    if formateur.pk is None:
        formateur.save()
    premiere = lieu.interventions.order_by("rang", "pk").first()
    if premiere is None:
        Intervention.objects.create(deroulement=lieu, formateur=formateur)
    elif premiere.formateur_id != formateur.pk:
        premiere.formateur, premiere.recu = formateur, None
        premiere.save(update_fields=["formateur", "recu"])
        marquer(lieu)
        lieu.save(update_fields=["edition", "modifie_le"])


def supprimer_lieu(lieu: Deroulement, auteur: Any) -> None:
    """Un lieu sans session disparaît ; un lieu qui en a ne se supprime pas : ses sessions s'annulent."""
    with ecriture_libre(lieu.action) as action:
        ligne: Deroulement = Deroulement.objects.select_for_update(of=("self",)).get(pk=lieu.pk)
        ligne.action = action
        exiger_les_champs(ligne, auteur, ["lieux"])
        if ligne.sessions.exists():
            raise EcritureRefusee([Refus("", "Ce lieu a des sessions : annulez ou supprimez-les d'abord.")])
        ligne.delete()
        noter_la_main(action)
