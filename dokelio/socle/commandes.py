"""Le socle des commandes du produit : codes de sortie, une phrase sur l'erreur standard, jamais de trace.

0 : fait ; 1 : fait, avec des refus ou des erreurs trouvées ; 2 : n'a pas pu être fait.
"""

import json
import re
import sys
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

FAIT, AVEC_REFUS, IMPOSSIBLE = 0, 1, 2
TABLES_ABSENTES = ("42P01", "42703")
"""Ce que PostgreSQL répond d'une table ou d'une colonne qu'une migration doit encore créer."""


class Impossible(Exception):
    """La commande ne peut pas être faite ; le message est la phrase que lira la personne."""


class Renoncement(SystemExit):
    """La fin d'une commande qui n'a pas pu être faite : code 2 ; `str()` en est la phrase."""

    def __init__(self, phrase: str) -> None:
        super().__init__(IMPOSSIBLE)
        self.phrase = phrase

    def __str__(self) -> str:
        return self.phrase


class Commande(BaseCommand):
    """Commande du produit : `executer(**options)` rend le code de sortie (`None` vaut 0) ou lève `Impossible`."""

    requires_system_checks: list[str] = []
    _en_json = False

    def executer(self, **options: Any) -> int | None:
        raise NotImplementedError

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """L'analyseur de Django, dont les reproches tiennent en une phrase quand il est lancé à la main."""
        analyseur = super().create_parser(prog_name, subcommand, **kwargs)
        if getattr(self, "_called_from_command_line", False):
            analyseur.error = self._reprocher(analyseur)  # type: ignore[method-assign]
        return analyseur

    def _reprocher(self, analyseur: CommandParser) -> Any:
        def reprocher(message: str) -> NoReturn:
            usage = " ".join(analyseur.format_usage().split()).removeprefix("usage: ")
            self._en_json = "--json" in sys.argv[1:]
            self.renoncer(f"Arguments incorrects. Usage : {usage}")

        return reprocher

    def handle(self, *args: Any, **options: Any) -> None:
        self._en_json = bool(options.get("json"))
        try:
            code = self.executer(**options)
        except Impossible as impossible:
            self.renoncer(str(impossible))
        except OperationalError as erreur:
            self.renoncer(f"La base de données ne répond pas : {str(erreur).splitlines()[0]}")
        except ProgrammingError as erreur:
            if getattr(erreur.__cause__, "sqlstate", None) not in TABLES_ABSENTES:
                raise
            self.renoncer("La base de données n'est pas à jour : lancez d'abord « manage.py migrate ».")
        if code:
            sys.exit(code)

    def renoncer(self, phrase: str) -> NoReturn:
        """Dit pourquoi rien n'a été fait, en une ligne (et en un objet sous `--json`), et sort avec 2."""
        ligne = re.sub(r"\s*\n\s*", " ", phrase.strip())
        if self._en_json:
            self.rendre({"impossible": ligne})
        self.stderr.write(ligne, style_func=str)
        raise Renoncement(ligne)

    def rendre(self, objet: dict[str, Any]) -> None:
        """Écrit un seul objet JSON sur la sortie standard."""
        self.stdout.write(json.dumps(objet, ensure_ascii=False, default=str))


def lire_jour(texte: str | None) -> date:
    """Le jour donné (AAAA-MM-JJ), aujourd'hui à Paris s'il manque ; lève `Impossible` si ce n'est pas un jour."""
    if not texte:
        return timezone.localdate()
    try:
        return date.fromisoformat(texte)
    except ValueError:
        raise Impossible(f"« {texte} » n'est pas un jour : écrivez-le AAAA-MM-JJ, par exemple 2027-01-31.") from None
