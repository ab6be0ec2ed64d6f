"""L'histoire d'un objet, quel qu'il soit : ses changements champ à champ et ce que d'autres pièces racontent de lui.

`pour(objet)` rend des entrées prêtes à montrer par `historique/frise.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from dokelio.historique.suivi import RELATION
from dokelio.socle.typographie import date_courte

VEILLE = timedelta(minutes=30)
LIMITE = 200


@dataclass(frozen=True, slots=True)
class Ecart:
    """Un champ qui a changé, tel qu'on le lit : libellé, valeur d'avant, valeur d'après (vides : rien)."""

    champ: str
    libelle: str
    avant: str
    apres: str


@dataclass(slots=True)
class Entree:
    """Une ligne de l'histoire. `auteur` vide : le système ; `geste` relie ce qu'un même clic a fait ;

    `changement` : rien d'autre que des champs modifiés, et donc rien du tout sans écart.
    """

    instant: datetime
    auteur: str
    phrase: str
    icone: str = "pencil-line"
    commentaire: str = ""
    ecarts: list[Ecart] = field(default_factory=list)
    geste: str = ""
    changement: bool = False


Source = Callable[[models.Model, int], Iterable[Entree]]

_sources: list[Source] = []


def inscrire_source(source: Source) -> None:
    """Ajoute une source d'entrées `(objet, limite)`, depuis `AppConfig.ready()` d'une pièce du dessus."""
    if source not in _sources:
        _sources.append(source)


def pour(objet: models.Model, limite: int = LIMITE) -> list[Entree]:
    """L'histoire de l'objet, de la plus récente à la plus ancienne entrée, `limite` au plus par source.

    Les changements d'un geste qu'une autre source raconte lui sont joints ; ceux d'une même personne en moins d'une
    demi-heure n'en font qu'un. Trois requêtes, plus une par clé étrangère changée.
    """
    racontees = [entree for source in _sources for entree in source(objet, limite)]
    par_geste = {entree.geste: entree for entree in reversed(racontees) if entree.geste}
    seules = []
    for changement in changements(objet, limite):
        recit = par_geste.get(changement.geste) if changement.geste else None
        if recit is None:
            seules.append(changement)
        else:
            recit.ecarts.extend(changement.ecarts)
    toutes = sorted([*racontees, *seules], key=lambda entree: entree.instant, reverse=True)
    return _reunir(toutes)


def changements(objet: models.Model, limite: int = LIMITE) -> list[Entree]:
    """Les changements champ à champ d'un objet suivi (`suivi_des_changements`), du plus récent au plus ancien."""
    if not hasattr(type(objet), RELATION):
        return []
    lignes = list(getattr(objet, RELATION).order_by("-pgh_id")[:limite])
    noms = _noms(lignes)
    champs = _champs_suivis(objet, lignes)
    lisible = _lecteur(champs, [objet, *lignes])
    entrees = []
    for ligne, suivante in zip(lignes, [objet, *lignes], strict=False):
        contexte = _contexte(ligne)
        ecarts = [
            Ecart(c.name, _libelle(c), lisible(c, ligne), lisible(c, suivante))
            for c in champs
            if getattr(ligne, c.attname) != getattr(suivante, c.attname)
        ]
        auteur = noms.get(contexte.get("user"), "")
        entrees.append(
            Entree(
                instant=ligne.pgh_created_at,
                auteur=auteur,
                phrase=f"{auteur} a modifié la fiche." if auteur else "La fiche a été modifiée.",
                ecarts=ecarts,
                geste=str(contexte.get("geste", "")),
                changement=True,
            )
        )
    return entrees


def _reunir(entrees: Sequence[Entree]) -> list[Entree]:
    """Fond les modifications qui se suivent, d'une même personne, à moins d'une demi-heure l'une de l'autre."""
    reunies: list[Entree] = []
    for entree in entrees:
        derniere = reunies[-1] if reunies else None
        if (
            derniere is not None
            and derniere.changement
            and entree.changement
            and derniere.phrase == entree.phrase
            and derniere.instant - entree.instant < VEILLE
        ):
            derniere.ecarts = _fondre(entree.ecarts, derniere.ecarts)
        else:
            reunies.append(entree)
    return [entree for entree in reunies if entree.ecarts or not entree.changement]


def _fondre(anciens: Iterable[Ecart], recents: Iterable[Ecart]) -> list[Ecart]:
    """Premier avant, dernier après, champ par champ ; un aller-retour disparaît."""
    fondus = {ecart.champ: ecart for ecart in anciens}
    for ecart in recents:
        premier = fondus.get(ecart.champ, ecart)
        fondus[ecart.champ] = Ecart(ecart.champ, ecart.libelle, premier.avant, ecart.apres)
    return [ecart for ecart in fondus.values() if ecart.avant != ecart.apres]


def _contexte(ligne: Any) -> dict[str, Any]:
    return dict(ligne.pgh_context or {})


def _noms(lignes: Iterable[Any]) -> dict[Any, str]:
    cles = {cle for ligne in lignes if (cle := _contexte(ligne).get("user"))}
    personnes = get_user_model()._default_manager.in_bulk(cles) if cles else {}
    return {cle: str(personne) for cle, personne in personnes.items()}


def _champs_suivis(objet: models.Model, lignes: Sequence[Any]) -> list[Any]:
    if not lignes:
        return []
    suivis = {champ.name for champ in lignes[0]._meta.concrete_fields}
    return [champ for champ in objet._meta.concrete_fields if champ.name in suivis and not champ.primary_key]


def _libelle(champ: Any) -> str:
    libelle = str(champ.verbose_name)
    return libelle[:1].upper() + libelle[1:]


def _lecteur(champs: Iterable[Any], lignes: Sequence[Any]) -> Callable[[Any, Any], str]:
    """Fonction qui écrit la valeur d'un champ ; les objets liés sont cherchés ensemble, un champ à la fois."""
    lies: dict[str, dict[Any, Any]] = {}
    for champ in champs:
        cles = {getattr(ligne, champ.attname) for ligne in lignes} if champ.is_relation else set()
        if len(cles) > 1:
            lies[champ.name] = champ.related_model._base_manager.in_bulk(cles - {None})

    def lisible(champ: Any, ligne: Any) -> str:
        valeur = getattr(ligne, champ.attname)
        if champ.is_relation and valeur is not None:
            return str(lies.get(champ.name, {}).get(valeur, f"n° {valeur} (supprimé)"))
        return _ecrire(valeur, dict(champ.flatchoices or ()))

    return lisible


def _ecrire(valeur: Any, choix: dict[Any, Any]) -> str:
    if valeur is None or valeur in ("", [], {}):
        return ""
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    if isinstance(valeur, datetime):
        return timezone.localtime(valeur).strftime("%d/%m/%Y %H:%M")
    if isinstance(valeur, date):
        return date_courte(valeur)
    if isinstance(valeur, list):
        return ", ".join(_ecrire(un, choix) for un in valeur)
    if isinstance(valeur, dict):
        return " · ".join(texte for un in valeur.values() if (texte := _ecrire(un, {})))
    return str(choix.get(valeur, valeur))
