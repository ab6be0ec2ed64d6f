"""Le suivi champ à champ : ce qu'un modèle déclare pour que la base garde ses valeurs d'avant.

Seules les modifications et les suppressions sont gardées ; un chargement de lignes nouvelles ne coûte rien.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models

from dokelio.socle.references import ReferenceField

_M = TypeVar("_M", bound=models.Model)

RELATION = "changements"


def suivi_des_changements(exclure: Sequence[str] = ()) -> Callable[[type[_M]], type[_M]]:
    """Décorateur de modèle : garde la ligne d'avant à chaque UPDATE qui change un champ suivi, et à chaque DELETE.

    `exclure` : champs de bruit (dates de modification, colonnes dérivées, état que les événements racontent déjà).
    Crée le modèle `Historique<Modele>` dans l'application du modèle (migration à écrire), lu par
    `dokelio.historique.querysets.pour`. Un déclencheur par ligne, gardé par WHEN : ce qui ne change pas ne coûte
    rien, le reste quelque vingt microsecondes. Par instruction, il joindrait les lignes d'avant et d'après avec le plan
    gardé des petites mises à jour : quadratique sur une grande.
    """

    def decorer(modele: type[_M]) -> type[_M]:
        champs = [champ.name for champ in modele._meta.local_fields]
        inconnus = sorted(set(exclure) - set(champs))
        if inconnus:
            raise ValueError(f"{modele.__name__} n'a pas de champ {', '.join(inconnus)}.")
        suivis = [champ.name for champ in modele._meta.local_fields if champ.name not in exclure and _se_suit(champ)]
        compares = [nom for nom in suivis if nom != modele._meta.pk.name]
        decore: type[_M] = pghistory.track(
            pghistory.UpdateEvent("modification", row=pghistory.Old, condition=pgtrigger.AnyChange(*compares)),
            pghistory.DeleteEvent("suppression"),
            fields=suivis,
            obj_field=pghistory.ObjForeignKey(related_name=RELATION, related_query_name=RELATION),
            context_field=pghistory.ContextJSONField(),
            context_id_field=None,  # type: ignore[arg-type]
            append_only=True,
            model_name=f"Historique{modele.__name__}",
            level=pghistory.Row,
            meta={"verbose_name": f"historique ({modele._meta.verbose_name})"},
        )(modele)
        return decore

    return decorer


def _se_suit(champ: models.Field[Any, Any]) -> bool:
    """Faux pour ce que la base calcule (colonne engendrée) et pour une référence, qui ne change jamais."""
    return not getattr(champ, "generated", False) and not isinstance(champ, ReferenceField)
