"""Charge un fichier de référentiel. Sortie 0 : fait ; 1 : fait, des lignes écartées ; 2 : impossible."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from dokelio.referentiels.chargement import SOURCES, charger_chemin
from dokelio.referentiels.chargeurs.versement import FichierRefuse, Rapport
from dokelio.socle.commandes import AVEC_REFUS, FAIT, Commande, Impossible


class Command(Commande):
    """`manage.py charger_referentiels SOURCE FICHIER [--version-ref V14] [--json] [--simulation]`."""

    help = "Charge un fichier de référentiel (certifications, certifinfo, formacode, rome, nsf, communes…)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "Sources :\n" + "\n".join(f"  {s.nom:18} {s.libelle}" for s in SOURCES.values())
        parser.add_argument("source", metavar="SOURCE")
        parser.add_argument("fichier", metavar="FICHIER", type=Path)
        parser.add_argument("--version-ref", default="", help="version des codes (V14, V8, V4…), si la source en a une")
        parser.add_argument("--json", action="store_true", help="imprime un objet JSON et rien d'autre")
        parser.add_argument("--simulation", action="store_true", help="dit ce qui changerait, sans rien changer")

    def executer(self, **options: Any) -> int:
        try:
            rapport = charger_chemin(
                options["source"], options["fichier"], version=options["version_ref"], simulation=options["simulation"]
            )
        except FichierRefuse as refus:
            raise Impossible(str(refus)) from None
        if options["json"]:
            self.rendre(rapport.en_json())
        else:
            self._imprimer(rapport)
        return AVEC_REFUS if rapport.nombre_ecartees else FAIT

    def _imprimer(self, rapport: Rapport) -> None:
        if rapport.simulation:
            self.stdout.write("Simulation\u00a0: rien n'a été changé.")
        for nom, compte in rapport.tables.items():
            self.stdout.write(
                f"{nom}\u00a0: {compte.crees} créés, {compte.modifies} modifiés, {compte.inchanges} inchangés, "
                f"{compte.supprimes} retirés"
            )
        for remarque in rapport.remarques:
            self.stdout.write(remarque)
        if rapport.nombre_ecartees:
            self.stdout.write(f"{rapport.nombre_ecartees} lignes écartées\u00a0:")
            for ecartee in rapport.ecartees:
                self.stdout.write(f"  {ecartee}")
