"""Écrire les actions d'un lot et leurs certifications."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from diffusion.correspondances.formation import certification_vers_arbre
from diffusion.imports import regles
from diffusion.imports.appariement import cle_certification
from diffusion.imports.fiche import Fiche, Portee
from diffusion.imports.rapport import Ligne
from diffusion.imports.versement import inserer, mettre_a_jour, reserver, supprimer
from dokelio.publication.contexte import jour_de_paris
from dokelio.publication.models import Evenement
from formations.actions.versions import remettre_certifications
from formations.models import Action, ActionCertification, EtatAction

_PROVENANCE = ("numero_emetteur",)


def controle_inchange(action: Action, fiche: Fiche) -> bool:
    """Vrai si le document ne change rien à ce que le contrôle lit : la fiche, ses certifications, ses dérogations."""
    for nom, valeur in fiche.lue.valeurs.items():
        tenue = getattr(action, nom)
        if nom == "reste_lheo":
            tenue, valeur = _sans_attributs(tenue), _sans_attributs(valeur)
        if nom not in _PROVENANCE and tenue != valeur:
            return False
    tenues = sorted((c for c in action.certifications.all() if not c.retiree), key=lambda c: (c.rang, c.pk))
    if len(tenues) != len(fiche.lue.certifications):
        return False
    for tenue, lue in zip(tenues, fiche.lue.certifications, strict=True):
        if any(getattr(tenue, nom) != valeur for nom, valeur in lue.items()):
            return False
    return all(
        (fiche.derogations_connues.get(cle, {}) if cle else {}) == lieu.valeurs["derogations"]
        for cle, lieu in zip(fiche.lieux, fiche.lue.deroulements, strict=True)
        if cle is not None or lieu.valeurs["derogations"]
    )


def _sans_attributs(reste: dict[str, Any]) -> dict[str, Any]:
    """Le reste sans les attributs de la formation : la date de mise à jour d'un émetteur ne rouvre pas une fiche."""
    return {cle: valeur for cle, valeur in reste.items() if cle[0] != "@"}


def ecrire_actions(fiches: list[Fiche], organismes_recus: list[Any], portee: Portee) -> None:
    """Crée ou récrit les actions ; leur donne identifiant et référence, et note celles qui changent."""
    neuves, connues, inchangees, empreintes = [], [], [], []
    debuts = iter(reserver(Action, sum(f.existante is None for f in fiches)))
    for fiche, recu in zip(fiches, organismes_recus, strict=True):
        valeurs = fiche.lue.valeurs | {"organisme_recu": recu}
        if fiche.existante is None:
            debut = next(debuts)
            fiche.id, fiche.reference = debut["id"], debut["reference"]
            neuves.append(
                debut
                | valeurs
                | {
                    "organisme_id": fiche.organisme.id,
                    "conventionnee": fiche.conventionnee,
                    "rang_emetteur": fiche.rang_emetteur,
                    "empreinte_import": fiche.recue.empreinte,
                    "cree_par_id": getattr(portee.auteur, "pk", None),
                }
            )
        elif fiche.controle_admis:
            empreintes.append((fiche.id, fiche.recue.empreinte))
            if fiche.controle_change:
                # Retrouvée par sa certification, une action garde le numéro qu'elle avait.
                connues.append({"id": fiche.id} | {n: v for n, v in valeurs.items() if n not in _PROVENANCE})
            else:
                inchangees.append({"id": fiche.id, "organisme_recu": recu})
    inserer(Action, neuves)
    _noter_les_naissances(neuves, portee)
    changees = mettre_a_jour(Action, connues, dater=True) | mettre_a_jour(Action, inchangees)
    _retenir_empreintes(empreintes)
    for fiche in fiches:
        fiche.modifiee = fiche.id in changees


def _noter_les_naissances(neuves: list[dict[str, Any]], portee: Portee) -> None:
    """L'événement de naissance de chaque action, comme le moteur l'écrit une à une."""
    geste, au = uuid4(), jour_de_paris(timezone.now())
    inserer(
        Evenement,
        [
            {
                "objet_type": "formations.Action",
                "objet_id": neuve["id"],
                "reference": neuve["reference"],
                "transition": "creer",
                "apres": EtatAction.BROUILLON.value,
                "auteur_id": neuve["cree_par_id"],
                "donnees": {"import": True},
                "geste": geste,
                "au": au,
            }
            for neuve in neuves
        ],
    )


def _retenir_empreintes(empreintes: list[tuple[int, str]]) -> None:
    if empreintes:
        with connection.cursor() as curseur:
            curseur.execute(
                "UPDATE formations_action a SET empreinte_import = v.e "
                "FROM unnest(%s::bigint[], %s::text[]) AS v(id, e) WHERE a.id = v.id AND a.empreinte_import <> v.e",
                [[cle for cle, _ in empreintes], [empreinte for _, empreinte in empreintes]],
            )


def ecrire_certifications(fiches: list[Fiche], noter: Callable[[Fiche, Ligne], None]) -> None:
    """Fait que chaque action prépare exactement les certifications du document.

    Un brouillon les reprend en bloc ; une fiche vivante passe par la règle du doublon et garde la place de celles
    qui sont encore à l'antenne.
    """
    tenues = _certifications_tenues([f.id for f in fiches if f.existante is not None])
    a_inserer, a_supprimer = [], []
    for fiche in fiches:
        lues = fiche.lue.certifications
        if fiche.existante is not None:
            connues = tenues[fiche.id]
            memes = len(connues) == len(lues) and all(
                all(getattr(c, nom) == v for nom, v in lue.items()) for c, lue in zip(connues, lues, strict=True)
            )
            if memes or not (fiche.controle_admis and fiche.controle_change):
                continue
            fiche.modifiee = True
            if fiche.existante.statut != EtatAction.BROUILLON:
                _changer_une_fiche_vivante(fiche, noter)
                continue
            a_supprimer += [c.pk for c in connues]
        a_inserer += [
            lue
            | {
                "action_id": fiche.id,
                "organisme_id": fiche.organisme.id,
                "conventionnee": fiche.conventionnee,
                "rang": rang,
            }
            for rang, lue in enumerate(lues, 1)
        ]
    supprimer(ActionCertification, a_supprimer)
    inserer(ActionCertification, a_inserer)


def _certifications_tenues(actions: list[int]) -> dict[int, list[ActionCertification]]:
    tenues: dict[int, list[ActionCertification]] = defaultdict(list)
    if actions:
        for une in ActionCertification.objects.filter(action_id__in=actions, retiree=False).order_by("rang", "pk"):
            tenues[une.action_id].append(une)
    return tenues


def _changer_une_fiche_vivante(fiche: Fiche, noter: Callable[[Fiche, Ligne], None]) -> None:
    action = Action.objects.select_related("version_en_diffusion").get(pk=fiche.id)
    if fiche.lue.certifications:
        cle = cle_certification(fiche.lue.certifications[0])
        autre = (
            ActionCertification.objects.filter(
                organisme_id=action.organisme_id, cle=cle, rang=1, occupe=True, conventionnee=action.conventionnee
            )
            .exclude(action_id=action.pk)
            .exclude(cle="")
            .values_list("action__reference", flat=True)
            .first()
        )
        if autre is not None:
            noter(fiche, regles.doublon_occupe(fiche, cle, autre))
            return
    remettre_certifications(action, [certification_vers_arbre(c) for c in fiche.lue.certifications])
