"""L'archivage : annoncé, fait une seule fois, par la règle des mois de PostgreSQL."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from diffusion.archivage.execution import archiver
from diffusion.archivage.regle import echeance_de
from diffusion.models import AvisArchivage
from dokelio.messagerie.models import Courriel, Notification
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer
from formations.models import Action, VersionDiffusee
from sessions.models import Session
from sessions.publication.visibilite import plus_mois
from tests.fabriques import SessionFabrique, en_diffusion, fiche_prete, membre
from tests.publication.equivalence import deux_voies

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 23)


def fiche_finie(fin: date, **champs) -> Action:
    """Une fiche en diffusion dont la seule session a fini ce jour-là."""
    action = en_diffusion(fiche_prete(**champs))
    Session.objects.filter(deroulement__action=action).update(debut=fin - timedelta(days=60), fin=fin)
    return action


def test_la_fiche_s_archive_un_mois_apres_la_fin_si_elle_a_ete_annoncee_dix_jours_avant():
    action = fiche_finie(date(2026, 11, 3))
    redactrice = membre(action.organisme)
    avant = archiver(AU)
    assert [a["action"] for a in avant.avis] == [action.reference]
    assert Courriel.objects.filter(destinataire=redactrice.email, sujet__contains="03/12/2026").count() == 1
    assert archiver(date(2026, 12, 2)).actions == []
    assert archiver(date(2026, 12, 3)).actions == [action.reference]
    action = Action.objects.get(pk=action.pk)
    assert (action.statut, action.version_en_diffusion) == ("archive", None)
    assert VersionDiffusee.objects.get(action=action).jusqu_a is not None
    assert Notification.objects.filter(utilisateur=redactrice, titre__startswith="Fiche archivée").count() == 1


def test_rejoue_l_archivage_ne_change_et_n_envoie_rien():
    action = fiche_finie(date(2026, 11, 3))
    membre(action.organisme)
    for au in (AU, date(2026, 12, 3)):
        archiver(au)
        courriels, evenements = Courriel.objects.count(), Evenement.objects.count()
        bilan = archiver(au)
        assert (bilan.actions, bilan.avis, bilan.sessions, bilan.courriels) == ([], [], 0, 0)
        assert (Courriel.objects.count(), Evenement.objects.count()) == (courriels, evenements)


def test_nul_n_est_archive_sans_l_avoir_su_dix_jours_avant():
    action = fiche_finie(date(2026, 9, 1))
    premiere = archiver(AU)
    assert premiere.actions == []
    assert premiere.avis[0]["jour"] == "2026-12-03"
    assert archiver(AU + timedelta(days=9)).actions == []
    assert archiver(AU + timedelta(days=10)).actions == [action.reference]


def test_trois_avis_au_plus_trente_dix_et_trois_jours_avant():
    action = fiche_finie(date(2026, 12, 1))
    membre(action.organisme)
    jour = date(2027, 1, 1)
    for au in (jour - timedelta(days=n) for n in range(40, 0, -1)):
        archiver(au)
    assert list(AvisArchivage.objects.order_by("au").values_list("palier", "au")) == [
        (30, jour - timedelta(days=30)),
        (10, jour - timedelta(days=10)),
        (3, jour - timedelta(days=3)),
    ]


def test_une_personne_recoit_un_seul_courriel_pour_toutes_ses_fiches():
    premiere = fiche_finie(date(2026, 11, 3))
    seconde = fiche_finie(date(2026, 11, 1), organisme=premiere.organisme)
    redactrice = membre(premiere.organisme)
    lectrice = membre(premiere.organisme, "lecteur")
    archiver(AU)
    courriel = Courriel.objects.get(categorie="archivage", destinataire=redactrice.email)
    assert not Courriel.objects.filter(destinataire=lectrice.email).exists()
    assert premiere.reference in courriel.texte
    assert seconde.reference in courriel.texte


def test_une_nouvelle_session_repousse_l_archivage():
    action = fiche_finie(date(2026, 11, 3))
    archiver(AU)
    session = SessionFabrique(deroulement=action.deroulements.get(), debut=date(2027, 1, 4))
    effectuer(session, "publier", None)
    assert archiver(date(2026, 12, 3)).actions == []
    assert echeance_de(action.pk, AU).jour == plus_mois(session.fin, 1)


def test_toutes_annulees_la_fiche_s_archive_un_mois_apres_la_derniere_annulation():
    action = en_diffusion()
    effectuer(Session.objects.get(deroulement__action=action), "annuler", membre(action.organisme), "Salle", au=AU)
    assert echeance_de(action.pk, AU).jour == date(2026, 12, 23)


def test_une_session_annulee_puis_archivee_ne_repousse_pas_l_archivage_de_sa_fiche():
    action = fiche_finie(date(2026, 11, 30))
    annulee = SessionFabrique(deroulement=action.deroulements.get(), debut=date(2027, 1, 4))
    effectuer(annulee, "publier", None)
    effectuer(annulee, "annuler", membre(action.organisme), "Faute d'inscrits", au=date(2026, 11, 1))
    avant = echeance_de(action.pk, date(2026, 12, 5)).jour
    archiver(date(2026, 12, 5))
    annulee.refresh_from_db()
    assert annulee.statut == "archivee"
    assert echeance_de(action.pk, date(2026, 12, 5)).jour == avant == date(2026, 12, 30)
    rejoue = archiver(date(2026, 12, 5))
    assert (rejoue.avis, rejoue.courriels) == ([], 0)


def test_une_fin_inconnue_se_confirme_tous_les_six_mois():
    action = en_diffusion()
    Session.objects.filter(deroulement__action=action).update(fin=None, confirmee_le=date(2026, 5, 31))
    assert echeance_de(action.pk, AU).jour == date(2026, 12, 30)


def test_la_fin_de_fevrier_suit_le_calendrier():
    action = fiche_finie(date(2027, 1, 31))
    assert echeance_de(action.pk, AU).jour == date(2027, 2, 28)


def test_ce_qui_est_en_diffusion_s_archive_quel_que_soit_l_etat_de_la_ligne():
    action = fiche_finie(date(2026, 11, 3))
    effectuer(action, "modifier", membre(action.organisme))
    archiver(AU)
    assert archiver(date(2026, 12, 3)).actions == [action.reference]


def test_les_sessions_finies_depuis_un_mois_s_archivent():
    action = fiche_finie(date(2026, 10, 23))
    assert archiver(AU).sessions == 1
    assert Session.objects.get(deroulement__action=action).statut == "archivee"


def test_la_simulation_dit_tout_et_n_ecrit_rien():
    action = fiche_finie(date(2026, 11, 3))
    membre(action.organisme)
    bilan = archiver(AU, simulation=True)
    assert [a["action"] for a in bilan.avis] == [action.reference]
    assert not AvisArchivage.objects.exists()
    assert not Courriel.objects.filter(categorie="archivage").exists()


def test_la_masse_et_le_pas_a_pas_archivent_pareil():
    premiere = fiche_finie(date(2026, 11, 3))
    membre(premiere.organisme)
    fiche_finie(date(2026, 9, 1), organisme=premiere.organisme)
    fiche_prete(organisme=premiere.organisme)
    effectuer(fiche_finie(date(2026, 8, 1)), "modifier", None)

    def photo():
        return (
            list(
                Action.objects.order_by("pk").values_list(
                    "pk", "statut", "version_en_diffusion", "prise_par", "prise_le"
                )
            ),
            list(VersionDiffusee.objects.filter(jusqu_a=None).order_by("pk").values_list("pk", flat=True)),
            sorted(Notification.objects.values_list("utilisateur", "titre", "texte", "lien", "categorie")),
            sorted(Evenement.objects.filter(transition="archiver").values_list("objet_id", "avant", "apres", "au")),
        )

    un_a_un, en_masse = deux_voies("archiver", Action, photo, au=AU)
    assert un_a_un == en_masse


def test_la_commande_rend_un_objet_json_et_refuse_un_jour_impossible(capsys):
    fiche_finie(date(2026, 11, 3))
    call_command("archiver", "--au", "2026-11-23", "--json")
    rendu = json.loads(capsys.readouterr().out)
    assert rendu["au"] == "2026-11-23"
    with pytest.raises(SystemExit) as sortie:
        call_command("archiver", "--au", "2026-02-31")
    assert sortie.value.code == 2
    assert "n'est pas un jour" in capsys.readouterr().err


def test_le_futur_avec_effet_est_reserve_au_developpement(settings, capsys):
    settings.VOYAGES_DANS_LE_TEMPS = False
    with pytest.raises(SystemExit) as sortie:
        call_command("archiver", "--au", "2099-01-01")
    assert sortie.value.code == 2
    call_command("archiver", "--au", "2099-01-01", "--simulation")
    assert "Simulation" in capsys.readouterr().out
