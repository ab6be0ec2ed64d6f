"""Seul lecteur de l'environnement du processus : chaque variable a ici son type, son défaut et sa phrase d'erreur.

Ne connaît ni Django ni aucune pièce de la maison ; les variables sont décrites dans `docs/exploitation.md`.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

Exigence = Literal["exige", "propose"]

CLE_DE_DEVELOPPEMENT = "cle-de-developpement-a-ne-jamais-servir-en-production"
_OUI = {"1", "oui", "true", "vrai", "yes", "on"}
_NON = {"0", "non", "false", "faux", "no", "off"}


class EnvironnementIncorrect(Exception):
    """Une variable manque ou n'a pas la forme attendue ; le message est la phrase à montrer."""


# --- lecture -----------------------------------------------------------------------------------------------


def texte(nom: str, defaut: str = "") -> str:
    """Valeur de la variable sans blancs autour ; une variable vide compte comme absente."""
    return os.environ.get(nom, "").strip() or defaut


def obligatoire(nom: str) -> str:
    """Valeur de la variable, ou `EnvironnementIncorrect` si elle est absente ou vide."""
    valeur = texte(nom)
    if not valeur:
        raise EnvironnementIncorrect(f"La variable {nom} est obligatoire : voir docs/exploitation.md.")
    return valeur


def booleen(nom: str, defaut: bool) -> bool:
    """`oui` ou `non` (aussi 1/0, true/false)."""
    valeur = texte(nom).lower()
    if not valeur:
        return defaut
    if valeur in _OUI:
        return True
    if valeur in _NON:
        return False
    raise EnvironnementIncorrect(f"{nom}={valeur} : la valeur attendue est « oui » ou « non ».")


def entier(nom: str, defaut: int) -> int:
    """Entier positif ou nul."""
    valeur = texte(nom)
    if not valeur:
        return defaut
    if not valeur.isdecimal():
        raise EnvironnementIncorrect(f"{nom}={valeur} : un nombre entier est attendu.")
    return int(valeur)


def liste(nom: str, defaut: str = "") -> list[str]:
    """Valeurs séparées par des virgules, sans les vides."""
    return [morceau.strip() for morceau in texte(nom, defaut).split(",") if morceau.strip()]


# --- Django ------------------------------------------------------------------------------------------------


def cle_secrete(*, exigee: bool = False) -> str:
    """Clé de signature : `SECRET_KEY`, exigée en production (au moins 40 caractères, jamais celle du développement)."""
    if not exigee:
        return texte("SECRET_KEY", CLE_DE_DEVELOPPEMENT)
    cle = obligatoire("SECRET_KEY")
    if cle == CLE_DE_DEVELOPPEMENT or len(cle) < 40:
        raise EnvironnementIncorrect("SECRET_KEY doit être propre à ce serveur et compter au moins 40 caractères.")
    return cle


def hotes(defaut: str = "localhost,127.0.0.1") -> list[str]:
    """Noms d'hôte servis : `ALLOWED_HOSTS`, séparés par des virgules."""
    return liste("ALLOWED_HOSTS", defaut)


def origines_de_confiance() -> list[str]:
    """Origines admises pour les formulaires : `CSRF_TRUSTED_ORIGINS`, chacune avec son `https://`."""
    origines = liste("CSRF_TRUSTED_ORIGINS")
    for origine in origines:
        if not origine.startswith(("https://", "http://")):
            raise EnvironnementIncorrect(f"CSRF_TRUSTED_ORIGINS : « {origine} » doit commencer par https://.")
    return origines


def adresse_publique(defaut: str = "http://127.0.0.1:8000") -> str:
    """Adresse des liens écrits hors d'une requête (courriels de la nuit) : `ADRESSE_PUBLIQUE`, sans barre finale."""
    return texte("ADRESSE_PUBLIQUE", defaut).rstrip("/")


def second_facteur(defaut: Exigence) -> Exigence:
    """`SECOND_FACTEUR` : `exige` ou `propose` aux comptes du Carif-Oref."""
    valeur = texte("SECOND_FACTEUR", defaut)
    if valeur == "exige":
        return "exige"
    if valeur == "propose":
        return "propose"
    raise EnvironnementIncorrect(f"SECOND_FACTEUR={valeur} : la valeur attendue est « exige » ou « propose ».")


# --- PostgreSQL --------------------------------------------------------------------------------------------


