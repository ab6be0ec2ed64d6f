"""Ce que vérifie `make test` : chaque contrôle est lancé, les échecs sont nommés, la dernière ligne de pytest clôt."""

import os
import subprocess
import sys
from collections.abc import Sequence

from dokelio import environnement
from dokelio.services_embarques.lieux import RACINE

_PYTHON = sys.executable
_ETAGES = "from importlinter.cli import lint_imports_command; lint_imports_command()"
Controle = tuple[str, Sequence[str]]

LINT: tuple[Controle, ...] = (
    ("ruff", (_PYTHON, "-m", "ruff", "check", ".")),
    ("mise en forme", (_PYTHON, "-m", "ruff", "format", "--check", ".")),
    ("gabarits (djlint)", (_PYTHON, "-m", "djlint", "--quiet", "--lint", "templates")),
    ("étages (import-linter)", (_PYTHON, "-c", _ETAGES, "--no-logo")),
)
TYPES: tuple[Controle, ...] = (("types (mypy)", (_PYTHON, "-m", "mypy")),)
MIGRATIONS: tuple[Controle, ...] = (
    ("migrations à jour", (_PYTHON, "manage.py", "makemigrations", "--check", "--dry-run")),
)


def pytest(*arguments: str) -> Controle:
    """Les tests, avec les `arguments` en plus."""
    return ("tests", (_PYTHON, "-m", "pytest", *arguments))


def verifier(controles: Sequence[Controle]) -> int:
    """Lance tous les contrôles, même après un échec ; 0 si tous passent, sinon 1 et leur liste."""
    echecs: list[str] = []
    for nom, commande in controles:
        print(f"— {nom}", flush=True)
        variables = environnement.pour_un_enfant()
        if nom == MIGRATIONS[0][0]:
            variables["DJANGO_SETTINGS_MODULE"] = "dokelio.settings.test"
        fini = subprocess.run(commande, cwd=RACINE, env=variables, check=False)
        # pytest rend 5 quand aucun test ne répond au tri demandé.
        if fini.returncode not in ((0, 5) if nom == "tests" else (0,)):
            echecs.append(nom)
    if echecs:
        print(f"Échec : {', '.join(echecs)}.", file=sys.stderr, flush=True)
        return 1
    return 0


def assurer_le_navigateur() -> None:
    """Installe Chromium par apt quand on est root, et le dit ; sinon dit pourquoi les parcours seront omis."""
    if environnement.navigateur() is not None:
        return
    if environnement.texte("NAVIGATEUR"):
        print("Parcours de navigateur omis : NAVIGATEUR les refuse ou ne désigne pas un programme.", flush=True)
        return
    if os.geteuid() != 0:
        print("Parcours de navigateur omis : Chromium manque ; tapez : sudo apt install chromium", flush=True)
        return
    print("Installation de Chromium par apt pour les parcours (NAVIGATEUR=non pour refuser)…", flush=True)
    variables = environnement.pour_un_enfant(DEBIAN_FRONTEND="noninteractive")
    for commande in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "-y", "chromium"]):
        try:
            fini = subprocess.run(commande, env=variables, stdout=subprocess.DEVNULL, check=False)
        except OSError:
            print("apt-get manque : installez Chromium à votre façon, puis NAVIGATEUR=/chemin/chromium.", flush=True)
            return
        if fini.returncode:
            print("Chromium n'a pas pu être installé par apt.", flush=True)
            return


def main(arguments: list[str]) -> int:
    """Sans argument : tout sauf les essais longs ; `long`, `lint` ou `types` : seulement cela."""
    paralleles = ("-n", environnement.texte("OUVRIERS", "2"), "--dist", "loadfile")
    match arguments:
        case []:
            assurer_le_navigateur()
            return verifier((*LINT, *TYPES, *MIGRATIONS, pytest(*paralleles, "-m", "not long")))
        case ["long"]:
            assurer_le_navigateur()
            return verifier((pytest("-m", "long"),))
        case ["lint"]:
            return verifier(LINT)
        case ["types"]:
            return verifier(TYPES)
    print(main.__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
