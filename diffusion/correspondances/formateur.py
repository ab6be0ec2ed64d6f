"""Formateur et Intervention ↔ LHEO `organisme-formateur`.

Ce qui ne concerne que le déroulement (être le principal, les certifications qu'il y prépare) est à l'intervention.
"""

from dataclasses import dataclass
from typing import Any

from diffusion.correspondances.numerotation import Numerotation, NumerotationEmetteur, prelever_numero
from dokelio.socle.arbres import Arbre, appliquer, contenu, repartir
from sessions.models import Intervention
from structures.models import Formateur

NIVEAU = "organisme-formateur"
_A_L_INTERVENTION = ("@tag", "@id", "@idref", "reference-certification")
_EMETTEUR = NumerotationEmetteur()


@dataclass(frozen=True, slots=True)
class FormateurLu:
    """Ce qu'un document dit d'un formateur : son arbre, ses valeurs s'il était nouveau, et sa part à l'intervention."""

    arbre: Arbre
    valeurs: dict[str, Any]
    intervention: Arbre

    @property
    def cle(self) -> tuple[str, str]:
        """Ce qui le fait reconnaître chez un organisme : SIRET, sinon numéro de l'émetteur, sinon raison sociale."""
        for nom in ("siret", "numero_emetteur"):
            if self.valeurs[nom]:
                return nom, self.valeurs[nom]
        return "raison_sociale", self.valeurs["raison_sociale"]


def lire_formateur(arbre: Arbre) -> FormateurLu:
    """Valeurs d'un Formateur et de son Intervention."""
    a_part = {cle: arbre[cle] for cle in _A_L_INTERVENTION if cle in arbre}
    propre = {cle: v for cle, v in arbre.items() if cle not in a_part}
    valeurs, reste = repartir(Formateur, NIVEAU, propre)
    valeurs["numero_emetteur"], valeurs["reste_lheo"] = prelever_numero(reste)
    return FormateurLu(propre, valeurs, a_part)


def ecrire_formateur(formateur: Formateur, numerotation: Numerotation = _EMETTEUR) -> Arbre:
    """`organisme-formateur` d'un formateur, sans la part de ses interventions."""
    return numerotation.formateur(formateur, contenu(formateur, NIVEAU))


def ecrire_intervention(intervention: Intervention, numerotation: Numerotation, *, tel_que_recu: bool) -> Arbre:
    """`organisme-formateur` dans un déroulement ; `tel_que_recu` : ce que le document en disait, s'il différait."""
    arbre = ecrire_formateur(intervention.formateur, numerotation)
    if tel_que_recu and intervention.recu:
        arbre = appliquer(arbre, intervention.recu)
    return arbre | (intervention.reste_lheo or {})
