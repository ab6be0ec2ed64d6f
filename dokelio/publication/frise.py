"""Les transitions d'un objet, telles que la pièce `historique` les montre."""

from __future__ import annotations

from django.db import models

from dokelio.historique.querysets import Entree
from dokelio.publication.models import Evenement


def entrees_de(objet: models.Model, limite: int) -> list[Entree]:
    """Une entrée par événement de l'objet, du plus récent au plus ancien, `limite` au plus ; une requête."""
    entrees = []
    for evenement in Evenement.objects.de(objet).avec_auteur()[:limite]:
        ligne = evenement.definition
        entrees.append(
            Entree(
                instant=evenement.instant,
                auteur=str(evenement.auteur) if evenement.auteur else "",
                phrase=evenement.phrase,
                icone=ligne.icone if ligne else "circle",
                commentaire=evenement.commentaire,
                geste=str(evenement.geste),
            )
        )
    return entrees
