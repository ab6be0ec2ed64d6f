"""Une session se voit-elle ? La règle et sa jumelle SQL disent la même chose."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dokelio.publication.moteur import effectuer
from sessions.models import Session
from sessions.publication.visibilite import CAUSE_SQL, TOUT, Cause, ToutPerimetre, parametres, plus_mois, premiere_cause
from tests.fabriques import SessionFabrique, UtilisateurFabrique, en_diffusion, fiche_prete, membre

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 23)


def _cause_sql(session, au, flux=TOUT):
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT {CAUSE_SQL} FROM sessions_formation_session s"
            " JOIN sessions_formation_deroulement d ON d.id = s.deroulement_id"
            " JOIN formations_action a ON a.id = d.action_id JOIN structures_organisme o ON o.id = a.organisme_id"
            " WHERE s.id = %(session)s",
            {"session": session.pk, **parametres(au, flux)},
        )
        return curseur.fetchone()[0]


def test_la_fin_de_mois_suit_postgresql():
    assert plus_mois(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert plus_mois(date(2027, 12, 15), 1) == date(2028, 1, 15)


def test_une_session_acceptee_et_financee_se_voit():
    session = Session.objects.get(deroulement__action=en_diffusion())
    assert premiere_cause(session, session.debut) is None


def test_la_premiere_cause_est_celle_de_l_ordre_de_la_conception():
    action = en_diffusion()
    session = Session.objects.get(deroulement__action=action)
    session.deroulement.financements.all().delete()
    assert premiere_cause(Session.objects.get(pk=session.pk), AU) == Cause.SANS_FINANCEMENT
    effectuer(session, "annuler", membre(action.organisme), "Salle indisponible")
    assert premiere_cause(Session.objects.get(pk=session.pk), AU) == Cause.SESSION_ANNULEE
    effectuer(action.organisme, "cesser", UtilisateurFabrique(administrateur=True), "Liquidation")
    assert premiere_cause(Session.objects.get(pk=session.pk), AU) == Cause.ORGANISME_EN_CESSATION


def test_une_session_se_voit_encore_un_mois_apres_sa_fin():
    action = en_diffusion(
        fiche_prete(debut=timezone.localdate() - timedelta(days=100), fin=timezone.localdate() + timedelta(days=1))
    )
    session = Session.objects.get(deroulement__action=action)
    bascule = plus_mois(session.fin, 1)
    assert premiere_cause(session, bascule - timedelta(days=1)) is None
    assert premiere_cause(session, bascule) == Cause.TERMINEE


def test_la_regle_et_sa_jumelle_sql_disent_la_meme_chose():
    hasard = random.Random(2026)
    action = en_diffusion()
    brouillon = fiche_prete(organisme=action.organisme)
    lieu = action.deroulements.get()
    sessions = list(Session.objects.filter(deroulement__action__in=[action, brouillon]))
    for _ in range(20):
        debut = AU + timedelta(days=hasard.randint(-400, 200))
        fin = hasard.choice([None, debut + timedelta(days=hasard.randint(0, 300))])
        session = SessionFabrique(deroulement=lieu, debut=debut, fin=fin)
        if hasard.random() < 0.8:
            effectuer(session, "publier", None)
            if hasard.random() < 0.2:
                effectuer(session, "annuler", membre(action.organisme), "Faute d'inscrits")
        sessions.append(session)
    flux = [TOUT, ToutPerimetre(conventionne=True), ToutPerimetre(departements=("93",))]
    causes = set()
    for session in Session.objects.filter(pk__in=[s.pk for s in sessions]):
        for un in flux:
            for au in (AU, AU + timedelta(days=90), AU + timedelta(days=250)):
                cause = premiere_cause(session, au, un)
                assert _cause_sql(session, au, un) == cause
                causes.add(cause)
    assert {None, Cause.TERMINEE, Cause.SESSION_ANNULEE, Cause.HORS_PERIMETRE, Cause.ACTION_HORS_ANTENNE} <= causes


def test_plus_un_mois_ne_depasse_pas_le_dernier_jour_que_python_connait():
    assert plus_mois(date(9999, 12, 31), 1) == date.max
