"""Côté utilisateur : rejoindre les serveurs de ce dossier de code, en démarrant leur superviseur s'il n'y en a pas."""

import contextlib
import fcntl
import json
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dokelio import environnement
from dokelio.services_embarques.lieux import RACINE, Lieux, ServiceIndisponible, Usage, lieux, prises_de_commande

_DELAI_DU_SUPERVISEUR = 60.0
_DELAI_DE_REPONSE = 240.0
_ESSAIS = 5


@dataclass(frozen=True, slots=True)
class Adresses:
    """Ce que valent DATABASE_URL et REDIS_URL quand les serveurs embarqués servent ; vide si non demandé."""

    postgres: str = ""
    redis: str = ""


@dataclass(slots=True)
class Prise:
    """Connexion tenue avec un superviseur : tant qu'elle vit, les serveurs vivent."""

    connexion: socket.socket

    def demander(self, services: Sequence[str]) -> Adresses:
        """Fait démarrer les `services` (`postgres`, `valkey`) manquants et rend leurs adresses."""
        reponse = self._echanger({"veut": list(services)})
        if reponse is None:
            raise ConnectionError
        if "erreur" in reponse:
            raise ServiceIndisponible(reponse["erreur"])
        return Adresses(reponse.get("postgres", ""), reponse.get("valkey", ""))

    def rendre(self) -> None:
        """Rend la prise ; si personne d'autre n'en tient, ne revient qu'une fois les serveurs arrêtés."""
        with contextlib.suppress(OSError):
            self._echanger({"fin": True})
        self.connexion.close()

    def rompue(self) -> bool:
        """Vrai si le superviseur n'est plus là."""
        self.connexion.setblocking(False)
        try:
            return self.connexion.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _echanger(self, message: dict[str, Any]) -> dict[str, str] | None:
        """La réponse, ou `None` si le superviseur a fermé."""
        self.connexion.settimeout(_DELAI_DE_REPONSE)
        self.connexion.sendall(json.dumps(message).encode() + b"\n")
        tampon = b""
        while not tampon.endswith(b"\n"):
            morceau = self.connexion.recv(4096)
            if not morceau:
                return None
            tampon += morceau
        reponse: dict[str, str] = json.loads(tampon)
        return reponse


_tenues: dict[tuple[Path, Usage], Prise] = {}


def rejoindre(usage: Usage, services: Sequence[str] = ("postgres", "valkey"), racine: Path = RACINE) -> Adresses:
    """Rejoint ou démarre les serveurs de `racine`, et les garde jusqu'à la fin de ce processus ou `quitter`.

    Lève `ServiceIndisponible`, dont le message est la phrase à montrer.
    """
    if not services:
        return Adresses()
    tenue = _tenues.get((racine, usage))
    for _ in range(_ESSAIS):
        prise = tenue or _ouvrir(usage, racine)
        try:
            adresses = prise.demander(services)
        except OSError:
            # Le superviseur s'arrêtait au moment où nous arrivions : le suivant nous attend.
            prise.connexion.close()
            _tenues.pop((racine, usage), None)
            tenue = None
            continue
        _tenues[(racine, usage)] = prise
        return adresses
    raise ServiceIndisponible("Les serveurs embarqués s'arrêtent aussitôt démarrés : voir docs/exploitation.md.")


def quitter(usage: Usage, racine: Path = RACINE) -> None:
    """Rend la prise de cet usage ; sans effet s'il n'y en a pas."""
    prise = _tenues.pop((racine, usage), None)
    if prise is not None:
        prise.rendre()


def tenue(usage: Usage, racine: Path = RACINE) -> Prise | None:
    """La prise tenue par ce processus, s'il y en a une."""
    return _tenues.get((racine, usage))


def _ouvrir(usage: Usage, racine: Path) -> Prise:
    connexion = connecter(prises_de_commande(racine, usage))
    if connexion is None:
        ou = lieux(usage, racine)
        with (ou.execution / "demarrage.verrou").open("w") as verrou:
            fcntl.flock(verrou, fcntl.LOCK_EX)
            connexion = connecter([ou.commande]) or _demarrer_le_superviseur(ou)
    return Prise(connexion)


def connecter(chemins: Sequence[Path]) -> socket.socket | None:
    """Connexion à la première prise qui répond, ou `None` si aucun superviseur n'écoute."""
    for chemin in chemins:
        connexion = socket.socket(socket.AF_UNIX)
        try:
            connexion.connect(str(chemin))
        except OSError:
            connexion.close()
        else:
            return connexion
    return None


def _demarrer_le_superviseur(ou: Lieux) -> socket.socket:
    with ou.journal.open("wb") as journal:
        superviseur = subprocess.Popen(
            [sys.executable, "-m", "dokelio.services_embarques", "superviser", ou.usage, str(ou.racine)],
            cwd=RACINE,
            env=environnement.pour_un_enfant(PYTHONSAFEPATH=""),
            stdin=subprocess.DEVNULL,
            stdout=journal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    limite = time.monotonic() + _DELAI_DU_SUPERVISEUR
    while time.monotonic() < limite:
        connexion = connecter([ou.commande])
        if connexion is not None:
            # Il nous survivra : Python n'a pas à s'inquiéter, à notre fin, d'un enfant non attendu.
            superviseur.returncode = 0
            return connexion
        if superviseur.poll() is not None:
            break
        time.sleep(0.02)
    raise ServiceIndisponible(f"Le superviseur des serveurs embarqués ne démarre pas : voir {ou.journal}.")
