"""Prouver qu'une transition en masse fait exactement ce que fait `effectuer`, ligne par ligne."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import models, transaction

from dokelio.publication.masse import effectuer_en_masse
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import TransitionInterdite, TransitionRefusee


def deux_voies(
    nom: str, modele: type[models.Model], photo: Callable[[], Any], *, au: date, auteur: Any = None, **donnees: Any
) -> tuple[Any, Any]:
    """Fait la transition sur toutes les lignes par chaque voie, en défaisant après ; rend les deux photos.

    `photo` rend de quoi comparer ce qui a été écrit, sans identifiants ni instants.
    """

    def un_a_un() -> None:
        for objet in modele._default_manager.order_by("pk"):
            try:
                effectuer(objet, nom, auteur, au=au, **donnees)
            except (TransitionRefusee, TransitionInterdite):
                continue

    def en_masse() -> None:
        effectuer_en_masse(nom, modele._default_manager.all(), au, modele=modele, auteur=auteur, **donnees)

    return _defaire(un_a_un, photo), _defaire(en_masse, photo)


def _defaire(geste: Callable[[], None], photo: Callable[[], Any]) -> Any:
    with transaction.atomic():
        geste()
        vue = photo()
        transaction.set_rollback(True)
    return vue
