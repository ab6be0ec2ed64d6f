"""Tout ce que le produit sait reprocher à un document LHEO : une seule table code → gravité → phrase → remède.
Les modules qui cherchent les fautes n’écrivent aucune phrase : ils citent un code et ses valeurs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Literal, cast

Gravite = Literal["erreur", "avertissement"]
Famille = Literal["structure", "valeur", "qualite", "reparation"]
"""structure : le schéma officiel refuse ; valeur : le schéma accepte mais la valeur est impossible ;
qualite : douteux, à vérifier ; reparation : ce que l’import a corrigé de lui-même."""

LONGUEUR_CITEE = 60


@dataclass(frozen=True, slots=True)
class Modele:
    """Une ligne de la table : `phrase` et `remede` portent des jetons `{nom}` (voir `anomalie`)."""

    code: str
    famille: Famille
    phrase: str
    remede: str

    @property
    def gravite(self) -> Gravite:
        """La gravité découle de la famille : ce que le schéma refuse ou qui est impossible est une erreur."""
        return "erreur" if self.famille in ("structure", "valeur") else "avertissement"


@dataclass(frozen=True, slots=True)
class Anomalie:
    """Un reproche fait à un endroit d’un document ; `champ` : l’élément (ou `@attribut`) en cause."""

    code: str
    gravite: Gravite
    ligne: int | None
    chemin: str
    phrase: str
    remede: str
    champ: str

    @property
    def famille(self) -> Famille:
        """structure, valeur, qualite ou reparation."""
        return ANOMALIES[self.code].famille

    @property
    def illisible(self) -> bool:
        """Vrai si le schéma officiel refuse le document à cause d’elle (verdict « lisible » de l’import)."""
        return self.famille == "structure"

    def en_json(self) -> dict[str, str | int | None]:
        """Les champs de l’anomalie et sa famille, prêts pour JSON."""
        return {**asdict(self), "famille": self.famille}


_INSECABLE = re.compile(r" (?=[:;?!»€%])|(?<=«) ")


def typographie(texte: str) -> str:
    """Pose les espaces insécables du français dans une phrase de la table."""
    return _INSECABLE.sub("\u00a0", texte)


_TABLE = """
[structure]
element-inconnu
    « {element} » n’existe pas en LHEO 2.3.{suggestion}
    → Corriger le nom de la balise, ou mettre cette information dans un « extra ».
element-deplace
    « {element} » n’a pas sa place dans « {parent} ».
    → Le déplacer dans {parents}, ou le retirer.
element-etranger
    « {element} » appartient à un autre espace de noms ({espace}).
    → Hors d’un « extra », n’employer que les éléments de LHEO.
element-hors-ordre
    « {element} » n’est pas à son rang dans « {parent} ».
    → Le placer {place}.
element-manquant
    Il manque « {element} » ({libelle}) dans « {parent} ».
    → L’ajouter {place}.
element-en-trop
    « {parent} » contient {nombre} fois « {element} », {maximum} au plus.
    → N’en garder que {maximum}.
texte-vide
    « {element} » est vide ; le schéma demande au moins {minimum} caractère(s).
    → {comment}
texte-trop-court
    « {element} » compte {longueur} caractère(s) (« {valeur} ») ; il en faut au moins {minimum}.
    → Compléter ou corriger la valeur.
texte-trop-long
    « {element} » compte {longueur} caractères ; {maximum} au plus.
    → Raccourcir le texte de {exces} caractère(s), blancs compris.
code-hors-table
    « {valeur} » n’est pas un code de la table « {table} ».
    → Codes admis : {codes}.
entier-invalide
    « {element} » doit être un nombre entier ; « {valeur} » n’en est pas un.
    → N’écrire que des chiffres, sans unité ni décimale.
date-forme
    « {element} » doit être une date AAAAMMJJ (huit chiffres) ; « {valeur} » n’en est pas une.
    → {comment}
texte-interdit
    « {element} » contient du texte (« {valeur} ») alors qu’il n’admet que des éléments.
    → Retirer ce texte, ou le mettre dans l’élément qui lui convient.
enfant-interdit
    « {parent} » ne contient qu’un texte : « {element} » n’y a pas sa place.
    → Retirer la balise, ou l’échapper si elle fait partie du texte.
attribut-inconnu
    L’attribut « {attribut} » n’existe pas sur « {element} ».{suggestion}
    → Le retirer ou corriger son nom.
