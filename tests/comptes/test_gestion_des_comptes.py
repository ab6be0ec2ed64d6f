"""L'administrateur crée, invite, corrige, désactive ; personne d'autre ne trouve ces pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dokelio.comptes import actions, creation
from dokelio.comptes.models import DOUBLON, Utilisateur
from dokelio.messagerie.models import Courriel
from tests.comptes.conftest import MOT_DE_PASSE

SAISIE = {"prenom": "Marc", "nom": "Aurèle", "email": "Marc.Aurele@Portique.exemple", "telephone": "01 40 00 00 00"}


def test_creer_un_compte_range_l_invitation_et_le_lien_ouvre_le_compte(
    chez_admin: Client, lien_recu: Callable[[str], str]
) -> None:
    reponse = chez_admin.post("/comptes/nouveau/", SAISIE)
    marc = Utilisateur.objects.get(email="marc.aurele@portique.exemple")
    assert (reponse.status_code, reponse["Location"]) == (302, f"/comptes/{marc.pk}/")
    assert not marc.has_usable_password()
    assert marc.invite_le is not None
    assert Courriel.objects.get().sujet == "Votre compte Dokelio+ est créé"
    lui = Client()
    page = lui.get(lien_recu(marc.email), follow=True)
    reponse = lui.post(page.request["PATH_INFO"], {"password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE})
    assert reponse["Location"] == "/"
    assert lui.session["_auth_user_id"] == str(marc.pk)


def test_un_second_compte_a_la_meme_adresse_est_refuse_quelle_que_soit_la_casse(
    chez_admin: Client, membre: Utilisateur
) -> None:
    reponse = chez_admin.post("/comptes/nouveau/", {**SAISIE, "email": membre.email.title()})
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert DOUBLON in page
    assert 'value="Aurèle"' in page
    assert Utilisateur.objects.count() == 2
    assert not Courriel.objects.exists()


def test_envoyer_deux_fois_le_formulaire_ne_cree_qu_un_compte_et_qu_une_invitation(chez_admin: Client) -> None:
    codes = [chez_admin.post("/comptes/nouveau/", SAISIE).status_code for _ in range(2)]
    assert codes == [302, 200]
    assert Courriel.objects.count() == 1


def test_mot_de_passe_oublie_vaut_invitation_pour_qui_n_a_jamais_choisi(
    client: Client, administrateur: Utilisateur, lien_recu: Callable[[str], str]
) -> None:
    marc = actions.creer_compte(administrateur, **SAISIE)
    client.post("/mot-de-passe/oublie/", {"email": marc.email})
    assert Courriel.objects.latest("pk").sujet == "Choisissez votre mot de passe Dokelio+"
    assert "Choisir votre mot de passe" in client.get(lien_recu(marc.email), follow=True).content.decode()


def test_renvoyer_l_invitation_perime_la_precedente(
    administrateur: Utilisateur, lien_recu: Callable[[str], str]
) -> None:
    marc = actions.creer_compte(administrateur, **SAISIE)
    premier = lien_recu(marc.email)
    actions.renvoyer_invitation(administrateur, marc)
    second = lien_recu(marc.email)
    assert premier != second
    assert "ne vaut plus rien" in Client().get(premier, follow=True).content.decode()
    assert "Choisir votre mot de passe" in Client().get(second, follow=True).content.decode()


def test_seul_un_administrateur_gere_les_comptes(
    membre: Utilisateur, documentaliste: Utilisateur, administrateur: Utilisateur
) -> None:
    for auteur in (membre, documentaliste):
        with pytest.raises(PermissionDenied):
            actions.creer_compte(auteur, **SAISIE)
        with pytest.raises(PermissionDenied):
            actions.desactiver(auteur, administrateur)
        client = Client()
        client.force_login(auteur)
        adresses = ["/comptes/", "/comptes/nouveau/", f"/comptes/{membre.pk}/"]
        assert [client.get(adresse).status_code for adresse in adresses] == [404, 404, 404]
        for geste in ("inviter", "desactiver", "reactiver"):
            assert client.post(f"/comptes/{membre.pk}/{geste}/").status_code == 404
    assert Utilisateur.objects.count() == 3


def test_on_ne_se_desactive_pas_et_on_ne_change_pas_sa_propre_fonction(administrateur: Utilisateur) -> None:
    with pytest.raises(ValidationError):
        actions.desactiver(administrateur, administrateur)
    with pytest.raises(ValidationError) as refus:
        actions.modifier_compte(
            administrateur, administrateur, email=administrateur.email, prenom="Ada", nom="Ministre"
        )
    assert list(refus.value.message_dict) == ["role_carif"]


def test_desactiver_puis_reactiver_par_les_boutons(chez_admin: Client, membre: Utilisateur) -> None:
    chez_admin.post(f"/comptes/{membre.pk}/desactiver/")
    membre.refresh_from_db()
    assert not membre.actif
    chez_admin.post(f"/comptes/{membre.pk}/inviter/")
    assert not Courriel.objects.exists()
    chez_admin.post(f"/comptes/{membre.pk}/reactiver/")
    membre.refresh_from_db()
    assert membre.actif


def test_corriger_un_compte_et_refuser_une_adresse_prise(
    chez_admin: Client, membre: Utilisateur, documentaliste: Utilisateur
) -> None:
    saisie = {"prenom": "Nadia", "nom": "Benali", "email": membre.email, "role_carif": "documentaliste"}
    refus = chez_admin.post(f"/comptes/{membre.pk}/", saisie)
    assert "Choisissez au moins une portée" in refus.content.decode()
    saisie["portees"] = "conventionne"
    assert chez_admin.post(f"/comptes/{membre.pk}/", saisie).status_code == 302
    membre.refresh_from_db()
    assert (membre.nom, membre.role_carif, membre.portees) == ("Benali", "documentaliste", ["conventionne"])
    prise = chez_admin.post(f"/comptes/{membre.pk}/", {**saisie, "email": documentaliste.email.upper()})
    assert DOUBLON in prise.content.decode()


@pytest.fixture
def volet() -> Iterator[list[str]]:
    ecrits: list[str] = []

    def enregistrer(utilisateur: Utilisateur, donnees: creation.Donnees, auteur: Utilisateur) -> None:
        if donnees["essai_lieu"] == "nulle part":
            raise ValidationError({"essai_lieu": "Ce lieu n'existe pas."})
        ecrits.append(f"{utilisateur.email} {donnees['essai_lieu']} {auteur.prenom}")

    creation.inscrire(
        creation.Volet(
            nom="essai",
            titre="Essai",
            champs=lambda: {"essai_lieu": forms.CharField(label="Lieu")},
            verifier=lambda donnees: {"essai_lieu": "Trop loin."} if donnees.get("essai_lieu") == "Mars" else {},
            enregistrer=enregistrer,
        )
    )
    yield ecrits
    creation.retirer("essai")


def test_un_volet_ajoute_ses_champs_et_ecrit_dans_la_meme_transaction(chez_admin: Client, volet: list[str]) -> None:
    assert "Lieu" in chez_admin.get("/comptes/nouveau/").content.decode()
    for lieu, phrase in (("Mars", "Trop loin."), ("nulle part", "Ce lieu n&#x27;existe pas."), ("", "obligatoire")):
        refus = chez_admin.post("/comptes/nouveau/", {**SAISIE, "essai_lieu": lieu})
        assert phrase in refus.content.decode()
        assert Utilisateur.objects.count() == 1
        assert not Courriel.objects.exists()
    assert chez_admin.post("/comptes/nouveau/", {**SAISIE, "essai_lieu": "Paris"}).status_code == 302
    assert volet == ["marc.aurele@portique.exemple Paris Ada"]


def test_la_liste_coute_autant_de_requetes_pour_une_ligne_et_pour_soixante(chez_admin: Client) -> None:
    couts = []
    for lot in (range(1), range(1, 60)):
        Utilisateur.objects.bulk_create(
            [Utilisateur(email=f"p{n}@exemple.fr", prenom="P", nom=f"Nom {n:03}") for n in lot]
        )
        with CaptureQueriesContext(connection) as requetes:
            page = chez_admin.get("/comptes/").content.decode()
        couts.append([r["sql"] for r in requetes if "comptes_utilisateur" in r["sql"]])
    assert len(couts[0]) <= 4  # le compte connecté, la page, son nombre de lignes
    assert abs(len(couts[0]) - len(couts[1])) <= 1
    assert "Nom 000" in page
    assert "Nom 059" not in page
    trouve = chez_admin.get("/comptes/?q=p59@").content.decode()
    assert "Nom 059" in trouve
    assert "Nom 058" not in trouve
    assert "Nom 042" in chez_admin.get("/comptes/?q=nom 042").content.decode()


def test_chacun_corrige_son_nom_et_son_telephone_mais_pas_son_adresse(client: Client, membre: Utilisateur) -> None:
    client.force_login(membre)
    saisie = {"prenom": "Nadia", "nom": "Benali", "telephone": "06", "email": "autre@x.fr", "role_carif": "financeur"}
    assert client.post("/mon-compte/", saisie).status_code == 302
    membre.refresh_from_db()
    assert (membre.nom, membre.telephone, membre.role_carif) == ("Benali", "06", "")
    assert membre.email == "nadia.belkacem@ateliers.exemple"
    refus = client.post("/mon-compte/", {"prenom": "", "nom": "Gardé"}).content.decode()
    assert "Saisissez votre prénom." in refus
    assert 'value="Gardé"' in refus


def test_changer_de_mot_de_passe_demande_l_actuel(client: Client, membre: Utilisateur) -> None:
    client.force_login(membre)
    neuf = {"password1": "Lampe-bleue-2027 ?", "password2": "Lampe-bleue-2027 ?"}
    refus = client.post("/mon-compte/mot-de-passe/", {"oldpassword": "faux", **neuf}).content.decode()
    assert "Ce n&#x27;est pas votre mot de passe actuel." in refus
    assert client.post("/mon-compte/mot-de-passe/", {"oldpassword": MOT_DE_PASSE, **neuf}).status_code == 302
    membre.refresh_from_db()
    assert membre.check_password(neuf["password1"])
    assert client.get("/mon-compte/").status_code == 200
    assert Courriel.objects.get().sujet == "Votre mot de passe Dokelio+ a été changé"


def test_effacer_une_personne_ferme_et_anonymise_son_compte_sans_retour(
    administrateur: Utilisateur, membre: Utilisateur
) -> None:
    for _ in range(2):
        actions.effacer(administrateur, membre)
    membre.refresh_from_db()
    assert str(membre) == "Compte effacé"
    with pytest.raises(ValidationError):
        actions.reactiver(administrateur, membre)
    with pytest.raises(ValidationError):
        actions.effacer(administrateur, administrateur)
