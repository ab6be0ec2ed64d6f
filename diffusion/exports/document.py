"""Le document d'un flux : écrit à côté de sa place en validant chaque formation, condensé au passage, mis en place.

Une formation que le schéma refuse, ou qu'un lecteur lirait de travers, est laissée de côté, nommée et comptée ; elle
n'arrête jamais les autres.
"""

import gc
import hashlib
import re
import secrets
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, cast

from django.utils import timezone
from lxml import etree

from diffusion.exports.assemblage import FormationComposee, formations
from diffusion.exports.selection import ouvrir
from diffusion.exports.serre import schema_serre
from dokelio.lheo.anomalies import Anomalie
from dokelio.lheo.arbre import ANALYSEUR
from dokelio.lheo.ecriture import CaractereInterdit, NoeudInvalide, Redacteur, ecrire_octets, nettoyer_arbre
from dokelio.lheo.grammaire import ESPACE
from dokelio.lheo.validation import valider_formation
from dokelio.socle.arbres import Arbre
from dokelio.socle.typographie import accorde
from sessions.publication.visibilite import TOUT, Perimetre

LAISSEES_GARDEES = 1000
"""Formations laissées de côté dont on garde le détail ; toutes sont comptées."""
SANS_SESSION = "sans_session_diffusable"
SANS_NUMERO = "action_sans_numero"
ILLISIBLE = "contenu_illisible"

_ORGANISME = "organisme-formation-responsable"
_OUVRE = b"<formation"
_DECLARE = f'<formation xmlns="{ESPACE}"'.encode()
_PERIODE = re.compile(rb"<debut[^>]*>(\d{8})</debut><fin[^>]*>(\d{8})<")


@dataclass(slots=True)
class Bilan:
    """Ce qu'une écriture a donné ; `causes` compte les formations laissées de côté, `laissees` en détaille.

    `nouvelles` : les clés des sessions parties pour la première fois.
    """

    formations: int = 0
    actions: int = 0
    sessions: int = 0
    organismes: int = 0
    taille: int = 0
    sha256: str = ""
    causes: Counter[str] = field(default_factory=Counter)
    laissees: list[tuple[str, str, str]] = field(default_factory=list)
    nouvelles: "array[int]" = field(default_factory=lambda: array("q"))

    @property
    def invalides(self) -> int:
        """Formations laissées de côté parce que fautives (n'avoir aucune session diffusable n'est pas une faute)."""
        return sum(n for cause, n in self.causes.items() if cause != SANS_SESSION)

    def laisser(self, reference: str, cause: str, detail: str = "") -> None:
        """Note une formation laissée de côté. Les fautes passent devant les absences de session."""
        self.causes[cause] += 1
        if len(self.laissees) < LAISSEES_GARDEES:
            self.laissees.append((reference, cause, detail))


class FluxVide(Exception):
    """Aucune formation ne peut partir ; l'exception porte le bilan."""

    phrase = "Aucune formation ne peut partir, et LHEO n'admet pas un document sans offre."

    def __init__(self, bilan: Bilan) -> None:
        self.bilan = bilan
        super().__init__(self.phrase)


class _Sortie:
    """Un fichier binaire dont on compte et condense les octets."""

    def __init__(self, fichier: BinaryIO) -> None:
        self._fichier = fichier
        self.somme = hashlib.sha256()
        self.taille = 0

    def write(self, octets: bytes) -> int:
        self.somme.update(octets)
        self.taille += len(octets)
        return self._fichier.write(octets)


class _Plume:
    """Écrit les formations ; l'organisme, que dix formations répètent, n'est écrit qu'une fois, puis mis à sa place."""

    def __init__(self) -> None:
        # Un repère tiré au hasard : aucun texte reçu ne peut le contenir.
        self._repere: Arbre = {"@numero": secrets.token_hex(16)}
        self._marque = ecrire_octets(_ORGANISME, self._repere)
        self._organisme: Arbre | None = None
        self._ecrit = b""

    def ecrire(self, arbre: Arbre) -> bytes:
        """Le texte d'une formation ; les caractères que XML interdit, qu'une base peut tenir, sont ôtés."""
        organisme = arbre[_ORGANISME]
        try:
            if organisme is not self._organisme:
                self._ecrit = ecrire_octets(_ORGANISME, organisme, sans_identifiants=True)
                self._organisme = organisme
            texte = ecrire_octets("formation", arbre | {_ORGANISME: self._repere}, sans_identifiants=True)
        except CaractereInterdit:
            return ecrire_octets("formation", nettoyer_arbre(arbre), sans_identifiants=True)
        return texte.replace(self._marque, self._ecrit, 1)


