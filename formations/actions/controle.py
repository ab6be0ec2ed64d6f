"""La file de contrôle et ses gestes : prendre, remarquer, accepter. Les règles sont dans la vie de l'action."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone

from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import Refus, TransitionRefusee
from dokelio.referentiels.models import Certification, Formacode, Nsf, Rome
from formations.actions.lisible import CodeCite, Libelles
from formations.models import Action, EtatAction, EtatRemarque, Remarque
from formations.permissions import peut_controler
from formations.querysets import ActionQuerySet
from formations.reactions import DELAI_PRISE_EN_CHARGE, est_prise


@dataclass(frozen=True, slots=True)
class Motif:
    """Un motif de correction et le texte qu'il propose ; la documentaliste l'adapte avant de l'envoyer."""

    code: str
    libelle: str
    modele: str


MOTIFS = (
    Motif(
        "intitule",
        "Intitulé : mention promotionnelle, lieu ou financeur",
        "L'intitulé reprend celui de la certification, sans mention promotionnelle, sans lieu et sans nom de "
        "financeur. La prise en charge se dit dans l'onglet Sessions, au financement.",
    ),
    Motif(
        "trop_court",
        "Texte trop court pour être utile",
        "Ce texte ne permet pas de comprendre la formation. Dites en quelques phrases ce que la personne saura faire "
        "et ce qu'elle apprendra.",
    ),
    Motif(
        "mauvais_champ",
        "Information au mauvais endroit",
        "Cette information a son propre champ : déplacez-la, puis retirez-la d'ici.",
    ),
    Motif(
        "certification",
        "Certification : code, validité ou habilitation",
        "La certification déclarée ne correspond pas à cette formation, ou n'est plus active aux dates des sessions. "
        "Vérifiez le code sur le site de France compétences.",
    ),
    Motif(
        "public",
        "Public visé ou conditions d'accès",
        "Le public visé et les conditions d'accès ne s'accordent pas. Précisez qui peut entrer en formation, sans "
        "critère d'âge, de sexe ou d'origine.",
    ),
    Motif(
        "indexation",
        "Indexation : Formacode, NSF ou ROME",
        "Les codes choisis ne décrivent pas cette formation. Choisissez le Formacode le plus précis, au moins un et "
        "cinq au plus.",
    ),
    Motif(
        "coordonnees",
        "Contact ou page web",
        "Ce contact ne permet pas de joindre l'organisme. Donnez un téléphone et un courriel suivis, et une adresse "
        "web qui s'ouvre.",
    ),
    Motif(
        "coherence",
        "Incohérence avec les sessions",
        "La fiche et ses sessions se contredisent. Accordez-les, puis soumettez de nouveau.",
    ),
)


# ------------------------------------------------------------------ la file


def portee(utilisateur: Any) -> Q:
    """Ce que la personne contrôle : la file et les gestes s'y limitent, la lecture jamais."""
    if utilisateur.role_carif == "administrateur":
        return Q()
    natures = {"non_conventionne": False, "conventionne": True}
    return Q(conventionnee__in=[natures[une] for une in utilisateur.portees if une in natures])


def file_de(utilisateur: Any) -> ActionQuerySet:
    """Les fiches à contrôler de sa portée."""
    file: ActionQuerySet = Action.objects.a_controler().filter(portee(utilisateur))
    return file


def libres(maintenant: datetime) -> Q:
    """Que personne n'a prises, ou prises depuis plus de quatre heures sans geste."""
    return Q(prise_par__isnull=True) | Q(prise_le__isnull=True) | Q(prise_le__lte=maintenant - DELAI_PRISE_EN_CHARGE)


def prises_par(utilisateur: Any, maintenant: datetime) -> Q:
    """Celles que la personne tient encore."""
    return Q(prise_par=utilisateur, prise_le__gt=maintenant - DELAI_PRISE_EN_CHARGE)