def adresse_base_de_donnees() -> str:
    """`DATABASE_URL`, vide quand la base embarquée doit servir."""
    return texte("DATABASE_URL")


def base_de_donnees(adresse: str, *, duree_connexion: int = 0) -> dict[str, Any]:
    """Réglage Django d'une adresse `postgres://utilisateur:mot@hote:port/base?sslmode=…`.

    La prise Unix s'écrit `postgres:///base?host=/dossier` ou `postgres://utilisateur@%2Fdossier/base`.
    `duree_connexion` : secondes pendant lesquelles une connexion est gardée (`CONN_MAX_AGE`).
    """
    parties = urlsplit(adresse)
    if parties.scheme not in {"postgres", "postgresql"}:
        raise EnvironnementIncorrect("DATABASE_URL doit commencer par postgres:// ou postgresql://.")
    options = dict(parse_qsl(parties.query))
    nom = unquote(parties.path.lstrip("/"))
    if not nom:
        raise EnvironnementIncorrect("DATABASE_URL ne nomme pas de base : postgres://…/dokelio.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": nom,
        "USER": unquote(parties.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parties.password or "") or options.pop("password", ""),
        "HOST": options.pop("host", "") or _hote(parties),
        "PORT": str(_port(parties, "DATABASE_URL") or options.pop("port", "")),
        "CONN_MAX_AGE": duree_connexion,
        "CONN_HEALTH_CHECKS": duree_connexion > 0,
        "OPTIONS": options,
    }


def _hote(parties: SplitResult) -> str:
    """Nom d'hôte d'une adresse, la casse d'un chemin de prise Unix étant gardée."""
    hote = parties.netloc.rpartition("@")[2]
    if "%2f" in hote.lower():
        return unquote(hote.partition(":")[0])
    return parties.hostname or ""


def _port(parties: SplitResult, variable: str) -> int | None:
    try:
        return parties.port
    except ValueError as erreur:
        raise EnvironnementIncorrect(f"{variable} : le port n'est pas un nombre.") from erreur


# --- Redis et Valkey ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Redis:
    """Un serveur Redis ou Valkey : `serveur` est `redis://hote:port`, `rediss://…` ou `unix://` ; `base` son numéro."""

    serveur: str
    base: int
    options: tuple[tuple[str, str], ...] = ()
    prise: str = ""

    def pour_cache(self) -> str:
        """Adresse comprise par redis-py (cache de Django)."""
        if self.prise:
            return f"unix://{self.serveur}{quote(self.prise)}?{urlencode((('db', self.base), *self.options))}"
        return self._reseau()

    def pour_celery(self) -> str:
        """Adresse comprise par Celery : une prise Unix s'y écrit `redis+socket://`."""
        if self.prise:
            options = urlencode((("virtual_host", self.base), *self.options))
            return f"redis+socket://{self.serveur}{quote(self.prise)}?{options}"
        return self._reseau()

    def _reseau(self) -> str:
        suite = f"?{urlencode(self.options)}" if self.options else ""
        return f"{self.serveur}/{self.base}{suite}"

    def voisine(self) -> "Redis":
        """La base suivante du même serveur : vider le cache n'y touche pas la file des tâches."""
        return Redis(self.serveur, self.base + 1, self.options, self.prise)


def adresse_redis() -> str:
    """`REDIS_URL`, vide quand le serveur embarqué doit servir."""
    return texte("REDIS_URL")


def redis(adresse: str, variable: str = "REDIS_URL") -> Redis:
    """Lit `redis://`, `rediss://`, `unix:///prise?db=0` ou `redis+socket:///prise?virtual_host=0`."""
    parties = urlsplit(adresse)
    options = {nom: valeurs[-1] for nom, valeurs in parse_qs(parties.query).items()}
    numero = options.pop("db", options.pop("virtual_host", ""))
    if parties.scheme in {"unix", "redis+socket"}:
        prise = unquote(parties.path)
        if not prise.startswith("/") or prise == "/":
            raise EnvironnementIncorrect(f"{variable} : une prise Unix s'écrit unix:///chemin/valkey.sock.")
        identite = f"{parties.netloc.rpartition('@')[0]}@" if "@" in parties.netloc else ""
        return Redis(identite, _numero_de_base(numero, variable), tuple(options.items()), prise)
    if parties.scheme in {"redis", "rediss"}:
        _port(parties, variable)
        numero = parties.path.strip("/") or numero
        serveur = f"{parties.scheme}://{parties.netloc}"
        return Redis(serveur, _numero_de_base(numero, variable), tuple(options.items()))
    raise EnvironnementIncorrect(f"{variable} doit commencer par redis://, rediss://, unix:// ou redis+socket://.")


