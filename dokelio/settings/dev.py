"""Développement : serveurs embarqués sauf adresse donnée, erreurs détaillées, courriels lus dans le navigateur."""

from dokelio import environnement
from dokelio.settings.base import *  # noqa: F403
from dokelio.settings.embarques import adresses

DEBUG = True
ALLOWED_HOSTS = ["*"]

_BASE, _REDIS = adresses("travail")
DATABASES = {"default": environnement.base_de_donnees(_BASE)}
CELERY_BROKER_URL = _REDIS.pour_celery()
CACHES = {"default": environnement.cache(environnement.redis_du_cache(_REDIS))}

# Les courriels se lisent sur /courriels/ ; sans EMAIL_URL, « envoyer » veut dire marquer comme envoyé.
COURRIELS_LISIBLES = True
VOYAGES_DANS_LE_TEMPS = True
if SMTP is None:  # noqa: F405
    COURRIELS_TRANSPORT = "django.core.mail.backends.dummy.EmailBackend"