def prendre_la_suivante(utilisateur: Any, file: ActionQuerySet, jeton: UUID | None = None) -> Action | None:
    """Prend la plus ancienne fiche libre de `file`, et la rend ; None s'il n'y en a plus.

    Deux personnes au même instant en prennent deux différentes : chacune saute la ligne que l'autre tient. Le même
    jeton rend la même fiche.
    """
    deja = _fiche_du_jeton(jeton)
    if deja is not None:
        return deja
    try:
        with transaction.atomic():
            choisies = Action.objects.filter(pk__in=file.filter(libres(timezone.now())).values("pk"))
            action: Action | None = (
                choisies.filter(libres(timezone.now()), statut=EtatAction.A_CONTROLER)
                .order_by("soumise_le", "pk")
                .select_for_update(of=("self",), no_key=True, skip_locked=True)
                .first()
            )
            if action is not None:
                effectuer(action, "prendre_en_charge", utilisateur, jeton=jeton)
    except TransitionRefusee:
        deja = _fiche_du_jeton(jeton)  # le double clic arrivé le premier
        if deja is None:
            raise
        return deja
    return action


def _fiche_du_jeton(jeton: UUID | None) -> Action | None:
    evenement = Evenement.objects.filter(jeton=jeton).first() if jeton else None
    return Action.objects.filter(pk=evenement.objet_id).first() if evenement else None


def suivante(utilisateur: Any) -> Action | None:
    """La prochaine fiche à lire : la plus ancienne de celles qu'on tient, sinon on prend la suivante de la file."""
    tenues = file_de(utilisateur).filter(prises_par(utilisateur, timezone.now()))
    tenue: Action | None = tenues.order_by("soumise_le", "pk").first()
    return tenue or prendre_la_suivante(utilisateur, file_de(utilisateur))


# ------------------------------------------------------------------ les remarques


def peut_remarquer(action: Action, utilisateur: Any) -> bool:
    """Qui tient la fiche en contrôle ; sur une fiche en diffusion, toute documentaliste de la portée."""
    if not peut_controler(action, utilisateur):
        return False
    if action.statut == EtatAction.A_CONTROLER:
        return est_prise(action, timezone.now()) and action.prise_par_id == utilisateur.pk
    return action.statut == EtatAction.EN_DIFFUSION


def garder_remarque(
    action: Action, utilisateur: Any, champ: str, texte: str, remarque_id: int | None = None
) -> Remarque:
    """Ajoute une remarque préparée (`champ` vide : l'ensemble), ou récrit celle de cet identifiant.

    Le geste repousse l'échéance de la prise en charge. Lève `TransitionRefusee` si la personne ne tient plus la fiche.
    """
    with transaction.atomic():
        _exiger_la_main(action, utilisateur)
        remarque = action.remarques.filter(pk=remarque_id, etat=EtatRemarque.PREPAREE).first() if remarque_id else None
        remarque = remarque or Remarque(action=action, champ=champ)
        remarque.texte, remarque.auteur = texte, utilisateur
        remarque.save()
    return remarque


def retirer_remarque(action: Action, utilisateur: Any, remarque_id: int) -> None:
    """Retire une remarque préparée ; déjà retirée ou déjà envoyée : rien ne change."""
    with transaction.atomic():
        _exiger_la_main(action, utilisateur)
        action.remarques.filter(pk=remarque_id, etat=EtatRemarque.PREPAREE).delete()


def _exiger_la_main(action: Action, utilisateur: Any) -> None:
    """Verrouille la fiche et repousse l'échéance ; passée sans que personne ne l'ait reprise, le geste la reprend."""
    verrouillee = Action.objects.select_for_update(of=("self",), no_key=True).get(pk=action.pk)
    encore_sienne = verrouillee.statut == EtatAction.A_CONTROLER and verrouillee.prise_par_id == utilisateur.pk
    if not peut_remarquer(verrouillee, utilisateur) and not (
        encore_sienne and peut_controler(verrouillee, utilisateur)
    ):
        raise TransitionRefusee([Refus("", phrase_de_la_main(verrouillee))])
    if verrouillee.statut == EtatAction.A_CONTROLER:
        Action.objects.filter(pk=action.pk).update(prise_le=timezone.now())


