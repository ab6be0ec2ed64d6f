"""`manage.py archiver [--au DATE] [--simulation] [--json]` : archive ce qui est dû et donne les avis dus."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from diffusion.archivage.execution import BilanArchivage, archiver
from dokelio.socle.commandes import Commande, Impossible, lire_jour


class Command(Commande):
    """Archivage d'un jour ; sans effet quand il est rejoué le même jour."""

    help = "Archive les fiches dues, les sessions finies, et prévient les organismes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--au", help="jour des règles, AAAA-MM-JJ (aujourd'hui, heure de Paris)")
        parser.add_argument("--simulation", action="store_true", help="dire ce qui serait fait, sans rien écrire")
        parser.add_argument("--json", action="store_true", help="un objet JSON sur la sortie, et rien d'autre")

    def executer(self, **options: Any) -> None:
        au = lire_jour(options["au"])
        refuser_le_futur(au, simulation=options["simulation"])
        bilan = archiver(au, simulation=options["simulation"])
        if options["json"]:
            self.rendre(bilan.en_json() | {"simulation": options["simulation"]})
        else:
            self.stdout.write(_raconter(bilan, simulation=options["simulation"]))


def refuser_le_futur(au: date, *, simulation: bool) -> None:
    """`--au` est le jour des règles, pas une machine à voyager : au futur, avec effet, seulement en développement."""
    if au > timezone.localdate() and not simulation and not settings.VOYAGES_DANS_LE_TEMPS:
        raise Impossible(f"Le {au:%d/%m/%Y} n'est pas encore venu : ajoutez --simulation pour voir ce qui serait fait.")


def _raconter(bilan: BilanArchivage, *, simulation: bool) -> str:
    lignes = ["Simulation : rien n'est écrit."] if simulation else []
    lignes.append(f"Archivage au {date.fromisoformat(bilan.au):%d/%m/%Y}")
    lignes.append(f"  sessions archivées : {bilan.sessions}")
    lignes.append(f"  fiches archivées   : {len(bilan.actions)}")
    lignes += [f"    {reference}" for reference in bilan.actions]
    lignes.append(f"  avis donnés        : {len(bilan.avis)} ({bilan.courriels} courriels)")
    lignes += [f"    {a['action']} s'archive le {date.fromisoformat(a['jour']):%d/%m/%Y}" for a in bilan.avis]
    return "\n".join(lignes)
