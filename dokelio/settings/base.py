"""Réglages communs à tous les environnements."""

from pathlib import Path

from dokelio import environnement

RACINE = Path(__file__).resolve().parents[2]

SECRET_KEY = environnement.cle_secrete()
DEBUG = False
ALLOWED_HOSTS = environnement.hotes()

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

DATABASES = {"default": environnement.base_de_donnees()}
CACHES = {"default": environnement.cache()}

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

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Les deux chiffres du Carif-Oref dans le réseau Intercarif, en tête des numéros exportés.
PREFIXE_CARIF = "14"
