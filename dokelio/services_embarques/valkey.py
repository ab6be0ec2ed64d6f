"""Valkey embarqué : une prise Unix, aucun port, rien sur le disque (tout travail est d'abord une ligne en base)."""

import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from dokelio.services_embarques.attache import arreter, enfant
from dokelio.services_embarques.lieux import Lieux, ServiceIndisponible, programme_valkey

_DELAI_DE_DEMARRAGE = 20.0


def adresse(ou: Lieux) -> str:
    """`REDIS_URL` du serveur embarqué."""
    return f"unix://{quote(str(ou.valkey))}?db=0"


def demarrer(ou: Lieux) -> subprocess.Popen[bytes]:
    """Démarre le serveur et attend qu'il réponde à PING."""
    ou.valkey.unlink(missing_ok=True)
    configuration = ou.execution / "valkey.conf"
    configuration.write_text(
        "port 0\n"
        f"unixsocket {_cite(ou.valkey)}\n"
        "unixsocketperm 700\n"
        f"dir {_cite(ou.execution)}\n"
        'save ""\nappendonly no\ndaemonize no\nloglevel warning\nmaxmemory-policy noeviction\n',
        "utf-8",
        "surrogateescape",
    )
    with ou.journal.open("ab") as sortie:
        serveur = enfant(
            [programme_valkey(), configuration],
            signal_de_mort=signal.SIGTERM,
            dossier=Path("/"),
            variables={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            sortie=sortie,
        )
    limite = time.monotonic() + _DELAI_DE_DEMARRAGE
    while time.monotonic() < limite:
        if serveur.poll() is not None:
            raise ServiceIndisponible(f"Valkey ne démarre pas : voir {ou.journal}.")
        if _repond(ou):
            return serveur
        time.sleep(0.02)
    arreter_le_serveur(serveur)
    raise ServiceIndisponible(f"Valkey ne répond pas après {_DELAI_DE_DEMARRAGE:.0f} s : voir {ou.journal}.")


def arreter_le_serveur(serveur: subprocess.Popen[bytes]) -> None:
    """Arrêt propre, brutal s'il tarde."""
    arreter(serveur, (signal.SIGTERM, 5.0))


def _cite(chemin: Path) -> str:
    protege = str(chemin).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{protege}"'


def _repond(ou: Lieux) -> bool:
    with socket.socket(socket.AF_UNIX) as prise:
        prise.settimeout(1.0)
        try:
            prise.connect(str(ou.valkey))
            prise.sendall(b"PING\r\n")
            return prise.recv(64).startswith(b"+PONG")
        except OSError:
            return False
