"""`manage.py aller_retour_lheo FICHIER --sortie FICHIER` : ce que la base garde d'un document, récrit depuis la base.

Le document entre comme par un import, ses formations sont relues dans la base et écrites sous les numéros du document,
puis tout est défait.
"""

from array import array
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.db import transaction

from diffusion.correspondances.formation import charger, ecrire_formation
from diffusion.correspondances.numerotation import NumerotationEmetteur
from diffusion.imports.depot import Annulation
from diffusion.imports.fiche import Portee
from diffusion.imports.moteur import importer
from diffusion.imports.rapport import Rapport
from diffusion.models import EtatImport, Gravite, Import
from dokelio.lheo.ecriture import Redacteur
from dokelio.lheo.lecture import DocumentRefuse
from dokelio.socle.commandes import AVEC_REFUS, FAIT, Commande, Impossible
from dokelio.socle.fichiers import cible_nommee, document_lu, ecrit_a_cote
from formations.models import Action

PAR_LECTURE = 200
LIGNES_AFFICHEES = 200


class Command(Commande):
    """Codes de retour : 0 tout est revenu, 1 des formations ont été refusées, 2 le document n'a pas pu être lu."""

    help = "Fait l'aller-retour d'un document LHEO par la base, sans rien y laisser."

    def add_arguments(self, parser: Any) -> None:
        """Ceux du contrat."""
        parser.add_argument("fichier", metavar="FICHIER", help="document LHEO, « - » pour l'entrée standard")
        parser.add_argument("--sortie", metavar="FICHIER", required=True, help="document écrit d'après la base")

    def executer(self, **options: Any) -> int:
        """Importe, relit, écrit, défait."""
        fichier, sortie = options["fichier"], options["sortie"]
        cible = cible_nommee(sortie)
        with document_lu(fichier) as flux:
            try:
                with ecrit_a_cote(cible) as ecriture:
                    rapport = aller_retour(flux, ecriture)
            except DocumentRefuse as refus:
                raise Impossible(refus.phrase) from None
            except OSError as erreur:
                raise Impossible(f"« {sortie} » ne peut pas être écrit : {erreur.strerror}.") from None
        refusees = [ligne for ligne in rapport.lignes if ligne.gravite == Gravite.REFUS]
        for ligne in refusees[:LIGNES_AFFICHEES]:
            self.stderr.write(f"ligne {ligne.ligne} [{ligne.code}] {ligne.chemin} : {ligne.phrase}")
        return AVEC_REFUS if refusees else FAIT


def aller_retour(flux: BinaryIO, sortie: BinaryIO) -> Rapport:
    """Fait entrer un document, écrit ce que la base en tient, défait tout ; rend le compte rendu de l'import."""
    rapport: Rapport | None = None
    try:
        with transaction.atomic():
            actions: array[int] = array("q")
            rapport = importer(flux, Portee(neuf=True), lambda rang, action: actions.append(action))
            depot = Import.objects.create(nom="aller-retour", etat=EtatImport.TERMINE, enveloppe=rapport.enveloppe)
            enveloppe = Import.objects.values_list("enveloppe", flat=True).get(pk=depot.pk)
            with Redacteur(sortie, enveloppe) as redacteur:
                for arbre in relire(actions):
                    redacteur.formation(arbre)
            raise Annulation
    except Annulation:
        pass
    assert rapport is not None  # sinon l'exception est déjà partie
    return rapport


def relire(actions: "array[int]") -> Iterator[Any]:
    """Les `formation` de ces actions, lues dans la base, sous les numéros de leur émetteur."""
    numerotation = NumerotationEmetteur()
    for debut in range(0, len(actions), PAR_LECTURE):
        cles = actions[debut : debut + PAR_LECTURE].tolist()
        lues = Action.objects.in_bulk(cles)
        charger(list(lues.values()))
        for cle in cles:
            yield ecrire_formation(lues[cle], numerotation, tel_que_recu=True)
