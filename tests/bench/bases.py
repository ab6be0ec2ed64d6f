"""Les bases des mesures : créées sur le serveur de l'environnement, migrées, jetées à la fin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.bench.donnees import semer

__all__ = ["base", "semer"]


@contextmanager
def base(nom: str) -> Iterator[str]:
    """Une base vide à ce nom, qui devient celle de ce processus ; rend son adresse `postgres://…` pour les autres."""
    reglage = settings.DATABASES["default"]
    ancien = reglage["NAME"]
    _administrer(ancien, f'DROP DATABASE IF EXISTS "{nom}" WITH (FORCE)', f'CREATE DATABASE "{nom}"')
    connection.close()
    reglage["NAME"] = connection.settings_dict["NAME"] = nom
    try:
        call_command("migrate", verbosity=0)
        yield _adresse(reglage, nom)
    finally:
        connection.close()
        reglage["NAME"] = connection.settings_dict["NAME"] = ancien
        _administrer(ancien, f'DROP DATABASE IF EXISTS "{nom}" WITH (FORCE)')
        connection.close()


def _administrer(depuis: str, *instructions: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    try:
        with connection.cursor() as curseur:
            for instruction in instructions:
                curseur.execute(instruction)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = depuis


def _adresse(reglage: dict[str, str], nom: str) -> str:
    """L'adresse de la base, prise Unix comprise."""
    qui = quote(reglage["USER"], safe="")
    if reglage["PASSWORD"]:
        qui += f":{quote(reglage['PASSWORD'], safe='')}"
    parametres = {"host": reglage["HOST"]} if reglage["HOST"].startswith("/") else {}
    hote = "" if parametres else f"{reglage['HOST']}:{reglage['PORT'] or 5432}"
    suite = f"?{urlencode(parametres)}" if parametres else ""
    return f"postgres://{qui}@{hote}/{nom}{suite}"
