"""Réglages communs à tous les environnements."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

# L'application Celery devient celle par défaut dans tout processus qui a des réglages : web, commandes, tests.
from dokelio import celery, environnement  # noqa: F401
from dokelio.settings.journal import journal

RACINE = Path(__file__).resolve().parents[2]
DOSSIER_DONNEES = environnement.dossier_donnees(RACINE)

SECRET_KEY = environnement.cle_secrete()
DEBUG = False
ALLOWED_HOSTS = environnement.hotes()
CSRF_TRUSTED_ORIGINS = environnement.origines_de_confiance()
ADRESSE_PUBLIQUE = environnement.adresse_publique()
SECOND_FACTEUR = environnement.second_facteur("propose")

# `sessions` porte le label `sessions_formation` : elle doit être lue avant django.contrib.sessions.
INSTALLED_APPS = [
    "dokelio.socle.apps.SocleConfig",
    "dokelio.comptes.apps.ComptesConfig",
    "dokelio.referentiels.apps.ReferentielsConfig",
    "dokelio.historique.apps.HistoriqueConfig",
    "dokelio.messagerie.apps.MessagerieConfig",
    "dokelio.publication.apps.PublicationConfig",
    "structures.apps.StructuresConfig",
    "conventionne.apps.ConventionneConfig",
    "formations.apps.FormationsConfig",
    "sessions.apps.SessionsConfig",
    "diffusion.apps.DiffusionConfig",
    "dokelio.accueil.apps.AccueilConfig",
    "dokelio.demo.apps.DemoConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "django_htmx",
    "js_lib_bootstrap5",
    "lucide",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "dokelio.urls"
WSGI_APPLICATION = "dokelio.wsgi.application"
AUTH_USER_MODEL = "comptes.Utilisateur"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RACINE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Les adresses des serveurs sont données par dev, test et prod : seul importer l'un d'eux joint ou démarre un serveur.
DATABASES: dict[str, Any] = {"default": {"ENGINE": "django.db.backends.postgresql"}}

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = RACINE / "statiques"
STATICFILES_DIRS = [RACINE / "static"]
MEDIA_ROOT = DOSSIER_DONNEES / "fichiers"
DOSSIER_FLUX = DOSSIER_DONNEES / "flux"

# Ni script ni style écrits dans les pages ; les images data: sont les flèches et coches de Bootstrap.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# Le dépôt d'un gros document passe par le disque, jamais par la mémoire.
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

CELERY_TIMEZONE = "Europe/Paris"
CELERY_ENABLE_UTC = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Une page ne reste pas suspendue à un courtier absent : la ligne est en base, le balayage la reprendra.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600, "socket_connect_timeout": 2}
CELERY_BEAT_SCHEDULE_FILENAME = str(DOSSIER_DONNEES / "beat")

DEFAULT_FROM_EMAIL = environnement.expediteur()
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SMTP = environnement.smtp()
if SMTP is None:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = SMTP.hote
    EMAIL_PORT = SMTP.port
    EMAIL_HOST_USER = SMTP.utilisateur
    EMAIL_HOST_PASSWORD = SMTP.mot_de_passe
    EMAIL_USE_TLS = SMTP.starttls
    EMAIL_USE_SSL = SMTP.tls
    EMAIL_TIMEOUT = 20

LOGGING = journal()

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Les deux chiffres du Carif-Oref dans le réseau Intercarif, en tête des numéros exportés.
PREFIXE_CARIF = "14"
