"""Ce qui partirait doit être lisible par les partenaires : garde de la soumission, de l'acceptation, des écritures."""

from collections.abc import Iterator
from copy import copy

from django.utils import timezone

from diffusion.correspondances.formation import charger, fiche_vers_arbre
from diffusion.exports.assemblage import formations
from diffusion.exports.lecteurs import pour_les_lecteurs
from diffusion.exports.phrases import refus_lheo
from diffusion.exports.selection import ouvrir
from dokelio.lheo.ecriture import NoeudInvalide, nettoyer_arbre
from dokelio.lheo.validation import valider_arbre
from dokelio.publication.contexte import Contexte
from dokelio.publication.refus import Refus
from dokelio.socle.arbres import Arbre
from formations.models import Action


def lisible_par_les_partenaires(action: Action, contexte: Contexte) -> Iterator[Refus]:
    """Soumettre, accepter : ce qui partirait de la fiche passe par le validateur LHEO (conception §4)."""
    vue = _a_part(action)
    charger([vue])
    yield from _refus(pour_les_lecteurs(fiche_vers_arbre(vue)), action)


def encore_lisible(action: Action) -> Iterator[Refus]:
    """Une écriture libre ne rend pas fausse l'offre à l'antenne : ce qui part cette nuit est composé et validé."""
    with ouvrir(timezone.localdate(), actions=[action.pk]) as selection:
        arbres = [composee.arbre for composee in formations(selection) if composee.arbre is not None]
    for arbre in arbres:
        yield from _refus(arbre, action)


def _a_part(action: Action) -> Action:
    """La même ligne, dont les liens se lisent à neuf et ne restent pas en mémoire sur l'objet de l'appelant."""
    vue, organisme = copy(action), copy(action.organisme)
    for objet in (vue, organisme):
        objet.__dict__.pop("_prefetched_objects_cache", None)
    vue.organisme = organisme
    return vue


def _refus(arbre: Arbre, action: Action) -> Iterator[Refus]:
    propre = nettoyer_arbre(arbre)
    try:
        anomalies = valider_arbre("formation", propre)
    except NoeudInvalide as erreur:
        yield Refus("", f"Une information de cette fiche est illisible ({erreur}). Écrivez au CARIF.")
        return
    yield from refus_lheo(anomalies, propre, action)
