"""La file de contrôle : portée, prise en charge, échéance de quatre heures, deux personnes à la fois."""

import threading
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dokelio.publication.contexte import PARIS
from dokelio.publication.moteur import effectuer
from formations.actions.controle import file_de, prendre_la_suivante
from formations.actions.delais import attente, est_ouvre, il_y_a
from formations.models import Action
from tests.fabriques import UtilisateurFabrique, en_diffusion, membre, soumise

pytestmark = pytest.mark.django_db


@pytest.fixture
def documentaliste(client):
    personne = UtilisateurFabrique(documentaliste=True, prenom="Claire", nom="Fontanel")
    client.force_login(personne)
    return personne


def dater(action, **age):
    Action.objects.filter(pk=action.pk).update(soumise_le=timezone.now() - timedelta(**age))


def titres(reponse):
    return [ligne.action.intitule for ligne in reponse.context["lignes"]]


def test_la_plus_ancienne_vient_en_tete(client, documentaliste):
    recente, ancienne = soumise(intitule="Récente"), soumise(intitule="Ancienne")
    dater(ancienne, days=9)
    dater(recente, hours=1)
    assert titres(client.get(reverse("controle"))) == ["Ancienne", "Récente"]


def test_la_portee_limite_la_file_jamais_la_lecture(client, documentaliste):
    action = soumise(intitule="Conventionnée")
    Action.objects.filter(pk=action.pk).update(conventionnee=True)
    assert titres(client.get(reverse("controle"))) == []
    page = client.get(reverse("controle_fiche", args=[action.reference]))
    assert page.status_code == 200
    assert "pas dans votre portée" in page.content.decode()
    client.post(reverse("controle_prendre", args=[action.reference]))
    action.refresh_from_db()
    assert action.prise_par is None
    assert titres(client.get(reverse("controle") + "?vue=toutes")) == []


def test_l_administrateur_controle_toute_l_offre(client):
    client.force_login(UtilisateurFabrique(administrateur=True))
    soumise(intitule="Libre")
    autre = soumise(intitule="Conventionnée")
    Action.objects.filter(pk=autre.pk).update(conventionnee=True)
    assert sorted(titres(client.get(reverse("controle")))) == ["Conventionnée", "Libre"]


def test_les_vues_se_partagent_la_file(client, documentaliste):
    collegue = UtilisateurFabrique(documentaliste=True)
    libre, mienne, sienne, rendue = (soumise(intitule=t) for t in ("Libre", "Mienne", "Sienne", "Rendue"))
    effectuer(mienne, "prendre_en_charge", documentaliste)
    effectuer(sienne, "prendre_en_charge", collegue)
    effectuer(rendue, "prendre_en_charge", collegue)
    Action.objects.filter(pk=rendue.pk).update(prise_le=timezone.now() - timedelta(hours=4, seconds=1))
    adresse = reverse("controle")
    assert sorted(titres(client.get(adresse))) == ["Libre", "Rendue"]
    assert titres(client.get(f"{adresse}?vue=moi")) == ["Mienne"]
    assert titres(client.get(f"{adresse}?vue=autres")) == ["Sienne"]
    reponse = client.get(f"{adresse}?vue=toutes")
    assert len(titres(reponse)) == 4
    assert [vue.compte for vue in reponse.context["vues"]] == [2, 1, 1, 4]
    assert libre.reference in reponse.content.decode()


def test_les_filtres_se_cumulent(client, documentaliste):
    neuve = soumise(intitule="Soudure")
    modifiee = en_diffusion(intitule="Menuiserie")
    redactrice = membre(modifiee.organisme)
    effectuer(modifiee, "modifier", redactrice)
    effectuer(modifiee, "soumettre", redactrice)
    adresse = reverse("controle")
    assert titres(client.get(f"{adresse}?nature=premiere")) == ["Soudure"]
    assert titres(client.get(f"{adresse}?nature=modification")) == ["Menuiserie"]
    assert titres(client.get(f"{adresse}?q=soudu&departement=75")) == ["Soudure"]
    assert titres(client.get(f"{adresse}?departement=93")) == []
    assert titres(client.get(f"{adresse}?q={neuve.reference}")) == ["Soudure"]
    assert titres(client.get(f"{adresse}?q={modifiee.organisme.nom}")) == ["Menuiserie"]
    assert titres(client.get(f"{adresse}?conventionne=oui")) == []
    dater(neuve, days=20)
    assert titres(client.get(f"{adresse}?attente=retard")) == ["Soudure"]
    assert client.get(f"{adresse}?departement=zz&vue=rien&page=faux").status_code == 200


def test_une_fiche_rouverte_se_distingue_d_une_premiere_diffusion(client, documentaliste):
    action = en_diffusion(intitule="Rouverte")
    effectuer(action, "retirer", UtilisateurFabrique(administrateur=True), "Prix faux.")
    effectuer(action, "soumettre", membre(action.organisme))
    reponse = client.get(reverse("controle"))
    assert reponse.context["lignes"][0].nature == "Réouverture"


