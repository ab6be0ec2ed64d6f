"""La liste des organismes : recherche, filtres, coût."""

import pytest

from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, coordonnees
from tests.structures.test_page_structure import entrer

pytestmark = pytest.mark.django_db


def noms(client, **parametres):
    return [str(o) for o in client.get("/structure/", parametres).context["page"]]


@pytest.fixture
def client_carif():
    return entrer(UtilisateurFabrique(documentaliste=True))


def test_par_nom_sans_accents_puis_par_page(client_carif):
    for nom in ("Zénith", "Écoles", "Ateliers"):
        OrganismeFabrique(nom=nom)
    assert noms(client_carif) == ["Ateliers", "Écoles", "Zénith"]


def test_on_cherche_par_nom_par_siret_par_nda_et_par_reference(client_carif):
    voulu = OrganismeFabrique(nom="Écoles du Faubourg")
    OrganismeFabrique(nom="Autre")
    for texte in ("ecoles faub", voulu.siret, voulu.nda, voulu.reference, voulu.siret[:9]):
        assert noms(client_carif, q=texte) == [str(voulu)], texte
    assert noms(client_carif, q="introuvable") == []


def test_on_filtre_par_etat_et_par_departement(client_carif):
    OrganismeFabrique(nom="Demande", accepte=False)
    OrganismeFabrique(nom="Montreuil", coordonnees=coordonnees("Montreuil", "93100"))
    OrganismeFabrique(nom="Lyon", coordonnees=coordonnees("Lyon", "69001"), accepte=False)
    assert noms(client_carif, etat="en_diffusion") == ["Montreuil"]
    assert noms(client_carif, departement="93") == ["Montreuil"]
    assert noms(client_carif, departement="ailleurs") == ["Lyon"]
    assert noms(client_carif, etat="demande", departement="75") == ["Demande"]


def test_un_financeur_lit_la_liste():
    OrganismeFabrique(nom="Ateliers")
    assert noms(entrer(UtilisateurFabrique(financeur=True))) == ["Ateliers"]


def test_la_liste_coute_autant_pour_une_ligne_que_pour_cinquante(
    client_carif, django_assert_num_queries, django_assert_max_num_queries
):
    OrganismeFabrique()
    client_carif.get("/structure/")
    with django_assert_max_num_queries(8) as un:
        client_carif.get("/structure/")
    for _ in range(60):
        OrganismeFabrique(accepte=False, contact=False)
    with django_assert_max_num_queries(len(un) + 1) as cinquante:
        client_carif.get("/structure/")
    # Une page incomplète n'a pas besoin de compter ; une page pleine compte, une fois.
    assert len(cinquante) <= len(un) + 1


def test_vide_puis_sans_reponse(client_carif):
    assert "Aucune structure" in client_carif.get("/structure/").content.decode()
    assert "ne répond à cette recherche" in client_carif.get("/structure/", {"q": "x"}).content.decode()
