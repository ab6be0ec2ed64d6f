"""Pagination par clé : deux requêtes par page, ni OFFSET ni comptage sans borne, curseur opaque dans l'adresse.

La clé est un ordre total (le dernier champ est unique) ; un curseur qui ne veut rien dire rend la première page."""

import base64
import binascii
import datetime
import decimal
import json
import math
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.http import QueryDict

TAILLE = 50
PLAFOND = 1000
_M = TypeVar("_M", bound=Model)
_TROP_LONG = 2000


@dataclass(frozen=True, slots=True)
class Cle:
    """Un champ de l'ordre ; les valeurs absentes viennent toujours en dernier, dans les deux sens."""

    champ: str
    descendant: bool
    nulle: bool

    @property
    def alias(self) -> str:
        """Le nom sous lequel la valeur se lit sur la ligne (un chemin `a__b` est annoté)."""
        return "cle_" + self.champ.replace("__", "_") if "__" in self.champ else self.champ

    def ordre(self, *, inverse: bool) -> Any:
        """L'expression `order_by`, dans le sens de la lecture ou à rebours."""
        descendant = self.descendant != inverse
        options: dict[str, bool] = {}
        if self.nulle:
            options = {"nulls_first": True} if inverse else {"nulls_last": True}
        return F(self.champ).desc(**options) if descendant else F(self.champ).asc(**options)

    def au_dela(self, valeur: Any, *, inverse: bool) -> Q | None:
        """Ce qui vient strictement après `valeur` dans le sens demandé ; None si rien ne peut venir après."""
        if valeur is None:
            return Q(**{f"{self.champ}__isnull": False}) if inverse else None
        condition = Q(**{f"{self.champ}__{'lt' if self.descendant != inverse else 'gt'}": valeur})
        if self.nulle and not inverse:
            condition |= Q(**{f"{self.champ}__isnull": True})
        return condition

    def egale(self, valeur: Any) -> Q:
        """La même valeur, absente comprise."""
        return Q(**{f"{self.champ}__isnull": True}) if valeur is None else Q(**{self.champ: valeur})

    def borne(self, valeur: Any, *, inverse: bool) -> Q:
        """Condition redondante, mais qui laisse l'index sauter droit à la page quand la clé n'est jamais absente."""
        if self.nulle or valeur is None:
            return Q()
        return Q(**{f"{self.champ}__{'lte' if self.descendant != inverse else 'gte'}": valeur})


