"""La cloche, les préférences, et les courriels lus dans le navigateur."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie.actions import ecrire_courriel, notifier
from dokelio.messagerie.models import Courriel, Notification, PreferenceNotification
from dokelio.messagerie.notifications import nombre_non_lues


def _chez(personne: Utilisateur) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def test_chacun_ne_voit_et_ne_lit_que_ses_notifications(nadia: Utilisateur, omar: Utilisateur) -> None:
    notifier(nadia, "Pour Nadia", "Un texte", "/mon-compte/")
    la_sienne = Notification.objects.get()
    assert "Pour Nadia" in _chez(nadia).get("/notifications/").content.decode()
    assert "Pour Nadia" not in _chez(omar).get("/notifications/").content.decode()
    assert _chez(omar).post(f"/notifications/{la_sienne.pk}/").status_code == 404
    assert _chez(nadia).get(f"/notifications/{la_sienne.pk}/").status_code == 405
    assert nombre_non_lues(nadia) == 1
    reponse = _chez(nadia).post(f"/notifications/{la_sienne.pk}/")
    assert (reponse.status_code, reponse["Location"]) == (302, "/mon-compte/")
    assert nombre_non_lues(nadia) == 0


def test_un_lien_vers_un_autre_site_n_est_pas_suivi(nadia: Utilisateur) -> None:
    notifier(nadia, "Piège", "", "https://ailleurs.exemple/")
    assert _chez(nadia).post(f"/notifications/{Notification.objects.get().pk}/")["Location"] == "/notifications/"


def test_tout_marquer_comme_lu_ne_touche_que_les_siennes(nadia: Utilisateur, omar: Utilisateur) -> None:
    notifier([nadia, omar], "Deux")
    notifier(nadia, "Trois")
    _chez(nadia).post("/notifications/tout-lire/")
    assert (nombre_non_lues(nadia), nombre_non_lues(omar)) == (0, 1)
    assert "Deux" not in _chez(nadia).get("/notifications/?vue=non-lues").content.decode()


def test_la_page_coute_autant_pour_une_ligne_et_pour_soixante(nadia: Utilisateur) -> None:
    client, couts = _chez(nadia), []
    for lot in (range(1), range(1, 60)):
        for n in lot:
            notifier(nadia, f"Avis {n:03}")
        with CaptureQueriesContext(connection) as requetes:
            page = client.get("/notifications/").content.decode()
        couts.append(len([r for r in requetes if "messagerie_notification" in r["sql"]]))
    assert couts[1] <= 4
    assert couts[1] - couts[0] <= 1  # une page pleine compte ses lignes
    assert "Avis 059" in page
    assert "Avis 000" not in page


def test_les_preferences_se_reglent_categorie_par_categorie(nadia: Utilisateur, reglable: str) -> None:
    client = _chez(nadia)
    page = client.get("/notifications/preferences/").content.decode()
    assert "Essai des préférences" in page
    assert 'name="acces"' not in page
    formulaire = client.get("/notifications/preferences/").context["form"]
    choix = dict.fromkeys(formulaire.fields, "immediat")
    assert client.post("/notifications/preferences/", {**choix, reglable: "quotidien"}).status_code == 302
    assert PreferenceNotification.objects.get(categorie=reglable).cadence == "quotidien"
    refus = client.post("/notifications/preferences/", {**choix, reglable: "parfois"}).content.decode()
    assert "Choisissez une cadence." in refus


def test_en_developpement_les_courriels_se_lisent_sans_compte_avec_leurs_liens(nadia: Utilisateur) -> None:
    ecrire_courriel("essai", nadia, {"titre": "<b>X</b>", "lien": "/connexion/"}, categorie="controle")
    courriel = Courriel.objects.get()
    client = Client()
    assert f"/courriels/{courriel.pk}/" in client.get("/courriels/").content.decode()
    assert "Aucun courriel" in client.get("/courriels/?q=omar").content.decode()
    page = client.get(f"/courriels/{courriel.pk}/").content.decode()
    assert '<a href="https://dokelio.exemple/connexion/"' in page
    assert "<b>X</b>" not in page
    cadre = client.get(f"/courriels/{courriel.pk}/html/")
    assert cadre["X-Frame-Options"] == "SAMEORIGIN"
    regles = cadre["Content-Security-Policy"]
    assert "default-src 'none'" in regles
    assert "script-src" not in regles
    assert "sandbox" in regles


def test_hors_developpement_les_courriels_ne_se_trouvent_pas(nadia: Utilisateur, settings: Settings) -> None:
    settings.COURRIELS_LISIBLES = False
    ecrire_courriel("essai", nadia, {"titre": "X", "lien": "/"}, categorie="controle")
    cle = Courriel.objects.get().pk
    adresses = ("/courriels/", f"/courriels/{cle}/", f"/courriels/{cle}/html/")
    assert [Client().get(adresse).status_code for adresse in adresses] == [404, 404, 404]
    assert [_chez(nadia).get(adresse).status_code for adresse in adresses] == [404, 404, 404]