def _numero_de_base(numero: str, variable: str) -> int:
    if numero and not numero.isdecimal():
        raise EnvironnementIncorrect(f"{variable} : « {numero} » n'est pas un numéro de base.")
    return int(numero or 0)


def redis_du_cache(defaut: Redis) -> Redis:
    """`REDIS_CACHE_URL`, sinon la base qui suit celle des tâches."""
    adresse = texte("REDIS_CACHE_URL")
    return redis(adresse, "REDIS_CACHE_URL") if adresse else defaut.voisine()


def cache(serveur: Redis, prefixe: str = "dokelio") -> dict[str, Any]:
    """Réglage Django du cache."""
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": serveur.pour_cache(),
        "KEY_PREFIX": prefixe,
    }


# --- courriel ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Smtp:
    """Serveur d'envoi, lu de `EMAIL_URL` : `smtp://`, `smtp+tls://` (STARTTLS) ou `smtps://` (TLS d'emblée)."""

    hote: str
    port: int
    utilisateur: str
    mot_de_passe: str
    starttls: bool
    tls: bool


def smtp() -> Smtp | None:
    """Serveur d'envoi, ou `None` si `EMAIL_URL` est vide : rien ne part alors de la machine."""
    adresse = texte("EMAIL_URL")
    if not adresse:
        return None
    parties = urlsplit(adresse)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parties.scheme not in ports or not parties.hostname:
        raise EnvironnementIncorrect("EMAIL_URL s'écrit smtp://, smtp+tls:// ou smtps://utilisateur:mot@hôte:port.")
    return Smtp(
        hote=parties.hostname,
        port=_port(parties, "EMAIL_URL") or ports[parties.scheme],
        utilisateur=unquote(parties.username or ""),
        mot_de_passe=unquote(parties.password or ""),
        starttls=parties.scheme == "smtp+tls",
        tls=parties.scheme == "smtps",
    )


def expediteur() -> str:
    """Adresse d'expédition des courriels : `DEFAULT_FROM_EMAIL`."""
    return texte("DEFAULT_FROM_EMAIL", "Dokelio+ <ne-pas-repondre@dokelio.exemple>")


# --- machine -----------------------------------------------------------------------------------------------


def dossier_donnees(racine: Path) -> Path:
    """Fichiers déposés, flux écrits, calendrier de beat : `DOSSIER_DONNEES`, sinon `.donnees/` du dossier du code."""
    return Path(texte("DOSSIER_DONNEES", str(racine / ".donnees")))


def dossiers_temporaires() -> list[Path]:
    """Dossiers où poser prises, numéros de processus et verrous, du meilleur au dernier recours."""
    candidats = [texte("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"]
    return [Path(candidat) for candidat in candidats if candidat.startswith("/")]


def port_demande() -> int | None:
    """`PORT` s'il est donné (1 à 65535), sinon `None` : 8000 ou le premier port libre ensuite."""
    valeur = texte("PORT")
    if not valeur:
        return None
    if not valeur.isdecimal() or not 1 <= int(valeur) <= 65535:
        raise EnvironnementIncorrect(f"PORT={valeur} : un nombre de 1 à 65535 est attendu.")
    return int(valeur)


def integration_continue() -> bool:
    """`CI` : un parcours de navigateur impossible est alors un échec, pas une omission."""
    return booleen("CI", False)


def navigateur() -> str | None:
    """Chemin de Chromium pour les parcours : `NAVIGATEUR`, sinon celui de la machine ; `None` si absent ou refusé."""
    valeur = texte("NAVIGATEUR")
    if valeur.lower() in _NON:
        return None
    candidats = [valeur] if valeur else ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    return next((candidat for candidat in candidats if os.access(candidat, os.X_OK)), None)


def ouvrier_de_test() -> str:
    """Nom de l'ouvrier pytest-xdist (`gw0`…), vide hors parallélisme."""
    return texte("PYTEST_XDIST_WORKER")


def pour_un_enfant(**ajouts: str) -> dict[str, str]:
    """Copie de l'environnement pour un processus fils, avec les variables `ajouts`."""
    return {**os.environ, **ajouts}
