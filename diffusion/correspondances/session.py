"""Session ↔ LHEO `session`."""

from typing import Any

from diffusion.correspondances.numerotation import Numerotation, prelever_numero
from dokelio.socle.arbres import Arbre, contenu, ecarter, repartir
from sessions.models import Session

_FIN = Session._meta.get_field("fin")


def lire_session(arbre: Arbre) -> dict[str, Any]:
    """Valeurs d'une Session ; une fin avant le début, que la base ne peut pas tenir, passe au reste."""
    valeurs, reste = repartir(Session, "session", arbre)
    debut, fin = valeurs["debut"], valeurs["fin"]
    if debut and fin and fin < debut:
        valeurs["fin"] = ecarter(reste, _FIN, fin)
    valeurs["numero_emetteur"], valeurs["reste_lheo"] = prelever_numero(reste)
    return valeurs


def ecrire_session(session: Session, numerotation: Numerotation) -> Arbre:
    """`session` d'une session."""
    return numerotation.session(session, contenu(session, "session"))