def exporter(
    sortie: BinaryIO,
    au: date,
    perimetre: Perimetre = TOUT,
    *,
    actions: Sequence[int] | None = None,
    maintenant: datetime | None = None,
) -> Bilan:
    """Écrit le document du flux et rend son bilan. Lève `FluxVide` (le document écrit alors ne vaut rien).

    `actions` borne à ces fiches ; `maintenant` est l'heure annoncée dans le document.
    """
    bilan = Bilan()
    mesuree, plume = _Sortie(sortie), _Plume()
    dernier = 0
    entete = enveloppe(au, maintenant or timezone.now())
    with (
        sans_ramasse_miettes(),
        ouvrir(au, perimetre, actions) as selection,
        Redacteur(cast(BinaryIO, mesuree), entete, sans_identifiants=True) as redacteur,
    ):
        for composee in formations(selection):
            fragment = _rediger(composee, plume, bilan)
            if fragment is None:
                continue
            redacteur.fragment(fragment)
            _compter(composee, bilan)
            if composee.organisme != dernier:
                bilan.organismes += 1
                dernier = composee.organisme
    if not bilan.formations:
        raise FluxVide(bilan)
    bilan.taille, bilan.sha256 = mesuree.taille, mesuree.somme.hexdigest()
    return bilan


@contextmanager
def sans_ramasse_miettes() -> Iterator[None]:
    """Le temps d'un export : un arbre ne contient pas de cycle, le parcourir sans cesse coûterait un tiers du temps."""
    actif = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if actif:
            gc.enable()


def enveloppe(au: date, maintenant: datetime) -> dict[str, Any]:
    """Ce que le document dit hors de ses formations : le jour et l'heure de l'export, comme les lit le réseau."""
    dits = [
        ["extra", {"@info": "date-export", "#": f"{au:%Y%m%d}"}],
        ["extra", {"@info": "heure-export", "#": f"{timezone.localtime(maintenant):%H%M%S}"}],
    ]
    return {"racine": "lheo", "arbre": {"offres": {"extras": [{"@info": "flux-intercarif", "contenu": dits}]}}}


def _compter(composee: FormationComposee, bilan: Bilan) -> None:
    assert composee.arbre is not None
    bilan.formations += 1
    bilan.actions += len(composee.arbre["action"])
    bilan.sessions += composee.sessions
    bilan.nouvelles.extend(composee.nouvelles)


def _rediger(composee: FormationComposee, plume: _Plume, bilan: Bilan) -> bytes | None:
    """Le texte d'une formation qui peut partir ; sinon la note au bilan et rend `None`."""
    arbre = composee.arbre
    if arbre is None:
        bilan.laisser(composee.reference, SANS_SESSION)
        return None
    if any("@numero" not in action for action in arbre["action"]):
        bilan.laisser(
            composee.reference, SANS_NUMERO, "Un lieu n'a pas de numéro : les lecteurs ne le garderaient pas."
        )
        return None
    try:
        octets = plume.ecrire(arbre)
        erreurs = fautes(octets)
    except (NoeudInvalide, etree.XMLSyntaxError) as erreur:
        bilan.laisser(composee.reference, ILLISIBLE, str(erreur))
        return None
    if erreurs:
        suite = f" (et {accorde(len(erreurs) - 1, 'autre faute', 'autres fautes')})" if len(erreurs) > 1 else ""
        bilan.laisser(composee.reference, erreurs[0].code, f"{erreurs[0].phrase}{suite}")
        return None
    return octets


def fautes(octets: bytes) -> list[Anomalie]:
    """Les erreurs d'une formation écrite, relue d'après ses octets.

    Le schéma resserré dit s'il faut y regarder ; le validateur complet dit alors ce qui ne va pas.
    """
    element = etree.fromstring(octets.replace(_OUVRE, _DECLARE, 1), ANALYSEUR)
    if schema_serre().validate(element) and not any(fin < debut for debut, fin in _PERIODE.findall(octets)):
        return []
    return [anomalie for anomalie in valider_formation(element) if anomalie.gravite == "erreur"]
