"""En chantier : le grand catalogue."""

from dokelio.demo.petite import Bilan


class TaillesImpossibles(ValueError):
    """Les tailles demandées ne vont pas ensemble."""


def completer(**tailles: int | None) -> dict[str, int | None]:
    return tailles


def charger(tailles: dict[str, int | None], graine: int) -> Bilan:
    raise TaillesImpossibles("Le grand catalogue n'est pas encore là.")
