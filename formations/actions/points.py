"""Les contrôles automatiques d'une fiche à relire : ce qui bloque, ce qui est à voir, ce qui passe.

Ce qui bloque vient des gardes de l'acceptation ; le reste aide à décider et n'empêche rien (domaine §6.1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dokelio.publication.machine import machine
from dokelio.publication.moteur import verifier
from dokelio.publication.refus import Refus
from dokelio.referentiels.models import Certification
from dokelio.socle.typographie import accorde, date_courte
from formations.actions.versions import certifications_de
from formations.forms.avertissements import sur_acces, sur_intitule, sur_texte
from formations.models import Action, EtatAction

DELAI_KAIROS = timedelta(days=3)
"""France Travail ne voit une session qu'au moins 72 heures après sa diffusion (FAQ, partie 3)."""


@dataclass(frozen=True, slots=True)
class Point:
    """Un contrôle : `gravite` vaut « bloquant », « a_voir » ou « passe » ; `url` mène au champ."""

    gravite: str
    texte: str
    detail: str = ""
    url: str = ""


def points(action: Action, empreinte_vue: str, lieux: list[Any], au: date) -> list[Point]:
    """Tous les contrôles de la fiche, les bloquants d'abord.

    `lieux` : ses déroulements, leurs sessions lues. Les gardes ne tournent que sur une fiche à contrôler.
    """
    refus = _refus(action, empreinte_vue)
    trouves = [Point("bloquant", un.phrase, url=_ancre(un)) for un in refus]
    trouves += [*_textes(action), *_certifications(action, au), *_sessions(lieux, au)]
    trouves += _passes(action, refus, lieux)
    rangs = {"bloquant": 0, "a_voir": 1, "passe": 2}
    return sorted(trouves, key=lambda point: rangs[point.gravite])


def _refus(action: Action, empreinte_vue: str) -> list[Refus]:
    if action.statut != EtatAction.A_CONTROLER:
        return []
    return verifier(action, "valider", action.prise_par, empreinte=empreinte_vue)


def _ancre(refus: Refus) -> str:
    if refus.lien.startswith("/"):
        return refus.lien
    if refus.lien.startswith("AF_"):
        return f"/formations/{refus.lien}/"
    return f"#champ-{refus.champ}" if refus.champ else ""


def _textes(action: Action) -> Iterator[Point]:
    """Les mêmes remarques que la rédactrice a pu lire sous ses champs."""
    if dit := sur_intitule(action.intitule):
        yield Point("a_voir", "Intitulé à revoir", dit, "#champ-intitule")
    for nom, libelle in (("objectif", "Objectif"), ("contenu", "Contenu")):
        if dit := sur_texte(getattr(action, nom)):
            yield Point("a_voir", f"{libelle} à revoir", dit, f"#champ-{nom}")
        elif len(getattr(action, nom).split()) < 5:
            yield Point("a_voir", f"{libelle} : moins de cinq mots", url=f"#champ-{nom}")
    for nom in ("info_public_vise", "conditions_specifiques"):
        if dit := sur_acces(getattr(action, nom)):
            yield Point("a_voir", "Condition d'accès à vérifier", dit, f"#champ-{nom}")


def _certifications(action: Action, au: date) -> Iterator[Point]:
    url = "#champ-certification"
    cles = [une.cle for une in certifications_de(action) if une.cle]
    if not cles:
        if action.certifiante:
            yield Point("a_voir", "Certifiante, sans code de certification", url=url)
        return
    connues = {une.code: une for une in Certification.objects.filter(code__in=cles)}
    for cle in cles:
        fiche = connues.get(cle)
        if fiche is None:
            yield Point("a_voir", f"{cle} : inconnue de notre référentiel", url=url)
        elif not fiche.actif or (fiche.fin_enregistrement and fiche.fin_enregistrement < au):
            yield Point("a_voir", f"{cle} n'est plus active", fiche.intitule, url)
        elif fiche.fin_enregistrement:
            yield Point("passe", f"Certification active jusqu'au {date_courte(fiche.fin_enregistrement)}", cle)
        else:
            yield Point("passe", "Certification active", cle)


def _sessions(lieux: list[Any], au: date) -> Iterator[Point]:
    debuts = [s.debut for lieu in lieux for s in lieu.sessions.all() if s.debut and s.debut >= au and _vivante(s)]
    if debuts and min(debuts) - au < DELAI_KAIROS:
        jours = (min(debuts) - au).days
        quand = "aujourd'hui" if jours == 0 else f"dans {accorde(jours, 'jour')}"
        yield Point("a_voir", f"Première session {quand}", "Pas visible à temps dans Kairos (72 h)")


def _vivante(session: Any) -> bool:
    return session.statut in ("brouillon", "en_diffusion")


def _passes(action: Action, refus: list[Refus], lieux: list[Any]) -> Iterator[Point]:
    """Ce que les gardes n'ont pas refusé, dit en clair ; rien n'est affirmé d'une garde qui n'a pas tourné."""
    if action.statut != EtatAction.A_CONTROLER:
        return
    fautifs = {un.champ for un in refus}
    if "certification" not in fautifs:
        yield Point("passe", "Aucun doublon dans l'organisme")
    vivants = [lieu for lieu in lieux if any(_vivante(s) for s in lieu.sessions.all())]
    if "lieux" not in fautifs and vivants:
        yield Point("passe", f"Périmètre : {accorde(len(vivants), 'lieu admis', 'lieux admis')}")
    if _lheo_garde() and not fautifs - {"certification", "lieux"}:
        yield Point("passe", "Export LHEO 2.3 valide")


def _lheo_garde() -> bool:
    """Vrai si la pièce `diffusion` a inscrit sa validation sur l'acceptation."""
    gardes = machine("formations.Action").gardes("valider")
    return any(garde.fonction.__module__.startswith("diffusion.") for garde in gardes)
