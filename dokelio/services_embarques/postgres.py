"""PostgreSQL embarqué : création du dossier de données, démarrage sur une prise Unix, reprise après un arrêt brutal."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

from dokelio.services_embarques.attache import arreter, enfant
from dokelio.services_embarques.lieux import Lieux, ServiceIndisponible, creer_prive, programmes_postgres

ROLE = BASE = "dokelio"
_DELAI_DE_DEMARRAGE = 120.0  # une reprise après coupure peut être longue
_TAILLE_DU_JOURNAL = 5 * 1024 * 1024
# Rien de l'environnement de l'appelant ne doit changer la conduite du serveur (PGDATA, PGOPTIONS, langue…).
_VARIABLES = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}

_REGLAGES = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "synchronous_commit": "off",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
}
_REGLAGES_DES_TESTS = {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "60", "max_wal_size": "2GB"}


def adresse(ou: Lieux) -> str:
    """`DATABASE_URL` de la base embarquée."""
    return f"postgres://{ROLE}@/{BASE}?host={quote(str(ou.prises), safe='')}"


def demarrer(ou: Lieux) -> subprocess.Popen[bytes]:
    """Démarre le serveur et attend qu'il réponde ; crée ses données la première fois."""
    programmes = programmes_postgres(ou)
    arreter_un_orphelin(ou)
    neuf = not (ou.donnees / "PG_VERSION").exists()
    if neuf:
        _creer_les_donnees(ou, programmes)
    try:
        return _demarrer(ou, programmes)
    except ServiceIndisponible:
        if ou.usage != "tests" or neuf:
            raise
        # Sans fsync, les données des tests ne survivent pas à une coupure de courant : elles se refont.
        shutil.rmtree(ou.donnees)
        _creer_les_donnees(ou, programmes)
        return _demarrer(ou, programmes)


def _demarrer(ou: Lieux, programmes: Path) -> subprocess.Popen[bytes]:
    prises = str(ou.prises).replace('"', '""')
    reglages = {**_REGLAGES, **(_REGLAGES_DES_TESTS if ou.usage == "tests" else {})}
    reglages["unix_socket_directories"] = f'"{prises}"'
    options = [morceau for nom, valeur in reglages.items() for morceau in ("-c", f"{nom}={valeur}")]
    with _journal(ou) as sortie:
        serveur = enfant(
            [programmes / "postgres", "-D", ou.donnees, *options],
            signal_de_mort=signal.SIGINT,
            dossier=Path("/"),
            variables=_VARIABLES,
            sortie=sortie,
            compte=ou.compte,
        )
    limite = time.monotonic() + _DELAI_DE_DEMARRAGE
    while time.monotonic() < limite:
        if serveur.poll() is not None:
            raise ServiceIndisponible(
                f"PostgreSQL ne démarre pas : {_derniere_ligne(ou)} (journal : {ou.journal_postgres})."
            )
        if _lire_postmaster(ou) == (serveur.pid, "ready"):
            return serveur
        time.sleep(0.02)
    arreter_le_serveur(serveur)
    raise ServiceIndisponible(
        f"PostgreSQL ne répond pas après {_DELAI_DE_DEMARRAGE:.0f} s (journal : {ou.journal_postgres})."
    )


def arreter_le_serveur(serveur: subprocess.Popen[bytes]) -> None:
    """Arrêt rapide et propre, immédiat s'il tarde."""
    arreter(serveur, (signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))


def _journal(ou: Lieux) -> IO[bytes]:
    chemin = ou.journal_postgres
    trop_gros = chemin.exists() and chemin.stat().st_size > _TAILLE_DU_JOURNAL
    return chemin.open("wb" if trop_gros else "ab")


def _derniere_ligne(ou: Lieux) -> str:
    lignes = ou.journal_postgres.read_text("utf-8", "replace").splitlines()
    utiles = [ligne for ligne in lignes if "FATAL" in ligne or "PANIC" in ligne] or lignes
    return utiles[-1].strip() if utiles else "aucune explication"


