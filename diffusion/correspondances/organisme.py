"""Organisme et ses contacts ↔ LHEO `organisme-formation-responsable`."""

from dataclasses import dataclass
from typing import Any

from diffusion.correspondances.numerotation import Numerotation, NumerotationEmetteur, prelever_numero
from dokelio.socle.arbres import Arbre, contenu, repartir
from structures.models import Contact, Organisme

NIVEAU = "organisme-formation-responsable"
_EMETTEUR = NumerotationEmetteur()


@dataclass(frozen=True, slots=True)
class OrganismeLu:
    """Ce qu'un document dit d'un organisme : son arbre, et les valeurs qu'il prendrait s'il était nouveau."""

    arbre: Arbre
    valeurs: dict[str, Any]
    contacts: list[dict[str, Any]]

    @property
    def siret(self) -> str:
        """Quatorze chiffres, ou vide : absent, mal formé, fictif."""
        siret: str = self.valeurs["siret"]
        return siret


def lire_organisme(arbre: Arbre) -> OrganismeLu:
    """Valeurs d'un Organisme et de ses contacts."""
    propre = {cle: v for cle, v in arbre.items() if cle != "contact-organisme"}
    valeurs, reste = repartir(Organisme, NIVEAU, propre)
    valeurs["numero_emetteur"], valeurs["reste_lheo"] = prelever_numero(reste)
    return OrganismeLu(arbre, valeurs, [_lire_contact(c) for c in arbre.get("contact-organisme", [])])


def _lire_contact(arbre: Arbre) -> dict[str, Any]:
    valeurs, reste = repartir(Contact, "contact-organisme", arbre)
    return valeurs | {"reste_lheo": reste}


def ecrire_organisme(organisme: Organisme, numerotation: Numerotation = _EMETTEUR) -> Arbre:
    """`organisme-formation-responsable` d'un organisme, avec ses seuls contacts diffusés."""
    arbre = contenu(organisme, NIVEAU)
    contacts = sorted(organisme.contacts.all(), key=lambda c: (c.rang, c.pk))
    if diffuses := [contenu(c, "contact-organisme") for c in contacts if c.diffuse]:
        arbre["contact-organisme"] = diffuses
    return numerotation.organisme(organisme, arbre)
