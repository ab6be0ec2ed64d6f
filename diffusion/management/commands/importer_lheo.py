"""`manage.py importer_lheo FICHIER [--organisme OF_…] [--simulation] [--json]` : fait entrer un document LHEO."""

from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from diffusion.imports.depot import Annulation, garder_les_lignes, portee_de
from diffusion.imports.moteur import importer
from diffusion.imports.rapport import Ligne, Rapport
from diffusion.models import EtatImport, Gravite, Import
from dokelio.lheo.lecture import DocumentRefuse
from dokelio.socle.commandes import AVEC_REFUS, FAIT, Commande, Impossible
from dokelio.socle.fichiers import FluxMesure, document_lu, mesurer
from dokelio.socle.references import normaliser_reference
from structures.models import Organisme

LIGNES_AFFICHEES = 200


class Command(Commande):
    """Codes de retour : 0 tout est entré, 1 des formations ont été refusées, 2 le document n'a pas pu être lu."""

    help = "Importe un document LHEO 2.3 ou 2.2 ; « - » lit l'entrée standard."

    def add_arguments(self, parser: Any) -> None:
        """Ceux du contrat."""
        parser.add_argument("fichier", metavar="FICHIER", help="document LHEO, « - » pour l'entrée standard")
        parser.add_argument("--organisme", metavar="OF_…", help="tout ranger chez cet organisme, comme s'il importait")
        parser.add_argument("--simulation", action="store_true", help="dire ce qui se passerait, sans rien garder")
        parser.add_argument("--json", action="store_true", help="un objet JSON sur la sortie standard, rien d'autre")

    def executer(self, **options: Any) -> int:
        """Importe et rend compte."""
        fichier, organisme, simulation = options["fichier"], options["organisme"], options["simulation"]
        chez = organisme_nomme(organisme)
        with document_lu(fichier) as source:
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
                raise Impossible(refus.phrase) from None
            except OSError as erreur:
                raise Impossible(f"« {fichier} » ne peut pas être lu : {erreur.strerror}.") from None
        if options["json"]:
            self.rendre(en_json(depot, rapport))
        else:
            self._raconter(depot, rapport)
        return AVEC_REFUS if rapport.par_gravite[Gravite.REFUS.value] else FAIT

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
        raise Impossible(f"Aucun organisme n'a la référence « {reference} » (OF_ et dix chiffres).")
    return organisme
