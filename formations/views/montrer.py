"""Ce qu'un onglet de la fiche montre autour de ses champs : à qui le tour, ce qui manque, les remarques, les heurts."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from dokelio.referentiels.models import Certification
from dokelio.socle.typographie import heure
from formations.actions.edition import EditionConcurrente
from formations.actions.versions import certifications_de
from formations.forms.complements import ComplementsForm
from formations.forms.indexation import IndexationForm
from formations.forms.informations import InformationsForm
from formations.forms.onglet import OngletForm
from formations.forms.recues import informations_recues, organisme_tel_que_recu
from formations.models import Action, EtatAction
from formations.permissions import EDITABLES, peut_controler, peut_soumettre, redige
from formations.views.cadre import a_traiter, cadre
from formations.views.remarques import montrer, remarques_de
from formations.views.reperes import (
    adresse_de_remarque,
    conseils,
    libelle_de_remarque,
    libelle_soumettre,
    place_de,
    points,
    refus_de_soumettre,
)


@dataclass(frozen=True, slots=True)
class Tour:
    """À qui d'agir maintenant : `ton` d'état, phrase courte, ce qu'il faut savoir, et le geste s'il y en a un."""

    ton: str
    titre: str
    texte: str
    geste: str = ""
    url: str = ""


def contexte(
    request: HttpRequest, action: Action, onglet: str, formulaire: OngletForm, *, modifiable: bool
) -> dict[str, Any]:
    """Variables de `formations/onglet.html`."""
    saisie = request.POST if formulaire.is_bound else None
    repond = modifiable and redige(action, request.user)
    formulaire.avertir()
    formulaire.remarques = _remarques_par_champ(action, onglet, formulaire, repond, saisie)
    return {
        **cadre(request, action, onglet),
        **cote(request, action),
        **_propres(action, formulaire),
        "formulaire": formulaire,
        "sections": formulaire.sections(),
        "modifiable": modifiable,
        "corrections": [
            {"libelle": libelle_de_remarque(une), "url": adresse_de_remarque(action, une)} for une in a_traiter(action)
        ],
        "style_geste": "secondary" if modifiable else "primary",
        "lecture_seule": "" if modifiable else raison_de_lecture(action, request.user),
        "sauve": "modifie" if formulaire.is_bound else "",
    }


def cote(request: HttpRequest, action: Action) -> dict[str, Any]:
    """Le côté de la page : ce qui manque tant que la fiche se rédige, et à qui le tour."""
    utilisateur = request.user
    soumissible = action.statut in EDITABLES and peut_soumettre(action, utilisateur)
    variables: dict[str, Any] = {"tour": tour(action, utilisateur), "soumissible": soumissible}
    if action.statut not in EDITABLES:
        return variables
    refus = refus_de_soumettre(action, utilisateur)
    liste = points(action, refus, a_traiter(action))
    return variables | {
        "points": liste,
        "conseils": conseils(action),
        "points_regles": sum(1 for point in liste if point.gravite == "passe"),
        "bloquants": len(refus),
        "libelle_soumettre": libelle_soumettre(len(refus)),
    }


def raison_de_lecture(action: Action, utilisateur: Any) -> str:
    """Pourquoi cette personne lit la fiche sans pouvoir l'écrire."""
    if action.statut == EtatAction.ARCHIVE:
        return "Elle est archivée. Rouvrez-la pour la modifier : elle garde son numéro."
    if utilisateur.role_carif:
        return "Son contrôle n'est pas dans votre portée."
    if not redige(action, utilisateur):
        return "Votre rôle dans l'organisme est « lecteur ». Un gestionnaire peut demander au CARIF de le changer."
    if action.statut == EtatAction.A_CONTROLER:
        return "Elle est au contrôle et ne se modifie plus, pour que le CARIF accepte ce qu'il a lu."
    return "Elle est en diffusion. Pour la changer, ouvrez-en une nouvelle version : l'actuelle reste en diffusion."


