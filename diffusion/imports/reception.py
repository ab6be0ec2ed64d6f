"""Recevoir une formation : sa reconnaissance rapide, son empreinte, puis sa lecture complète si elle a changé."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from lxml import etree

from diffusion import correspondances
from diffusion.correspondances.formation import FormationLue, lire_formation
from dokelio.lheo.anomalies import Anomalie
from dokelio.lheo.arbre import ANALYSEUR, vers_arbre
from dokelio.lheo.grammaire import ESPACE, VERSION_GRAMMAIRE
from dokelio.lheo.identifiants import siret_bien_forme
from dokelio.lheo.reparations import reparer
from dokelio.lheo.validation import valider_formation
from structures.models import SIRET_FICTIFS

_RESPONSABLE = f"{{{ESPACE}}}organisme-formation-responsable"
_SIRET = f"{{{ESPACE}}}SIRET-organisme-formation/{{{ESPACE}}}SIRET"
_RAISON = f"{{{ESPACE}}}raison-sociale"

CleOrganisme = tuple[str, str, str]
"""(SIRET, "", "") ; à défaut de SIRET recevable, ("", numéro chez l'émetteur, raison sociale)."""


@dataclass(frozen=True, slots=True)
class Recue:
    """Une formation du document : de quoi la reconnaître, et ses octets pour la relire si elle a changé."""

    rang: int
    ligne: int
    octets: bytes
    empreinte: str
    organisme: CleOrganisme
    siret_lu: str
    numero: str


@dataclass(slots=True)
class Lue:
    """Une formation relue ; `lue` vaut None si elle n'est pas lisible, `anomalies` dit pourquoi.

    Relue seule, elle compte ses lignes depuis 1 : il faut y ajouter `decalage` pour celles du fichier.
    """

    recue: Recue
    lue: FormationLue | None
    anomalies: list[Anomalie]

    @property
    def decalage(self) -> int:
        """Ce qui sépare ses lignes de celles du fichier."""
        return max(self.recue.ligne - 1, 0)


def recevoir(element: Any, rang: int, ligne: int, marque: str) -> Recue:
    """Reconnaît une formation ; `marque` distingue ce qui, hors du document, change ce qu'on en fait."""
    octets: bytes = etree.tostring(element, encoding="utf-8", with_tail=False)
    condense = blake2b(octets, digest_size=24, key=_cle(marque))
    responsable = element.find(_RESPONSABLE)
    siret = numero_of = raison = ""
    if responsable is not None:
        siret = responsable.findtext(_SIRET) or ""
        numero_of = responsable.get("numero", "")
        raison = responsable.findtext(_RAISON) or ""
    recevable = siret_bien_forme(siret) and siret not in SIRET_FICTIFS
    organisme = (siret, "", "") if recevable else ("", numero_of[:255], raison[:250])
    numero = element.get("numero", "")
    return Recue(rang, ligne, octets, condense.hexdigest(), organisme, siret, numero if len(numero) <= 255 else "")


def _cle(marque: str) -> bytes:
    return f"{VERSION_GRAMMAIRE}/{correspondances.VERSION}/{marque}".encode()[:64]


def relire(recue: Recue) -> Lue:
    """Valide la formation, la répare si c'est sans risque, et en tire les valeurs des modèles."""
    element = etree.fromstring(recue.octets, ANALYSEUR)
    chemin = f"/lheo/offres/formation[{recue.rang}]"
    anomalies = valider_formation(element, chemin)
    if any(a.illisible for a in anomalies):
        reparations = reparer(element, chemin)
        if not reparations:
            return Lue(recue, None, anomalies)
        reste = valider_formation(element, chemin)
        if any(a.illisible for a in reste):
            return Lue(recue, None, anomalies)
        anomalies = reparations + reste
    arbre: Any = vers_arbre(element)
    return Lue(recue, lire_formation(arbre), anomalies)
