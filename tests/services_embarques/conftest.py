"""De quoi démarrer des serveurs embarqués à l'écart : un faux dossier de code, des processus qui s'en servent."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dokelio.services_embarques.__main__ import effacer
from dokelio.services_embarques.lieux import RACINE, Lieux, Usage, lieux
from dokelio.services_embarques.prise import connecter

_PROGRAMME = """
import json, sys
from pathlib import Path
from dokelio.services_embarques import rejoindre, quitter
adresses = rejoindre(sys.argv[2], sys.argv[3:] or ("postgres", "valkey"), Path(sys.argv[1]))
print(json.dumps({"postgres": adresses.postgres, "redis": adresses.redis}), flush=True)
if sys.stdin.readline().strip() == "quitter":
    quitter(sys.argv[2], Path(sys.argv[1]))
"""


def attendre(condition: Callable[[], bool], secondes: float = 20.0) -> bool:
    """Vrai dès que la condition l'est ; faux si elle ne l'est pas devenue à temps."""
    limite = time.monotonic() + secondes
    while time.monotonic() < limite:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def vivant(pid: int) -> bool:
    """Vrai si le processus existe et n'est pas un défunt que personne n'a attendu."""
    try:
        etat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return etat != "Z"


@dataclass
class Chantier:
    """Un faux dossier de code et les processus qui se servent de ses serveurs."""

    racine: Path
    variables: dict[str, str]
    usage: Usage = "tests"  # sans fsync : les disques lents n'attendent pas

    def __post_init__(self) -> None:
        self.processus: list[subprocess.Popen[str]] = []

    @property
    def lieux(self) -> Lieux:
        return lieux(self.usage, self.racine)

    def lancer(self, *services: str) -> "subprocess.Popen[str]":
        """Démarre un utilisateur sans attendre qu'il soit servi."""
        utilisateur = subprocess.Popen(
            [sys.executable, "-c", _PROGRAMME, str(self.racine), self.usage, *services],
            cwd=RACINE,
            env=self.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processus.append(utilisateur)
        return utilisateur

    def utiliser(self, *services: str) -> tuple["subprocess.Popen[str]", dict[str, Any]]:
        """Démarre un utilisateur et attend les adresses qu'il a reçues."""
        utilisateur = self.lancer(*services)
        return utilisateur, lire(utilisateur)

    def pid_de_postgres(self) -> int:
        return int((self.lieux.donnees / "postmaster.pid").read_text().splitlines()[0])

    def pid_du_superviseur(self) -> int:
        return int((self.lieux.journal).read_text().split()[1])

    def enfants_du_superviseur(self) -> list[int]:
        superviseur = self.pid_du_superviseur()
        liste = Path(f"/proc/{superviseur}/task/{superviseur}/children").read_text().split()
        return [int(pid) for pid in liste]

    def ecoute(self) -> bool:
        """Vrai si un superviseur répond encore."""
        connexion = connecter([self.lieux.commande])
        if connexion is not None:
            connexion.close()
        return connexion is not None

    def tout_arreter(self) -> None:
        for utilisateur in self.processus:
            utilisateur.kill()
            utilisateur.communicate()
        with contextlib.suppress(OSError, ValueError, IndexError):
            os.kill(self.pid_du_superviseur(), signal.SIGTERM)
        attendre(lambda: not self.ecoute())


def lire(utilisateur: "subprocess.Popen[str]") -> dict[str, Any]:
    """La ligne d'adresses écrite par un utilisateur."""
    assert utilisateur.stdout is not None
    adresses: dict[str, Any] = json.loads(utilisateur.stdout.readline())
    return adresses


@pytest.fixture
def chantier(tmp_path: Path) -> Iterator[Chantier]:
    """Un dossier au nom malcommode, ses serveurs arrêtés et leurs données jetées à la fin."""
    racine = tmp_path / "Mes projets, été 2026"
    racine.mkdir()
    ouvert = Chantier(racine, dict(os.environ))
    yield ouvert
    ouvert.tout_arreter()
    attendre(lambda: effacer(racine) == 0)