def tour(action: Action, utilisateur: Any) -> Tour:
    """À qui d'agir, vu de cette personne."""
    ecrit, controle = redige(action, utilisateur), peut_controler(action, utilisateur)
    match action.statut:
        case EtatAction.A_CONTROLER:
            return _tour_au_controle(action, controle, ecrit)
        case EtatAction.EN_DIFFUSION:
            texte = "Elle part dans les flux chaque nuit. Comptez au moins 72 heures jusqu'à Kairos."
            return Tour("bon", "En diffusion", texte)
        case EtatAction.ARCHIVE:
            texte = "Elle n'est plus dans les flux. Rouverte, elle garde le même numéro."
            return Tour("", "Archivée", texte)
    if ecrit:
        return Tour("agir", "À vous", "Complétez la fiche, puis soumettez-la au contrôle.")
    return Tour("attente", "À l'organisme", "Il complète la fiche, puis la soumet au contrôle.")


def _tour_au_controle(action: Action, controle: bool, ecrit: bool) -> Tour:
    qui = f"{action.prise_par} la contrôle." if action.prise_par else "Personne ne l'a encore prise."
    if controle:
        try:
            return Tour("agir", "À vous", qui, "Ouvrir le contrôle", reverse("controle_fiche", args=[action.reference]))
        except NoReverseMatch:
            return Tour("agir", "À vous", qui)
    if ecrit and not action.prise_par:
        texte = f"{qui} Vous pouvez la reprendre pour la corriger ; elle perdra sa place dans la file."
        return Tour("attente", "Au CARIF", texte, "Reprendre la fiche", _transition(action, "reprendre"))
    return Tour("attente", "Au CARIF", f"{qui} Vous serez prévenu de sa réponse par courriel.")


def _transition(action: Action, nom: str) -> str:
    return reverse("action_transition", args=[action.reference, nom])


def _remarques_par_champ(
    action: Action, onglet: str, formulaire: OngletForm, repond: bool, saisie: Any
) -> dict[str, list[Any]]:
    par_champ: dict[str, list[Any]] = defaultdict(list)
    for remarque in remarques_de(action):
        if place_de(remarque.champ)[0] == onglet:
            _, ancre = place_de(remarque.champ)
            nom = ancre.removeprefix("champ-").removeprefix("section-")
            par_champ[nom].append(montrer(remarque, repond=repond, saisie=saisie))
    return par_champ


def _propres(action: Action, formulaire: OngletForm) -> dict[str, Any]:
    """Ce qu'un onglet est seul à montrer."""
    if isinstance(formulaire, InformationsForm):
        return {
            "doublon": formulaire.doublon(),
            "secondaires": formulaire.deja_preparees(),
            "choisie": formulaire.choisie(),
        }
    if isinstance(formulaire, IndexationForm):
        principale = next(iter(certifications_de(action)), None)
        fiche = Certification.objects.filter(code=principale.cle).first() if principale and principale.cle else None
        return {"certification": fiche, "propositions": formulaire.propositions(fiche)}
    if isinstance(formulaire, ComplementsForm):
        return {"recues": informations_recues(action), "organisme_recu": organisme_tel_que_recu(action)}
    return {}


def dire_le_heurt(formulaire: OngletForm, heurt: EditionConcurrente) -> None:
    """Les deux saisies à la fois : celle de l'autre dans l'erreur, la nôtre dans le champ."""
    autre = type(formulaire)(action=heurt.action)
    qui = _dernier_auteur(heurt.action)
    for nom in heurt.champs:
        champ = formulaire.champ_de(nom)
        connu = champ in formulaire.fields
        quoi = "ce champ" if connu else f"« {formulaire.libelle_de(nom)} »"
        ecrit = autre.lire_le_modele(nom)[:600]
        formulaire.add_error(
            champ if connu else None,
            f"{qui} a changé {quoi} à {heure(heurt.action.modifie_le)}"
            + (f" : « {ecrit} »." if ecrit else " : il l'a vidé.")
            + " Votre saisie est gardée : enregistrez de nouveau pour la préférer, ou recopiez la sienne.",
        )


def _dernier_auteur(action: Action) -> str:
    ligne = action.changements.order_by("-pgh_id").first()  # type: ignore[attr-defined]
    cle = (ligne.pgh_context or {}).get("user") if ligne else None
    personne = get_user_model()._default_manager.filter(pk=cle).first() if cle else None
    return str(personne) if personne else "Quelqu'un"
