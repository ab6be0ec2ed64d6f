"""Écrire les lieux et modalités d'un lot, leurs sessions, leurs formateurs et leurs financements.

Une session connue que le document ne dit plus est gardée si elle a pu être vue ; un brouillon d'import s'efface.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from diffusion.correspondances.deroulement import DeroulementLu
from diffusion.imports import regles
from diffusion.imports.annuaire import Annuaire
from diffusion.imports.appariement import apparier, rangs
from diffusion.imports.fiche import Fiche, Portee
from diffusion.imports.rapport import Ligne, Rapport
from diffusion.imports.versement import inserer, mettre_a_jour, reserver, supprimer
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import TransitionInterdite, TransitionRefusee
from dokelio.socle.arbres import ecarts
from sessions.models import Deroulement, EtatFinancement, EtatSession, Financement, Intervention, Session

Noter = Callable[[Fiche, Ligne], None]


@dataclass(slots=True)
class Lieu:
    """Un déroulement à écrire ; `id` est celui de la base, réservé s'il est neuf."""

    fiche: Fiche
    lu: DeroulementLu
    rang: int
    id: int
    neuf: bool
    numero: str | None = None
    sessions: list[int | None] = field(default_factory=list)


@dataclass(slots=True)
class _Changements:
    """Ce qui naît, change et disparaît dans une table, et de quelle fiche."""

    neuves: list[dict[str, Any]] = field(default_factory=list)
    connues: list[dict[str, Any]] = field(default_factory=list)
    effacees: list[int] = field(default_factory=list)
    fiches: dict[int, Fiche] = field(default_factory=dict)


class _SessionConnue(NamedTuple):
    """Ce qu'il faut d'une session de la base pour la reconnaître, et décider si elle peut s'effacer."""

    pk: int
    numero_emetteur: str
    statut: str
    reference: str
    premiere_diffusion: date | None


def ecrire_lieux(fiches: list[Fiche], portee: Portee, annuaire: Annuaire, rapport: Rapport, noter: Noter) -> None:
    """Écrit tout ce qui est sous les actions du lot."""
    lieux = _lieux(fiches, noter)
    connus = [lieu.id for lieu in lieux if not lieu.neuf]
    neuves = _preparer_sessions(lieux, fiches, noter)
    _ecrire_deroulements(lieux, rapport)
    _ecrire_sessions(lieux, neuves, rapport)
    _ecrire_interventions(lieux, connus, annuaire, rapport, noter)
    _ecrire_financements(lieux, connus, noter)
    _diffuser(fiches, lieux, portee, noter)


def _lieux(fiches: list[Fiche], noter: Noter) -> list[Lieu]:
    """Les déroulements à écrire ; un lieu neuf qui déroge à une fiche fermée est écarté."""
    lieux = []
    for fiche in fiches:
        for rang, (cle, lu) in enumerate(zip(fiche.lieux, fiche.lue.deroulements, strict=True), 1):
            if cle is None and lu.valeurs["derogations"] and not fiche.controle_admis:
                noter(fiche, regles.lieu_ecarte(fiche, rang))
                continue
            lieux.append(Lieu(fiche, lu, rang, cle or 0, cle is None))
    debuts = iter(reserver(Deroulement, sum(lieu.neuf for lieu in lieux)))
    for lieu in lieux:
        if lieu.neuf:
            lieu.id = next(debuts)["id"]
    return lieux


# ------------------------------------------------------------------ sessions


def _preparer_sessions(lieux: list[Lieu], fiches: list[Fiche], noter: Noter) -> list[dict[str, Any]]:
    """Apparie les sessions, réserve les neuves, numérote les lieux neufs ; efface les brouillons d'import disparus."""
    tous = [lieu.id for lieu in lieux if not lieu.neuf] + [cle for f in fiches for cle in f.lieux_absents]
    connues = _sessions_connues(tous)
    effacees: list[int] = []
    for lieu in lieux:
        numeros = [s["numero_emetteur"] for s in lieu.lu.sessions]
        existantes = connues.pop(lieu.id, [])
        lieu.sessions, absentes = apparier([(s.pk, s.numero_emetteur) for s in existantes], numeros)
        effacees += _absentes(lieu.fiche, [s for s in existantes if s.pk in set(absentes)], noter)
    for fiche in fiches:
        for lieu_absent in fiche.lieux_absents:
            effacees += _absentes(fiche, connues.pop(lieu_absent, []), noter)
    supprimer(Session, effacees)
    debuts = reserver(Session, sum(cle is None for lieu in lieux for cle in lieu.sessions))
    suite = iter(debuts)
    for lieu in lieux:
        for place, cle in enumerate(lieu.sessions):
            if cle is None:
                debut = next(suite)
                lieu.sessions[place] = -debut["id"]
                if lieu.neuf and lieu.numero is None:
                    lieu.numero = f"{lieu.fiche.reference}_{debut['reference']}"
    return debuts


