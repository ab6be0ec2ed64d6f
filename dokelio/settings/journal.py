"""Journal lisible : une ligne par fait, le niveau en français."""

import logging
from typing import Any

_NIVEAUX = {"DEBUG": "détail", "INFO": "info", "WARNING": "attention", "ERROR": "erreur", "CRITICAL": "grave"}
_PIECES = ("django", "dokelio", "structures", "conventionne", "formations", "sessions", "diffusion")


class UneLigne(logging.Formatter):
    """`2026-03-02 03:30:00 erreur django.request : …` ; la trace d'une exception suit, en retrait."""

    def __init__(self) -> None:
        super().__init__("{asctime} {niveau} {name} : {message}", "%Y-%m-%d %H:%M:%S", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record.niveau = _NIVEAUX.get(record.levelname, record.levelname)
        return super().format(record).replace("\n", "\n    ")


def journal(niveau: str = "INFO") -> dict[str, Any]:
    """Réglage LOGGING : tout va sur la sortie d'erreur, au collecteur de la machine de s'en saisir."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ligne": {"()": UneLigne}},
        "handlers": {"sortie": {"class": "logging.StreamHandler", "formatter": "ligne"}},
        "root": {"handlers": ["sortie"], "level": "WARNING"},
        "loggers": {
            **{piece: {"handlers": ["sortie"], "level": niveau, "propagate": False} for piece in _PIECES},
            # L'horloge bat chaque minute : on n'en dit que ce qui va mal.
            "celery": {"handlers": ["sortie"], "level": "WARNING", "propagate": False},
        },
    }
