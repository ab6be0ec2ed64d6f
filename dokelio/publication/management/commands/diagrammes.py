"""Écrit `docs/vie/<application>.md`, le dessin de la vie des objets ; `--verifier` dit seulement s'il est à jour."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dokelio.publication.diagrammes import pages


class Command(BaseCommand):
    """Diagrammes d'états tirés des tables de transitions."""

    help = "Écrit les diagrammes de la vie des objets dans docs/vie/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verifier", action="store_true", help="ne rien écrire, échouer si une page est périmée")

    def handle(self, *args: Any, verifier: bool = False, **options: Any) -> None:
        dossier: Path = settings.RACINE / "docs" / "vie"
        attendues = pages()
        presentes = {page.name: page.read_text(encoding="utf-8") for page in dossier.glob("*.md")}
        perimees = sorted(nom for nom in {*attendues, *presentes} if attendues.get(nom) != presentes.get(nom))
        if verifier:
            if perimees:
                raise CommandError(f"Pages périmées : {', '.join(perimees)}. Lancez « manage.py diagrammes ».")
            return
        dossier.mkdir(parents=True, exist_ok=True)
        for nom in perimees:
            if nom in attendues:
                (dossier / nom).write_text(attendues[nom], encoding="utf-8")
            else:
                (dossier / nom).unlink()
            self.stdout.write(f"docs/vie/{nom}")