def test_une_session_dans_les_dix_jours_est_signalee(client, documentaliste):
    soumise(intitule="Presse", debut=timezone.localdate() + timedelta(days=10))
    soumise(intitule="Attend", debut=timezone.localdate() + timedelta(days=11))
    urgentes = {ligne.action.intitule: ligne.urgente for ligne in client.get(reverse("controle")).context["lignes"]}
    assert urgentes == {"Presse": True, "Attend": False}


def test_prendre_la_suivante_prend_la_plus_ancienne_libre(client, documentaliste):
    recente, ancienne = soumise(), soumise()
    dater(ancienne, days=2)
    jeton = str(uuid4())
    reponse = client.post(reverse("controle_suivante"), {"jeton": jeton})
    assert reponse["Location"] == reverse("controle_fiche", args=[ancienne.reference])
    assert client.post(reverse("controle_suivante"), {"jeton": jeton})["Location"] == reponse["Location"]
    assert Action.objects.filter(prise_par=documentaliste).count() == 1
    assert client.post(reverse("controle_suivante"))["Location"].endswith(f"{recente.reference}/")
    assert client.post(reverse("controle_suivante"))["Location"] == reverse("controle")


def test_prendre_la_suivante_respecte_les_filtres_en_cours(client, documentaliste):
    soumise(intitule="Soudure")
    voulue = soumise(intitule="Menuiserie")
    reponse = client.post(reverse("controle_suivante"), {"q": "menuiserie"})
    assert reponse["Location"].endswith(f"{voulue.reference}/")


@pytest.mark.django_db(transaction=True)
def test_deux_documentalistes_au_meme_instant_prennent_deux_fiches():
    soumise()
    soumise()
    personnes = [UtilisateurFabrique(documentaliste=True) for _ in range(2)]
    depart, prises = threading.Barrier(2), {}

    def prendre(personne):
        depart.wait()
        prises[personne.pk] = prendre_la_suivante(personne, file_de(personne))
        connection.close()

    fils = [threading.Thread(target=prendre, args=[personne]) for personne in personnes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len({action.pk for action in prises.values()}) == 2
    assert {a.prise_par_id for a in Action.objects.all()} == {personne.pk for personne in personnes}


def test_apres_quatre_heures_sans_geste_une_autre_peut_prendre(documentaliste):
    action = soumise()
    effectuer(action, "prendre_en_charge", documentaliste)
    collegue = UtilisateurFabrique(documentaliste=True)
    assert prendre_la_suivante(collegue, file_de(collegue)) is None
    Action.objects.filter(pk=action.pk).update(prise_le=timezone.now() - timedelta(hours=4, seconds=1))
    assert prendre_la_suivante(collegue, file_de(collegue)) == action


@pytest.mark.parametrize("qui", ["membre", "financeur", "etranger"])
def test_qui_ne_controle_pas_n_apprend_pas_que_la_page_existe(client, qui):
    action = soumise()
    personne = membre(action.organisme, "gestionnaire") if qui == "membre" else UtilisateurFabrique()
    if qui == "financeur":
        personne = UtilisateurFabrique(financeur=True)
    client.force_login(personne)
    assert client.get(reverse("controle")).status_code == 404
    assert client.post(reverse("controle_suivante")).status_code == 404
    assert client.get(reverse("controle_fiche", args=[action.reference])).status_code == 404
    for nom in ("prendre", "relacher", "remarquer", "corriger", "accepter", "retirer"):
        assert client.post(reverse(f"controle_{nom}", args=[action.reference])).status_code == 404
        assert client.get(reverse(f"controle_{nom}", args=[action.reference])).status_code == 404
    action.refresh_from_db()
    assert (action.statut, action.prise_par) == ("a_controler", None)


def test_la_file_coute_autant_pour_une_fiche_que_pour_soixante(client, documentaliste, django_assert_max_num_queries):
    soumise()
    with django_assert_max_num_queries(6) as une:  # session, compte, et quatre
        client.get(reverse("controle"))
    for _ in range(59):
        soumise()
    with django_assert_max_num_queries(6) as soixante:
        reponse = client.get(reverse("controle"))
    assert len(reponse.context["lignes"]) == 50
    assert reponse.context["page"].compte == 60
    assert len(une) == len(soixante)


def test_la_file_vide_le_dit(client, documentaliste):
    assert "La file est vide" in client.get(reverse("controle")).content.decode()
    assert "aucune fiche en main" in client.get(reverse("controle") + "?vue=moi").content.decode()


def paris(*quand):
    return datetime(*quand, tzinfo=PARIS)


def test_l_attente_se_compte_en_jours_ouvres():
    vendredi, lundi = paris(2026, 11, 20, 18), paris(2026, 11, 23, 12)
    assert attente(vendredi, lundi) == pytest.approx(0.75)
    assert attente(None, lundi) == attente(lundi, vendredi) == 0
    assert not est_ouvre(date(2027, 3, 29)), "lundi de Pâques"
    assert not est_ouvre(date(2026, 11, 11))


@pytest.mark.parametrize("quand", [paris(2026, 11, 23, 12), paris(2026, 11, 22, 9), paris(2026, 5, 4, 0)])
def test_ce_qui_a_ete_soumis_avant_l_objectif_est_en_retard(quand):
    limite = il_y_a(3, quand)
    assert attente(limite, quand) == pytest.approx(3, abs=0.001)
