"""Le processus qui tient les serveurs : il les démarre à la demande et les arrête avec le dernier qui s'en sert.

Chaque utilisateur garde une connexion ouverte ; le noyau la ferme à sa mort, quelle qu'elle soit. Une ligne de JSON par
message : `{"veut": ["postgres"]}` reçoit `{"postgres": adresse}` ou `{"erreur": phrase}` ; `{"fin": true}` reçoit
la fin de la connexion quand tout est arrêté, ou `{"reste": n}` si d'autres s'en servent encore.
"""

import fcntl
import json
import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from dokelio.services_embarques import postgres, valkey
from dokelio.services_embarques.lieux import Lieux, ServiceIndisponible

SURSIS = 1.0  # secondes sans utilisateur avant l'arrêt : deux commandes de suite partagent les serveurs
_ATTENTE_DU_VERROU = 40.0  # le temps qu'un superviseur précédent finisse de s'arrêter
_SERVICES: dict[str, ModuleType] = {"postgres": postgres, "valkey": valkey}


@dataclass(slots=True)
class _Utilisateur:
    prise: socket.socket
    tampon: bytes = b""


class Superviseur:
    """Serveurs d'un usage d'un dossier de code, et ceux qui s'en servent."""

    def __init__(self, ou: Lieux) -> None:
        self.ou = ou
        self.serveurs: dict[str, subprocess.Popen[bytes]] = {}
        self.utilisateurs: dict[int, _Utilisateur] = {}
        self.selecteur = selectors.DefaultSelector()
        self.inutile_depuis = time.monotonic()
        self.a_arreter = False

    def servir(self) -> None:
        """Boucle jusqu'au départ du dernier utilisateur, à la mort d'un serveur ou à un signal d'arrêt."""
        for signal_recu in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signal_recu, self._noter_l_arret)
        self.ou.commande.unlink(missing_ok=True)
        ecoute = socket.socket(socket.AF_UNIX)
        ecoute.bind(str(self.ou.commande))
        ecoute.listen(64)
        self.selecteur.register(ecoute, selectors.EVENT_READ, lambda: self._accueillir(ecoute))
        try:
            while not self._fini():
                for cle, _ in self.selecteur.select(0.2):
                    agir: Callable[[], None] = cle.data
                    agir()
        finally:
            # Qui arrive maintenant trouve porte close et démarrera un successeur.
            self.ou.commande.unlink(missing_ok=True)
            self.selecteur.unregister(ecoute)
            ecoute.close()
            self._tout_arreter()

    def _noter_l_arret(self, _signal: int, _cadre: FrameType | None) -> None:
        self.a_arreter = True

    def _fini(self) -> bool:
        morts = [nom for nom, serveur in self.serveurs.items() if serveur.poll() is not None]
        if morts:
            print(f"arrêt inattendu : {', '.join(morts)}", flush=True)
            return True
        if self.utilisateurs:
            self.inutile_depuis = time.monotonic()
        return self.a_arreter or time.monotonic() - self.inutile_depuis > SURSIS

    def _accueillir(self, ecoute: socket.socket) -> None:
        prise, _ = ecoute.accept()
        utilisateur = _Utilisateur(prise)
        self.utilisateurs[prise.fileno()] = utilisateur
        self.selecteur.register(prise, selectors.EVENT_READ, lambda: self._lire(utilisateur))

    def _lire(self, utilisateur: _Utilisateur) -> None:
        try:
            morceau = utilisateur.prise.recv(4096)
        except OSError:
            morceau = b""
        if not morceau:
            self._oublier(utilisateur)
            return
        utilisateur.tampon += morceau
        while b"\n" in utilisateur.tampon:
            ligne, _, utilisateur.tampon = utilisateur.tampon.partition(b"\n")
            self._repondre(utilisateur, json.loads(ligne))

    def _oublier(self, utilisateur: _Utilisateur) -> None:
        self.utilisateurs.pop(utilisateur.prise.fileno(), None)
        self.selecteur.unregister(utilisateur.prise)
        utilisateur.prise.close()

    def _repondre(self, utilisateur: _Utilisateur, message: dict[str, Any]) -> None:
        if message.get("fin"):
            autres = len(self.utilisateurs) - 1
            if autres:
                self._ecrire(utilisateur, {"reste": autres})
            else:
                self.a_arreter = True
            return
        reponse: dict[str, str] = {}
        try:
            for nom in message.get("veut", []):
                if nom not in self.serveurs:
                    self.serveurs[nom] = _SERVICES[nom].demarrer(self.ou)
                reponse[nom] = _SERVICES[nom].adresse(self.ou)
        except ServiceIndisponible as refus:
            reponse = {"erreur": str(refus)}
        except OSError as erreur:
            reponse = {"erreur": f"Un serveur embarqué ne démarre pas : {erreur}."}
        self._ecrire(utilisateur, reponse)

    def _ecrire(self, utilisateur: _Utilisateur, message: dict[str, Any]) -> None:
        try:
            utilisateur.prise.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self._oublier(utilisateur)

    def _tout_arreter(self) -> None:
        for nom, serveur in self.serveurs.items():
            _SERVICES[nom].arreter_le_serveur(serveur)
        for utilisateur in list(self.utilisateurs.values()):
            utilisateur.prise.close()


def superviser(ou: Lieux) -> int:
    """Tient les serveurs jusqu'à la fin ; un seul superviseur par dossier d'exécution, le verrou mourant avec lui."""
    with Path(ou.execution / "superviseur.verrou").open("w") as verrou:
        if not _prendre(verrou.fileno()):
            print("un autre superviseur ne rend pas le verrou", flush=True)
            return 1
        print(f"superviseur {os.getpid()} ({ou.usage})", flush=True)
        Superviseur(ou).servir()
    return 0


def _prendre(descripteur: int) -> bool:
    limite = time.monotonic() + _ATTENTE_DU_VERROU
    while time.monotonic() < limite:
        try:
            fcntl.flock(descripteur, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
