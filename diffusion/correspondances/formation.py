"""Action et ses certifications ↔ LHEO `formation`, déroulements et organisme compris."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects

from diffusion.correspondances.defauts import completer
from diffusion.correspondances.deroulement import DeroulementLu, derogations, ecrire_deroulement, lire_deroulement
from diffusion.correspondances.numerotation import Numerotation, NumerotationDokelio, prelever_numero
from diffusion.correspondances.organisme import OrganismeLu, ecrire_organisme, lire_organisme
from dokelio.socle.arbres import Arbre, appliquer, contenu, joindre_restes, repartir
from formations.models import Action, ActionCertification
from sessions.models import EtatFinancement, EtatSession, Financement, Session

NIVEAU = "formation"


@dataclass(frozen=True, slots=True)
class FormationLue:
    """Ce qu'un document dit d'une `formation` : les valeurs de chaque ligne qui la tiendra, dans l'ordre."""

    valeurs: dict[str, Any]
    certifications: list[dict[str, Any]]
    deroulements: list[DeroulementLu]
    organisme: OrganismeLu


def lire_formation(arbre: Arbre) -> FormationLue:
    """Valeurs d'une Action et de tout ce qu'elle contient.

    Les champs qu'une fiche dit une fois de ses actions viennent de la première ; les autres portent leurs dérogations.
    """
    a_part = ("certification", "action", "organisme-formation-responsable")
    propre = {cle: v for cle, v in arbre.items() if cle not in a_part}
    deroulements = [lire_deroulement(a) for a in arbre.get("action", [])]
    fiche = deroulements[0].controle if deroulements else {}
    valeurs, reste = repartir(Action, NIVEAU, propre)
    communes, reste_commun = repartir(Action, "action", fiche)
    numero, reste = prelever_numero(reste)
    for rang, deroulement in enumerate(deroulements):
        deroulement.valeurs["derogations"] = derogations(fiche, deroulement.controle) if rang else {}
    return FormationLue(
        valeurs
        | communes
        | {
            "numero_emetteur": numero,
            "reste_lheo": joindre_restes(Action, {NIVEAU: reste, "action": reste_commun}),
        },
        [lire_certification(c) for c in arbre.get("certification", [])],
        deroulements,
        lire_organisme(arbre.get("organisme-formation-responsable", {})),
    )


def lire_certification(arbre: Arbre) -> dict[str, Any]:
    """Valeurs d'une ActionCertification."""
    valeurs, reste = repartir(ActionCertification, "certification", arbre)
    return valeurs | {"reste_lheo": reste}


def certification_vers_arbre(valeurs: dict[str, Any]) -> Arbre:
    """La `certification` de valeurs lues : le contraire de `lire_certification`, sans ligne en base."""
    return contenu(ActionCertification(**valeurs), "certification")


# ------------------------------------------------------------------ écrire

LIENS = (
    "organisme__contacts",
    "certifications",
    "deroulements__sessions",
    "deroulements__interventions__formateur__structure",
    Prefetch(
        "deroulements__financements",
        queryset=Financement.objects.select_related("dispositif__financeur", "convention"),
    ),
)


def charger(actions: Sequence[Action]) -> None:
    """Charge tout ce que lit l'écriture de ces actions, en un nombre constant de requêtes."""
    prefetch_related_objects(list(actions), "organisme", *LIENS)


def toutes(_: Any) -> bool:
    """Ne laisse rien de côté."""
    return True


def pas_annulee(session: Session) -> bool:
    """Une session annulée ne part plus."""
    return session.statut != EtatSession.ANNULEE


def pas_retire(financement: Financement) -> bool:
    """Un financement retiré ne part plus."""
    return financement.statut != EtatFinancement.RETIRE


def ecrire_formation(
    action: Action,
    numerotation: Numerotation,
    *,
    sessions: Callable[[Session], bool] = toutes,
    financements: Callable[[Financement], bool] = toutes,
    tel_que_recu: bool = False,
) -> Arbre:
    """`formation` d'une action, telle que la base la tient.

    `sessions`, `financements` : ceux à écrire ; `tel_que_recu` : l'organisme et les formateurs comme le document reçu
    les disait, sinon comme nous les tenons. Sans `charger`, une requête par lien.
    """
    arbre = contenu(action, NIVEAU)
    certifications = _ranges(action.certifications.all())
    if ecrites := [contenu(c, "certification") for c in certifications if not c.retiree]:
        arbre["certification"] = ecrites
    fiche = contenu(action, "action")
    deroulements = [
        ecrire_deroulement(
            deroulement,
            fiche,
            numerotation,
            sessions=[s for s in _ranges(deroulement.sessions.all()) if sessions(s)],
            financements=[f for f in _ranges(deroulement.financements.all()) if financements(f)],
            tel_que_recu=tel_que_recu,
        )
        for deroulement in _ranges(action.deroulements.all())
    ]
    if deroulements:
        arbre["action"] = deroulements
    organisme = ecrire_organisme(action.organisme, numerotation)
    if tel_que_recu and action.organisme_recu:
        organisme = appliquer(organisme, action.organisme_recu)
    arbre["organisme-formation-responsable"] = organisme
    return numerotation.formation(action, arbre)


def fiche_vers_arbre(action: Action, *, numerotation: Numerotation | None = None) -> Arbre:
    """Ce qui partirait de cette fiche avec toutes ses sessions non annulées : ce que *soumettre* donne au validateur.

    Les valeurs par défaut honnêtes (voir `defauts`) sont mises où nos données se taisent ; un déroulement sans session
    n'y est pas.
    """
    numerotation = numerotation or NumerotationDokelio(settings.PREFIXE_CARIF)
    arbre = ecrire_formation(action, numerotation, sessions=pas_annulee, financements=pas_retire)
    arbre["action"] = [a for a in arbre.get("action", []) if a.get("session")]
    if not arbre["action"]:
        del arbre["action"]
    return completer(arbre)


def _ranges(objets: Iterable[Any]) -> list[Any]:
    return sorted(objets, key=lambda o: (o.rang, o.pk))
