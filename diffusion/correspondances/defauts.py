"""Ce que nous écrivons quand nos données se taisent et que LHEO demande quelque chose : des défauts honnêtes.

Rien de ce qui est déjà dit n'est remplacé. Sans effet sur un document reçu : le schéma y exige déjà ces éléments.
"""

from typing import Any

from dokelio.socle.arbres import Arbre, suivre

SANS_ALTERNANCE = "Sans alternance"
AUCUN_PREREQUIS = "Aucun prérequis"
A_DISTANCE = "2"


def completer(formation: Arbre) -> Arbre:
    """La formation où les silences sont comblés : alternance, prérequis, contact, inscription, formateur, lieu.

    L'arbre donné n'est pas modifié.
    """
    organisme = formation.get("organisme-formation-responsable", {})
    arbre = dict(formation)
    if not arbre.get("contact-formation") and organisme.get("contact-organisme"):
        arbre["contact-formation"] = [_contact(c) for c in organisme["contact-organisme"][:1]]
    if "action" in arbre:
        arbre["action"] = [completer_action(a, organisme) for a in arbre["action"]]
    return arbre


def completer_action(action: Arbre, organisme: Arbre) -> Arbre:
    """L'action sans alternance ni prérequis si elle n'en dit rien, avec le formateur et le lieu qu'on en attend."""
    arbre = dict(action)
    arbre.setdefault("modalites-alternance", SANS_ALTERNANCE)
    arbre.setdefault("conditions-specifiques", AUCUN_PREREQUIS)
    if not arbre.get("organisme-formateur") and (formateur := formateur_responsable(organisme)):
        arbre["organisme-formateur"] = [formateur]
    adresse = adresse_de(organisme)
    if adresse and not arbre.get("lieu-de-formation") and arbre.get("modalites-enseignement") == A_DISTANCE:
        arbre["lieu-de-formation"] = [{"@tag": "principal", "coordonnees": {"adresse": adresse}}]
    if "session" in arbre:
        arbre["session"] = [completer_session(s, adresse) for s in arbre["session"]]
    return arbre


def completer_session(session: Arbre, adresse: Arbre | None) -> Arbre:
    """La session où l'on s'inscrit à l'adresse de l'organisme si rien d'autre n'est dit."""
    if adresse is None or suivre(session, "adresse-inscription", "adresse"):
        return session
    return session | {"adresse-inscription": {**session.get("adresse-inscription", {}), "adresse": adresse}}


def adresse_de(organisme: Arbre) -> Arbre | None:
    """L'adresse d'un organisme, `None` s'il n'en a pas."""
    adresse: Any = suivre(organisme, "coordonnees-organisme", "coordonnees", "adresse")
    return adresse or None


def formateur_responsable(organisme: Arbre) -> Arbre | None:
    """L'organisme responsable comme formateur de sa propre formation ; `None` sans SIRET."""
    siret = suivre(organisme, "SIRET-organisme-formation", "SIRET")
    if not siret:
        return None
    formateur = {
        "@tag": "principal",
        "SIRET-formateur": {"SIRET": siret},
        "raison-sociale-formateur": organisme.get("raison-sociale") or organisme.get("nom-organisme") or "",
    }
    numero = organisme.get("@numero")
    return formateur | {"@numero": numero} if numero else formateur


def _contact(contact: Arbre) -> Arbre:
    return {cle: v for cle, v in contact.items() if cle in ("type-contact", "coordonnees", "@tag")}
