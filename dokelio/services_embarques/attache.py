"""Le lien entre un processus et ses enfants : ils meurent avec lui, même tué sans préavis."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from dokelio.services_embarques.lieux import Compte

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def mourir_avec_le_parent(signal_recu: signal.Signals, parent: int | None = None) -> None:
    """Demande au noyau de nous envoyer `signal_recu` à la mort du parent (Linux ; sans effet ailleurs).

    `parent` : numéro du parent attendu ; s'il est déjà mort, le signal est levé aussitôt.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal_recu), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal_recu)


def _preparation(signal_recu: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def preparer() -> None:
        mourir_avec_le_parent(signal_recu, parent)

    return preparer


def enfant(
    commande: Sequence[str | Path],
    *,
    signal_de_mort: signal.Signals,
    dossier: Path,
    variables: dict[str, str],
    sortie: IO[bytes] | int | None = None,
    compte: Compte | None = None,
) -> subprocess.Popen[bytes]:
    """Démarre un enfant lié à nous, dans sa propre session : Ctrl-C ne lui parvient que par nous.

    À appeler depuis le fil principal : le noyau suit la mort du fil qui a créé l'enfant.
    """
    identite: dict[str, Any] = {}
    if compte is not None:
        identite = {"user": compte.uid, "group": compte.gid, "extra_groups": []}
    return subprocess.Popen(
        [os.fspath(morceau) for morceau in commande],
        stdin=subprocess.DEVNULL,
        stdout=sortie,
        stderr=subprocess.STDOUT if sortie is not None else None,
        cwd=dossier,
        env=variables,
        start_new_session=True,
        preexec_fn=_preparation(signal_de_mort),
        **identite,
    )


def arreter(processus: subprocess.Popen[bytes], *etapes: tuple[signal.Signals, float], groupe: bool = False) -> None:
    """Envoie chaque signal et attend au plus ses secondes ; termine par SIGKILL. `groupe` : à toute sa session."""
    for signal_envoye, delai in (*etapes, (signal.SIGKILL, 5.0)):
        if processus.poll() is not None:
            break
        _envoyer(processus.pid, signal_envoye, groupe)
        try:
            processus.wait(delai)
        except subprocess.TimeoutExpired:
            continue
    if groupe:
        _envoyer(processus.pid, signal.SIGKILL, groupe)


def _envoyer(pid: int, signal_envoye: signal.Signals, groupe: bool) -> None:
    try:
        if groupe:
            os.killpg(pid, signal_envoye)
        else:
            os.kill(pid, signal_envoye)
    except (ProcessLookupError, PermissionError):
        pass
