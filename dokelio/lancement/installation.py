"""Environnement Python du dossier : créé depuis le verrou, vérifié sans réseau, laissé tranquille s'il convient.

Lancé par n'importe quel Python 3.11 ou plus, avant toute installation : bibliothèque standard seulement.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dokelio import environnement

RACINE = Path(__file__).resolve().parents[2]
VENV = Path(".venv")
VERROUS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
_LIGNE = re.compile(
    r"^(?P<nom>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marque>[^\\]+?))?\s*\\?$"
)


def lignes_du_verrou(verrou: Path) -> Iterator[tuple[str, str, str]]:
    """Nom, version et marque d'environnement (souvent vide) de chaque paquet du verrou."""
    for ligne in verrou.read_text("utf-8").splitlines():
        trouve = _LIGNE.match(ligne)
        if trouve:
            yield trouve["nom"], trouve["version"], trouve["marque"] or ""


def conforme(verrou: Path) -> bool:
    """Vrai si le Python courant a tous les paquets du verrou, à la bonne version. N'appelle jamais le réseau."""
    from pip._vendor.packaging.markers import Marker

    for nom, version, marque in lignes_du_verrou(verrou):
        if marque and not Marker(marque).evaluate():
            continue
        try:
            if importlib.metadata.version(nom) != version:
                return False
        except importlib.metadata.PackageNotFoundError:
            return False
    return True


def installer(profil: str) -> int:
    """Met `.venv` en accord avec le verrou du profil (`run` ou `dev`) ; code de sortie, phrase sur l'erreur."""
    verrou = Path(VERROUS[profil])
    with verrou.open("rb") as ouvert:
        # Deux `make` en même temps : le second attend le premier, sans fichier de plus.
        fcntl.flock(ouvert, fcntl.LOCK_EX)
        empreinte = hashlib.sha256(ouvert.read()).hexdigest()
        temoin = VENV / f"dokelio-{profil}.txt"
        version = _version_du_venv()
        attendu = f"{empreinte} {version}\n"
        if version and temoin.exists() and temoin.read_text("utf-8") == attendu:
            return 0
        if not version:
            phrase = _creer()
            if phrase:
                print(phrase, file=sys.stderr)
                return 1
            attendu = f"{empreinte} {_version_du_venv()}\n"
        elif _conforme_dans_le_venv(verrou):
            return _noter(temoin, attendu)
        print(f"Installation des dépendances ({verrou}), une seule fois…", flush=True)
        if _pip(verrou):
            print(
                "L'installation a échoué (voir ci-dessus) ; relancez la même commande une fois réparé.", file=sys.stderr
            )
            return 1
        return _noter(temoin, attendu)


def _noter(temoin: Path, attendu: str) -> int:
    # Un environnement d'un autre compte, mais conforme, sera simplement revérifié la prochaine fois.
    with contextlib.suppress(OSError):
        temoin.write_text(attendu, "utf-8")
    return 0


def _python() -> str:
    return os.fspath(VENV / "bin" / "python")


def _version_du_venv() -> str:
    """`3.11`, ou rien si l'environnement manque, ne marche plus ou ne convient pas."""
    essai = "import sys, pip; print('%d.%d' % sys.version_info[:2] if sys.version_info >= (3, 11) else '')"
    try:
        fini = subprocess.run([_python(), "-c", essai], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return fini.stdout.strip() if fini.returncode == 0 else ""


def _creer() -> str:
    """Crée `.venv` ; rend la phrase à montrer si c'est impossible, sinon rien."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        paquet = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        return f"Le module venv de Python manque ; tapez : sudo apt install {paquet}"
    print("Création de l'environnement Python .venv…", flush=True)
    python = getattr(sys, "_base_executable", sys.executable)
    fini = subprocess.run([python, "-m", "venv", "--clear", os.fspath(VENV)], check=False)
    if fini.returncode:
        return "L'environnement .venv ne se crée pas (voir ci-dessus)."
    return ""


def _conforme_dans_le_venv(verrou: Path) -> bool:
    commande = [_python(), "-m", "dokelio.lancement.installation", "verifier", os.fspath(verrou)]
    return subprocess.run(commande, check=False).returncode == 0


def _pip(verrou: Path) -> int:
    commande = [
        *(_python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--require-hashes", "--no-deps", "--requirement", os.fspath(verrou)),
    ]
    variables = environnement.pour_un_enfant(PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0", PYTHONNOUSERSITE="1")
    return subprocess.run(commande, env=variables, check=False).returncode


def main(arguments: list[str]) -> int:
    """`run`, `dev`, ou `verifier VERROU` (appelé par l'environnement lui-même)."""
    os.chdir(RACINE)
    match arguments:
        case [("run" | "dev") as profil]:
            return installer(profil)
        case ["verifier", verrou]:
            return 0 if conforme(Path(verrou)) else 1
    print(main.__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
