"""Ce que l'organisme apprend de sa fiche, par courriel et dans la cloche ; écrit avec la transition, jamais après."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model

from dokelio.messagerie.actions import ecrire_courriel, notifier
from dokelio.publication.contexte import Contexte
from formations.models import Action, EtatRemarque

CATEGORIE = "controle"
CATEGORIE_ARCHIVAGE = "archivage"
ARCHIVEE = "Fiche archivée : "
ARCHIVEE_TEXTE = "Elle se rouvre à tout moment, avec le même numéro."


def membres(action: Action) -> Iterable[Any]:
    """Les personnes de l'organisme qui rédigent : celles à qui la fiche revient."""
    return (
        get_user_model()
        .objects.filter(
            rattachements__organisme_id=action.organisme_id,
            rattachements__role__in=("redacteur", "gestionnaire"),
            actif=True,
        )
        .order_by("pk")
    )


def _ecrire(
    action: Action,
    contexte: Contexte,
    gabarit: str,
    titre: str,
    texte: str,
    onglet: str = "gestion",
    **donnees: Any,
) -> None:
    lien = f"/formations/{action.reference}/{onglet}/"
    personnes = list(membres(action))
    evenement = contexte.evenement
    notifier(personnes, titre, texte, lien, CATEGORIE, evenement_id=evenement.pk if evenement else None)
    ecrire_courriel(
        gabarit,
        personnes,
        {"action": action, "lien": lien, "auteur": contexte.auteur, "commentaire": contexte.commentaire, **donnees},
        categorie=CATEGORIE,
        objet=action,
    )


def correction_demandee(action: Action, contexte: Contexte) -> None:
    remarques = list(action.remarques.filter(etat=EtatRemarque.ENVOYEE).order_by("pk"))
    pluriel = "s" if len(remarques) > 1 else ""
    _ecrire(
        action,
        contexte,
        "correction_demandee",
        f"{len(remarques)} correction{pluriel} demandée{pluriel} : {action.intitule}",
        contexte.commentaire or remarques[0].texte,
        remarques=remarques,
    )


def fiche_validee(action: Action, contexte: Contexte) -> None:
    _ecrire(
        action,
        contexte,
        "fiche_validee",
        f"Fiche acceptée : {action.intitule}",
        "Elle part dans les flux de cette nuit ; comptez au moins 72 heures pour Kairos.",
        "sessions",
    )


def fiche_corrigee_et_validee(action: Action, contexte: Contexte) -> None:
    _ecrire(
        action,
        contexte,
        "fiche_corrigee_et_validee",
        f"Fiche corrigée par le CARIF et acceptée : {action.intitule}",
        contexte.commentaire or "Relisez la fiche : le CARIF y a corrigé quelque chose.",
        "informations",
    )


def fiche_retiree(action: Action, contexte: Contexte) -> None:
    _ecrire(
        action,
        contexte,
        "fiche_retiree",
        f"Fiche retirée de la diffusion : {action.intitule}",
        contexte.commentaire,
    )


def fiche_archivee(action: Action, contexte: Contexte) -> None:
    """La cloche seulement : l'archivage a été annoncé par courriel, ou vient d'une personne de l'organisme."""
    for personne in membres(action):
        notifier(
            personne,
            (ARCHIVEE + action.intitule)[:200],
            ARCHIVEE_TEXTE,
            f"/formations/{action.reference}/gestion/",
            CATEGORIE_ARCHIVAGE,
            evenement_id=contexte.evenement.pk if contexte.evenement else None,
        )


FICHE_ARCHIVEE_SQL = {
    "notifications": f"""
        INSERT INTO messagerie_notification (utilisateur_id, titre, texte, lien, categorie, evenement_id, cree_le)
        SELECT u.id, left('{ARCHIVEE}' || c.intitule, 200), '{ARCHIVEE_TEXTE.replace("'", "''")}',
            '/formations/' || c.reference || '/gestion/', '{CATEGORIE_ARCHIVAGE}', maj.evenement_id, %(maintenant)s
        FROM maj JOIN cible c USING (id)
        JOIN structures_rattachement r ON r.organisme_id = c.organisme_id AND r.role IN ('redacteur', 'gestionnaire')
        JOIN comptes_utilisateur u ON u.id = r.utilisateur_id AND u.actif
        RETURNING id"""
}
