"""Versement d'un flux de lignes dans une table : COPY vers une table temporaire, puis trois ordres ensemblistes.

Mémoire constante quelle que soit la taille ; ce qui n'a pas changé n'est pas réécrit."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model

EXEMPLES = 200


class FichierRefuse(Exception):
    """Le fichier ne peut pas être chargé ; le message est une phrase pour la personne."""


@dataclass(frozen=True, slots=True)
class LigneEcartee:
    """Une ligne laissée de côté : son fichier (ou membre), son numéro (1 : l'en-tête), la raison."""

    ligne: int
    motif: str
    fichier: str = ""

    def __str__(self) -> str:
        ou = f"{self.fichier}, " if self.fichier else ""
        return f"{ou}ligne {self.ligne}\u00a0: {self.motif}"


@dataclass(slots=True)
class Compte:
    """Ce qu'un versement a fait dans une table."""

    crees: int = 0
    modifies: int = 0
    inchanges: int = 0
    supprimes: int = 0


@dataclass(slots=True)
class Rapport:
    """Le compte rendu d'un chargement ; seules les premières lignes écartées sont gardées, toutes sont comptées."""

    source: str
    fichier: str
    sha256: str = ""
    tables: dict[str, Compte] = field(default_factory=dict)
    ecartees: list[LigneEcartee] = field(default_factory=list)
    nombre_ecartees: int = 0
    remarques: list[str] = field(default_factory=list)
    simulation: bool = False

    def ecarter(self, ligne: int, motif: str, fichier: str = "") -> None:
        """Compte une ligne écartée."""
        self.nombre_ecartees += 1
        if len(self.ecartees) < EXEMPLES:
            self.ecartees.append(LigneEcartee(ligne, motif, fichier))

    def total(self, quoi: str) -> int:
        """La somme, sur toutes les tables, de « crees », « modifies », « inchanges » ou « supprimes »."""
        return sum(getattr(compte, quoi) for compte in self.tables.values())

    def en_json(self) -> dict[str, Any]:
        """L'objet que la commande imprime avec --json."""
        return {
            "source": self.source,
            "fichier": self.fichier,
            "sha256": self.sha256,
            "simulation": self.simulation,
            "crees": self.total("crees"),
            "modifies": self.total("modifies"),
            "inchanges": self.total("inchanges"),
            "supprimes": self.total("supprimes"),
            "tables": {
                nom: {"crees": c.crees, "modifies": c.modifies, "inchanges": c.inchanges, "supprimes": c.supprimes}
                for nom, c in self.tables.items()
            },
            "ecartees": self.nombre_ecartees,
            "exemples_ecartes": [{"fichier": e.fichier, "ligne": e.ligne, "motif": e.motif} for e in self.ecartees],
            "remarques": self.remarques,
        }


class Versement:
    """Versement dans la table d'un modèle : `cle` reconnaît une ligne, `champs` sont les colonnes écrites.

    Une ligne est un couple (numéro de ligne du fichier, valeurs de `cle` puis de `champs`). De deux lignes de même
    clé la première compte, la suivante est écartée. Une transaction doit être ouverte."""

    _numeros = itertools.count(1)

    def __init__(
        self, modele: type[Model], cle: Sequence[str], champs: Sequence[str], rapport: Rapport, fichier: str = ""
    ) -> None:
        self.modele = modele
        self.rapport = rapport
        self.fichier = fichier
        self.cle = [self._colonne(nom) for nom in cle]
        self.champs = [self._colonne(nom) for nom in champs]
        self.table = connection.ops.quote_name(modele._meta.db_table)
        self.tampon = f"versement_{next(self._numeros)}"
        self.compte = rapport.tables.setdefault(modele._meta.model_name or "", Compte())

    def _colonne(self, nom: str) -> str:
        champ = self.modele._meta.get_field(nom)
        return connection.ops.quote_name(str(getattr(champ, "column", nom)))

    def remplir(self, lignes: Iterable[tuple[int, Sequence[Any]]]) -> None:
        """Recopie les lignes dans la table temporaire, par COPY, puis en retire les clés en double."""
        colonnes = self.cle + self.champs
        with connection.cursor() as curseur:
            curseur.execute(
                f"CREATE TEMP TABLE {self.tampon} ON COMMIT DROP AS "
                f"SELECT {', '.join(colonnes)}, 0::bigint AS rang_du_fichier FROM {self.table} WITH NO DATA"
            )
            with curseur.copy(f"COPY {self.tampon} ({', '.join(colonnes)}, rang_du_fichier) FROM STDIN") as copie:
                for numero, valeurs in lignes:
                    copie.write_row((*valeurs, numero))
            memes = " AND ".join(f"autre.{c} = ici.{c}" for c in self.cle)
            curseur.execute(f"CREATE INDEX ON {self.tampon} ({', '.join(self.cle)})")
            curseur.execute(f"ANALYZE {self.tampon}")
            curseur.execute(
                f"DELETE FROM {self.tampon} ici USING {self.tampon} autre WHERE {memes} "
                f"AND (autre.rang_du_fichier, autre.ctid) < (ici.rang_du_fichier, ici.ctid) "
                f"RETURNING ici.rang_du_fichier, ici.{self.cle[-1]}"
            )
            vus: set[tuple[int, Any]] = set()
            for numero, code in curseur.fetchall():
                if (numero, code) not in vus:
                    vus.add((numero, code))
                    self.rapport.ecarter(numero, f"{code} est déjà donné plus haut", self.fichier)

    def garder_si_vide(self, champ: str) -> None:
        """Reprend de la table la liste `champ` des lignes où le fichier n'en donne pas."""
        colonne = self._colonne(champ)
        memes = " AND ".join(f"t.{c} = v.{c}" for c in self.cle)
        with connection.cursor() as curseur:
            curseur.execute(
                f"UPDATE {self.tampon} v SET {colonne} = t.{colonne} FROM {self.table} t "
                f"WHERE {memes} AND v.{colonne} = '{{}}' AND t.{colonne} <> '{{}}'"
            )

    def appliquer(self, *, remplacer: bool = True) -> None:
        """Met à jour ce qui diffère, insère ce qui manque ; `remplacer=False` n'insère que ce qui manque."""
        memes = " AND ".join(f"t.{c} = v.{c}" for c in self.cle)
        cote_table = ", ".join(f"t.{c}" for c in self.champs)
        cote_versement = ", ".join(f"v.{c}" for c in self.champs)
        colonnes = ", ".join(self.cle + self.champs)
        modifies = 0
        with connection.cursor() as curseur:
            curseur.execute(f"SELECT count(*) FROM {self.tampon} v JOIN {self.table} t ON {memes}")
            connues: int = curseur.fetchone()[0]
            if remplacer and self.champs:
                curseur.execute(
                    f"UPDATE {self.table} t SET {', '.join(f'{c} = v.{c}' for c in self.champs)} "
                    f"FROM {self.tampon} v WHERE {memes} "
                    f"AND ROW({cote_table}) IS DISTINCT FROM ROW({cote_versement})"
                )
                modifies = curseur.rowcount
            curseur.execute(
                f"INSERT INTO {self.table} ({colonnes}) SELECT {', '.join(f'v.{c}' for c in self.cle + self.champs)} "
                f"FROM {self.tampon} v WHERE NOT EXISTS (SELECT FROM {self.table} t WHERE {memes}) "
                f"ORDER BY v.rang_du_fichier"
            )
            self.compte.crees += curseur.rowcount
        self.compte.modifies += modifies
        self.compte.inchanges += connues - modifies

    def retirer_absentes(self, portee: str, parametres: Sequence[Any]) -> None:
        """Supprime de la table les lignes de `portee` (condition SQL sur l'alias t) que le fichier ne donne plus."""
        memes = " AND ".join(f"t.{c} = v.{c}" for c in self.cle)
        with connection.cursor() as curseur:
            curseur.execute(
                f"DELETE FROM {self.table} t WHERE {portee} AND NOT EXISTS (SELECT FROM {self.tampon} v WHERE {memes})",
                list(parametres),
            )
            self.compte.supprimes += curseur.rowcount


def verser(
    modele: type[Model],
    cle: Sequence[str],
    champs: Sequence[str],
    lignes: Iterable[tuple[int, Sequence[Any]]],
    rapport: Rapport,
    *,
    fichier: str = "",
    remplacer: bool = True,
    garder_si_vide: Sequence[str] = (),
) -> Versement:
    """Versement complet ; rend l'objet, dont `retirer_absentes` peut encore servir.

    `garder_si_vide` : listes que le fichier ne vide pas, car une autre source a pu les remplir."""
    versement = Versement(modele, cle, champs, rapport, fichier)
    versement.remplir(lignes)
    for champ in garder_si_vide:
        versement.garder_si_vide(champ)
    versement.appliquer(remplacer=remplacer)
    return versement
