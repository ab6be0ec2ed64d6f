"""L'offre des mesures : des formations d'une dizaine de kilo-octets, cinq sessions chacune, sur des textes répétés."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from dokelio.lheo.grammaire import VERSION_GRAMMAIRE
from formations.models import Action, VersionDiffusee
from sessions.models import Deroulement, Financement, Intervention, Session
from structures.models import Contact, Formateur, Organisme
from tests.fabriques import siret

PAR_ORGANISME = 10
SESSIONS = 5
LOT = 2000
_VILLES = (
    ("75011", "Paris"),
    ("93200", "Saint-Denis"),
    ("94000", "Créteil"),
    ("78000", "Versailles"),
    ("95000", "Cergy"),
)
_PHRASES = (
    "Préparer, organiser et suivre l'activité d'une équipe, en tenant compte des délais & des coûts.",
    "Maîtriser les gestes professionnels et les règles d'hygiène, de sécurité et d'environnement.",
    "Lire un plan, choisir les matériaux, estimer les quantités < 10 % de pertes > et chiffrer l'ouvrage.",
    "Accueillir le public, écouter sa demande, l'orienter vers le bon interlocuteur.",
    "Évaluation en cours de formation, puis devant un jury de professionnels.",
    "Alternance d'apports théoriques, d'études de cas et de mises en situation « réelles ».",
    "Accompagnement individuel par un référent, deux entretiens par mois, bilan écrit à mi-parcours.",
)


def semer(formations: int, graine: int = 1) -> None:
    """Remplit une base vide de `formations` fiches à l'antenne, leurs lieux, sessions et financements."""
    hasard = random.Random(graine)
    organismes = _organismes(max(1, formations // PAR_ORGANISME), hasard)
    _bulk(Contact, (Contact(organisme=o, type="4", coordonnees=_coordonnees(hasard)) for o in organismes))
    formateurs = _bulk(
        Formateur,
        (Formateur(organisme=o, structure=o, siret=o.siret, raison_sociale=o.raison_sociale) for o in organismes),
    )
    for debut in range(0, formations, LOT):
        _fiches(range(debut, min(debut + LOT, formations)), organismes, formateurs, hasard)
    with connection.cursor() as curseur:
        for table in ("structures_organisme", "sessions_formation_session", "sessions_formation_financement"):
            curseur.execute(f"UPDATE {table} SET statut = 'en_diffusion'")
        curseur.execute(
            "UPDATE formations_action a SET statut = 'en_diffusion', version_en_diffusion_id = v.id"
            " FROM formations_versiondiffusee v WHERE v.action_id = a.id"
        )
        curseur.execute("VACUUM ANALYZE")


def _bulk(modele: Any, lignes: Iterator[Any]) -> list[Any]:
    """Enregistre par lots et rend les objets, avec leurs clés."""
    crees: list[Any] = []
    while lot := list(itertools.islice(lignes, LOT)):
        crees += modele.objects.bulk_create(lot)
    return crees


def _organismes(nombre: int, hasard: random.Random) -> list[Organisme]:
    return _bulk(
        Organisme,
        (
            Organisme(
                nom=f"Centre de formation n° {rang}",
                raison_sociale=f"CENTRE DE FORMATION {rang} SAS",
                siret=siret(rang),
                nda=f"1175{rang:05d}75",
                coordonnees=_coordonnees(hasard),
                renseignements=_texte(hasard, 4),
            )
            for rang in range(nombre)
        ),
    )


def _fiches(rangs: range, organismes: list[Any], formateurs: list[Any], hasard: random.Random) -> None:
    maintenant = timezone.now()
    places = [rang % len(organismes) for rang in rangs]
    actions = _bulk(Action, (Action(organisme=organismes[place], intitule=f"Formation {place}") for place in places))
    contenus = ((action, _contenu(rang, hasard)) for rang, action in zip(rangs, actions, strict=True))
    _bulk(
        VersionDiffusee,
        (
            VersionDiffusee(
                action=action,
                numero=1,
                contenu=contenu,
                version_grammaire=VERSION_GRAMMAIRE,
                empreinte="0" * 40,
                depuis=maintenant,
            )
            for action, contenu in contenus
        ),
    )
    lieux = _bulk(Deroulement, (_lieu(action, hasard) for action in actions))
    _bulk(
        Intervention,
        (Intervention(deroulement=d, formateur=formateurs[p]) for d, p in zip(lieux, places, strict=True)),
    )
    _bulk(Financement, (Financement(deroulement=d, code_financeur=c) for d in lieux for c in ("10", "4")))
    _bulk(Session, (_session(lieu, rang, hasard) for lieu in lieux for rang in range(SESSIONS)))


def _texte(hasard: random.Random, phrases: int) -> str:
    return " ".join(hasard.choice(_PHRASES) for _ in range(phrases))


def _coordonnees(hasard: random.Random) -> dict[str, Any]:
    code_postal, ville = hasard.choice(_VILLES)
    return {
        "nom": "Accueil",
        "adresse": {
            "ligne": [f"{hasard.randint(1, 200)} rue de l'Atelier", "Bâtiment B"],
            "codepostal": code_postal,
            "ville": ville,
            "departement": code_postal[:2],
            "region": "11",
            "pays": "FR",
            "geolocalisation": {"latitude": f"48.{hasard.randint(1000, 9999)}", "longitude": "2.3522"},
        },
        "telfixe": {"numtel": [f"01 4{hasard.randint(0, 9)} 00 00 {hasard.randint(10, 99)}"]},
        "courriel": f"accueil{hasard.randint(1, 999)}@organisme.exemple",
        "web": {"urlweb": ["https://www.organisme.exemple/formations"]},
    }


def _contenu(rang: int, hasard: random.Random) -> dict[str, Any]:
    """Le contenu contrôlé d'une version : ce que dit la fiche."""
    formacodes = [{"@ref": "V14", "#": f"{hasard.randint(10000, 45999)}"} for _ in range(3)]
    return {
        "formation": {
            "domaine-formation": {"code-FORMACODE": formacodes, "code-NSF": ["326"], "code-ROME": ["M1805", "M1810"]},
            "intitule-formation": f"Titre professionnel n° {rang}, option « pratique »",
            "objectif-formation": _texte(hasard, 8),
            "resultats-attendus": _texte(hasard, 4),
            "contenu-formation": _texte(hasard, 25),
            "certifiante": "1",
            "contact-formation": [{"type-contact": "4", "coordonnees": _coordonnees(hasard)}],
            "parcours-de-formation": "1",
            "code-niveau-entree": "11",
            "objectif-general-formation": "6",
            "certification": [
                {"code-RNCP": f"RNCP{hasard.randint(1000, 39999)}", "code-CERTIFINFO": str(10000 + rang)}
            ],
            "code-niveau-sortie": "14",
            "url-formation": {"urlweb": ["https://www.organisme.exemple/formations/titre"]},
        },
        "action": {
            "code-public-vise": [{"@ref": "V14", "#": code} for code in ("83056", "82044", "83096")],
            "info-public-vise": "Demandeurs d'emploi, salariés en reconversion.",
            "niveau-entree-obligatoire": "0",
            "modalites-alternance": "Sans alternance",
            "conditions-specifiques": _texte(hasard, 2),
            "prise-en-charge-frais-possible": "1",
            "acces-handicapes": "Locaux accessibles, référent handicap sur place.",
            "langue-formation": ["fr"],
            "modalites-recrutement": _texte(hasard, 2),
            "modalites-pedagogiques": "Présentiel, travaux pratiques en atelier.",
        },
        "derogations": {},
    }


def _lieu(action: Action, hasard: random.Random) -> Deroulement:
    lieu = {"coordonnees": _coordonnees(hasard)}
    return Deroulement(
        action=action,
        numero=f"{action.reference}_SE_{action.pk:010d}",
        rythme="En journée, temps plein",
        modalites_enseignement="0",
        lieux=[lieu],
        entrees_sorties="0",
        adresses_web={"urlweb": ["https://www.organisme.exemple/inscription"]},
        frais_restants="Aucun",
        prix_horaire="12.50",
        prix_total=hasard.randint(500, 9000),
        duree_indicative="6 mois",
        heures_centre=600,
        heures_entreprise=140,
        heures_total=740,
        conventionnement=False,
    )


def _session(lieu: Deroulement, rang: int, hasard: random.Random) -> Session:
    debut = date(2031, 1, 1) + timedelta(days=hasard.randint(0, 900))
    adresse = _coordonnees(hasard)["adresse"] if rang % 2 else None
    return Session(
        deroulement=lieu,
        rang=rang + 1,
        debut=debut,
        fin=debut + timedelta(days=hasard.randint(5, 300)),
        etat_recrutement="1",
        adresse_inscription=adresse,
        modalites_inscription="Dossier et entretien, deux semaines avant l'entrée.",
        adresses_web={"urlweb": ["https://www.organisme.exemple/session"]},
        contacts=[{"type-contact": "5", "coordonnees": _coordonnees(hasard)}] if rang < 3 else [],
    )
