#!/usr/bin/env python
"""Porte d'entrée des commandes Django."""

import os
import signal
import sys

from dokelio import environnement
from dokelio.services_embarques import ServiceIndisponible
from dokelio.services_embarques.attache import mourir_avec_le_parent


def main() -> None:
    """Exécute la commande ; une configuration impossible donne une phrase et le code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokelio.settings.dev")
    if environnement.booleen("DOKELIO_LIE_AU_PARENT", False):
        mourir_avec_le_parent(signal.SIGTERM)
    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except (environnement.EnvironnementIncorrect, ServiceIndisponible) as refus:
        print(refus, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
