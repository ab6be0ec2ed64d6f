"""Production."""

from dokelio.settings.base import *  # noqa: F403
