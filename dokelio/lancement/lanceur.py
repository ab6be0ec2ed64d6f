"""Le parent de tout ce que `make run` démarre : serveurs embarqués, pages, ouvrier et horloge Celery.

Ses enfants meurent avec lui, qu'il soit arrêté par Ctrl-C ou tué ; un seul à la fois par dossier de code.
"""

import contextlib
import errno
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Any

from dokelio import environnement
from dokelio.lancement.preparation import MOT_DE_PASSE
from dokelio.services_embarques import ServiceIndisponible, quitter, rejoindre
from dokelio.services_embarques.attache import arreter, enfant, mourir_avec_le_parent
from dokelio.services_embarques.lieux import RACINE, creer_prive, dossier_d_execution
from dokelio.services_embarques.prise import tenue

HOTE = "127.0.0.1"
PREMIER_PORT = 8000
_PORTS_ESSAYES = 100
_DELAI_D_OUVERTURE = 90.0


class Refus(Exception):
    """Le lancement ne peut pas se faire ou se poursuivre ; le message est la phrase à montrer."""


def port_libre(port: int) -> bool:
    """Vrai si une page peut être servie sur ce port de la machine."""
    with socket.socket() as essai:
        essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            essai.bind((HOTE, port))
            essai.listen(1)
        except OSError as erreur:
            if erreur.errno == errno.EACCES:
                raise Refus(f"Le port {port} est réservé : donnez un PORT au-dessus de 1023.") from erreur
            return False
    return True


def choisir_port(demande: int | None) -> int:
    """Le port demandé s'il est libre, sinon un refus ; sans demande, 8000 ou le premier libre ensuite."""
    if demande is not None:
        if not port_libre(demande):
            raise Refus(f"Le port {demande} est déjà pris : donnez un autre PORT, ou aucun pour le premier libre.")
        return demande
    for port in range(PREMIER_PORT, PREMIER_PORT + _PORTS_ESSAYES):
        if port_libre(port):
            return port
    raise Refus(f"Aucun port libre de {PREMIER_PORT} à {PREMIER_PORT + _PORTS_ESSAYES - 1} : donnez PORT=….")


@dataclass(slots=True)
class Lancement:
    """Un `make run` : son verrou, ses enfants, son adresse."""

    dossier: Path
    verrou: IO[str]
    enfants: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    adresse: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def reserver(cls) -> "Lancement":
        """Prend le verrou du dossier de code ; lève `Refus` avec l'adresse de celui qui le tient."""
        dossier = creer_prive(dossier_d_execution() / "travail")
        verrou = (dossier / "lancement.verrou").open("a+", encoding="utf-8")
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            precedent = _lire(verrou)
            ou = f" : {precedent['adresse']}" if precedent.get("adresse") else ""
            raise Refus(f"Dokelio+ tourne déjà pour ce dossier (processus {precedent.get('pid', '?')}){ou}") from None
        _laisser_finir(_lire(verrou).get("enfants", []))
        return cls(dossier, verrou)

    def noter(self) -> None:
        """Écrit dans le verrou qui tourne et où, pour le prochain `make run`."""
        enfants = [processus.pid for processus in self.enfants.values()]
        self.verrou.seek(0)
        self.verrou.truncate()
        json.dump({"pid": os.getpid(), "adresse": self.adresse, "enfants": enfants}, self.verrou)
        self.verrou.flush()

    def demarrer(self, nom: str, *arguments: str) -> None:
        """Démarre un enfant Python lié à nous."""
        self.enfants[nom] = enfant(
            [sys.executable, *arguments], signal_de_mort=signal.SIGTERM, dossier=RACINE, variables=self.variables
        )
        self.noter()

    def arreter(self) -> None:
        """Arrête tous les enfants, ensemble, puis les serveurs embarqués si plus personne ne s'en sert."""
        for processus in self.enfants.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(processus.pid, signal.SIGTERM)
        for processus in self.enfants.values():
            arreter(processus, (signal.SIGTERM, 8.0), groupe=True)
        self.enfants.clear()
        quitter("travail")
        self.noter()


def _lire(verrou: IO[str]) -> dict[str, Any]:
    verrou.seek(0)
    try:
        contenu: dict[str, Any] = json.loads(verrou.read() or "{}")
    except ValueError:
        return {}
    return contenu


def _laisser_finir(pids: list[int]) -> None:
    """Attend, puis tue, les enfants qu'un lanceur tué à l'instant laisse s'arrêter : leur port nous revient."""
    limite = time.monotonic() + 8.0
    while any(_est_des_notres(pid) for pid in pids) and time.monotonic() < limite:
        time.sleep(0.05)
    for pid in filter(_est_des_notres, pids):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _est_des_notres(pid: int) -> bool:
    try:
        meme_dossier = os.readlink(f"/proc/{pid}/cwd") == str(RACINE)
        return meme_dossier and b"python" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


# --- déroulement -------------------------------------------------------------------------------------------