class PageParCle(Generic[_M]):
    """Une page d'un queryset, lue par sa clé.

    `ordre` : noms de champs, « - » pour descendre, le dernier unique (`("-modifie_le", "id")`) ; chemins `a__b` et
    annotations admis. `parametres` : `request.GET`. `compte` : leur nombre, s'il est déjà su.
    Ce que lisent les gabarits : la page s'itère ;
    `page.objets` (liste), `page.precedent` et `page.suivant` (suite de l'adresse, « ?statut=…&page=… », ou None),
    `page.premiere` (l'adresse sans curseur), `page.debut` (la même, ou None quand on y est), `page.compte_texte`
    (« 47 » ou « plus de 1 000 »), `page.compte` (au plus 1 000), `page.compte_plafonne` (vrai :
    « plus de 1 000 »)."""

    def __init__(
        self,
        queryset: "QuerySet[_M, Any]",
        ordre: Sequence[str],
        parametres: Mapping[str, Any] | QueryDict | None = None,
        *,
        taille: int = TAILLE,
        nom: str = "page",
        compte: int | None = None,
    ) -> None:
        self._queryset = queryset
        self._compte_connu = compte
        self._parametres = parametres
        self._nom = nom
        self.taille = taille
        self._cles = tuple(_cle(queryset, champ) for champ in ordre)
        self._marque = zlib.crc32("|".join(ordre).encode()) & 0xFFFF
        curseur = str(parametres.get(nom, "")) if parametres else ""
        lu = self._lire(curseur) if curseur else None
        lignes, inverse, surplus = self._lignes(lu)
        if lu is not None and not lignes:  # ce que montrait cette page a disparu
            lu, (lignes, inverse, surplus) = None, self._lignes(None)
        self.objets: list[_M] = lignes
        avant = surplus if inverse else lu is not None
        apres = inverse or surplus
        self.premiere = self._adresse(None)
        self.precedent = self._adresse(self._curseur("p", lignes[0])) if lignes and avant else None
        self.suivant = self._adresse(self._curseur("a", lignes[-1])) if lignes and apres else None
        self.compte, self.compte_plafonne = self._compter(complete=lu is None and not surplus)

    def __iter__(self) -> Iterator[_M]:
        return iter(self.objets)

    def __len__(self) -> int:
        return len(self.objets)

    @property
    def debut(self) -> str | None:
        """L'adresse de la première page, quand ce n'est pas elle."""
        return self.premiere if self.precedent else None

    @property
    def compte_texte(self) -> str:
        """« 47 », ou « plus de 1 000 » quand le comptage s'est arrêté."""
        return "plus de 1\u00a0000" if self.compte_plafonne else f"{self.compte:,}".replace(",", "\u00a0")

    def _lignes(self, lu: tuple[bool, list[Any]] | None) -> tuple[list[_M], bool, bool]:
        """Les lignes de la page dans l'ordre de lecture, si elle est lue à rebours, et s'il en reste au-delà."""
        inverse, valeurs = lu if lu is not None else (False, [])
        annotations = {cle.alias: F(cle.champ) for cle in self._cles if cle.alias != cle.champ}
        requete = self._queryset.annotate(**annotations) if annotations else self._queryset
        requete = requete.order_by(*(cle.ordre(inverse=inverse) for cle in self._cles))
        if valeurs:
            requete = requete.filter(self._condition(valeurs, inverse=inverse))
        lignes = list(requete[: self.taille + 1])
        surplus = len(lignes) > self.taille
        del lignes[self.taille :]
        if inverse:
            lignes.reverse()
        return lignes, inverse, surplus

    def _condition(self, valeurs: list[Any], *, inverse: bool) -> Q:
        alternatives = Q(pk__in=[])
        egales = Q()
        for cle, valeur in zip(self._cles, valeurs, strict=True):
            if (au_dela := cle.au_dela(valeur, inverse=inverse)) is not None:
                alternatives |= egales & au_dela
            egales &= cle.egale(valeur)
        return self._cles[0].borne(valeurs[0], inverse=inverse) & alternatives

    def _compter(self, *, complete: bool) -> tuple[int, bool]:
        if complete:
            return len(self.objets), False
        if self._compte_connu is not None:
            return min(self._compte_connu, PLAFOND), self._compte_connu > PLAFOND
        nombre = self._queryset.order_by().values("pk")[: PLAFOND + 1].count()
        return min(nombre, PLAFOND), nombre > PLAFOND

    # --- curseur ---

    def _curseur(self, sens: str, ligne: _M) -> str:
        valeurs = [_vers_json(getattr(ligne, cle.alias)) for cle in self._cles]
        texte = json.dumps([sens, self._marque, *valeurs], separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(texte.encode()).decode().rstrip("=")

    def _lire(self, curseur: str) -> tuple[bool, list[Any]] | None:
        """(à rebours, valeurs) d'un curseur, ou None s'il est d'un autre ordre, abîmé ou forgé."""
        if len(curseur) > _TROP_LONG:
            return None
        try:
            octets = base64.b64decode(curseur + "=" * (-len(curseur) % 4), altchars=b"-_", validate=True)
            contenu = json.loads(octets)
            sens, marque, *brutes = contenu
            if sens not in {"a", "p"} or marque != self._marque or len(brutes) != len(self._cles):
                return None
            return sens == "p", [self._valeur(cle, brute) for cle, brute in zip(self._cles, brutes, strict=True)]
        except (ValueError, TypeError, binascii.Error, ValidationError, RecursionError, ArithmeticError):
            return None

    def _valeur(self, cle: Cle, brute: Any) -> Any:
        if brute is None:
            if not cle.nulle:
                raise ValueError
            return None
        if isinstance(brute, str):
            brute.encode()
            if "\0" in brute:
                raise ValueError
        elif not isinstance(brute, int | float) or not math.isfinite(brute) or abs(brute) >= 2**63:
            raise ValueError
        valeur = _champ(self._queryset, cle.champ)[0].to_python(brute)
        if isinstance(valeur, decimal.Decimal) and not valeur.is_finite():
            raise ValueError
        return valeur

    def _adresse(self, curseur: str | None) -> str:
        if isinstance(self._parametres, QueryDict):
            parametres = self._parametres.copy()
        else:
            parametres = QueryDict(mutable=True)
            parametres.update({nom: str(valeur) for nom, valeur in (self._parametres or {}).items()})
        parametres.pop(self._nom, None)
        if curseur is not None:
            parametres[self._nom] = curseur
        return "?" + parametres.urlencode()


def _cle(queryset: "QuerySet[Any, Any]", texte: str) -> Cle:
    champ = texte.removeprefix("-")
    return Cle(champ, descendant=texte.startswith("-"), nulle=_champ(queryset, champ)[1])


def _champ(queryset: "QuerySet[Any, Any]", chemin: str) -> tuple["Field[Any, Any]", bool]:
    """Le champ au bout de `chemin` et s'il peut être absent (dans le doute, une annotation le peut)."""
    annotation = queryset.query.annotations.get(chemin)
    if annotation is not None:
        return annotation.output_field, True
    modele, nulle = queryset.model, False
    *relations, dernier = chemin.split("__")
    for relation in relations:
        lien = modele._meta.get_field(relation)
        nulle = nulle or bool(getattr(lien, "null", True))
        modele = lien.related_model
    champ = modele._meta.pk if dernier == "pk" else modele._meta.get_field(dernier)
    if champ is None or not isinstance(champ, Field):
        raise FieldDoesNotExist(chemin)
    if champ.is_relation:
        raise FieldDoesNotExist(f"{chemin}\u00a0: ordonner par la colonne d'une relation, pas par la relation")
    return champ, nulle or champ.null


def _vers_json(valeur: Any) -> Any:
    if isinstance(valeur, datetime.date | datetime.time):
        return valeur.isoformat()
    if isinstance(valeur, decimal.Decimal | uuid.UUID):
        return str(valeur)
    return valeur
