"""Écrire dans ce qui est libre : vivant aussitôt si l'action est en diffusion, donc vérifié à chaque écriture.

Les pièces du dessus inscrivent leurs vérifications (la validité LHEO de ce qui partirait) ; un seul refus annule tout.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction

from dokelio.publication.refus import Refus
from formations.models import Action

Verification = Callable[[Action], Iterable[Refus]]
_VERIFICATIONS: list[Verification] = []


class EcritureRefusee(Exception):
    """L'écriture rendrait fausse une offre en diffusion ; `refus` dit quoi, champ par champ."""

    def __init__(self, refus: list[Refus]) -> None:
        self.refus = refus
        super().__init__(" ".join(un.phrase for un in refus))


def inscrire_verification(verification: Verification) -> None:
    """Ajoute une vérification des écritures libres ; appelé dans `AppConfig.ready()`."""
    if verification not in _VERIFICATIONS:
        _VERIFICATIONS.append(verification)


@contextmanager
def ecriture_libre(action: Action) -> Iterator[Action]:
    """Écrit sous verrou de l'action, puis vérifie ce qui partirait si elle est en diffusion.

    Lève `EcritureRefusee`, rien n'étant alors écrit, si la fiche diffusée deviendrait fausse.
    """
    with transaction.atomic():
        verrouillee = Action.objects.select_for_update(of=("self",), no_key=True).get(pk=action.pk)
        yield verrouillee
        if verrouillee.est_en_diffusion:
            refus = [refus for verification in _VERIFICATIONS for refus in verification(verrouillee)]
            if refus:
                raise EcritureRefusee(refus)
