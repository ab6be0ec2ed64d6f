"""Production : tout ce qui est secret ou propre au lieu vient de l'environnement, et manque bruyamment."""

from dokelio import environnement
from dokelio.settings.base import *  # noqa: F403

SECRET_KEY = environnement.cle_secrete(exigee=True)
ALLOWED_HOSTS = environnement.hotes(defaut="")
if not ALLOWED_HOSTS:
    environnement.obligatoire("ALLOWED_HOSTS")
ADRESSE_PUBLIQUE = environnement.adresse_publique(f"https://{ALLOWED_HOSTS[0].lstrip('.')}")
SECOND_FACTEUR = environnement.second_facteur("exige")

DATABASES = {"default": environnement.base_de_donnees(environnement.obligatoire("DATABASE_URL"), duree_connexion=60)}
_REDIS = environnement.redis(environnement.obligatoire("REDIS_URL"))
CELERY_BROKER_URL = _REDIS.pour_celery()
CACHES = {"default": environnement.cache(environnement.redis_du_cache(_REDIS))}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# HTTPS partout, derrière un mandataire qui pose X-Forwarded-Proto (HTTPS=non pour un essai sans certificat).
HTTPS = environnement.booleen("HTTPS", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = environnement.entier("MANDATAIRES", 1)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