def _brancher() -> dict[str, str]:
    """Serveurs donnés ou embarqués : les variables que reçoivent tous les enfants."""
    postgres, redis = environnement.adresse_base_de_donnees(), environnement.adresse_redis()
    voulus = [nom for nom, donnee in (("postgres", postgres), ("valkey", redis)) if not donnee]
    embarques = rejoindre("travail", voulus)
    return {"DATABASE_URL": postgres or embarques.postgres, "REDIS_URL": redis or embarques.redis}


def _preparer(lancement: Lancement) -> dict[str, str]:
    sortie = lancement.dossier / "comptes.json"
    lancement.demarrer("préparation de la base", "-m", "dokelio.lancement.preparation", str(sortie))
    preparation = lancement.enfants.pop("préparation de la base")
    try:
        if preparation.wait():
            raise Refus("La base n'a pas pu être préparée : voir ci-dessus.")
    except BaseException:
        arreter(preparation, (signal.SIGTERM, 3.0), groupe=True)
        raise
    comptes: dict[str, str] = json.loads(sortie.read_text("utf-8"))
    return comptes


def _attendre_les_pages(lancement: Lancement, port: int) -> None:
    limite = time.monotonic() + _DELAI_D_OUVERTURE
    while time.monotonic() < limite:
        _verifier(lancement)
        connexion = http.client.HTTPConnection(HOTE, port, timeout=30)
        try:
            connexion.request("GET", "/sante/")
            connexion.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connexion.close()
    raise Refus(f"Les pages ne répondent pas après {_DELAI_D_OUVERTURE:.0f} s : voir ci-dessus.")


def _verifier(lancement: Lancement) -> None:
    for nom, processus in lancement.enfants.items():
        if processus.poll() is not None:
            raise Refus(f"Arrêt inattendu ({nom}) : voir ci-dessus.")
    prise = tenue("travail")
    if prise is not None and prise.rompue():
        raise Refus(f"Les serveurs embarqués se sont arrêtés : voir {lancement.dossier / 'superviseur.log'}.")


def _annoncer(lancement: Lancement, port: int, comptes: dict[str, str]) -> None:
    lignes = [""]
    if comptes:
        lignes.append(f"Comptes de démonstration, mot de passe {MOT_DE_PASSE} :")
        lignes += [f"  {compte:<32} {role}" for compte, role in comptes.items()]
    autre = f" (le port {PREMIER_PORT} était pris)" if port != PREMIER_PORT and not environnement.port_demande() else ""
    lignes.append(f"Dokelio+ est prêt : {lancement.adresse}{autre} — Ctrl-C pour arrêter")
    print("\n".join(lignes), flush=True)


def lancer() -> None:
    """Démarre tout et reste jusqu'à l'arrêt ; lève `Refus`, `ServiceIndisponible` ou `KeyboardInterrupt`."""
    demande = environnement.port_demande()
    lancement = Lancement.reserver()
    try:
        port = choisir_port(demande)
        lancement.adresse = f"http://{HOTE}:{port}/"
        lancement.noter()
        lancement.variables = environnement.pour_un_enfant(
            **_brancher(),
            ADRESSE_PUBLIQUE=environnement.adresse_publique(lancement.adresse),
            DJANGO_SETTINGS_MODULE=environnement.texte("DJANGO_SETTINGS_MODULE", "dokelio.settings.dev"),
            DJANGO_RUNSERVER_HIDE_WARNING="true",
            DOKELIO_LIE_AU_PARENT="oui",
            PYTHONUNBUFFERED="1",
            # En root, Celery s'inquiète sur six lignes ; le dire n'aide pas qui essaie la maison dans un conteneur.
            PYTHONWARNINGS="ignore:You're running the worker with superuser privileges",
        )
        comptes = _preparer(lancement)
        lancement.demarrer("pages", "manage.py", "runserver", f"{HOTE}:{port}")
        celery = ("-m", "celery", "-A", "dokelio.celery:app", "-q")
        ouvrier = ("--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle")
        lancement.demarrer("ouvrier Celery", *celery, "worker", "--loglevel", "WARNING", *ouvrier)
        horloge = ("--schedule", str(lancement.dossier / "beat"), "--pidfile", "")
        lancement.demarrer("horloge Celery", *celery, "beat", "--loglevel", "WARNING", *horloge)
        _attendre_les_pages(lancement, port)
        time.sleep(0.3)  # les enfants finissent leurs lignes : l'adresse reste la dernière
        _annoncer(lancement, port, comptes)
        while True:
            _verifier(lancement)
            time.sleep(0.5)
    finally:
        for signal_recu in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_recu, signal.SIG_IGN)
        lancement.arreter()


def _interrompre(_signal: int, _cadre: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """0 après un arrêt demandé, 1 avec une phrase sur l'erreur sinon."""
    for signal_recu in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_recu, _interrompre)
    if environnement.booleen("DOKELIO_LIE_AU_PARENT", False):
        mourir_avec_le_parent(signal.SIGTERM)
    try:
        lancer()
    except KeyboardInterrupt:
        print("\nDokelio+ est arrêté.", flush=True)
        return 0
    except (Refus, ServiceIndisponible, environnement.EnvironnementIncorrect) as refus:
        print(refus, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
