"""`manage.py taches_nocturnes [--au DATE] [--json]` : la nuit entière, dans l'ordre."""

from typing import Any

from django.core.management.base import CommandParser

from diffusion.management.commands.archiver import refuser_le_futur
from diffusion.models import EtatNuit, Nuit
from diffusion.nuits import passer_la_nuit
from dokelio.socle.commandes import AVEC_REFUS, FAIT, Commande, lire_jour


class Command(Commande):
    """La nuit d'un jour de Paris : archivage, avis, flux."""

    help = "Fait toutes les tâches de la nuit, dans l'ordre, comme à 3 h 30."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--au", help="jour des règles, AAAA-MM-JJ (aujourd'hui, heure de Paris)")
        parser.add_argument("--json", action="store_true", help="un objet JSON sur la sortie, et rien d'autre")

    def executer(self, **options: Any) -> int:
        au = lire_jour(options["au"])
        refuser_le_futur(au, simulation=False)
        nuit = passer_la_nuit(au)
        if options["json"]:
            self.rendre({"au": au, "etat": nuit.etat, "etapes": nuit.etapes})
        else:
            self.stdout.write(_raconter(nuit))
        return FAIT if nuit.etat == EtatNuit.FAITE else AVEC_REFUS


def _raconter(nuit: Nuit) -> str:
    lignes = [f"Nuit du {nuit.au:%d/%m/%Y} : {nuit.get_etat_display().lower()}"]
    for etape in nuit.etapes:
        suite = f" : {etape['message']}" if etape["message"] else ""
        lignes.append(f"  {etape['etape']:<10} {EtatNuit(etape['etat']).label.lower()} en {etape['duree']} s{suite}")
    return "\n".join(lignes)
