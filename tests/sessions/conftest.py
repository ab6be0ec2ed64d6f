"""Ce qu'envoient les formulaires de l'onglet Sessions, et une offre conventionnée."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from conventionne.models import Convention, Dispositif
from sessions.actions.lieux import SaisieDeLieu
from sessions.actions.precreation import Preaction, precreer
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, coordonnees


def envoi_de_dates(*couples, **autres):
    """Les champs d'un formset de dates : une ligne par couple (début, fin)."""
    donnees = {
        "dates-TOTAL_FORMS": str(max(len(couples), 1)),
        "dates-INITIAL_FORMS": "0",
        "jeton": str(uuid4()),
    }
    for i, (debut, fin) in enumerate(couples):
        donnees |= {
            f"dates-{i}-debut": debut.isoformat() if debut else "",
            f"dates-{i}-fin": fin.isoformat() if fin else "",
            f"dates-{i}-etat_recrutement": "1",
        }
    return donnees | autres


def envoi_de_lieu(**autres):
    """Un lieu saisi : présentiel, à Montreuil, temps plein, 420 h."""
    return {
        "modalites_enseignement": "0",
        "entrees_sorties": "0",
        "rythme": "Temps plein",
        "heures_total": "420",
        "heures_centre": "420",
        "prix_total": "4600",
        "lieu": "adresse",
        "rue": "14 rue de la Fraternité",
        "code_postal": "93100",
        "ville": "Montreuil",
        "formateur": "soi",
    } | autres


def envoi_de_session(session, **autres):
    """La session telle qu'elle est, prête à renvoyer."""
    donnees = {
        "edition": str(session.edition),
        "debut": session.debut.isoformat() if session.debut else "",
        "fin": session.fin.isoformat() if session.fin else "",
        "etat_recrutement": session.etat_recrutement,
        "modalites_inscription": session.modalites_inscription,
        "contacts-TOTAL_FORMS": "0",
        "contacts-INITIAL_FORMS": "0",
        "reunions-TOTAL_FORMS": "0",
        "reunions-INITIAL_FORMS": "0",
    }
    return donnees | autres


@pytest.fixture
def dans_un_mois():
    return timezone.localdate() + timedelta(days=30)


@pytest.fixture
def convention(db):
    """Une convention PRFE : dates réservées, inscriptions et contacts libres."""
    return Convention.objects.create(
        dispositif=Dispositif.objects.get(code="prfe"),
        organisme=OrganismeFabrique(),
        numero="2026-PRFE-0042",
        lot="12",
        intitule="Agent de propreté et d'hygiène",
        debut=date(2026, 1, 1),
        fin=timezone.localdate() + timedelta(days=400),
        places=24,
        heures=400,
    )


@pytest.fixture
def documentaliste(db):
    return UtilisateurFabrique(conventionne=True)


@pytest.fixture
def offre_conventionnee(convention, documentaliste, dans_un_mois):
    """Une action pré-créée par la documentaliste, avec un lieu et une session."""
    lieu = SaisieDeLieu(
        {
            "modalites_enseignement": "0",
            "entrees_sorties": "0",
            "rythme": "Temps plein",
            "heures_total": 400,
            "prix_total": 0,
            "lieux": [{"coordonnees": coordonnees()}],
        }
    )
    ligne = {"debut": dans_un_mois, "fin": dans_un_mois + timedelta(days=90), "etat_recrutement": "1"}
    return precreer(Preaction(convention, convention.intitule, "RNCP278", lieu=lieu, lignes=[ligne]), documentaliste)
