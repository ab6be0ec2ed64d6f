"""L'onglet Sessions : ses colonnes, ses vues, ce qui se voit, et un coût qui ne dépend pas du nombre de sessions."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conventionne.models import Dispositif
from dokelio.publication.moteur import effectuer
from sessions.models import Financement, Session
from tests.fabriques import ActionFabrique, SessionFabrique, UtilisateurFabrique, en_diffusion, fiche_prete, membre

pytestmark = pytest.mark.django_db


def _page(client, action, personne=None, suite=""):
    client.force_login(personne or membre(action.organisme))
    return client.get(f"/formations/{action.reference}/sessions/{suite}")


def test_l_onglet_sessions_de_la_fiche_mene_ici(client):
    action = fiche_prete()
    assert reverse("fiche_sessions", args=[action.reference]) == f"/formations/{action.reference}/sessions/"
    page = _page(client, action)
    assert page.status_code == 200
    assert "sessions/onglet.html" in [gabarit.name for gabarit in page.templates]


def test_le_tableau_a_les_sept_colonnes_de_la_liste_et_le_mot_deroulement_n_y_est_pas(client):
    page = _page(client, fiche_prete()).content.decode()
    visibles = re.findall(r'<th scope="col"[^>]*>\s*([^<\s][^<]*?)\s*</th>', page)
    assert visibles == ["Référence", "Date de début", "Date de fin", "CP", "État", "Programme", "OF formateur"]
    texte = re.sub(r"<[^>]+>", " ", page)
    assert "déroulement" not in texte.lower()


def test_le_lieu_se_lit_en_clair_et_le_numero_se_copie(client):
    action = fiche_prete()
    session = Session.objects.get(deroulement__action=action)
    page = _page(client, action).content.decode()
    assert "75020\u00a0Paris\u00a020<sup>e</sup>" in page
    assert f'data-dk-copier="{session.reference}"' in page
    assert "pas encore connue de France" in page
    assert "Non conv" in page


def test_une_session_a_l_antenne_n_est_plus_grisee_et_dit_quand_kairos_la_verra(client):
    action = en_diffusion()
    page = _page(client, action).content.decode()
    assert "pas encore connue" not in page
    vers = timezone.localdate() + timedelta(days=4)
    assert f"Kairos vers le {vers:%d/%m}" in page
    Session.objects.update(premiere_diffusion=timezone.localdate() - timedelta(days=3))
    assert "Visible de France Travail" in _page(client, action).content.decode()


def test_une_session_invisible_dit_sa_premiere_cause_et_son_remede(client):
    action = en_diffusion()
    lieu = action.deroulements.get()
    lieu.financements.all().delete()
    session = lieu.sessions.get()
    page = _page(client, action, suite=f"?session={session.reference}").content.decode()
    assert "Pas visible" in page
    assert "Aucun financement de cette session n&#x27;est en diffusion." in page
    assert "Ajouter un financement" in page
    assert "Pourquoi ma session n" in page


def test_les_terminees_ont_leur_vue_et_leur_compte(client):
    action = fiche_prete()
    lieu = action.deroulements.get()
    hier = timezone.localdate() - timedelta(days=1)
    vieille = SessionFabrique(deroulement=lieu, debut=hier - timedelta(days=9), fin=hier)
    page = _page(client, action)
    assert vieille.reference not in page.content.decode()
    assert [vue["compte"] for vue in page.context["vues"]] == [1, 1]
    passees = _page(client, action, suite="?vue=terminees")
    assert vieille.reference in passees.content.decode()


def test_une_fiche_sans_session_dit_quoi_faire(client):
    page = _page(client, ActionFabrique()).content.decode()
    assert "Aucune session" in page
    assert "Ajouter le premier lieu" in page


def test_un_lecteur_voit_sans_pouvoir_ecrire(client):
    action = fiche_prete()
    lecteur = membre(action.organisme, role="lecteur")
    page = _page(client, action, lecteur).content.decode()
    assert "Nouveau lieu" not in page
    assert "Ajouter des dates" not in page
    assert client.get(f"/formations/{action.reference}/sessions/lieu/nouveau/").status_code == 404


def test_qui_n_est_pas_concerne_ne_trouve_rien(client):
    action = fiche_prete()
    assert _page(client, action, membre(fiche_prete().organisme)).status_code == 404


def test_le_carif_lit_toutes_les_sessions(client):
    assert _page(client, fiche_prete(), UtilisateurFabrique(conventionne=True)).status_code == 200


def _requetes(client, action, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as compte:
        assert _page_sans_connexion(client, action).status_code == 200
    return len(compte)


def _page_sans_connexion(client, action):
    return client.get(f"/formations/{action.reference}/sessions/")


def test_cinquante_sessions_coutent_comme_une(client, django_assert_max_num_queries):
    action = en_diffusion()
    Financement.objects.update(dispositif=Dispositif.objects.get(code="non-conv"))
    client.force_login(membre(action.organisme))
    une = _requetes(client, action, django_assert_max_num_queries)
    lieu = action.deroulements.get()
    for jour in range(49):
        debut = timezone.localdate() + timedelta(days=jour)
        session = SessionFabrique(deroulement=lieu, debut=debut, fin=debut + timedelta(days=9))
        effectuer(session, "publier", None)
    assert _requetes(client, action, django_assert_max_num_queries) == une


def test_les_pages_suivantes_montrent_le_reste(client):
    action = fiche_prete()
    lieu = action.deroulements.get()
    debut = timezone.localdate() + timedelta(days=5)
    for jour in range(60):
        SessionFabrique(deroulement=lieu, debut=debut + timedelta(days=jour), fin=debut + timedelta(days=jour + 9))
    page = _page(client, action)
    suivante = _page(client, action, suite=page.context["page"].suivant)
    vues = set(re.findall(r'<tr id="(SE_\d+)"', page.content.decode() + suivante.content.decode()))
    assert len(vues) == 61
