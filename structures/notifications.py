"""Ce que les personnes d'un organisme apprennent de son inscription."""

from typing import Any

from django.contrib.auth import get_user_model

from dokelio.messagerie.actions import ecrire_courriel, notifier
from dokelio.publication.contexte import Contexte
from structures.models import Organisme

CATEGORIE = "inscription"


def membres(organisme: Organisme) -> list[Any]:
    """Les personnes actives de l'organisme."""
    return list(get_user_model().objects.filter(rattachements__organisme=organisme, actif=True).order_by("pk"))


def _ecrire(organisme: Organisme, contexte: Contexte, gabarit: str, titre: str) -> None:
    personnes = membres(organisme)
    evenement = contexte.evenement.pk if contexte.evenement else None
    notifier(personnes, titre, contexte.commentaire, "/structure/", CATEGORIE, evenement_id=evenement)
    donnees = {"organisme": organisme, "commentaire": contexte.commentaire, "lien": "/structure/"}
    ecrire_courriel(gabarit, personnes, donnees, categorie=CATEGORIE, objet=organisme)


def inscription_acceptee(organisme: Organisme, contexte: Contexte) -> None:
    _ecrire(organisme, contexte, "inscription_acceptee", f"Inscription acceptée : {organisme}")


def complement_demande(organisme: Organisme, contexte: Contexte) -> None:
    _ecrire(organisme, contexte, "complement_demande", f"Complément demandé pour l'inscription de {organisme}")


def inscription_refusee(organisme: Organisme, contexte: Contexte) -> None:
    _ecrire(organisme, contexte, "inscription_refusee", f"Inscription refusée : {organisme}")
