"""Écriture en masse d'un lot : références réservées d'avance, COPY pour ce qui naît, UPDATE pour ce qui change.

Un nombre constant de requêtes par lot. Les objets naissent dans leur état initial ; l'état n'est jamais écrit ensuite.
"""

import itertools
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from dokelio.socle.references import ProchaineReference

Ligne = dict[str, Any]
_tampons = itertools.count(1)


@cache
def _colonnes(modele: type[models.Model]) -> dict[str, Any]:
    """Champs écrits par COPY, par nom d'attribut : ni colonnes engendrées, ni valeurs que la base donne seule."""
    return {c.attname: c for c in modele._meta.concrete_fields if not c.generated}


def reserver(modele: type[models.Model], nombre: int) -> list[Ligne]:
    """`nombre` débuts de ligne : la clé, et la référence publique si le modèle en a une. Une requête."""
    if not nombre:
        return []
    table = modele._meta.db_table
    reference = next((c for c in modele._meta.concrete_fields if isinstance(c.db_default, ProchaineReference)), None)
    valeurs = "nextval(pg_get_serial_sequence(%s, 'id'))"
    if reference is not None and isinstance(reference.db_default, ProchaineReference):
        valeurs += f", {reference.db_default.as_sql(None, connection)[0]}"
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT {valeurs} FROM generate_series(1, %s)", [f'"{table}"', nombre])
        lignes = curseur.fetchall()
    noms = ["id", reference.attname] if reference is not None else ["id"]
    return [dict(zip(noms, ligne, strict=True)) for ligne in lignes]


def inserer(modele: type[models.Model], lignes: Sequence[Ligne]) -> None:
    """Verse des lignes neuves (toutes de mêmes clés, attributs du modèle) ; les attributs omis prennent leur défaut."""
    if not lignes:
        return
    champs = _colonnes(modele)
    donnes = list(lignes[0])
    defauts = {
        nom: champ.get_default()
        for nom, champ in champs.items()
        if nom not in donnes and not champ.has_db_default() and not champ.primary_key
    }
    colonnes = ", ".join(f'"{champs[nom].column}"' for nom in (*donnes, *defauts))
    convertir = [_convertisseur(champs[nom]) for nom in donnes]
    fixes = [_convertisseur(champs[nom])(valeur) for nom, valeur in defauts.items()]
    ordre = f'COPY "{modele._meta.db_table}" ({colonnes}) FROM STDIN'
    with connection.cursor() as curseur, curseur.copy(ordre) as copie:
        for ligne in lignes:
            copie.write_row([f(ligne[nom]) for f, nom in zip(convertir, donnes, strict=True)] + fixes)


def mettre_a_jour(modele: type[models.Model], lignes: Sequence[Ligne], *, dater: bool = False) -> set[int]:
    """Met à jour des lignes d'après leur `id` ; rend les `id` de celles qui ont vraiment changé.

    `dater` avance aussi `edition` et `modifie_le` de celles-là.
    """
    if not lignes:
        return set()
    champs = _colonnes(modele)
    donnes = [nom for nom in lignes[0] if nom != "id"]
    tampon = f"lot_{next(_tampons)}"
    noms = {nom: f'"{champs[nom].column}"' for nom in donnes}
    colonnes = ", ".join(['"id"', *noms.values()])
    convertir = [_convertisseur(champs[nom]) for nom in ("id", *donnes)]
    table = f'"{modele._meta.db_table}"'
    with connection.cursor() as curseur:
        curseur.execute(f"CREATE TEMP TABLE {tampon} ON COMMIT DROP AS SELECT {colonnes} FROM {table} WITH NO DATA")
        with curseur.copy(f"COPY {tampon} ({colonnes}) FROM STDIN") as copie:
            for ligne in lignes:
                copie.write_row([f(ligne[nom]) for f, nom in zip(convertir, ("id", *donnes), strict=True)])
        poses = [f"{c} = v.{c}" for c in noms.values()]
        if dater:
            poses += ["edition = t.edition + 1", "modifie_le = now()"]
        tenues, recues = (", ".join(f"{cote}.{c}" for c in noms.values()) for cote in ("t", "v"))
        curseur.execute(
            f"UPDATE {table} t SET {', '.join(poses)} FROM {tampon} v "
            f"WHERE t.id = v.id AND ROW({tenues}) IS DISTINCT FROM ROW({recues}) RETURNING t.id"
        )
        changes = {ligne[0] for ligne in curseur.fetchall()}
        curseur.execute(f"DROP TABLE {tampon}")
    return changes


def supprimer(modele: type[models.Model], cles: Sequence[int]) -> None:
    """Supprime des lignes dont rien ne dépend plus."""
    if cles:
        with connection.cursor() as curseur:
            curseur.execute(f'DELETE FROM "{modele._meta.db_table}" WHERE id = ANY(%s)', [list(cles)])


def _convertisseur(champ: Any) -> Any:
    if isinstance(champ, models.JSONField):
        return _json
    return _tel_quel


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _json(valeur: Any) -> str | None:
    return None if valeur is None else _encoder(valeur)


def _tel_quel(valeur: Any) -> Any:
    return valeur
