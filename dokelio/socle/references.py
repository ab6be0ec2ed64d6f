"""Les références publiques (AF_, OF_, SE_ et dix chiffres) : champ, séquence, contrôle de forme, lecture d'une saisie.

Les séquences partent de 10^9 : ce qui est en dessous n'appartient qu'aux numéros repris d'une autre maison.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.utils.deconstruct import deconstructible

if TYPE_CHECKING:
    _ChampTexte = models.CharField[str, str]
else:
    _ChampTexte = models.CharField

DEPART = 1_000_000_000
CHIFFRES = 10

_IDENTIFIANT = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_PREFIXE = re.compile(r"[A-Z]{2}")
_SAISIE = re.compile(r"(?:[0-9]{2})?(?P<prefixe>[A-Z]{2})(?P<numero>[0-9]{1,10})")
_SESSION_NUMEROTEE = re.compile(r"(?:[0-9]{2})?AF[0-9]{10}(?P<session>SE[0-9]{10})")


@deconstructible
class ProchaineReference(models.Func):
    """`'AF_' || lpad(nextval('sequence')::text, 10, '0')` : le défaut en base d'un ReferenceField."""

    arity = 0
    allowed_default = True

    def __init__(self, prefixe: str, sequence: str) -> None:
        if not _PREFIXE.fullmatch(prefixe) or not _IDENTIFIANT.fullmatch(sequence):
            raise ValueError(f"Préfixe ou séquence impossible : {prefixe!r}, {sequence!r}.")
        self.prefixe, self.sequence = prefixe, sequence
        super().__init__(output_field=models.CharField(max_length=3 + CHIFFRES))

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **options: Any) -> tuple[str, tuple[str | int, ...]]:
        return f"('{self.prefixe}_' || lpad(nextval('{self.sequence}')::text, {CHIFFRES}, '0'))", ()


class ReferenceField(_ChampTexte):
    """Référence publique, unique, donnée par la base à la création et jamais réutilisée.

    `ReferenceField(prefixe="AF", sequence="formations_action_reference")`. La séquence est créée avant la table par
    `CreerSequence` ; la forme est tenue par `contrainte_reference`. En migration, c'est un CharField ordinaire.
    """

    def __init__(self, *, prefixe: str = "", sequence: str = "", **options: Any) -> None:
        if prefixe:
            options.setdefault("db_default", ProchaineReference(prefixe, sequence))
            options.setdefault("unique", True)
        options.setdefault("max_length", 3 + CHIFFRES)
        options.setdefault("editable", False)
        options.setdefault("verbose_name", "référence")
        super().__init__(**options)

    def deconstruct(self) -> Any:
        nom, _, args, options = super().deconstruct()
        return nom, "django.db.models.CharField", args, options


def contrainte_reference(prefixe: str, champ: str = "reference") -> models.CheckConstraint:
    """CHECK de la forme `AF_` et dix chiffres, à mettre dans `Meta.constraints`."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{champ}__regex": rf"^{prefixe}_[0-9]{{{CHIFFRES}}}$"}),
        name=f"%(app_label)s_%(class)s_{champ}_forme",
        violation_error_message=f"Une référence s’écrit {prefixe}_ suivi de dix chiffres, sans espace.",
    )


class CreerSequence(Operation):
    """Opération de migration : la séquence d'un ReferenceField, à placer avant la création de sa table."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, nom: str, depart: int = DEPART) -> None:
        if not _IDENTIFIANT.fullmatch(nom):
            raise ValueError(f"Nom de séquence impossible : {nom!r}.")
        self.nom, self.depart = nom, depart

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Une séquence ne change pas l'état des modèles."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        bornes = f"START {self.depart} MINVALUE {self.depart} MAXVALUE {10**CHIFFRES - 1}"
        schema_editor.execute(f"CREATE SEQUENCE {self.nom} AS bigint {bornes} NO CYCLE")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        schema_editor.execute(f"DROP SEQUENCE {self.nom}")

    def describe(self) -> str:
        return f"Crée la séquence {self.nom}"

    @property
    def migration_name_fragment(self) -> str:
        return f"sequence_{self.nom}"


def normaliser_reference(saisie: str, prefixe: str = "") -> str | None:
    """La référence que désigne une saisie, None si ce n'en est pas une.

    « af 179492 », « AF-0000179492 », « 14_AF_0000179492 » donnent `AF_0000179492` ; un numéro de session complet
    (`14_AF_…_SE_…`) donne sa SE_. Avec `prefixe`, des chiffres seuls suffisent et un autre préfixe ne compte pas.
    """
    compact = re.sub(r"[\s_\-.\u2010-\u2015]+", "", saisie).upper()
    if session := _SESSION_NUMEROTEE.fullmatch(compact):
        compact = session["session"]
    elif prefixe and compact.isascii() and compact.isdigit():
        compact = prefixe + compact
    trouve = _SAISIE.fullmatch(compact)
    if trouve is None or (prefixe and trouve["prefixe"] != prefixe):
        return None
    return f"{trouve['prefixe']}_{trouve['numero']:0>{CHIFFRES}}"
