"""`manage.py donnees_demo` : le petit jeu de démonstration ou, avec des tailles, un grand catalogue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from dokelio.demo import masse, petite
from dokelio.socle.commandes import Commande, Impossible

TAILLES = ("organismes", "actions", "sessions")
PLAFOND = 10_000_000


class Command(Commande):
    help = "Charge des données de démonstration ; avec des tailles, un grand catalogue."

    def add_arguments(self, parser: CommandParser) -> None:
        for nom in TAILLES:
            parser.add_argument(f"--{nom}", metavar="N", help=f"nombre de {nom} du grand catalogue")
        parser.add_argument("--graine", metavar="S", help="même graine, même catalogue (1 par défaut)")

    def executer(self, **options: Any) -> int | None:
        tailles = {nom: _entier(nom, options[nom], 1) for nom in TAILLES}
        graine = _entier("graine", options["graine"], 0)
        if all(taille is None for taille in tailles.values()):
            if graine is not None:
                raise Impossible("--graine ne sert qu'avec --organismes, --actions ou --sessions.")
            self._dire(petite.charger(), "Les données de démonstration sont déjà là : rien n'a changé.")
            return None
        try:
            bilan = masse.charger(masse.completer(**tailles), graine=1 if graine is None else graine)
        except masse.TaillesImpossibles as faute:
            raise Impossible(str(faute)) from None
        self._dire(bilan, "Ce grand catalogue est déjà là : rien n'a changé.")
        return None

    def _dire(self, bilan: petite.Bilan, deja: str) -> None:
        if not bilan:
            self.stdout.write(deja)
            return
        self.stdout.write(
            f"Chargés : {bilan.organismes} organismes, {bilan.actions} actions, {bilan.sessions} sessions."
        )


def _entier(nom: str, texte: Any, minimum: int) -> int | None:
    """Un entier de la ligne de commande ; `None` s'il n'est pas donné."""
    if texte is None or (isinstance(texte, int) and minimum <= texte <= PLAFOND):
        return texte
    ecrit = str(texte)
    if not (ecrit.isascii() and ecrit.isdigit()) or not minimum <= int(ecrit) <= PLAFOND:
        raise Impossible(f"--{nom} : « {ecrit} » n'est pas un entier entre {minimum} et {PLAFOND}.")
    return int(ecrit)
