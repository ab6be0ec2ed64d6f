"""`make run` pour de bon, dans un dossier au nom malcommode : il ouvre, puis ne laisse rien derrière lui."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dokelio import environnement
from dokelio.services_embarques.__main__ import effacer
from dokelio.services_embarques.lieux import RACINE
from tests.services_embarques.conftest import attendre

pytestmark = pytest.mark.long


def port_libre() -> int:
    with socket.socket() as essai:
        essai.bind(("127.0.0.1", 0))
        return int(essai.getsockname()[1])


@dataclass
class Copie:
    """Une copie du code, et le `make run` qui y tourne."""

    racine: Path
    lances: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def sortie(self) -> str:
        return (self.racine.parent / "sortie.txt").read_text("utf-8", "replace")

    def make_run(self, port: int) -> "subprocess.Popen[bytes]":
        """Démarre `make run` sans adresse de serveur, presque sans environnement."""
        with (self.racine.parent / "sortie.txt").open("wb") as sortie:
            lance = subprocess.Popen(
                ["make", "run", f"PORT={port}"],
                cwd=self.racine,
                env={"PATH": os.environ["PATH"], "LANG": "C"},
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.lances.append(lance)
        return lance

    def ouvrir(self, port: int) -> "subprocess.Popen[bytes]":
        """Démarre et attend l'adresse dans la dernière ligne."""
        lance = self.make_run(port)
        assert attendre(lambda: "est prêt" in self.sortie or lance.poll() is not None, 180), self.sortie
        assert f"http://127.0.0.1:{port}/" in self.sortie.strip().splitlines()[-1], self.sortie
        return lance

    def processus(self) -> dict[int, str]:
        """Les processus de cette copie, pages, tâches et serveurs, par leur ligne de commande ou leur dossier."""
        trouves = {}
        for chemin in Path("/proc").glob("[0-9]*"):
            try:
                commande = (chemin / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                dossier = os.readlink(chemin / "cwd")
            except OSError:
                continue
            if commande and (str(self.racine) in commande or dossier.startswith(str(self.racine))):
                trouves[int(chemin.name)] = commande
        return trouves

    def lanceur(self) -> int:
        return next(pid for pid, commande in self.processus().items() if "lancement.lanceur" in commande)

    def postgres(self) -> int:
        [serveur] = [pid for pid, commande in _enfants(self.superviseur()).items() if "/bin/postgres" in commande]
        return serveur

    def superviseur(self) -> int:
        return next(pid for pid, commande in self.processus().items() if "services_embarques superviser" in commande)


def _enfants(pid: int) -> dict[int, str]:
    numeros = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(n): Path(f"/proc/{n}/cmdline").read_bytes().replace(b"\0", b" ").decode() for n in numeros}


@pytest.fixture
def copie(tmp_path: Path) -> Iterator[Copie]:
    """Le code suivi par git, copié avec les modifications en cours, et l'environnement Python de ce dossier."""
    if environnement.adresse_base_de_donnees():
        pytest.skip("DATABASE_URL est donnée : rien d'embarqué à essayer")
    racine = tmp_path / "Mes projets, été 2026" / "dokelio"
    hors = shutil.ignore_patterns(".git", ".venv", ".donnees", "__pycache__", ".*_cache", ".hypothesis", "statiques")
    shutil.copytree(RACINE, racine, ignore=hors, symlinks=True)
    (racine / ".venv").symlink_to(Path(sys.prefix))
    ouverte = Copie(racine)
    yield ouverte
    for pid in ouverte.processus():
        os.kill(pid, signal.SIGTERM)
    assert attendre(lambda: not ouverte.processus(), 30), ouverte.processus()
    assert attendre(lambda: effacer(racine) == 0, 20)


def test_tuer_le_lanceur_ne_laisse_rien_et_le_suivant_repart(copie: Copie) -> None:
    port = port_libre()
    copie.ouvrir(port)
    serveurs = [copie.postgres(), copie.superviseur()]
    assert len(copie.processus()) >= 6
    os.kill(copie.lanceur(), signal.SIGKILL)
    assert attendre(lambda: not copie.processus(), 30), copie.processus()
    assert not any(
        Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in serveurs
    )
    copie.ouvrir(port)


def test_ctrl_c_arrete_tout_avant_de_rendre_la_main(copie: Copie) -> None:
    lance = copie.ouvrir(port_libre())
    os.killpg(lance.pid, signal.SIGINT)
    lance.wait(30)
    assert attendre(lambda: not copie.processus(), 2), copie.processus()
    assert "Dokelio+ est arrêté." in copie.sortie


def test_un_second_make_run_du_meme_dossier_dit_ou_tourne_le_premier(copie: Copie) -> None:
    port = port_libre()
    copie.ouvrir(port)
    autre = copie.make_run(port_libre())
    assert autre.wait(60) != 0
    assert "tourne déjà pour ce dossier" in copie.sortie
    assert f"http://127.0.0.1:{port}/" in copie.sortie


def test_make_tue_emporte_le_lanceur(copie: Copie) -> None:
    lance = copie.ouvrir(port_libre())
    lance.kill()
    assert attendre(lambda: not copie.processus(), 30), copie.processus()
