"""Seul lecteur de l'environnement du processus : chaque variable a ici son type et son défaut."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit


def cle_secrete() -> str:
    return os.environ.get("DJANGO_SECRET_KEY", "cle-de-developpement-a-ne-jamais-servir-en-production")


def hotes() -> list[str]:
    return [hote for hote in os.environ.get("DJANGO_ALLOWED_HOSTS", "localhost,127.0.0.1").split(",") if hote]


def base_de_donnees() -> dict[str, Any]:
    adresse = urlsplit(os.environ.get("DATABASE_URL", "postgres://dokelio:dokelio@localhost:5432/dokelio"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(adresse.path.lstrip("/")),
        "USER": unquote(adresse.username or ""),
        "PASSWORD": unquote(adresse.password or ""),
        "HOST": unquote(adresse.hostname or ""),
        "PORT": str(adresse.port or ""),
    }


def cache() -> dict[str, Any]:
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("REDIS_URL", "redis://localhost:6399/0"),
    }
