"""`manage.py exporter_lheo --flux SLUG --sortie FICHIER [--au DATE] [--json]` : écrit un flux dans un fichier."""

from datetime import date
from pathlib import Path
from typing import Any

from diffusion.exports.document import Bilan, FluxVide
from diffusion.exports.execution import ecrire_a_part
from diffusion.exports.phrases import libelle_de_cause
from diffusion.models import Flux
from dokelio.socle.commandes import AVEC_REFUS, FAIT, Commande, Impossible, lire_jour
from dokelio.socle.fichiers import cible_nommee

LIGNES_AFFICHEES = 50


class Command(Commande):
    """Codes de retour : 0 tout est parti, 1 des formations fautives sont restées, 2 rien n'a été écrit."""

    help = "Écrit un flux LHEO 2.3 dans un fichier, sans le publier, et inscrit l'exécution au registre."

    def add_arguments(self, parser: Any) -> None:
        """Ceux du contrat."""
        parser.add_argument("--flux", metavar="SLUG", required=True, help="nom du flux (intercarif)")
        parser.add_argument("--sortie", metavar="FICHIER", required=True, help="document à écrire")
        parser.add_argument("--au", metavar="DATE", help="jour des règles, AAAA-MM-JJ (par défaut aujourd'hui)")
        parser.add_argument("--json", action="store_true", help="un objet JSON sur la sortie standard, rien d'autre")

    def executer(self, **options: Any) -> int:
        """Écrit le document et rend compte."""
        choisi = _flux_nomme(options["flux"])
        jour = lire_jour(options["au"])
        sortie: str = options["sortie"]
        cible = cible_nommee(sortie)
        try:
            execution, bilan = ecrire_a_part(choisi, jour, cible)
        except FluxVide as vide:
            raise Impossible(f"{vide.phrase} Rien n'a été écrit.") from None
        except OSError as erreur:
            raise Impossible(f"« {sortie} » ne peut pas être écrit : {erreur.strerror}.") from None
        duree = execution.duree.total_seconds() if execution.duree else 0.0
        if options["json"]:
            self.rendre(en_json(choisi, jour, cible, bilan, duree) | {"execution": execution.pk})
        else:
            self._raconter(cible, bilan, duree)
        return AVEC_REFUS if bilan.invalides else FAIT

    def _raconter(self, cible: Path, bilan: Bilan, duree: float) -> None:
        ecrire = self.stdout.write
        ecrire(
            f"{cible} : {bilan.formations} formations, {bilan.actions} lieux et modalités, {bilan.sessions} sessions, "
            f"{bilan.organismes} organismes ; {bilan.taille} octets en {duree:.1f} s."
        )
        ecrire(f"SHA-256 : {bilan.sha256}")
        for cause, nombre in bilan.causes.most_common():
            ecrire(f"Laissées de côté, {libelle_de_cause(cause)} : {nombre}")
        fautives = [une for une in bilan.laissees if une[2]]
        for reference, cause, detail in fautives[:LIGNES_AFFICHEES]:
            ecrire(f"  {reference} [{cause}] {detail}")
        if len(fautives) > LIGNES_AFFICHEES:
            ecrire(f"  … et {len(fautives) - LIGNES_AFFICHEES} autres.")


def en_json(flux: Flux, au: date, cible: Path, bilan: Bilan, duree: float) -> dict[str, Any]:
    """L'objet de `--json`."""
    return {
        "flux": flux.slug,
        "au": au.isoformat(),
        "sortie": str(cible),
        "formations": bilan.formations,
        "actions": bilan.actions,
        "sessions": bilan.sessions,
        "organismes": bilan.organismes,
        "taille": bilan.taille,
        "sha256": bilan.sha256,
        "duree": round(duree, 3),
        "causes": dict(bilan.causes.most_common()),
        "laissees": [{"action": r, "cause": c, "detail": d} for r, c, d in bilan.laissees],
    }


def _flux_nomme(slug: str) -> Flux:
    flux = Flux.objects.filter(slug=slug).first()
    if flux is None:
        connus = ", ".join(Flux.objects.values_list("slug", flat=True)) or "aucun"
        raise Impossible(f"Aucun flux ne s'appelle « {slug} » (flux connus : {connus}).")
    return flux
