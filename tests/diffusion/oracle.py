"""L'exporteur témoin : instances préchargées et arbres lxml, lent et sans ruse ; le vrai doit dire la même chose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import Prefetch
from lxml import etree

from diffusion.correspondances.defauts import completer
from diffusion.correspondances.deroulement import ecrire_deroulement
from diffusion.correspondances.formation import charger
from diffusion.correspondances.numerotation import NumerotationDokelio, jour
from diffusion.correspondances.organisme import ecrire_organisme
from diffusion.exports.document import enveloppe
from diffusion.exports.lecteurs import pour_les_lecteurs, principal_en_tete
from dokelio.lheo.arbre import vers_element
from dokelio.lheo.grammaire import ESPACE
from formations.models import Action
from sessions.models import Deroulement, Session
from sessions.publication.visibilite import TOUT, Perimetre, premiere_cause

PAR_LOT = 200


def arbres(au: date, perimetre: Perimetre = TOUT) -> Iterator[dict[str, Any]]:
    """Les formations d'un flux, par les instances et `premiere_cause`, dans l'ordre du vrai exporteur."""
    numerotation = NumerotationDokelio(settings.PREFIXE_CARIF)
    actions = Action.objects.en_diffusion().select_related("version_en_diffusion", "organisme")
    cles = list(actions.order_by("organisme_id", "pk").values_list("pk", flat=True))
    for debut in range(0, len(cles), PAR_LOT):
        lot = list(
            actions.filter(pk__in=cles[debut : debut + PAR_LOT])
            .prefetch_related(
                Prefetch("deroulements", queryset=Deroulement.objects.order_by("rang", "pk")),
                Prefetch("deroulements__sessions", queryset=Session.objects.order_by("rang", "pk")),
            )
            .order_by("organisme_id", "pk")
        )
        charger(lot)
        for action in lot:
            arbre = _formation(action, numerotation, au, perimetre)
            if arbre is not None:
                yield arbre


def _formation(action: Any, numerotation: NumerotationDokelio, au: date, perimetre: Perimetre) -> dict[str, Any] | None:
    fige = action.version_en_diffusion.contenu
    lieux = []
    for lieu in action.deroulements.all():
        lieu.action = action
        visibles = []
        for session in lieu.sessions.all():
            session.deroulement = lieu
            if premiere_cause(session, au, perimetre) is None:
                visibles.append(session)
        if visibles:
            lieu.derogations = (fige.get("derogations") or {}).get(str(lieu.pk), {})
            finances = [f for f in lieu.financements.all() if f.statut == "en_diffusion"]
            finances.sort(key=lambda f: (f.rang, f.pk))
            lieux.append(
                ecrire_deroulement(lieu, fige["action"], numerotation, sessions=visibles, financements=finances)
            )
    if not lieux:
        return None
    arbre = numerotation.formation(action, dict(fige["formation"]))
    arbre["@datemaj"] = jour(action.version_en_diffusion.depuis)
    arbre["action"] = lieux
    organisme = ecrire_organisme(action.organisme, numerotation)
    if "contact-organisme" in organisme:
        organisme["contact-organisme"] = principal_en_tete(organisme["contact-organisme"])
    arbre["organisme-formation-responsable"] = organisme
    return pour_les_lecteurs(completer(arbre))


def exporter(sortie: BinaryIO, au: date, maintenant: datetime, perimetre: Perimetre = TOUT) -> int:
    """Écrit le document par lxml ; rend le nombre de formations."""
    compte = 0
    (extras,) = enveloppe(au, maintenant)["arbre"]["offres"]["extras"]
    espace = {None: ESPACE}
    with (
        etree.xmlfile(sortie, encoding="utf-8") as xml,
        xml.element("lheo", nsmap=espace),
        xml.element("offres", nsmap=espace),
    ):
        for arbre in arbres(au, perimetre):
            element = vers_element("formation", arbre)
            for identifie in element.iter():
                for attribut in ("id", "idref"):
                    identifie.attrib.pop(attribut, None)
            xml.write(element)
            compte += 1
        xml.write(vers_element("extras", extras))
    return compte
