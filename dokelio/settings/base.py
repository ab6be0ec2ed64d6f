"""Réglages communs à tous les environnements."""

from importlib.util import find_spec
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
    "dokelio.comptes.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
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
    "dokelio.historique.middleware.HistoriqueMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dokelio.comptes.second_facteur.SecondFacteurMiddleware",
    "dokelio.accueil.middleware.SansCaractereNul",
]

# Une lecture ne change rien : seules les écritures ouvrent un contexte d’historique.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

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
                "dokelio.accueil.processeurs.coquille",
            ],
            "builtins": ["dokelio.socle.templatetags.dokelio"],
        },
    },
]

# Les adresses des serveurs sont données par dev, test et prod : seul importer l'un d'eux joint ou démarre un serveur.
DATABASES: dict[str, Any] = {"default": {"ENGINE": "django.db.backends.postgresql"}}

# Une seule porte : l'adresse et le mot de passe, par allauth (qui limite les essais).
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
# Le lien d'invitation ou de mot de passe oublié : un jour, une fois.
PASSWORD_RESET_TIMEOUT = 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "dokelio.comptes.mots_de_passe.Longueur"},
    {"NAME": "dokelio.comptes.mots_de_passe.Majuscule"},
    {"NAME": "dokelio.comptes.mots_de_passe.CaractereSpecial"},
    {"NAME": "dokelio.comptes.mots_de_passe.TropCommun"},
    {"NAME": "dokelio.comptes.mots_de_passe.TropProche"},
]
SESSION_COOKIE_AGE = 12 * 3600

ACCOUNT_ADAPTER = "dokelio.comptes.adaptateurs.Adaptateur"
ACCOUNT_FORMS = {
    "login": "dokelio.comptes.forms.ConnexionForm",
    "reset_password": "dokelio.comptes.forms.MotDePasseOublieForm",
    "reset_password_from_key": "dokelio.comptes.forms.ChoisirMotDePasseForm",
    "user_token": "dokelio.comptes.forms.LienForm",
    "change_password": "dokelio.comptes.forms.ChangerMotDePasseForm",
    "reauthenticate": "dokelio.comptes.forms.ConfirmerForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "dokelio.comptes.adaptateurs.AdaptateurSecondFacteur"
MFA_FORMS = {
    "authenticate": "dokelio.comptes.forms.CodeForm",
    "reauthenticate": "dokelio.comptes.forms.ConfirmerCodeForm",
    "activate_totp": "dokelio.comptes.forms.ActiverForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Dokelio+"
MFA_TOTP_TOLERANCE = 1
# Nombre de mandataires devant le serveur, pour compter les essais par adresse du visiteur.
ALLAUTH_TRUSTED_PROXY_COUNT = 0

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = RACINE / "statiques"
# De django-tomselect, les fichiers seuls : son application apporterait un modèle et des scripts dans les pages.
STATICFILES_DIRS = [
    RACINE / "static",
    ("django_tomselect", Path(str(find_spec("django_tomselect").origin)).parent / "static" / "django_tomselect"),  # type: ignore[union-attr]
]
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
# Tout courriel est d'abord une ligne de la boîte d'envoi ; l'envoyeur la confie ensuite à COURRIELS_TRANSPORT.
# Sans transport, les courriels attendent.
EMAIL_BACKEND = COURRIELS_BOITE = "dokelio.messagerie.transport.BoiteEnvoi"
COURRIELS_TRANSPORT = ""
COURRIELS_LISIBLES = False
# Une date des règles au futur, avec effet : en développement seulement.
VOYAGES_DANS_LE_TEMPS = False
SMTP = environnement.smtp()
if SMTP is not None:
    COURRIELS_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
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