attribut-etranger
    L’attribut « {attribut} » n’est pas admis sur « {element} ».
    → Le retirer.
identifiant-invalide
    L’attribut « {attribut} » vaut « {valeur} », qui n’est pas un identifiant XML.
    → Commencer par une lettre, sans espace ni deux-points.
identifiant-double
    L’identifiant id=« {valeur} » est déjà pris dans le document (ligne {premiere}).
    → Donner à chaque élément un id qui lui soit propre.
horodatage-invalide
    L’attribut « {attribut} » vaut « {valeur} », qui n’est pas une date et heure.
    → Écrire AAAA-MM-JJThh:mm:ss.
uri-invalide
    L’attribut uri vaut « {valeur} », qui n’est pas une adresse.
    → Corriger l’adresse ou retirer l’attribut.
refus-du-schema
    Le schéma refuse « {element} » : {valeur}
    → Corriger l’élément selon ce message.
[valeur]
ref-manquant
    « {element} » {valeur} est donné sans la version de sa nomenclature (attribut ref).
    → Ajouter ref="V14" (ou la version employée) : un même code change de sens d’une version à l’autre.
date-impossible
    « {element} » vaut {valeur}, qui n’est pas un jour du calendrier.
    → Corriger la date.
fin-avant-debut
    La fin ({fin}) précède le début ({debut}).
    → Corriger l’une des deux dates.
siret-forme
    Le SIRET « {valeur} » n’est pas fait de quatorze chiffres.
    → Écrire les 14 chiffres, sans espace ni lettre.
entier-hors-bornes
    « {element} » vaut {valeur} ; il doit être compris entre {minimum} et {maximum}.
    → Corriger le nombre.
idref-pendant
    idref=« {valeur} » ne désigne aucun élément du document.
    → Corriger l’idref ou retirer l’attribut.
[qualite]
siret-fictif
    Le SIRET {valeur} est manifestement fictif.
    → Indiquer le SIRET réel de l’établissement.
siret-cle
    La clé du SIRET {valeur} est fausse.
    → Vérifier le numéro : un chiffre est sans doute erroné.
nda-fictif
    Le numéro de déclaration d’activité {valeur} est manifestement fictif.
    → Indiquer le numéro attribué par la DREETS.
nda-forme
    Le numéro de déclaration d’activité « {valeur} » n’est pas fait de onze chiffres.
    → Écrire les 11 chiffres, sans espace.
uai-forme
    Le code UAI « {valeur} » n’est pas fait de sept chiffres et d’une lettre.
    → Corriger le code (exemple : 0751234X).
uai-cle
    La lettre-clé du code UAI {valeur} est fausse (attendue : {cle}).
    → Vérifier le code dans l’annuaire des établissements.
certification-vide
    « {element} » est vide.
    → Donner au moins un code (RNCP, RS, CertifInfo, CPF) ou retirer l’élément.
domaine-vide
    Le domaine de formation ne contient aucun FORMACODE.
    → Ajouter au moins le FORMACODE principal.
certifiante-sans-code
    La formation est dite certifiante mais ne donne aucun code de certification.
    → Ajouter la certification, ou passer certifiante à 0.
certification-forme
    « {element} » : « {valeur} » n’a pas la forme attendue ({forme}).
    → Corriger le code.
nomenclature-forme
    « {element} » : « {valeur} » n’a pas la forme attendue ({forme}).
    → Corriger le code.
nomenclature-fictive
    « {element} » : le code {valeur} est manifestement fictif.
    → Indiquer un code de la nomenclature.
ref-forme
    « {element} » : la version « {valeur} » n’a pas la forme attendue (V suivi d’un nombre).
    → Écrire par exemple ref="V14".
principal-second
    Le « {element} » principal n’est pas le premier.
    → Placer en tête celui qui porte tag="principal".
principal-double
    Plusieurs « {element} » sont dits principaux.
    → N’en marquer qu’un par tag="principal".
code-obsolete
    « {element} » : le code {valeur} est obsolète.
    → Choisir un code en vigueur de la table.
niveau-ancien
    « {element} » : le code {valeur} relève de l’ancienne nomenclature des niveaux.
    → Utiliser le code {nouveau}.
financeur-16-superflu
    Le financeur 16 (OPCO) accompagne le financeur {valeur}.
    → Retirer le code 16 si les codes 0, 5 ou 10 disent déjà le financement.
code-postal-forme
    Le code postal « {valeur} » n’est pas fait de cinq chiffres.
    → Corriger le code postal.