def _creer_les_donnees(ou: Lieux, programmes: Path) -> None:
    """`initdb`, puis le rôle et la base ; le nom définitif n'apparaît qu'une fois tout en place."""
    ebauche = ou.donnees.with_name(f"{ou.donnees.name}.en-cours")
    shutil.rmtree(ebauche, ignore_errors=True)
    creer_prive(ebauche, ou.compte)
    options = ["--no-sync"] if ou.usage == "tests" else []
    _executer(
        ou,
        [
            *(programmes / "initdb", "-D", ebauche, "--username", ROLE, "--auth", "trust", "--encoding", "UTF8"),
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "PG_UNICODE_FAST", *options),
        ],
    )
    _executer(ou, [programmes / "postgres", "--single", "-D", ebauche, "postgres"], f"CREATE DATABASE {BASE};\n")
    shutil.rmtree(ou.donnees, ignore_errors=True)
    ebauche.rename(ou.donnees)


def _executer(ou: Lieux, commande: list[str | Path], entree: str = "") -> None:
    identite = {} if ou.compte is None else {"user": ou.compte.uid, "group": ou.compte.gid, "extra_groups": []}
    fini = subprocess.run(  # type: ignore[call-overload]
        [os.fspath(morceau) for morceau in commande],
        input=entree.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=_VARIABLES,
        check=False,
        **identite,
    )
    texte = fini.stdout.decode("utf-8", "replace")
    with _journal(ou) as journal:
        journal.write(fini.stdout)
    if fini.returncode or "ERROR" in texte or "FATAL" in texte:
        derniere = next((ligne for ligne in reversed(texte.splitlines()) if ligne.strip()), "aucune explication")
        raise ServiceIndisponible(f"Les données de PostgreSQL ne se créent pas : {derniere} ({ou.journal_postgres}).")


# --- après un arrêt brutal ---------------------------------------------------------------------------------


def _lire_postmaster(ou: Lieux) -> tuple[int, str]:
    """Numéro de processus et état écrits par le serveur ; (0, '') s'il n'y a rien de lisible."""
    try:
        lignes = (ou.donnees / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        return int(lignes[0]), lignes[7].strip() if len(lignes) > 7 else ""
    except (OSError, ValueError, IndexError):
        return 0, ""


def arreter_un_orphelin(ou: Lieux) -> None:
    """Écarte ce qu'un arrêt brutal a pu laisser : des processus de ces données, ou un `postmaster.pid` périmé.

    Lève `ServiceIndisponible` si le serveur est tenu par un superviseur vivant, venu d'un autre dossier d'exécution.
    """
    pid, _etat = _lire_postmaster(ou)
    if pid in _occupants(ou):
        parent = _parent(pid)
        if b"dokelio.services_embarques" in _ligne_de_commande(parent):
            raise ServiceIndisponible(f"La base de ce dossier est déjà servie par le processus {parent}.")
    # D'abord patienter : leur superviseur mort, ils sont en train de s'arrêter d'eux-mêmes.
    for signal_envoye, delai in ((None, 3.0), (signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        occupants = _occupants(ou)
        if signal_envoye is not None:
            for occupant in {pid} & occupants or occupants:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(occupant, signal_envoye)
        limite = time.monotonic() + delai
        while time.monotonic() < limite:
            if not _occupants(ou):
                _oublier_le_defunt(pid, ou)
                return
            time.sleep(0.05)
    raise ServiceIndisponible(f"Un ancien PostgreSQL de ce dossier (processus {pid}) ne s'arrête pas.")


def _oublier_le_defunt(pid: int, ou: Lieux) -> None:
    """Retire les marques d'un serveur dont le numéro vit encore (défunt non recueilli, ou repris par un autre).

    Sinon PostgreSQL s'en charge, avec sa propre vérification que personne n'écrit plus dans les données.
    """
    if pid and Path(f"/proc/{pid}").exists():
        for marque in (ou.donnees / "postmaster.pid", ou.prises / ".s.PGSQL.5432.lock", ou.prises / ".s.PGSQL.5432"):
            marque.unlink(missing_ok=True)


def _occupants(ou: Lieux) -> set[int]:
    """Processus vivants qui travaillent dans ces données : un serveur PostgreSQL et tous les siens s'y placent."""
    trouves = set()
    for processus in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(processus / "cwd") == str(ou.donnees):
                trouves.add(int(processus.name))
    return trouves


def _ligne_de_commande(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0
