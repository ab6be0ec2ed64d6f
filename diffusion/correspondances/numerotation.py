"""Les numéros et les dates que porte chaque niveau écrit : ceux de l'émetteur, ou ceux de Dokelio.

L'attribut `numero` d'un document importé est retenu dans `numero_emetteur`, ses autres attributs dans `reste_lheo`.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from django.utils import timezone

from dokelio.socle.arbres import Arbre

LONGUEUR_NUMERO = 255


class Numerotation(Protocol):
    """Ce qu'un niveau porte en `@numero`, `@datecrea`, `@datemaj` ; chaque méthode rend le nœud numéroté."""

    def formation(self, action: Any, noeud: Arbre) -> Arbre: ...
    def action(self, deroulement: Any, noeud: Arbre) -> Arbre: ...
    def session(self, session: Any, noeud: Arbre) -> Arbre: ...
    def organisme(self, organisme: Any, noeud: Arbre) -> Arbre: ...
    def formateur(self, formateur: Any, noeud: Arbre) -> Arbre: ...


class NumerotationEmetteur:
    """Les numéros du document reçu, tels quels : absents s'ils l'étaient, vides s'ils l'étaient."""

    def _poser(self, objet: Any, noeud: Arbre) -> Arbre:
        if objet.numero_emetteur:
            noeud["@numero"] = objet.numero_emetteur
        return noeud

    formation = action = session = organisme = formateur = _poser


@dataclass(frozen=True, slots=True)
class NumerotationDokelio:
    """Les numéros du flux national : deux chiffres du CARIF puis AF_…, AF_…_SE_…, OF_… ; la session reste SE_…."""

    prefixe_carif: str

    def formation(self, action: Any, noeud: Arbre) -> Arbre:
        """`14_AF_…`, créée et modifiée le."""
        return self._dater(action, noeud, f"{self.prefixe_carif}_{action.reference}")

    def action(self, deroulement: Any, noeud: Arbre) -> Arbre:
        """`14_AF_…_SE_…` : le numéro gardé du déroulement, absent tant qu'il n'a pas de session."""
        numero = f"{self.prefixe_carif}_{deroulement.numero}" if deroulement.numero else None
        return self._dater(deroulement, noeud, numero)

    def session(self, session: Any, noeud: Arbre) -> Arbre:
        """`SE_…`, sans préfixe : c'est le numéro que France Travail connaît."""
        return self._dater(session, noeud, session.reference)

    def organisme(self, organisme: Any, noeud: Arbre) -> Arbre:
        """`14_OF_…`."""
        return _numeroter(noeud, f"{self.prefixe_carif}_{organisme.reference}")

    def formateur(self, formateur: Any, noeud: Arbre) -> Arbre:
        """Le numéro de l'organisme qu'est ce formateur, s'il est inscrit ; aucun sinon."""
        structure = formateur.structure
        return _numeroter(noeud, f"{self.prefixe_carif}_{structure.reference}" if structure else None)

    def _dater(self, objet: Any, noeud: Arbre, numero: str | None) -> Arbre:
        noeud["@datecrea"] = jour(objet.cree_le)
        noeud["@datemaj"] = jour(objet.modifie_le)
        return _numeroter(noeud, numero)


def jour(instant: Any) -> str:
    """Le jour de Paris d'un instant, AAAAMMJJ."""
    return timezone.localtime(instant).strftime("%Y%m%d")


def _numeroter(noeud: Arbre, numero: str | None) -> Arbre:
    if numero:
        noeud["@numero"] = numero
    else:
        noeud.pop("@numero", None)
    return noeud


def prelever_numero(reste: Arbre) -> tuple[str, Arbre]:
    """Le numéro de l'émetteur et le reste sans lui ; un numéro absent, vide ou démesuré demeure dans le reste."""
    numero = reste.get("@numero", "")
    if not numero or len(numero) > LONGUEUR_NUMERO:
        return "", reste
    return numero, {cle: v for cle, v in reste.items() if cle != "@numero"}
