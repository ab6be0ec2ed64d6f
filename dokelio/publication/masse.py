"""La même transition qu'`effectuer`, sur un ensemble, en une seule instruction SQL : pour la nuit et les lots.

Une ligne que les gardes refusent, ou qu'un autre tient sous verrou, est laissée pour la prochaine fois.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from dokelio.historique.contexte import contexte_historique
from dokelio.publication.contexte import jour_de_paris, un_geste
from dokelio.publication.contraintes import contraintes_en_refus
from dokelio.publication.machine import (
    MEME,
    ORIGINE,
    Commentaire,
    Declaration,
    Machine,
    Permission,
    Transition,
    machine_de,
)
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import commentaire_manquant
from dokelio.publication.refus import TransitionInterdite, TransitionRefusee


@dataclass(frozen=True, slots=True)
class Bilan:
    """Ce qu'a fait une transition en masse : combien, lesquels (triés), et les lignes écrites par CTE d'effet."""

    nombre: int
    ids: list[int]
    comptes: dict[str, int]
    geste: UUID


def effectuer_en_masse(
    nom: str,
    ids_sql: str | models.QuerySet[Any],
    au: date | None = None,
    *,
    modele: type[models.Model],
    parametres: Sequence[Any] | Mapping[str, Any] = (),
    auteur: Any = None,
    commentaire: str = "",
    geste: UUID | None = None,
    **donnees: Any,
) -> Bilan:
    """Fait la transition `nom` sur toutes les lignes de `ids_sql` qui peuvent la faire, en une instruction.

    `ids_sql` : requête qui rend une colonne d'identifiants, avec ses `parametres` (suite pour `%s`, dict pour
    `%(nom)s`), ou un QuerySet du modèle. `au` : jour de Paris des règles. `donnees` : paramètres des jumelles SQL.
    Lève `Declaration` si la transition n'est pas déclarée en masse, `TransitionInterdite`, et
    `TransitionRefusee` pour tout le lot si une seule ligne viole une contrainte que les gardes n'avaient pas prévue.
    """
    machine = machine_de(modele)
    transition = machine.transition(nom)
    if not transition.en_masse:
        raise Declaration(f"{machine.label}.{nom} n'est pas déclarée en masse.")
    permission = _permission(transition, auteur)
    if transition.commentaire is Commentaire.OBLIGATOIRE and not commentaire.strip():
        raise TransitionRefusee([commentaire_manquant(transition)])
    maintenant = timezone.now()
    demandes, valeurs = _demandes(ids_sql, parametres)
    with contraintes_en_refus(), transaction.atomic(), un_geste(geste) as commun:
        valeurs |= donnees | {
            "au": au or jour_de_paris(maintenant),
            "maintenant": maintenant,
            "auteur": getattr(auteur, "pk", None),
            "moteur_sources": [str(source) for source in transition.sources or ()],
            "moteur_cible": transition.cible if isinstance(transition.cible, str) else None,
            "moteur_type": machine.label,
            "moteur_nom": nom,
            "moteur_commentaire": commentaire.strip(),
            "moteur_geste": commun,
            "moteur_vide": Jsonb({}),
        }
        with contexte_historique(auteur, geste=str(commun), transition=f"{machine.label}.{nom}"):
            ligne = _executer(instruction(machine, nom, demandes, permission), valeurs)
        ids, ecrits, *comptes = ligne
        if len(ids) != ecrits:
            raise RuntimeError(f"{machine.label}.{nom} : {len(ids)} objets changés, {ecrits} événements écrits.")
    return Bilan(len(ids), ids, dict(zip(_noms_des_ctes(machine, nom), comptes, strict=True)), commun)


def instruction(machine: Machine, nom: str, demandes: str, permission: str = "") -> str:
    """Le texte SQL de la transition en masse ; `demandes` est la requête des identifiants."""
    transition = machine.transition(nom)
    table, cle = _q(machine.modele._meta.db_table), _q(machine.modele._meta.pk.column)
    etat = _q(_colonne(machine, machine.champ))
    gardes = [permission, *(garde.sql or "" for garde in machine.gardes(nom))]
    conditions = "".join(f"\n    AND ({garde})" for garde in gardes if garde)
    if transition.cible is ORIGINE:
        conditions += f"\n    AND {_origine(cle, etat)} IS NOT NULL"
    ctes = [(cte, sql) for effet in machine.effets(nom) for cte, sql in (effet.sql or {}).items()]
    suite = "".join(f",\n{cte} AS ({sql})" for cte, sql in ctes)
    comptes = "".join(f",\n  (SELECT count(*) FROM {cte})" for cte, _ in ctes)
    return f"""WITH demandes(id) AS MATERIALIZED ({demandes}),
cible AS MATERIALIZED (
  SELECT o.*, {_apres(transition, cle, etat)} AS moteur_apres, {_trace(machine, nom)} AS moteur_trace
  FROM {table} o
  WHERE o.{cle} IN (SELECT id FROM demandes) AND o.{etat} = ANY(%(moteur_sources)s){conditions}
  FOR NO KEY UPDATE OF o SKIP LOCKED),
