"""Le petit jeu de démonstration : complet, vrai, valable chez les partenaires, et sans effet la seconde fois."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.utils import timezone

from conventionne.models import Convention
from diffusion.archivage.regle import echeances
from diffusion.exports.document import exporter
from dokelio.comptes.models import Utilisateur
from dokelio.demo import petite
from dokelio.demo.comptes import MOT_DE_PASSE
from dokelio.demo.scenarios import SCENARIOS
from dokelio.lheo.validation import valider_document
from dokelio.messagerie.models import Courriel, Notification
from dokelio.publication.models import Evenement
from formations.actions.versions import contenu_controle, empreinte
from formations.models import Action, EtatAction, VersionDiffusee
from sessions.models import EtatSession, Session
from sessions.permissions import dates_reservees
from sessions.publication.visibilite import DATE_ARCHIVAGE_SQL, Cause, premiere_cause
from structures.models import DEPARTEMENTS_REGION, EtatOrganisme, Organisme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("petit_jeu")]


def test_douze_organismes_soixante_actions_trois_cents_sessions(petit_jeu: petite.Bilan) -> None:
    assert petit_jeu == petite.Bilan(organismes=12, actions=60, sessions=300)
    assert (Organisme.objects.count(), Action.objects.count(), Session.objects.count()) == (12, 60, 300)
    assert set(Organisme.objects.values_list("departement", flat=True)) == set(DEPARTEMENTS_REGION)


def test_tous_les_etats_sont_la() -> None:
    assert set(Action.objects.values_list("statut", flat=True)) == set(EtatAction.values)
    assert set(Session.objects.values_list("statut", flat=True)) == set(EtatSession.values)
    etats = Counter(Organisme.objects.values_list("statut", flat=True))
    assert etats == {EtatOrganisme.EN_DIFFUSION: 10, EtatOrganisme.DEMANDE: 1, EtatOrganisme.CESSATION: 1}
    assert {1, 2, 3} <= set(VersionDiffusee.objects.ouvertes().values_list("numero", flat=True))


def test_chaque_scenario_sert() -> None:
    from dokelio.demo import catalogue

    joues = {nom for dit in catalogue.organismes().values() for _, nom in dit["fiches"]}
    assert joues == set(SCENARIOS)


@pytest.mark.parametrize("nom", ["organisme", "reseau", "documentaliste", "conventionne", "admin", "lecteur"])
def test_les_comptes_d_essai_ouvrent(nom: str) -> None:
    compte = authenticate(username=f"{nom}@dokelio.exemple", password=MOT_DE_PASSE)
    assert compte is not None
    organismes = {"organisme": 1, "lecteur": 1, "reseau": 3}.get(nom, 0)
    assert compte.rattachements.count() == organismes  # type: ignore[attr-defined]


def test_recharger_ne_change_rien() -> None:
    avant = (Evenement.objects.count(), Utilisateur.objects.count(), Session.objects.count())
    assert not petite.charger()
    assert (Evenement.objects.count(), Utilisateur.objects.count(), Session.objects.count()) == avant
    assert not petite.base_vide()


def test_les_evenements_sont_dans_l_ordre_du_temps_et_jamais_a_venir() -> None:
    instants = list(Evenement.objects.order_by("pk").values_list("instant", flat=True))
    assert instants == sorted(instants)
    assert instants[-1] <= timezone.now()


def test_l_etat_de_chaque_action_est_celui_que_dit_son_histoire() -> None:
    for action in Action.objects.all():
        dernier = Evenement.objects.de(action).order_by("-pk").first()
        assert dernier is not None
        assert dernier.apres == action.statut


def test_les_courriels_sont_dates_du_geste_et_deja_partis() -> None:
    assert Courriel.objects.exists()
    assert not Courriel.objects.filter(envoye_le=None).exists()
    corrections = Evenement.objects.filter(transition="demander_correction").values_list("instant", flat=True)
    ecrits = Courriel.objects.filter(sujet__icontains="correction").values_list("cree_le", flat=True)
    assert set(ecrits) <= set(corrections)


def test_la_cloche_ne_sonne_que_pour_le_recent() -> None:
    recentes = timezone.now() - timedelta(days=16)
    assert Notification.objects.non_lues().exists()
    assert not Notification.objects.non_lues().filter(cree_le__lt=recentes).exists()


def test_les_changements_sont_dates_du_geste() -> None:
    historique = Action.changements.rel.related_model  # type: ignore[attr-defined]
    dates = list(historique.objects.values_list("pgh_created_at", flat=True))
    assert dates
    assert max(dates) < timezone.now() - timedelta(hours=12)


def test_une_fiche_en_diffusion_dit_ce_que_dit_sa_version() -> None:
    for action in Action.objects.filter(statut=EtatAction.EN_DIFFUSION).select_related("version_en_diffusion"):
        assert action.version_en_diffusion is not None
        assert action.version_en_diffusion.contenu == contenu_controle(action)
        assert action.version_en_diffusion.empreinte == empreinte(action.version_en_diffusion.contenu)


def test_tout_ce_qui_se_voit_passe_le_validateur() -> None:
    document = BytesIO()
    bilan = exporter(document, timezone.localdate())
    a_l_antenne = Action.objects.en_diffusion().exclude(organisme__statut=EtatOrganisme.CESSATION).count()
    assert bilan.formations == a_l_antenne
    document.seek(0)
    rapport = valider_document(document)
    assert [faute for faute in rapport.anomalies if faute.gravite == "erreur"] == []


def test_une_action_s_archive_dans_moins_de_dix_jours() -> None:
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT ({DATE_ARCHIVAGE_SQL}) FROM formations_action a WHERE a.version_en_diffusion_id IS NOT NULL"
        )
        dates = sorted(ligne[0] for ligne in curseur.fetchall() if ligne[0])
    aujourd_hui = timezone.localdate()
    assert aujourd_hui < dates[0] <= aujourd_hui + timedelta(days=10)


def test_des_sessions_ne_se_voient_pas_chacune_pour_sa_cause() -> None:
    sessions = Session.objects.select_related("deroulement__action__organisme").prefetch_related(
        "deroulement__financements"
    )
    causes = {premiere_cause(session, timezone.localdate()) for session in sessions}
    voulues = {Cause.ORGANISME_EN_CESSATION, Cause.ACTION_HORS_ANTENNE, Cause.SESSION_BROUILLON, Cause.SANS_FINANCEMENT}
    assert voulues | {Cause.SESSION_ANNULEE, Cause.SESSION_ARCHIVEE, None} <= causes


def test_les_dates_du_conventionne_sont_a_la_documentaliste() -> None:
    action = Action.objects.get(
        organisme__rattachements__utilisateur__email="organisme@dokelio.exemple",
        conventionnee=True,
        statut=EtatAction.BROUILLON,
    )
    assert isinstance(action.convention, Convention)
    assert all(dates_reservees(lieu) for lieu in action.deroulements.all())


def test_les_fiches_piegees_sont_la() -> None:
    titres = list(Action.objects.values_list("intitule", flat=True))
    assert any("<MAC>" in titre and "&" in titre for titre in titres)
    assert max(map(len, titres)) > 230
    assert max(map(len, Action.objects.values_list("contenu", flat=True))) > 2000


def test_un_chargement_qui_echoue_ne_laisse_rien(monkeypatch: pytest.MonkeyPatch) -> None:
    def casser(*arguments: Any) -> int:
        raise RuntimeError("coupure")

    monkeypatch.setattr(petite, "deja_chargee", lambda: False)
    monkeypatch.setattr(petite, "derouler", casser)
    monkeypatch.setattr("dokelio.demo.decor.GRAINE", 9_000)
    avant = Organisme.objects.count()
    with pytest.raises(RuntimeError, match="coupure"), transaction.atomic():
        petite.charger()
    assert Organisme.objects.count() == avant


def test_l_archivage_proche_a_ete_annonce_a_temps() -> None:
    """La nuit qui vient n'a rien à rattraper : la date annoncée est celle de la règle."""
    aujourd_hui = timezone.localdate()
    proches = [echeance for echeance in echeances(aujourd_hui) if echeance.jour <= aujourd_hui + timedelta(days=10)]
    assert len(proches) == 2
    for echeance in proches:
        assert echeance.effectif == echeance.jour
        assert {30, 10} <= set(echeance.deja)
        assert echeance.palier(aujourd_hui) is None
