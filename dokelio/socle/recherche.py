"""Recherche : clé sans accents, plein texte, trigrammes, et codes reconnus dans une case de recherche.

Les fonctions SQL `f_unaccent`, `cle_alphabetique` et la configuration `francais` viennent de la première migration."""

import re
import unicodedata
from typing import Any, NamedTuple, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector, TrigramWordSimilarity
from django.db import models
from django.db.models import F, Func, GeneratedField, Q, QuerySet, TextField

from dokelio.lheo.identifiants import bien_forme
from dokelio.socle.identifiants import normaliser_code

CONFIGURATION = "francais"
_LETTRES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)
_Q = TypeVar("_Q", bound="QuerySet[Any, Any]")


# --- clé sans accents ------------------------------------------------------------------------------------------------


class CleAlphabetique(Func):
    """La clé d'ordre alphabétique d'un texte : `order_by(CleAlphabetique("nom"))` ne dépend pas de la base."""

    function = "cle_alphabetique"
    template = '(%(function)s(%(expressions)s) COLLATE "C")'
    output_field = TextField(db_collation="C")


def colonne_cle(*champs: str) -> "GeneratedField":
    """Colonne tenue par PostgreSQL : la clé sans accents de `champs` bout à bout, à ordonner et à chercher.

    Les champs doivent être NOT NULL et de la même table."""
    expression: Any = F(champs[0])
    for champ in champs[1:]:
        expression = _Jointure(expression, F(champ))
    return GeneratedField(
        expression=_Cle(expression), output_field=TextField(db_collation="C"), db_persist=True, editable=False
    )


class _Cle(Func):
    """`cle_alphabetique(…)` nue, pour une colonne générée dont la collation est déjà « C »."""

    function = "cle_alphabetique"
    output_field = TextField()


class _Jointure(Func):
    """Deux textes NOT NULL séparés d'une espace, par l'opérateur || (immuable, au contraire de CONCAT)."""

    template = "(%(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = TextField()


def cle_alphabetique(texte: str) -> str:
    """Jumelle Python de la fonction SQL, pour ce qui n'est pas en base et pour préparer une requête."""
    lettres = unicodedata.normalize("NFKC", texte).translate(_LETTRES)
    nu = "".join(c for c in unicodedata.normalize("NFKD", lettres) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", nu.lower()).strip()


# --- plein texte et trigrammes ---------------------------------------------------------------------------------------


def vecteur(*champs: str, poids: str = "A") -> SearchVector:
    """Vecteur plein texte (français, sans accents) de `champs`."""
    return SearchVector(*champs, config=CONFIGURATION, weight=poids)


def requete(texte: str) -> SearchQuery | None:
    """Requête plein texte dont le dernier mot peut être inachevé ; None si le texte n'a aucun mot."""
    mots = cle_alphabetique(texte).split()[:12]
    if not mots:
        return None
    return SearchQuery(" & ".join(mots) + ":*", config=CONFIGURATION, search_type="raw")


def tous_les_mots(champ: str, texte: str) -> Q:
    """Chaque mot de `texte` est quelque part dans la colonne-clé `champ` (index GIN trigramme)."""
    condition = Q()
    for mot in cle_alphabetique(texte).split()[:12]:
        condition &= Q(**{f"{champ}__contains": mot})
    return condition


def par_ressemblance(queryset: _Q, champ: str, texte: str) -> _Q:
    """Les lignes dont un mot de la colonne-clé `champ` ressemble à `texte`, par proximité (fautes de frappe)."""
    cle = cle_alphabetique(texte)
    annote = queryset.filter(**{f"{champ}__trigram_word_similar": cle}).annotate(
        ressemblance=TrigramWordSimilarity(cle, champ)
    )
    return annote.order_by("-ressemblance", champ)


def index_trigramme(champ: str, nom: str) -> models.Index:
    """Index GIN trigramme d'une colonne-clé, celui qu'attendent `tous_les_mots` et `par_ressemblance`."""
    from django.contrib.postgres.indexes import GinIndex

    return GinIndex(fields=[champ], name=nom, opclasses=["gin_trgm_ops"])


# --- codes reconnus --------------------------------------------------------------------------------------------------


class CodeReconnu(NamedTuple):
    """Un code lu dans une case de recherche : `nature` (« action », « siret », « rncp »…) et sa forme canonique."""

    nature: str
    valeur: str


_REFERENCES = {"AF": "action", "SE": "session", "OF": "organisme"}
_REFERENCE = re.compile(r"(?:[0-9]{2})?(?:AF[0-9]{10})?(AF|SE|OF)([0-9]{1,10})", re.ASCII)
_CODES = re.compile(r"(RNCP|RS)([0-9]{1,6})(BC[0-9]{1,3})?", re.ASCII)
_NUS = (
    ("siret", "siret"),
    ("nda", "nda"),
    ("siren", "siren"),
    ("uai", "uai"),
    ("rome", "rome"),
    ("code_postal", "code_postal"),
    ("formacode", "formacode"),
)


def reconnaitre(texte: str) -> tuple[CodeReconnu, ...]:
    """Les codes que `texte` peut être, du plus probable au moins probable ; vide si ce n'est pas un code.

    « af 179492 » → action AF_0000179492 ; « 14_AF_…_SE_… » → session ; « rncp 37 674 » → RNCP37674 ; cinq chiffres
    sont un code postal puis un Formacode ; dix chiffres, une référence dont le préfixe manque."""
    if len(texte) > 60:
        return ()
    code = normaliser_code(texte)
    if trouve := _REFERENCE.fullmatch(code):
        prefixe, numero = trouve.groups()
        return (CodeReconnu(_REFERENCES[prefixe], f"{prefixe}_{int(numero):010d}"),)
    if trouve := _CODES.fullmatch(code):
        repertoire, numero, bloc = trouve.groups()
        fiche = f"{repertoire}{int(numero)}"
        return (CodeReconnu("bloc", fiche + bloc),) if bloc else (CodeReconnu(repertoire.lower(), fiche),)
    if bien_forme("mef", code):  # dix chiffres
        return tuple(CodeReconnu(nature, f"{prefixe}_{code}") for prefixe, nature in _REFERENCES.items())
    return tuple(CodeReconnu(nature, code) for nature, forme in _NUS if bien_forme(forme, code))