maj AS MATERIALIZED ({_maj(machine, nom, table, cle, etat)}),
evenements AS (
  INSERT INTO {_q(Evenement._meta.db_table)} (id, objet_type, objet_id, reference, transition, avant, apres,
    auteur_id, commentaire, donnees, geste, au)
  SELECT evenement_id, %(moteur_type)s, id, reference, %(moteur_nom)s, avant, apres,
    %(auteur)s::bigint, %(moteur_commentaire)s, trace, %(moteur_geste)s::uuid, %(au)s::date
  FROM maj RETURNING id){suite}
SELECT (SELECT coalesce(array_agg(id ORDER BY id), ARRAY[]::bigint[]) FROM maj),
  (SELECT count(*) FROM evenements){comptes}"""


def _maj(machine: Machine, nom: str, table: str, cle: str, etat: str) -> str:
    """La CTE `maj(id, avant, apres, reference, evenement_id, trace)` ; un simple SELECT si aucune colonne ne change."""
    champ = machine.reference
    reference = f"coalesce(c.{_q(_colonne(machine, champ))}, '')" if champ else "''"
    sequence = f"pg_get_serial_sequence('{_q(Evenement._meta.db_table)}', 'id')"
    rendu = (
        f"c.{cle} AS id, c.{etat} AS avant, c.moteur_apres AS apres, {reference} AS reference, "
        f"nextval({sequence}) AS evenement_id, c.moteur_trace AS trace"
    )
    colonnes = {
        _q(_colonne(machine, colonne)): expression
        for estampille in machine.estampilles(nom)
        for colonne, expression in (estampille.colonnes or {}).items()
    }
    meme = machine.transition(nom).cible is MEME
    if meme and not colonnes:
        return f"SELECT {rendu} FROM cible c"
    champs = machine.modele._meta.concrete_fields
    dates = {_q(f.column): "%(maintenant)s" for f in champs if getattr(f, "auto_now", False)}
    poses = {**dates, **colonnes} if meme else {**dates, **colonnes, etat: "c.moteur_apres"}
    liste = ", ".join(f"{colonne} = {expression}" for colonne, expression in poses.items())
    return f"UPDATE {table} o SET {liste} FROM cible c WHERE o.{cle} = c.{cle} RETURNING {rendu}"


def _apres(transition: Transition, cle: str, etat: str) -> str:
    if transition.cible is MEME:
        return f"o.{etat}"
    if transition.cible is ORIGINE:
        return _origine(cle, etat)
    return "%(moteur_cible)s::text"


def _origine(cle: str, etat: str) -> str:
    """Expression de l'état d'où la ligne `o` est entrée dans le sien (voir `etat_d_origine`)."""
    return (
        f"(SELECT e.avant FROM {_q(Evenement._meta.db_table)} e WHERE e.objet_type = %(moteur_type)s "
        f"AND e.objet_id = o.{cle} AND e.apres = o.{etat} AND e.avant NOT IN ('', o.{etat}) ORDER BY e.id DESC LIMIT 1)"
    )


def _trace(machine: Machine, nom: str) -> str:
    paires = [f"'{c}', {sql}" for estampille in machine.estampilles(nom) for c, sql in estampille.trace.items()]
    return f"jsonb_build_object({', '.join(paires)})" if paires else "%(moteur_vide)s::jsonb"


def _permission(transition: Transition, auteur: Any) -> str:
    """La condition SQL de la permission ; lève `TransitionInterdite` si l'auteur ne peut l'être en masse."""
    if auteur is None:
        if not transition.systeme:
            raise TransitionInterdite(f"« {transition.libelle} » demande une personne.")
        return ""
    if transition.permission is None:
        raise TransitionInterdite(f"« {transition.libelle} » ne se fait que par le système.")
    if not isinstance(transition.permission, Permission):
        raise Declaration(f"{transition.nom} : la permission n'a pas de jumelle SQL, personne ne la fait en masse.")
    return transition.permission.sql


def _demandes(ids_sql: str | models.QuerySet[Any], parametres: Any) -> tuple[str, dict[str, Any]]:
    """La requête des identifiants, ses paramètres tous nommés."""
    if isinstance(ids_sql, models.QuerySet):
        ids_sql, parametres = ids_sql.order_by().values("pk").query.sql_with_params()
    if isinstance(parametres, Mapping):
        return ids_sql, dict(parametres)
    noms = iter(range(len(parametres)))
    nomme = re.sub(r"%(%|s)", lambda m: "%%" if m[1] == "%" else f"%(moteur_p{next(noms)})s", ids_sql)
    return nomme, {f"moteur_p{rang}": valeur for rang, valeur in enumerate(parametres)}


def _noms_des_ctes(machine: Machine, nom: str) -> list[str]:
    return [cte for effet in machine.effets(nom) for cte in effet.sql or {}]


def _executer(sql: str, valeurs: dict[str, Any]) -> Any:
    with connection.cursor() as curseur:
        curseur.execute(sql, valeurs)
        return curseur.fetchone()


def _colonne(machine: Machine, champ: str) -> str:
    """La colonne d'un champ, ou le nom tel quel si c'est déjà une colonne."""
    for f in machine.modele._meta.concrete_fields:
        if champ in (f.name, f.attname, f.column):
            return str(f.column)
    raise Declaration(f"{machine.label} n'a pas de colonne « {champ} ».")


def _q(nom: str | None) -> str:
    return connection.ops.quote_name(nom or "")
