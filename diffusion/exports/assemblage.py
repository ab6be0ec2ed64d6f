"""Des lignes aux formations : chaque fiche avec ses lieux, ses sessions visibles et son organisme, en un arbre LHEO."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from diffusion.correspondances.defauts import completer
from diffusion.correspondances.deroulement import deroger
from diffusion.correspondances.financement import MARCHE, PROGRAMME, specifier
from diffusion.exports.lecteurs import pour_les_lecteurs, principal_en_tete
from diffusion.exports.lignes import Ligne, charger_json
from diffusion.exports.selection import CONTACT, DEROULEMENT, FINANCEMENT, FORMATEUR, ORGANISME, SESSION, Selection
from dokelio.socle.arbres import Arbre

FORMATEURS_RETENUS = 2000


@dataclass(slots=True)
class FormationComposee:
    """Une fiche à l'antenne. `arbre` vaut `None` quand elle n'a aucune session diffusable.

    `nouvelles` : les clés de ses sessions qui ne sont encore jamais parties.
    """

    organisme: int
    action: int
    reference: str
    arbre: Arbre | None
    sessions: int
    nouvelles: list[int]


def formations(selection: Selection) -> Iterator[FormationComposee]:
    """Les formations d'une sélection, dans son ordre."""
    return _Assembleur(selection).formations()


class _Assembleur:
    """Fond les suites d'une sélection ; un organisme n'est composé qu'une fois, un formateur répété non plus."""

    def __init__(self, selection: Selection) -> None:
        self._s = selection
        self._prefixe = f"{settings.PREFIXE_CARIF}_"
        self._organisme: tuple[int, Arbre] = (0, {})
        self._formateur = lru_cache(FORMATEURS_RETENUS)(self._composer_formateur)
        self._ligne_formateur: Ligne = ()

    def formations(self) -> Iterator[FormationComposee]:
        s = self._s
        for organisme, action, reference, creee, depuis, fige in s.fiches:
            sessions = _par_lieu(s.sessions.prendre(organisme, action))
            composee = FormationComposee(organisme, action, reference, None, 0, [])
            if not sessions:
                yield composee
                continue
            contenu = charger_json(fige)
            lieux = self._lieux(organisme, action, contenu, sessions)
            arbre = contenu["formation"]
            arbre["@numero"], arbre["@datecrea"], arbre["@datemaj"] = self._prefixe + reference, creee, depuis
            arbre["action"] = lieux
            arbre["organisme-formation-responsable"] = self._responsable(organisme)
            composee.arbre = pour_les_lecteurs(completer(arbre))
            for lignes in sessions.values():
                composee.sessions += len(lignes)
                composee.nouvelles += [ligne[6] for ligne in lignes if ligne[7]]
            yield composee

    def _lieux(self, organisme: int, action: int, contenu: Arbre, sessions: dict[int, list[Ligne]]) -> list[Arbre]:
        """Les `action` de LHEO qui ont au moins une session visible."""
        formateurs = _par_lieu(self._s.formateurs.prendre(organisme, action))
        financements = _par_lieu(self._s.financements.prendre(organisme, action))
        fiche, ecarts = contenu["action"], contenu.get("derogations") or {}
        lieux = []
        for ligne in self._s.lieux.prendre(organisme, action):
            cle = ligne[2]
            if cle not in sessions:
                continue
            lieu = deroger(fiche, ecarts.get(str(cle))) | DEROULEMENT.lire(ligne)
            _dater(lieu, ligne[4], ligne[5], f"{self._prefixe}{ligne[3]}" if ligne[3] else None)
            lieu["session"] = [_session(une) for une in sessions[cle]]
            if cle in formateurs:
                lieu["organisme-formateur"] = [self._intervention(un) for un in formateurs[cle]]
            if cle in financements:
                lieu["organisme-financeur"] = [_financement(un) for un in financements[cle]]
            lieux.append(lieu)
        return lieux

    def _responsable(self, organisme: int) -> Arbre:
        """`organisme-formation-responsable`, avec ses seuls contacts diffusés."""
        if self._organisme[0] != organisme:
            (ligne,) = self._s.organismes.prendre(organisme)
            arbre = ORGANISME.lire(ligne)
            if contacts := [CONTACT.lire(contact) for contact in self._s.contacts.prendre(organisme)]:
                arbre["contact-organisme"] = principal_en_tete(contacts)
            arbre["@numero"] = self._prefixe + ligne[2]
            self._organisme = (organisme, arbre)
        return self._organisme[1]

    def _intervention(self, ligne: Ligne) -> Arbre:
        self._ligne_formateur = ligne
        arbre = self._formateur(ligne[4])
        return arbre | charger_json(ligne[3]) if ligne[3] is not None else arbre

    def _composer_formateur(self, cle: int) -> Arbre:
        """`organisme-formateur` de la ligne en cours ; le numéro est celui de l'organisme inscrit qu'il est."""
        arbre = FORMATEUR.lire(self._ligne_formateur)
        inscrit = self._ligne_formateur[5]
        if inscrit:
            arbre["@numero"] = self._prefixe + inscrit
        else:
            arbre.pop("@numero", None)
        return arbre


def _par_lieu(lignes: list[Ligne]) -> dict[int, list[Ligne]]:
    groupes: dict[int, list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        groupes[ligne[2]].append(ligne)
    return groupes


def _dater(noeud: Arbre, creation: str, modification: str, numero: str | None) -> None:
    noeud["@datecrea"], noeud["@datemaj"] = creation, modification
    if numero:
        noeud["@numero"] = numero
    else:
        noeud.pop("@numero", None)


def _session(ligne: Ligne) -> Arbre:
    arbre = SESSION.lire(ligne)
    _dater(arbre, ligne[4], ligne[5], ligne[3])
    return arbre


def _financement(ligne: Ligne) -> Arbre:
    """`organisme-financeur` ; le dispositif et la convention, s'il en a, disent ses spécificités."""
    arbre: Any = FINANCEMENT.lire(ligne)
    financeur, programme, convention = ligne[3:6]
    if financeur is not None:
        arbre.setdefault("code-financeur", financeur)
        arbre["extras"] = specifier(arbre.get("extras", []), PROGRAMME, programme)
    if convention is not None:
        arbre["extras"] = specifier(arbre.get("extras", []), MARCHE, convention)
    return arbre
