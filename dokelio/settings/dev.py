"""Développement : services embarqués, courriels lus dans le navigateur."""

from dokelio.settings.base import *  # noqa: F403

DEBUG = True
ALLOWED_HOSTS = ["*"]
