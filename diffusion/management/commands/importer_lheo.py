"""`manage.py importer_lheo FICHIER [--organisme OF_…] [--simulation] [--json]` : fait entrer un document LHEO."""

import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, transaction
from django.utils import timezone

from diffusion.imports.depot import Annulation, garder_les_lignes, portee_de
from diffusion.imports.moteur import importer
from diffusion.imports.rapport import Ligne, Rapport
from diffusion.models import EtatImport, Gravite, Import
from dokelio.lheo.lecture import DocumentRefuse
from dokelio.socle.references import normaliser_reference
from structures.models import Organisme

LIGNES_AFFICHEES = 200


class FluxMesure(io.RawIOBase):
    """Un flux dont on compte et condense les octets à mesure qu'ils sont lus ; il ne revient pas en arrière."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.taille = 0
        self.sha256 = hashlib.sha256()

    def readable(self) -> bool:
        """Toujours lisible."""
        return True

    def read(self, taille: int = -1) -> bytes:
        """Lit au plus `taille` octets."""
        octets = self._source.read(taille)
        self.taille += len(octets)
        self.sha256.update(octets)
        return octets


class CommandeEnUnePhrase(BaseCommand):
    """Une commande dont tout empêchement, lancée à la main, tient en une ligne sur la sortie d'erreur et le code 2."""

    usage = ""
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """L'analyseur de Django, dont le reproche tient en une phrase."""
        analyseur = super().create_parser(prog_name, subcommand, **kwargs)
        if getattr(self, "_called_from_command_line", False):
            phrase = f"Arguments incorrects. Usage : {prog_name} {subcommand} {self.usage}"
            analyseur.error = lambda message: renoncer(phrase)  # type: ignore[method-assign]
        return analyseur

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Comme Django, sans le nom de l'exception devant la phrase."""
        try:
            return super().execute(*args, **options)
        except (CommandError, OperationalError) as erreur:
            if options.get("traceback") or not getattr(self, "_called_from_command_line", False):
                raise
            if isinstance(erreur, CommandError):
                renoncer(str(erreur), erreur.returncode)
            renoncer(f"La base de données ne répond pas : {str(erreur).splitlines()[0]}")


def renoncer(phrase: str, code: int = 2) -> NoReturn:
    """Une ligne sur la sortie d'erreur, et la fin du processus."""
    sys.stderr.write(f"{phrase}\n")
    sys.exit(code)


class Command(CommandeEnUnePhrase):
    """Codes de retour : 0 tout est entré, 1 des formations ont été refusées, 2 le document n'a pas pu être lu."""

    help = "Importe un document LHEO 2.3 ou 2.2 ; « - » lit l'entrée standard."
    usage = "FICHIER [--organisme OF_…] [--simulation] [--json]"

    def add_arguments(self, parser: Any) -> None:
        """Ceux du contrat."""
        parser.add_argument("fichier", metavar="FICHIER", help="document LHEO, « - » pour l'entrée standard")
        parser.add_argument("--organisme", metavar="OF_…", help="tout ranger chez cet organisme, comme s'il importait")
        parser.add_argument("--simulation", action="store_true", help="dire ce qui se passerait, sans rien garder")
        parser.add_argument("--json", action="store_true", help="un objet JSON sur la sortie standard, rien d'autre")

    def handle(self, *args: Any, fichier: str, organisme: str | None, simulation: bool, **options: Any) -> None:
        """Importe et rend compte."""
        chez = organisme_nomme(organisme)
        with ouvrir(fichier) as source:
            flux = source if source.seekable() else FluxMesure(source)
            depot = Import(
                nom="entrée standard" if fichier == "-" else Path(fichier).name[:255],
                organisme=chez,
                simulation=simulation,
                debut=timezone.now(),
            )
            try:
                rapport = self._importer(flux, depot)
            except DocumentRefuse as refus:
                raise CommandError(refus.phrase, returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(en_json(depot, rapport), ensure_ascii=False))
        else:
            self._raconter(depot, rapport)
        if rapport.par_gravite[Gravite.REFUS.value]:
            sys.exit(1)

    def _importer(self, flux: "BinaryIO | FluxMesure", depot: Import) -> Rapport:
        """Import et ligne d'import dans la même transaction : un document refusé ne laisse rien du tout."""
        rapport: Rapport
        try:
            with transaction.atomic():
                rapport = importer(flux, portee_de(None, depot.organisme))  # type: ignore[arg-type]
                depot.taille, depot.sha256 = mesurer(flux)
                depot.etat, depot.fin = EtatImport.TERMINE, timezone.now()
                depot.enveloppe, depot.bilan = rapport.enveloppe, rapport.bilan()
                if depot.simulation:
                    raise Annulation
                depot.save()
                garder_les_lignes(depot, rapport)
        except Annulation:
            pass
        return rapport

    def _raconter(self, depot: Import, rapport: Rapport) -> None:
        ecrire = self.stdout.write
        if depot.simulation:
            ecrire("Simulation : rien n'a été gardé.")
        for niveau, compte in depot.bilan.items():
            if isinstance(compte, dict) and "crees" in compte:
                ecrire(
                    f"{niveau.capitalize()} : {compte['crees']} créés, {compte['modifies']} modifiés, "
                    f"{compte['inchanges']} inchangés, {compte['refuses']} refusés."
                )
        for ligne in rapport.lignes[:LIGNES_AFFICHEES]:
            ecrire(_phrase(ligne))
        if rapport.total > LIGNES_AFFICHEES:
            ecrire(f"… et {rapport.total - LIGNES_AFFICHEES} autres lignes.")


