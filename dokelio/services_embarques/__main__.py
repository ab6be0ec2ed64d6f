"""Commandes internes : `superviser USAGE [RACINE]` tient les serveurs, `effacer [RACINE]` jette ce qu'ils ont écrit."""

import contextlib
import shutil
import sys
from pathlib import Path
from typing import get_args

from dokelio.services_embarques.lieux import RACINE, ServiceIndisponible, Usage, lieux, prises_de_commande
from dokelio.services_embarques.prise import connecter
from dokelio.services_embarques.superviseur import superviser


def effacer(racine: Path) -> int:
    """Jette les données des deux usages, les prises et les programmes copiés ; refuse si des serveurs tournent."""
    usages: tuple[Usage, ...] = get_args(Usage)
    for usage in usages:
        connexion = connecter(prises_de_commande(racine, usage))
        if connexion is not None:
            connexion.close()
            print("Des serveurs de ce dossier tournent : arrêtez « make run » ou les tests d'abord.", file=sys.stderr)
            return 1
    for usage in usages:
        ou = lieux(usage, racine)
        shutil.rmtree(ou.donnees, ignore_errors=True)
        ou.journal_postgres.unlink(missing_ok=True)
        shutil.rmtree(ou.execution, ignore_errors=True)
        if ou.compte is not None:
            shutil.rmtree(ou.base if usage == usages[-1] else ou.prises, ignore_errors=True)
            shutil.rmtree(ou.prises.parent if usage == usages[-1] else ou.prises, ignore_errors=True)
        with contextlib.suppress(OSError):
            ou.execution.parent.rmdir()
        print(f"Effacé : {ou.donnees}")
    return 0


def main(arguments: list[str]) -> int:
    """Aiguillage ; 2 si les arguments ne se comprennent pas."""
    try:
        match arguments:
            case ["superviser", ("travail" | "tests") as usage]:
                return superviser(lieux(usage))
            case ["superviser", ("travail" | "tests") as usage, racine]:
                return superviser(lieux(usage, Path(racine)))
            case ["effacer"]:
                return effacer(RACINE)
            case ["effacer", racine]:
                return effacer(Path(racine))
    except ServiceIndisponible as refus:
        print(refus, file=sys.stderr)
        return 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
