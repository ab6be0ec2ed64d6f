"""Rattacher une personne à un organisme : à la création du compte, puis sur la page du compte."""

import pytest

from dokelio.comptes.models import Utilisateur
from structures.models import Rattachement
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, membre
from tests.structures.test_page_structure import entrer

pytestmark = pytest.mark.django_db
PERSONNE = {"prenom": "Ana", "nom": "Diaz", "email": "ana@organisme.exemple", "telephone": "", "role_carif": ""}


@pytest.fixture
def administration():
    return entrer(UtilisateurFabrique(administrateur=True))


def creer(client, **saisie):
    return client.post("/comptes/nouveau/", {**PERSONNE, **saisie})


@pytest.mark.parametrize("designation", ["reference", "siret"])
def test_creer_un_compte_le_rattache_par_of_ou_par_siret(administration, designation):
    organisme = OrganismeFabrique()
    texte = getattr(organisme, designation)
    reponse = creer(administration, rattachement_organisme=texte, rattachement_role="gestionnaire")
    assert reponse.status_code == 302
    rattachement = Rattachement.objects.get(organisme=organisme)
    assert (rattachement.utilisateur.email, rattachement.role) == ("ana@organisme.exemple", "gestionnaire")


@pytest.mark.parametrize(
    ("texte", "phrase"),
    [
        ("OF_0000009999", "Aucun organisme"),
        ("73282932000074", "Aucun organisme"),
        ("Les Ateliers", "n'est ni une référence"),
    ],
)
def test_un_organisme_inconnu_est_refuse_et_le_compte_n_est_pas_cree(administration, texte, phrase):
    reponse = creer(administration, rattachement_organisme=texte, rattachement_role="lecteur")
    assert phrase in reponse.context["form"].errors["rattachement_organisme"][0]
    assert not Utilisateur.objects.filter(email="ana@organisme.exemple").exists()


def test_un_compte_du_carif_n_a_pas_d_organisme(administration):
    organisme = OrganismeFabrique()
    reponse = creer(administration, role_carif="financeur", rattachement_organisme=organisme.reference)
    assert "rattachement_organisme" in reponse.context["form"].errors


def test_la_page_du_compte_ajoute_et_retire_un_rattachement(administration):
    personne = membre(OrganismeFabrique(nom="Premier"))
    second = OrganismeFabrique(nom="Second")
    adresse = f"/comptes/{personne.pk}/"
    assert "Premier" in administration.get(adresse).content.decode()
    saisie = {"rattachement_organisme": second.reference, "rattachement_role": "lecteur"}
    administration.post(f"{adresse}rattachements/", saisie)
    ligne = Rattachement.objects.get(organisme=second)
    assert ligne.role == "lecteur"
    administration.post(f"{adresse}rattachements/", {**saisie, "rattachement_role": "gestionnaire"})
    ligne.refresh_from_db()
    assert ligne.role == "gestionnaire"
    administration.post(f"{adresse}rattachements/{ligne.pk}/retirer/")
    assert not Rattachement.objects.filter(organisme=second).exists()


def test_un_organisme_inconnu_est_dit_sur_la_page_du_compte(administration):
    personne = UtilisateurFabrique()
    saisie = {"rattachement_organisme": "OF_0000009999", "rattachement_role": "lecteur"}
    reponse = administration.post(f"/comptes/{personne.pk}/rattachements/", saisie, follow=True)
    contenu = reponse.content.decode()
    assert "Aucun organisme" in contenu
    assert "OF_0000009999" in contenu


def test_seuls_les_administrateurs_rattachent():
    organisme = OrganismeFabrique()
    personne = membre(organisme)
    ligne = personne.rattachements.get()
    for autre in (UtilisateurFabrique(documentaliste=True), membre(organisme, "gestionnaire")):
        client = entrer(autre)
        assert client.post(f"/comptes/{personne.pk}/rattachements/").status_code == 404
        assert client.post(f"/comptes/{personne.pk}/rattachements/{ligne.pk}/retirer/").status_code == 404
    assert Rattachement.objects.filter(pk=ligne.pk).exists()
