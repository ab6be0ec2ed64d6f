"""La table de vie d'un modèle : ses états, ses transitions, et le registre de toutes les tables.

Chaque application déclare la sienne dans son module `publication.py`, lisible sur un écran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.apps import apps
from django.db import models

from dokelio.publication.champs import EtatField
from dokelio.publication.contexte import Contexte
from dokelio.publication.refus import Refus

FonctionGarde = Callable[[Any, Contexte], Iterable[Refus] | None]
FonctionEffet = Callable[[Any, Contexte], None]
Predicat = Callable[[Any, Any], bool]

RANG_INSCRIT = 100


class Declaration(ValueError):
    """La table d'une machine, ou une inscription, est fautive : le serveur ne démarre pas."""


class Cible(Enum):
    """Cibles qui ne sont pas un état nommé."""

    MEME = "meme"
    ORIGINE = "origine"


MEME = Cible.MEME
ORIGINE = Cible.ORIGINE


class Commentaire(Enum):
    """Ce que la transition demande à son auteur d'écrire."""

    AUCUN = "aucun"
    FACULTATIF = "facultatif"
    OBLIGATOIRE = "obligatoire"


@dataclass(frozen=True, slots=True)
class Permission:
    """Prédicat `(objet, auteur)` et sa jumelle SQL : condition sur la ligne `o`, paramètre `%(auteur)s`."""

    fonction: Predicat
    sql: str

    def __call__(self, objet: Any, auteur: Any) -> bool:
        return self.fonction(objet, auteur)


@dataclass(frozen=True, slots=True)
class Garde:
    """Condition d'une transition : `fonction` rend les refus, `sql` dit la même chose de la ligne `o` (vrai passe)."""

    fonction: FonctionGarde
    sql: str | None = None


@dataclass(frozen=True, slots=True)
class Estampille:
    """Colonnes de l'objet posées avec l'état, dans le même UPDATE (une CHECK peut les lier).

    `fonction` affecte les attributs et remplit `contexte.trace`. En masse : `colonnes` donne colonne → expression et
    `trace` clé → expression, sur la ligne `o` d'avant ; paramètres `%(au)s`, `%(maintenant)s`, `%(auteur)s`, données.
    """

    fonction: FonctionEffet
    colonnes: Mapping[str, str] | None = None
    trace: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Effet:
    """Suite d'une transition, l'état déjà changé en base et l'événement écrit.

    `sql` (jumelle en masse) : nom de CTE → fragment, ajoutés à l'instruction ; ils lisent
    `maj(id, avant, apres, evenement_id)` et `cible` (la ligne entière d'avant), et finissent par RETURNING s'ils
    écrivent. Ils ne voient pas ce que l'instruction écrit, et ne touchent pas la table de l'objet.
    """

    fonction: FonctionEffet
    sql: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """Une ligne de la table.

    `sources` vaut None pour la naissance ; `cible` est un état, MEME, ORIGINE (l'état d'où l'on venait), ou None pour
    la suppression. `permission` vaut None si seul le système agit ; `systeme` l'admet (auteur None).
    `phrase` raconte ce qui s'est passé, avec `{auteur}` et les clés de la trace ; `phrase_systeme` quand il n'y a
    pas d'auteur ; `question` est l'intitulé du commentaire demandé.
    """

    nom: str
    libelle: str
    sources: Sequence[str] | None
    cible: str | Cible | None
    phrase: str
    permission: Predicat | None = None
    gardes: Sequence[FonctionGarde | Garde] = ()
    estampilles: Sequence[FonctionEffet | Estampille] = ()
    effets: Sequence[FonctionEffet | Effet] = ()
    commentaire: Commentaire = Commentaire.FACULTATIF
    question: str = ""
    phrase_systeme: str = ""
    icone: str = "circle"
    ton: str = "secondaire"
    systeme: bool = False
    en_masse: bool = False

    @property
    def naissance(self) -> bool:
        return self.sources is None

    @property
    def suppression(self) -> bool:
        return self.cible is None

    def raconter(self, auteur: str, trace: Mapping[str, Any]) -> str:
        """La phrase de l'événement ; `auteur` vide : le système. Une clé absente de la trace s'écrit « … »."""
        modele = self.phrase if auteur else (self.phrase_systeme or self.phrase)
        return modele.format_map(_Trous({**trace, "auteur": auteur or "Dokelio+"}))


