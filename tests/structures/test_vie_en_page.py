"""Les décisions du CARIF sur une inscription, prises dans les pages."""

import pytest

from dokelio.messagerie.models import Courriel
from structures.models import EtatOrganisme
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, coordonnees, membre
from tests.structures.test_page_structure import entrer, page

pytestmark = pytest.mark.django_db


def decider(client, organisme, nom, commentaire=""):
    adresse = page(organisme, f"transition/{nom}/")
    jeton = client.get(adresse).context["jeton"]
    return client.post(adresse, {"jeton": jeton, "commentaire": commentaire})


def test_accepter_une_inscription_previent_ses_membres():
    organisme = OrganismeFabrique(accepte=False)
    personne = membre(organisme)
    client = entrer(UtilisateurFabrique(documentaliste=True))
    assert decider(client, organisme, "accepter").status_code == 302
    organisme.refresh_from_db()
    assert organisme.statut == EtatOrganisme.EN_DIFFUSION
    assert Courriel.objects.filter(destinataire=personne.email).exists()


def test_accepter_dit_tout_ce_qui_manque():
    organisme = OrganismeFabrique(accepte=False, siret="", coordonnees=coordonnees("Lyon", "69001"))
    client = entrer(UtilisateurFabrique(documentaliste=True))
    reponse = decider(client, organisme, "accepter")
    assert reponse.status_code == 422
    contenu = reponse.content.decode()
    assert "SIRET" in contenu
    assert "convention de formation" in contenu
    organisme.refresh_from_db()
    assert organisme.statut == EtatOrganisme.DEMANDE


@pytest.mark.parametrize("nom", ["demander_complement", "refuser"])
def test_un_refus_et_un_complement_demandent_un_motif(nom):
    organisme = OrganismeFabrique(accepte=False)
    client = entrer(UtilisateurFabrique(documentaliste=True))
    assert decider(client, organisme, nom).status_code == 422
    assert decider(client, organisme, nom, "Il manque le NDA.").status_code == 302
    assert organisme.contacts.exists()


def test_le_gestionnaire_renvoie_sa_demande_completee():
    organisme = OrganismeFabrique(accepte=False)
    gestionnaire = entrer(membre(organisme, "gestionnaire"))
    decider(entrer(UtilisateurFabrique(documentaliste=True)), organisme, "demander_complement", "Le NDA ?")
    assert "Renvoyer la demande" in gestionnaire.get("/structure/").content.decode()
    assert decider(gestionnaire, organisme, "completer").status_code == 302
    organisme.refresh_from_db()
    assert organisme.statut == EtatOrganisme.DEMANDE


def test_cesser_puis_retablir():
    organisme = OrganismeFabrique()
    client = entrer(UtilisateurFabrique(administrateur=True))
    assert decider(client, organisme, "cesser", "Fermeture").status_code == 302
    assert "n'est plus visible" in client.get(page(organisme)).content.decode().replace("&#x27;", "'")
    assert decider(client, organisme, "retablir").status_code == 302
    organisme.refresh_from_db()
    assert organisme.statut == EtatOrganisme.EN_DIFFUSION


def test_un_membre_ne_decide_de_rien():
    organisme = OrganismeFabrique()
    client = entrer(membre(organisme, "gestionnaire"))
    reponse = client.post(page(organisme, "transition/cesser/"), {"commentaire": "x"})
    assert reponse.status_code == 302
    organisme.refresh_from_db()
    assert organisme.statut == EtatOrganisme.EN_DIFFUSION


def test_une_transition_inconnue_est_introuvable():
    client = entrer(UtilisateurFabrique(administrateur=True))
    assert client.get(page(OrganismeFabrique(), "transition/manger/")).status_code == 404


def test_envoyer_deux_fois_la_meme_decision_ne_la_prend_qu_une_fois():
    organisme = OrganismeFabrique(accepte=False)
    membre(organisme)
    client = entrer(UtilisateurFabrique(documentaliste=True))
    adresse = page(organisme, "transition/accepter/")
    jeton = client.get(adresse).context["jeton"]
    for _ in range(2):
        assert client.post(adresse, {"jeton": jeton}).status_code == 302
    assert Courriel.objects.filter(categorie="inscription").count() == 1
