"""Tests : serveurs à eux, mots de passe rapides, tâches exécutées sur-le-champ, courriels gardés en mémoire."""

from dokelio import environnement
from dokelio.settings.base import *  # noqa: F403
from dokelio.settings.embarques import adresses

SECRET_KEY = "cle-des-tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

_BASE, _REDIS = adresses("tests")
DATABASES = {"default": environnement.base_de_donnees(_BASE)}
CELERY_BROKER_URL = _REDIS.pour_celery()
CACHES = {
    "default": environnement.cache(
        environnement.redis_du_cache(_REDIS), f"tests-{environnement.ouvrier_de_test() or 'seul'}"
    )
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
COURRIELS_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
COURRIELS_LISIBLES = True
VOYAGES_DANS_LE_TEMPS = True
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

# Modèles d’essai du moteur de publication.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.publication.appli.apps.AppliConfig"]  # noqa: F405