class _Trous(dict[str, Any]):
    def __missing__(self, cle: str) -> str:
        return "…"


_REGISTRE: dict[str, Machine] = {}


class Machine:
    """La vie des objets d'un modèle : états, transitions, et ce que d'autres pièces y ont inscrit.

    `Machine("formations.Action", champ="statut", etats=Etat, transitions=[…])` s'inscrit au registre en se
    déclarant. Lève `Declaration` si la table est incohérente.
    """

    def __init__(
        self,
        modele: str,
        *,
        etats: type[models.TextChoices],
        transitions: Sequence[Transition],
        champ: str = "statut",
        reference: str = "reference",
    ) -> None:
        self.label = modele
        self.champ = champ
        self.etats = etats
        self._reference = reference
        self.transitions: dict[str, Transition] = {}
        self._gardes: dict[str, list[tuple[tuple[int, str], Garde]]] = {}
        self._estampilles: dict[str, list[tuple[tuple[int, str], Estampille]]] = {}
        self._effets: dict[str, list[tuple[tuple[int, str], Effet]]] = {}
        for transition in transitions:
            self._ajouter(transition)
        if modele in _REGISTRE:
            raise Declaration(f"{modele} a déjà une machine.")
        _REGISTRE[modele] = self

    def __repr__(self) -> str:
        return f"<Machine {self.label}>"

    # Lecture -----------------------------------------------------------------------------------------------------

    @property
    def modele(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def initial(self) -> str:
        """L'état de naissance, dit par le champ du modèle."""
        champ = self.modele._meta.get_field(self.champ)
        if not isinstance(champ, EtatField):
            raise Declaration(f"{self.label}.{self.champ} n'est pas un EtatField.")
        return champ.initial

    @property
    def reference(self) -> str | None:
        """Nom du champ qui porte la référence de l'objet, None s'il n'y en a pas."""
        return self._reference if any(f.name == self._reference for f in self.modele._meta.get_fields()) else None

    def transition(self, nom: str) -> Transition:
        """La transition de ce nom ; lève `Declaration` si elle n'existe pas."""
        try:
            return self.transitions[nom]
        except KeyError:
            raise Declaration(f"{self.label} n'a pas de transition « {nom} ».") from None

    def libelle_etat(self, etat: str) -> str:
        return str(self.etats(etat).label) if etat in self.etats.values else etat

    def gardes(self, nom: str) -> list[Garde]:
        """Gardes de la transition, dans l'ordre : celles de la table, puis les inscrites par rang et par nom."""
        return [garde for _, garde in sorted(self._gardes[nom], key=lambda paire: paire[0])]

    def estampilles(self, nom: str) -> list[Estampille]:
        return [estampille for _, estampille in sorted(self._estampilles[nom], key=lambda paire: paire[0])]

    def effets(self, nom: str) -> list[Effet]:
        return [effet for _, effet in sorted(self._effets[nom], key=lambda paire: paire[0])]

    # Inscription (AppConfig.ready des pièces du dessus) -------------------------------------------------------------

    def inscrire_garde(self, nom: str, garde: FonctionGarde | Garde, *, rang: int = RANG_INSCRIT) -> None:
        """Ajoute une garde à la transition ; rang croissant, puis nom de la fonction. La table passe avant (rang 0)."""
        entree = garde if isinstance(garde, Garde) else Garde(garde)
        self._inscrire(self._gardes, nom, entree, rang)

    def inscrire_estampille(
        self, nom: str, estampille: FonctionEffet | Estampille, *, rang: int = RANG_INSCRIT
    ) -> None:
        """Ajoute une estampille à la transition (mêmes règles d'ordre que les gardes)."""
        entree = estampille if isinstance(estampille, Estampille) else Estampille(estampille)
        self._inscrire(self._estampilles, nom, entree, rang)

    def inscrire_effet(self, nom: str, effet: FonctionEffet | Effet, *, rang: int = RANG_INSCRIT) -> None:
        """Ajoute un effet à la transition (mêmes règles d'ordre que les gardes)."""
        entree = effet if isinstance(effet, Effet) else Effet(effet)
        self._inscrire(self._effets, nom, entree, rang)

    def _inscrire(self, table: dict[str, list[tuple[tuple[int, str], Any]]], nom: str, entree: Any, rang: int) -> None:
        transition = self.transition(nom)
        cle = f"{entree.fonction.__module__}.{entree.fonction.__qualname__}"
        if any(existante.fonction is entree.fonction for _, existante in table[nom]):
            raise Declaration(f"{cle} est déjà inscrite sur {self.label}.{nom}.")
        table[nom].append(((rang, cle), entree))
        if transition.en_masse:
            self._exiger_jumelles(nom)

    # Contrôle de la table --------------------------------------------------------------------------------------------

    def _ajouter(self, transition: Transition) -> None:
        nom = transition.nom
        if nom in self.transitions:
            raise Declaration(f"{self.label} : deux transitions « {nom} ».")
        connus = {str(etat) for etat in self.etats.values}
        inconnus = {str(etat) for etat in transition.sources or ()} - connus
        if isinstance(transition.cible, str) and transition.cible not in connus:
            inconnus.add(transition.cible)
        fautes = {
            f"états inconnus {sorted(inconnus)}": bool(inconnus),
            "ni libellé ni phrase": not (transition.libelle and transition.phrase),
            "aucune source": transition.sources is not None and not transition.sources,
            "personne ne peut la faire": transition.permission is None and not transition.systeme,
            "une naissance vise un état nommé": transition.naissance and not isinstance(transition.cible, str),
            "une naissance ou une suppression ne se fait pas en masse": transition.en_masse
            and (transition.naissance or transition.suppression),
        }
        for faute, presente in fautes.items():
            if presente:
                raise Declaration(f"{self.label}.{nom} : {faute}.")
        self.transitions[nom] = transition
        self._gardes[nom] = [
            ((0, f"{i:03}"), g if isinstance(g, Garde) else Garde(g)) for i, g in enumerate(transition.gardes)
        ]
        self._estampilles[nom] = [
            ((0, f"{i:03}"), e if isinstance(e, Estampille) else Estampille(e))
            for i, e in enumerate(transition.estampilles)
        ]
        self._effets[nom] = [
            ((0, f"{i:03}"), e if isinstance(e, Effet) else Effet(e)) for i, e in enumerate(transition.effets)
        ]
        if transition.en_masse:
            self._exiger_jumelles(nom)

    def _exiger_jumelles(self, nom: str) -> None:
        """Une transition `en_masse` n'a que des gardes, estampilles et effets pourvus de leur jumelle SQL."""
        orphelines = [
            *(g.fonction for g in self.gardes(nom) if g.sql is None),
            *(e.fonction for e in self.estampilles(nom) if e.colonnes is None),
            *(e.fonction for e in self.effets(nom) if e.sql is None),
        ]
        if orphelines:
            noms = ", ".join(f"{f.__module__}.{f.__qualname__}" for f in orphelines)
            raise Declaration(f"{self.label}.{nom} est déclarée en masse, sans jumelle SQL pour : {noms}.")
        reserves = {"demandes", "cible", "maj", "evenements"}
        vus: set[str] = set()
        for effet in self.effets(nom):
            for cte, fragment in (effet.sql or {}).items():
                if cte in reserves | vus or not cte.isidentifier():
                    raise Declaration(f"{self.label}.{nom} : le nom de CTE « {cte} » est déjà pris.")
                ecrit = not fragment.lstrip().upper().startswith("SELECT")
                if ecrit and "RETURNING" not in fragment.upper():
                    raise Declaration(f"{self.label}.{nom} : la CTE « {cte} » écrit sans RETURNING.")
                vus.add(cte)


def machines() -> list[Machine]:
    """Toutes les machines, par ordre de label."""
    return [_REGISTRE[label] for label in sorted(_REGISTRE)]


def machine(label: str) -> Machine:
    """La machine du modèle `label` (« formations.Action ») ; lève `Declaration` s'il n'en a pas."""
    try:
        return _REGISTRE[label]
    except KeyError:
        raise Declaration(f"{label} n'a pas de machine (module publication.py de son application).") from None


def machine_de(objet: models.Model | type[models.Model]) -> Machine:
    """La machine d'un objet ou d'un modèle."""
    return machine(objet._meta.label)
