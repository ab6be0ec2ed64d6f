"""Verser beaucoup de lignes d'un modèle par COPY : les valeurs par défaut du modèle, puis celles qu'on donne.

Réservé au chargement en masse : ni `save()`, ni signal ; les déclencheurs et les contraintes de la base jouent.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, models


class Copie:
    """Les lignes d'un modèle à verser ; les clés sont des `attname`, les arbres JSON des objets ou du texte."""

    def __init__(self, modele: type[models.Model]) -> None:
        self.modele = modele
        self._champs = [c for c in modele._meta.concrete_fields if not c.generated]
        self._place = {c.attname: place for place, c in enumerate(self._champs)}
        self._json = {c.attname for c in self._champs if isinstance(c, models.JSONField)}
        self._defauts = [_defaut(c) for c in self._champs]
        self.lignes: list[list[Any]] = []

    def ajouter(self, **valeurs: Any) -> None:
        """Une ligne ; ce qui n'est pas donné prend la valeur par défaut du modèle (la clé, celle de sa séquence)."""
        ligne = self._defauts.copy()
        for nom, valeur in valeurs.items():
            if nom in self._json and valeur is not None and valeur.__class__ is not str:
                valeur = ecrire(valeur)
            ligne[self._place[nom]] = valeur
        self.lignes.append(ligne)

    def verser(self) -> None:
        """Envoie les lignes à la base, dans l'ordre, puis les oublie ; toutes ont une clé, ou aucune."""
        if not self.lignes:
            return
        cle = self._place["id"]
        sans_cle = self.lignes[0][cle] is None
        champs = [c for c in self._champs if not (sans_cle and c.attname == "id")]
        colonnes = ", ".join(connection.ops.quote_name(c.column or "") for c in champs)
        table = connection.ops.quote_name(self.modele._meta.db_table)
        with connection.cursor() as curseur, curseur.copy(f"COPY {table} ({colonnes}) FROM STDIN") as copie:
            for ligne in self.lignes:
                if sans_cle:
                    del ligne[cle]
                copie.write_row(ligne)
        self.lignes.clear()


def _defaut(champ: models.Field[Any, Any]) -> Any:
    if champ.primary_key or (champ.null and not champ.has_default()):
        return None
    valeur = champ.get_default()
    return ecrire(valeur) if isinstance(champ, models.JSONField) else valeur


_JSON = json.JSONEncoder(ensure_ascii=False)


def ecrire(valeur: Any) -> str:
    """Un arbre en JSON."""
    return _JSON.encode(valeur)


def cles(modele: type[models.Model], nombre: int) -> list[int]:
    """Des identifiants neufs de ce modèle."""
    table = modele._meta.db_table
    return _suite(f"pg_get_serial_sequence('{table}', 'id')", nombre)


def references(prefixe: str, sequence: str, nombre: int) -> list[str]:
    """Des références neuves, prises à leur séquence."""
    return [f"{prefixe}_{numero:010d}" for numero in _suite(f"'{sequence}'", nombre)]


def _suite(sequence: str, nombre: int) -> list[int]:
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [nombre])
        return [ligne[0] for ligne in curseur.fetchall()]


def analyser(*modeles: type[models.Model]) -> None:
    """Met à jour les statistiques du planificateur, sans lire les arbres ni les longs textes (ce serait long)."""
    listes = []
    for modele in modeles:
        courtes = [c for c in modele._meta.concrete_fields if not isinstance(c, models.JSONField) and _courte(c)]
        colonnes = ", ".join(connection.ops.quote_name(c.column or "") for c in courtes)
        listes.append(f"{connection.ops.quote_name(modele._meta.db_table)} ({colonnes})")
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE " + ", ".join(listes))


def _courte(champ: models.Field[Any, Any]) -> bool:
    return not isinstance(champ, models.CharField | models.TextField) or (champ.max_length or 1000) <= 60