def _sessions_connues(lieux: list[int]) -> dict[int, list[_SessionConnue]]:
    connues: dict[int, list[_SessionConnue]] = defaultdict(list)
    if lieux:
        sessions = Session.objects.filter(deroulement_id__in=lieux).order_by("rang", "pk")
        for lieu, *session in sessions.values_list("deroulement_id", *_SessionConnue._fields):
            connues[lieu].append(_SessionConnue(*session))
    return connues


def _absentes(fiche: Fiche, sessions: list[_SessionConnue], noter: Noter) -> list[int]:
    """Ce qui s'efface de sessions absentes du document : les brouillons venus d'un import ; le reste est signalé."""
    effacees = [
        s.pk
        for s in sessions
        if s.statut == EtatSession.BROUILLON and s.numero_emetteur and s.premiere_diffusion is None
    ]
    gardees = [s for s in sessions if s.pk not in set(effacees) and s.statut in ("brouillon", "en_diffusion")]
    if effacees:
        fiche.modifiee = True
    if gardees:
        noter(fiche, regles.session_absente(fiche, len(gardees), gardees[0].reference))
    return effacees


def _ecrire_sessions(lieux: list[Lieu], debuts: list[dict[str, Any]], rapport: Rapport) -> None:
    par_id = {debut["id"]: debut for debut in debuts}
    changements = _Changements()
    for lieu in lieux:
        rangs_emetteur = rangs([s["numero_emetteur"] for s in lieu.lu.sessions])
        for rang, (cle, valeurs) in enumerate(zip(lieu.sessions, lieu.lu.sessions, strict=True), 1):
            assert cle is not None  # toutes réservées
            place = {"rang": rang, "rang_emetteur": rangs_emetteur[rang - 1]}
            if cle < 0:
                changements.neuves.append(par_id[-cle] | valeurs | place | {"deroulement_id": lieu.id})
                lieu.fiche.modifiee = True
            else:
                changements.connues.append({"id": cle} | valeurs | place)
                changements.fiches[cle] = lieu.fiche
    _appliquer(Session, changements, rapport, "sessions", dater=True)


def _ecrire_deroulements(lieux: list[Lieu], rapport: Rapport) -> None:
    changements = _Changements()
    rangs_par_fiche: dict[int, list[int]] = {}
    for lieu in lieux:
        fiche = lieu.fiche
        if fiche.id not in rangs_par_fiche:
            rangs_par_fiche[fiche.id] = rangs([d.valeurs["numero_emetteur"] for d in fiche.lue.deroulements])
        valeurs = lieu.lu.valeurs | {"rang": lieu.rang, "rang_emetteur": rangs_par_fiche[fiche.id][lieu.rang - 1]}
        if lieu.neuf:
            changements.neuves.append(valeurs | {"id": lieu.id, "action_id": fiche.id, "numero": lieu.numero})
            fiche.modifiee = True
            continue
        if not fiche.controle_admis:
            valeurs["derogations"] = fiche.derogations_connues.get(lieu.id, {})
        changements.connues.append(valeurs | {"id": lieu.id})
        changements.fiches[lieu.id] = fiche
    _appliquer(Deroulement, changements, rapport, "deroulements", dater=True)


def _appliquer(
    modele: Any, changements: _Changements, rapport: Rapport | None = None, niveau: str = "", *, dater: bool = False
) -> None:
    supprimer(modele, changements.effacees)
    inserer(modele, changements.neuves)
    changees = mettre_a_jour(modele, changements.connues, dater=dater)
    for cle in changees:
        changements.fiches[cle].modifiee = True
    if rapport is not None:
        compte = rapport.comptes[niveau]
        compte.crees += len(changements.neuves)
        compte.modifies += len(changees)
        compte.inchanges += len(changements.connues) - len(changees)


# ------------------------------------------------------------------ formateurs et financements