code-postal-fictif
    Le code postal {valeur} est manifestement fictif.
    → Indiquer le code postal réel.
insee-forme
    Le code commune « {valeur} » n’est pas un code INSEE.
    → Corriger le code (exemple : 75110).
insee-code-postal
    La commune {insee} et le code postal {cp} ne sont pas du même département.
    → Corriger l’un des deux.
arrondissement-code-postal
    L’arrondissement {insee} et le code postal {cp} ne concordent pas.
    → Corriger l’un des deux.
insee-commune-mere
    Le code commune {insee} désigne toute la ville et non l’arrondissement.
    → Donner le code de l’arrondissement{comment}.
departement-incoherent
    Le département {valeur} ne concorde pas avec le code {autre} ({source}).
    → Corriger l’un des deux.
region-ancienne
    La région {valeur} n’existe plus depuis 2016.
    → Utiliser le code {nouveau}.
region-inconnue
    La région « {valeur} » n’est pas un code de région.
    → Indiquer un code INSEE de région (Île-de-France : 11).
region-incoherente
    La région {valeur} ne concorde pas avec le département {departement}.
    → Le département {departement} est en région {nouveau}.
pays-forme
    Le pays « {valeur} » n’est pas un code de deux lettres capitales.
    → Écrire FR pour la France.
langue-forme
    La langue « {valeur} » n’est pas un code ISO 639-1.
    → Écrire deux lettres minuscules (fr, en, es…).
geolocalisation-forme
    « {element} » : « {valeur} » n’est pas un nombre de degrés.
    → Écrire un nombre décimal avec un point.
geolocalisation-lointaine
    Le point ({latitude}, {longitude}) n’est pas en France alors que l’adresse y est.
    → Vérifier la latitude et la longitude, ou retirer la géolocalisation.
telephone-forme
    Le numéro « {valeur} » contient autre chose que des chiffres, un +, des parenthèses et des blancs.
    → Le réécrire, par exemple 01 23 45 67 89.
telephone-tronque
    Le numéro « {valeur} » est incomplet.
    → Donner les dix chiffres du numéro.
telephone-long
    Le numéro « {valeur} » dépasse quinze caractères.
    → N’écrire qu’un numéro, sans texte.
courriel-forme
    « {valeur} » n’a pas la forme d’une adresse électronique.
    → Corriger l’adresse (nom@domaine.fr).
url-forme
    « {valeur} » n’est pas une adresse complète.
    → Écrire l’adresse avec https:// et sans espace.
heures-incoherentes
    Le total de {total} h diffère de la somme centre + entreprise ({somme} h).
    → Corriger l’un des trois nombres.
prix-forme
    « {element} » : « {valeur} » n’est pas un nombre écrit avec un point décimal.
    → Écrire par exemple 1250.50, sans espace ni €.
heure-forme
    « {element} » : « {valeur} » n’est pas une heure.
    → Écrire par exemple 14h15 ou 9h.
html-echappe
    « {element} » contient des balises ou des entités HTML (« {valeur} »).
    → Ne laisser que du texte.
encodage-douteux
    « {element} » contient des caractères mal décodés (« {valeur} »).
    → Réexporter le texte en UTF-8.
bouche-trou
    « {element} » vaut « {valeur} », qui ne renseigne rien.
    → Renseigner l’information, ou retirer l’élément s’il est facultatif.
blancs-superflus
    « {element} » commence ou finit par des blancs, ou en contient plusieurs de suite.
    → Retirer les blancs superflus.
titre-capitales
    L’intitulé est tout en majuscules.
    → L’écrire en minuscules, avec une majuscule au début.
datemaj-forme
    L’attribut « {attribut} » vaut « {valeur} », qui n’est pas une date AAAAMMJJ.
    → Donner une vraie date, ou retirer l’attribut.
date-suspecte
    « {element} » vaut {valeur}, une année peu vraisemblable.
    → Vérifier la date.
date-inconnue-inversee
    « {element} » inconnu s’écrit {attendu} et non {valeur}.
    → Écrire {attendu}.
numero-vide
    « {element} » porte un attribut numero vide.
    → Lui donner un numéro stable, ou retirer l’attribut.
numero-action-absent
    L’action n’a pas de numéro.
    → Lui donner un numero stable et unique dans le document.
numero-action-double
    Le numéro d’action « {valeur} » est déjà pris (ligne {premiere}).
    → Donner à chaque action un numéro unique : les lecteurs n’en gardent qu’une.