def phrase_de_la_main(action: Action) -> str:
    """Pourquoi la personne n'a pas la main sur cette fiche, et quoi faire."""
    if action.statut != EtatAction.A_CONTROLER:
        return f"La fiche est maintenant « {action.get_statut_display()} » : elle n'est pas à contrôler."
    if est_prise(action, timezone.now()):
        delai = "Elle revient dans la file après quatre heures sans geste."
        return f"{action.prise_par} a pris cette fiche en charge. {delai}"
    return "La fiche n'est à personne : prenez-la en charge d'abord."


# ------------------------------------------------------------------ accepter


def derniere_soumission(evenements: Iterable[Evenement]) -> Evenement | None:
    """La soumission en cours, parmi les événements de la fiche, du plus récent au plus ancien."""
    return next((un for un in evenements if un.transition == "soumettre"), None)


def corrigee_depuis(soumission: Evenement | None, empreinte_vue: str) -> bool:
    """Vrai si le contenu vu n'est plus celui que l'organisme a soumis : quelqu'un du CARIF l'a corrigé."""
    soumise = soumission.donnees.get("empreinte") if soumission else None
    return bool(soumise) and soumise != empreinte_vue


def accepter(
    action: Action, utilisateur: Any, empreinte_vue: str, note: str = "", jeton: UUID | None = None
) -> Evenement:
    """Accepte ce qui a été vu ; si le CARIF l'a corrigé depuis la soumission, l'organisme en est averti avec `note`.

    Lève `TransitionRefusee` ou `TransitionInterdite` comme le moteur.
    """
    soumission = Evenement.objects.de(action).filter(transition="soumettre").first()
    corrigee = corrigee_depuis(soumission, empreinte_vue)
    nom = "corriger_et_valider" if corrigee else "valider"
    return effectuer(action, nom, utilisateur, note if corrigee else "", jeton=jeton, empreinte=empreinte_vue)


# ------------------------------------------------------------------ libellés des codes


def libelles_des_codes(codes: Iterable[CodeCite]) -> Libelles:
    """Libellé de chaque code cité que nos référentiels connaissent ; une requête au plus."""
    par_famille: dict[str, set[tuple[str, str]]] = {}
    for famille, version, code in codes:
        par_famille.setdefault(famille, set()).add((version, code))
    requetes = []
    for famille, modele in (("formacode", Formacode), ("rome", Rome)):
        if voulus := par_famille.get(famille):
            condition = Q()
            for version, code in sorted(voulus):
                condition |= Q(version=version, code=code)
            requetes.append(_quadruplets(modele, famille, condition, "version", "libelle"))
    if voulus := par_famille.get("nsf"):
        requetes.append(_quadruplets(Nsf, "nsf", Q(code__in=[code for _, code in voulus]), "", "libelle"))
    if voulus := par_famille.get("certification"):
        condition = Q(code__in=[code for _, code in voulus])
        requetes.append(_quadruplets(Certification, "certification", condition, "", "intitule"))
    if not requetes:
        return {}
    lus = requetes[0].union(*requetes[1:], all=True) if len(requetes) > 1 else requetes[0]
    return {(famille, version, code): libelle for famille, version, code, libelle in lus}


def _quadruplets(modele: Any, famille: str, condition: Q, version: str, libelle: str) -> Any:
    texte = CharField()
    return (
        modele.objects.filter(condition)
        .order_by()
        .annotate(
            lu_famille=Value(famille, output_field=texte),
            lu_version=Cast(F(version), texte) if version else Value("", output_field=texte),
            lu_code=Cast(F("code"), texte),
            lu_libelle=Cast(F(libelle), texte),
        )
        .values_list("lu_famille", "lu_version", "lu_code", "lu_libelle")
    )
