"""Écrire un courriel : une ligne par personne, dans la transaction de l'appelant, une seule fois par clé."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie import tasks
from dokelio.messagerie.actions import ecrire_courriel, notifier, prochain_resume, regler_preferences
from dokelio.messagerie.models import Courriel, Notification

CONTEXTE = {"titre": "d'art & métal", "lien": "/formations/AF_0000000001/"}


def test_le_courriel_a_son_sujet_son_texte_sa_page_et_un_lien_absolu(nadia: Utilisateur) -> None:
    ecrire_courriel("essai", nadia, CONTEXTE, categorie="controle", objet=nadia)
    courriel = Courriel.objects.get()
    assert courriel.sujet == "Votre fiche d'art & métal"
    assert courriel.texte.startswith("Bonjour Nadia,\n\nL'équipe vous demande une correction.\n\n- avant")
    assert "https://dokelio.exemple/formations/AF_0000000001/" in courriel.texte
    assert courriel.texte.count("http") == 1
    assert "\n\nLe CARIF francilien\n" in courriel.texte
    assert '<a href="https://dokelio.exemple/formations/AF_0000000001/" style=' in courriel.html
    assert ">Voir la fiche</a>" in courriel.html
    assert "d&#x27;art &amp; métal" in courriel.html
    assert "<li" in courriel.html
    assert "<script" not in courriel.html
    assert (courriel.objet_type, courriel.objet_id) == ("comptes.utilisateur", nadia.pk)
    assert courriel.adresse == "https://dokelio.exemple/formations/AF_0000000001/"


def test_un_courriel_par_personne_et_les_comptes_fermes_n_en_recoivent_pas(
    nadia: Utilisateur, omar: Utilisateur
) -> None:
    omar.actif = False
    omar.save()
    ecrits = ecrire_courriel("essai", [nadia, omar, nadia, "Accueil@Ateliers.exemple"], CONTEXTE, categorie="controle")
    assert [courriel.destinataire for courriel in ecrits] == ["nadia@ateliers.exemple", "accueil@ateliers.exemple"]


def test_la_meme_cle_n_ecrit_qu_une_fois_par_personne(nadia: Utilisateur, omar: Utilisateur) -> None:
    for destinataires in (nadia, [nadia, omar], [nadia, omar]):
        ecrire_courriel("essai", destinataires, CONTEXTE, categorie="controle", cle="correction:12")
    assert sorted(Courriel.objects.values_list("destinataire", flat=True)) == [nadia.email, omar.email]
    for _ in range(2):
        notifier([nadia, omar], "Titre", "Texte", "/", "controle", cle="correction:12")
        notifier(nadia, "Sans clé")
    assert Notification.objects.filter(utilisateur=nadia).count() == 3
    assert Notification.objects.filter(utilisateur=omar).count() == 1


def test_une_transaction_annulee_n_ecrit_rien(nadia: Utilisateur) -> None:
    with transaction.atomic():
        ecrire_courriel("essai", nadia, CONTEXTE, categorie="controle")
        notifier(nadia, "Titre")
        transaction.set_rollback(True)
    assert not Courriel.objects.exists()
    assert not Notification.objects.exists()


def test_l_envoyeur_est_reveille_une_fois_par_transaction_et_un_courtier_absent_ne_casse_rien(
    nadia: Utilisateur,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def muet(*_: object, **__: object) -> None:
        raise ConnectionError("courtier absent")

    monkeypatch.setattr(tasks.envoyer_courriels, "apply_async", muet)
    with django_capture_on_commit_callbacks(execute=True) as suites:
        for _ in range(3):
            ecrire_courriel("essai", nadia, CONTEXTE, categorie="controle")
    assert len(suites) == 1
    assert Courriel.objects.dus().count() == 3


@pytest.mark.django_db
def test_tout_message_de_django_passe_par_la_boite_d_envoi(settings: Settings) -> None:
    message = EmailMultiAlternatives(
        "Sujet", "Texte", "de@x.fr", ["A@x.fr"], headers={"X-Dokelio-Categorie": "acces", "X-Dokelio-Cle": "k"}
    )
    message.attach_alternative("<p>Page</p>", "text/html")
    for _ in range(2):
        message.connection = get_connection(settings.COURRIELS_BOITE)
        assert message.send() == 1
    courriel = Courriel.objects.get()
    assert (courriel.destinataire, courriel.html, courriel.categorie) == ("a@x.fr", "<p>Page</p>", "acces")


def test_les_preferences_s_appliquent_aux_categories_reglables(
    nadia: Utilisateur, omar: Utilisateur, reglable: str
) -> None:
    regler_preferences(nadia, {reglable: "jamais", "acces": "jamais"})
    regler_preferences(omar, {reglable: "jamais"})
    regler_preferences(omar, {reglable: "quotidien"})
    ecrire_courriel("essai", [nadia, omar], CONTEXTE, categorie=reglable)
    attendu = Courriel.objects.get()
    assert (attendu.destinataire, attendu.groupe) == (omar.email, True)
    ecrire_courriel("essai", nadia, CONTEXTE, categorie="acces")
    assert Courriel.objects.filter(destinataire=nadia.email, groupe=False).exists()


@pytest.mark.parametrize(
    ("instant", "resume"),
    [
        ("2026-11-23T06:59+01:00", "2026-11-23T07:00+01:00"),
        ("2026-11-23T07:00+01:00", "2026-11-24T07:00+01:00"),
        ("2026-03-28T12:00+01:00", "2026-03-29T07:00+02:00"),
    ],
)
def test_le_resume_part_a_sept_heures_de_paris_changement_d_heure_compris(instant: str, resume: str) -> None:
    obtenu = prochain_resume(datetime.datetime.fromisoformat(instant))
    assert obtenu == datetime.datetime.fromisoformat(resume).astimezone(ZoneInfo("Europe/Paris"))