numero-partage
    Le numéro « {valeur} » sert à la fois à la formation, à l’action et à la session.
    → Donner à chaque niveau son propre numéro.
action-sans-formateur
    L’action n’a pas d’organisme formateur.
    → Le donner même s’il est aussi le responsable : des lecteurs écartent l’action.
action-sans-lieu
    L’action n’a pas de lieu de formation.
    → En donner un, même à distance (adresse de rattachement) : des lecteurs écartent l’action.
schema-location
    L’attribut xsi:schemaLocation doit donner des paires « espace de noms, adresse ».
    → Le corriger ou le retirer.
version-2.2
    Le document est en LHEO 2.2 ; il est lu comme du 2.3.
    → Passer l’export en LHEO 2.3 (espace de noms http://lheo.gouv.fr/2.3).
verifications-bornees
    Plus de {nombre} numéros ou identifiants : les doublons ne sont plus tous recherchés.
    → Découper le document pour une vérification complète.
[reparation]
repare-ordre
    Les éléments de « {parent} » ont été remis dans l’ordre ({element}).
    → Corriger l’ordre dans le logiciel qui produit le fichier.
repare-vide-retire
    « {element} », facultatif et vide, a été retiré.
    → Ne pas émettre de balise vide.
repare-nom
    « {valeur} » a été lu « {element} ».
    → Corriger le nom de la balise.
repare-siret-zero
    Le SIRET de quinze chiffres {valeur} a été lu {nouveau}.
    → Retirer le zéro de tête.
repare-blancs
    Les blancs autour de « {element} » ou dans sa valeur ont été retirés (« {nouveau} »).
    → Écrire la valeur sans blanc.
repare-booleen
    « {valeur} » a été lu {nouveau} dans « {element} ».
    → Écrire 0 ou 1.
repare-zero-tete
    Le code « {valeur} » a été lu {nouveau} dans « {element} ».
    → Écrire le code sans zéro de tête.
repare-date-iso
    La date « {valeur} » a été lue {nouveau} dans « {element} ».
    → Écrire la date AAAAMMJJ.
repare-prologue
    {constat} Le document a été lu d’après ses octets.
    → Corriger l’encodage annoncé par la première ligne du fichier.
"""
"""Par famille entre crochets : le code, puis, en retrait, la phrase, et le remède après une flèche."""


def _lire_table(texte: str) -> dict[str, Modele]:
    table: dict[str, Modele] = {}
    famille: Famille = "structure"
    for bloc in re.split(r"\n(?=\S)", texte.strip()):
        code, _, corps = bloc.partition("\n")
        if code.startswith("["):
            famille = cast(Famille, code.strip("[]"))
            continue
        phrase, remede = (typographie(" ".join(partie.split())) for partie in corps.split("→"))
        if code in table:
            raise ValueError(f"anomalie décrite deux fois : {code}")
        table[code] = Modele(code, famille, phrase, remede)
    return table


ANOMALIES: Mapping[str, Modele] = MappingProxyType(_lire_table(_TABLE))
"""Chaque code d’anomalie et sa ligne de la table."""


def citer(valeur: str) -> str:
    """Une valeur telle qu’on la montre dans une phrase : sur une ligne, coupée à soixante caractères."""
    propre = " ".join(valeur.split()) or valeur.replace("\n", " ")
    return propre if len(propre) <= LONGUEUR_CITEE else propre[: LONGUEUR_CITEE - 1] + "…"


def _jeton(nom: str, valeur: object) -> object:
    """Ce qui vient du document est cité ; les bouts de phrase du validateur prennent leurs espaces insécables."""
    if not isinstance(valeur, str):
        return valeur
    if nom in ("place", "comment", "suggestion", "parents"):
        return typographie(valeur)
    return citer(valeur) if nom == "valeur" else valeur


def anomalie(code: str, *, ligne: int | None, chemin: str, champ: str, **valeurs: object) -> Anomalie:
    """L’anomalie de ce code ; `element` vaut `champ` sauf mention contraire. Lève KeyError si un jeton manque."""
    modele = ANOMALIES[code]
    jetons = {"element": champ, **{nom: _jeton(nom, valeur) for nom, valeur in valeurs.items()}}
    return Anomalie(
        code, modele.gravite, ligne, chemin, modele.phrase.format(**jetons), modele.remede.format(**jetons), champ
    )
