"""Le choix du port, et l'annonce de ce qui empêche de démarrer."""

import socket
from collections.abc import Iterator

import pytest

from dokelio.lancement import lanceur
from dokelio.lancement.lanceur import HOTE, Refus, choisir_port


@pytest.fixture
def port_pris() -> Iterator[int]:
    """Un port où quelqu'un écoute déjà."""
    with socket.socket() as ecoute:
        ecoute.bind((HOTE, 0))
        ecoute.listen()
        yield int(ecoute.getsockname()[1])


def test_un_port_demande_et_pris_est_refuse_d_une_phrase(port_pris: int) -> None:
    with pytest.raises(Refus, match=f"Le port {port_pris} est déjà pris"):
        choisir_port(port_pris)


def test_sans_demande_le_premier_port_libre_convient(port_pris: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanceur, "PREMIER_PORT", port_pris)
    assert choisir_port(None) > port_pris


def test_un_port_pris_sur_toutes_les_adresses_compte_comme_pris() -> None:
    with socket.socket() as ecoute:
        ecoute.bind(("0.0.0.0", 0))
        ecoute.listen()
        assert not lanceur.port_libre(ecoute.getsockname()[1])


def test_aucun_port_libre_se_dit(port_pris: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanceur, "PREMIER_PORT", port_pris)
    monkeypatch.setattr(lanceur, "_PORTS_ESSAYES", 1)
    with pytest.raises(Refus, match="donnez PORT="):
        choisir_port(None)