def mesurer(flux: "BinaryIO | FluxMesure") -> tuple[int, str]:
    """Taille et SHA-256 d'un document qui vient d'être lu."""
    if isinstance(flux, FluxMesure):
        return flux.taille, flux.sha256.hexdigest()
    flux.seek(0)
    condense = hashlib.file_digest(flux, "sha256").hexdigest()  # type: ignore[arg-type]
    return flux.tell(), condense


def _phrase(ligne: Ligne) -> str:
    ou = f"ligne {ligne.ligne}" if ligne.ligne else "document"
    remede = f" → {ligne.remede}" if ligne.remede else ""
    return f"{ou} [{Gravite(ligne.gravite).label}, {ligne.code}] {ligne.chemin} : {ligne.phrase}{remede}"


def en_json(depot: Import, rapport: Rapport) -> dict[str, Any]:
    """L'objet de `--json`."""
    return {
        "fichier": depot.nom,
        "taille": depot.taille,
        "sha256": depot.sha256,
        "version": rapport.version,
        "organisme": depot.organisme.reference if depot.organisme else None,
        "simulation": depot.simulation,
        "import": depot.pk,
        "bilan": {niveau: compte for niveau, compte in depot.bilan.items() if niveau not in ("lignes", "version")},
        "gravites": depot.bilan["lignes"],
        "nombre_lignes": rapport.total,
        "lignes": [ligne.en_json() for ligne in rapport.lignes],
    }


def organisme_nomme(reference: str | None) -> Organisme | None:
    """L'organisme de cette référence ; une phrase et le code 2 s'il n'existe pas."""
    if reference is None:
        return None
    normale = normaliser_reference(reference, "OF")
    organisme = Organisme.objects.filter(reference=normale).first() if normale else None
    if organisme is None:
        raise CommandError(f"Aucun organisme n'a la référence « {reference} » (OF_ et dix chiffres).", returncode=2)
    return organisme


def ouvrir(fichier: str) -> BinaryIO:
    """Le document, ouvert en binaire ; une phrase et le code 2 si c'est impossible."""
    if fichier == "-":
        return sys.stdin.buffer
    chemin = Path(fichier)
    if chemin.is_dir():
        raise CommandError(f"« {fichier} » est un dossier, pas un document.", returncode=2)
    try:
        return chemin.open("rb")
    except FileNotFoundError:
        raise CommandError(f"Le fichier « {fichier} » n'existe pas.", returncode=2) from None
    except (OSError, ValueError) as erreur:
        raison = getattr(erreur, "strerror", None) or erreur
        raise CommandError(f"Le fichier « {fichier} » ne peut pas être lu : {raison}.", returncode=2) from None