def _ecrire_interventions(
    lieux: list[Lieu], connus: list[int], annuaire: Annuaire, rapport: Rapport, noter: Noter
) -> None:
    cites = [(lieu.fiche.organisme.id, lu) for lieu in lieux for lu in lieu.lu.formateurs]
    rapport.comptes["formateurs"].crees += annuaire.situer_formateurs(cites)
    tenues = _par_lieu(Intervention.objects.filter(deroulement_id__in=connus), connus)
    changements = _Changements()
    dits: set[tuple[int, int]] = set()
    for lieu in lieux:
        anciennes = tenues.get(lieu.id, [])
        for place, lu in enumerate(lieu.lu.formateurs):
            connu = annuaire.formateurs[(lieu.fiche.organisme.id, *lu.cle)]
            recu = ecarts(connu.arbre, lu.arbre) or None
            if recu and set(recu) != {"@numero"} and (lieu.fiche.id, connu.id) not in dits:
                dits.add((lieu.fiche.id, connu.id))
                noter(lieu.fiche, regles.formateur_different(lieu.fiche, lieu.rang, connu.nom))
            valeurs = {"formateur_id": connu.id, "rang": place + 1, "reste_lheo": lu.intervention, "recu": recu}
            _placer(changements, lieu, anciennes, place, valeurs)
        for ancienne in anciennes[len(lieu.lu.formateurs) :]:
            changements.effacees.append(ancienne[0])
            lieu.fiche.modifiee = True
    _appliquer(Intervention, changements)


def _ecrire_financements(lieux: list[Lieu], connus: list[int], noter: Noter) -> None:
    """Par place ; ce que le document ne dit plus s'efface s'il n'a jamais été diffusé, sinon il reste."""
    vivants = Financement.objects.filter(deroulement_id__in=connus).exclude(statut=EtatFinancement.RETIRE)
    tenus = _par_lieu(vivants, connus, "statut")
    changements = _Changements()
    gardes: dict[int, tuple[Fiche, int]] = {}
    for lieu in lieux:
        anciens = tenus.get(lieu.id, [])
        for place, valeurs in enumerate(lieu.lu.financements):
            _placer(changements, lieu, anciens, place, valeurs | {"rang": place + 1})
        for ancien, statut in anciens[len(lieu.lu.financements) :]:
            if statut == EtatFinancement.EN_REDACTION:
                changements.effacees.append(ancien)
                lieu.fiche.modifiee = True
            else:
                gardes[lieu.fiche.id] = (lieu.fiche, gardes.get(lieu.fiche.id, (lieu.fiche, 0))[1] + 1)
    for fiche, nombre in gardes.values():
        noter(fiche, regles.financement_garde(fiche, nombre))
    _appliquer(Financement, changements)


def _par_lieu(requete: Any, connus: list[int], *colonnes: str) -> dict[int, list[Any]]:
    """Par lieu, dans l'ordre : l'identifiant, puis les colonnes demandées."""
    tenus: dict[int, list[Any]] = defaultdict(list)
    if connus:
        for lieu, *ligne in requete.order_by("rang", "pk").values_list("deroulement_id", "pk", *colonnes):
            tenus[lieu].append(tuple(ligne))
    return tenus


def _placer(changements: _Changements, lieu: Lieu, anciens: list[Any], place: int, valeurs: dict[str, Any]) -> None:
    """Récrit ce qui tenait cette place, ou l'ajoute."""
    if place < len(anciens):
        cle = anciens[place][0]
        changements.connues.append({"id": cle} | valeurs)
        changements.fiches[cle] = lieu.fiche
    else:
        changements.neuves.append(valeurs | {"deroulement_id": lieu.id})
        lieu.fiche.modifiee = True


# ------------------------------------------------------------------ ce qui est déjà à l'antenne


def _diffuser(fiches: list[Fiche], lieux: list[Lieu], portee: Portee, noter: Noter) -> None:
    """Sur une fiche à l'antenne, une session neuve paraît aussitôt, et le financement non conventionné avec elle."""
    vivantes = {f.id: f for f in fiches if f.a_l_antenne}
    if not vivantes:
        return
    touches = [lieu for lieu in lieux if lieu.fiche.id in vivantes]
    neuves = [-cle for lieu in touches for cle in lieu.sessions if cle is not None and cle < 0]
    financements = Financement.objects.filter(
        deroulement_id__in=[lieu.id for lieu in touches],
        statut=EtatFinancement.EN_REDACTION,
        dispositif__isnull=True,
        deroulement__action__conventionnee=False,
    ).exclude(code_financeur="")
    for financement in financements.select_related("deroulement__action"):
        effectuer(financement, "mettre_en_diffusion", None)
    for session in Session.objects.filter(pk__in=neuves).select_related("deroulement__action"):
        try:
            effectuer(session, "publier", portee.auteur)
        except (TransitionRefusee, TransitionInterdite) as refus:
            fiche = vivantes[session.deroulement.action_id]
            noter(fiche, regles.session_en_attente(fiche, session.reference, str(refus)))
