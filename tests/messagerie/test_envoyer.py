"""L'envoyeur : rien de perdu, rien deux fois, une panne remet à plus tard."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import ClassVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, connections, transaction
from django.utils import timezone
from pytest_django import Settings

from dokelio.comptes.models import Utilisateur
from dokelio.messagerie import tasks
from dokelio.messagerie.actions import ecrire_courriel, regler_preferences
from dokelio.messagerie.models import Courriel

CONTEXTE = {"titre": "A", "lien": "/"}
ICI = "tests.messagerie.test_envoyer."


class TransportFautif(BaseEmailBackend):
    """Rend les erreurs prévues, une par envoi, puis accepte."""

    erreurs: ClassVar[list[Exception]] = []

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        if self.erreurs:
            raise self.erreurs.pop(0)
        mail.outbox.extend(email_messages)
        return len(email_messages)


class TransportInjoignable(BaseEmailBackend):
    """Un serveur éteint."""

    def open(self) -> bool:
        raise ConnectionRefusedError("éteint")

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        raise AssertionError("jamais appelé")


class TransportLent(BaseEmailBackend):
    """Attend que les deux envoyeurs soient à l'œuvre."""

    barriere: ClassVar[threading.Barrier]
    recus: ClassVar[list[str]] = []

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        self.barriere.wait(timeout=10)
        self.recus.extend(message.to[0] for message in email_messages)
        return len(email_messages)


@pytest.fixture
def fautif(settings: Settings) -> Iterator[list[Exception]]:
    settings.COURRIELS_TRANSPORT = ICI + "TransportFautif"
    TransportFautif.erreurs.clear()
    yield TransportFautif.erreurs
    TransportFautif.erreurs.clear()


def _avancer() -> None:
    Courriel.objects.update(a_envoyer_apres=timezone.now() - datetime.timedelta(seconds=1))


def test_ce_qui_est_du_part_une_fois_texte_et_page(nadia: Utilisateur) -> None:
    ecrire_courriel("essai", nadia, CONTEXTE, categorie="controle")
    assert tasks.envoyer_courriels() == 1
    assert tasks.envoyer_courriels() == 0
    message = mail.outbox[0]
    courriel = Courriel.objects.get()
    assert len(mail.outbox) == 1
    assert message.to == [nadia.email]
    assert message.alternatives[0][1] == "text/html"
    assert message.extra_headers["Message-ID"] == f"<courriel-{courriel.pk}@dokelio.exemple>"
    assert courriel.envoye_le is not None
    assert (courriel.etat, courriel.tentatives) == ("Envoyé", 1)


def test_une_panne_remet_a_plus_tard_sans_retenir_les_autres(
    nadia: Utilisateur, omar: Utilisateur, fautif: list[Exception]
) -> None:
    ecrire_courriel("essai", [nadia, omar], CONTEXTE, categorie="controle")
    fautif.append(SMTPServerDisconnected("coupure"))
    assert tasks.envoyer_courriels() == 1
    assert [message.to[0] for message in mail.outbox] == [omar.email]
    courriel = Courriel.objects.get(destinataire=nadia.email)
    assert "coupure" in courriel.derniere_erreur
    assert courriel.a_envoyer_apres > timezone.now()
    assert tasks.envoyer_courriels() == 0
    _avancer()
    assert tasks.envoyer_courriels() == 1
    courriel.refresh_from_db()
    assert (courriel.tentatives, courriel.derniere_erreur) == (2, "")


def test_les_delais_doublent_puis_plafonnent_et_le_courriel_est_abandonne(
    nadia: Utilisateur, fautif: list[Exception]
) -> None:
    minutes = [tasks.delai(n).total_seconds() / 60 for n in range(1, 13)]
    assert minutes[:4] == [1, 2, 4, 8]
    assert minutes[-1] == 360
    ecrire_courriel("essai", nadia, CONTEXTE, categorie="controle")
    fautif.extend(SMTPServerDisconnected("coupure") for _ in range(tasks.TENTATIVES))
    for _ in range(tasks.TENTATIVES + 1):
        _avancer()
        tasks.envoyer_courriels()
    courriel = Courriel.objects.get()
    assert (courriel.etat, courriel.tentatives) == ("Abandonné", tasks.TENTATIVES)
    assert not mail.outbox


def test_une_adresse_refusee_par_le_serveur_est_abandonnee_aussitot(
    nadia: Utilisateur, fautif: list[Exception]
) -> None:
    ecrire_courriel("essai", nadia, CONTEXTE, categorie="controle")
    fautif.append(SMTPRecipientsRefused({nadia.email: (550, b"inconnu")}))
    tasks.envoyer_courriels()
    assert Courriel.objects.get().etat == "Abandonné"


def test_un_serveur_injoignable_ou_absent_laisse_tout_en_attente(nadia: Utilisateur, settings: Settings) -> None:
    ecrire_courriel("essai", nadia, CONTEXTE, categorie="controle")
    for transport in (ICI + "TransportInjoignable", ""):
        settings.COURRIELS_TRANSPORT = transport
        assert tasks.envoyer_courriels() == 0
    courriel = Courriel.objects.get()
    assert (courriel.etat, courriel.tentatives) == ("À envoyer", 0)


def test_un_courtier_vide_ne_perd_rien_le_balayage_passe(nadia: Utilisateur) -> None:
    with transaction.atomic():
        ecrire_courriel("essai", nadia, CONTEXTE, categorie="controle")
    assert not mail.outbox  # le réveil n'a jamais eu lieu : le courtier a été vidé
    assert tasks.balayage() == 1
    assert len(mail.outbox) == 1
    assert tasks.balayage() == 0


@pytest.mark.django_db(transaction=True)
def test_deux_envoyeurs_ne_prennent_jamais_le_meme_courriel(settings: Settings) -> None:
    settings.COURRIELS_TRANSPORT = ICI + "TransportLent"
    TransportLent.barriere = threading.Barrier(2)
    TransportLent.recus.clear()
    Courriel.objects.bulk_create([Courriel(destinataire=f"p{n}@x.fr", sujet="S", texte="T") for n in range(6)])
    envois: list[int] = []

    def envoyer() -> None:
        try:
            envois.append(tasks.envoyer_courriels())
        finally:
            connections.close_all()

    fils = [threading.Thread(target=envoyer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    assert sorted(TransportLent.recus) == [f"p{n}@x.fr" for n in range(6)]
    assert sum(envois) == 6


@pytest.mark.django_db
def test_une_ligne_ecrite_en_sql_avec_les_seules_valeurs_obligatoires_part() -> None:
    with connection.cursor() as curseur:
        curseur.execute(
            "INSERT INTO messagerie_courriel (destinataire, sujet, texte) VALUES ('nuit@x.fr', 'Nuit', 'Texte')"
        )
    assert tasks.envoyer_courriels() == 1


def test_le_resume_quotidien_regroupe_par_personne(nadia: Utilisateur, omar: Utilisateur, reglable: str) -> None:
    for personne in (nadia, omar):
        regler_preferences(personne, {reglable: "quotidien"})
    ecrire_courriel("essai", [nadia, omar], CONTEXTE, categorie=reglable)
    ecrire_courriel("essai", nadia, {"titre": "B", "lien": "/b/"}, categorie=reglable)
    assert tasks.envoyer_courriels() == 0
    _avancer()
    assert tasks.envoyer_courriels() == 2
    resume = next(message for message in mail.outbox if message.to == [nadia.email])
    assert resume.subject == "Votre résumé du jour\u00a0: 2 messages"
    assert "Votre fiche A" in resume.body
    assert "https://dokelio.exemple/b/" in resume.body
    assert Courriel.objects.filter(resume__isnull=False, envoye_le__isnull=False).count() == 3
    assert tasks.envoyer_courriels() == 0


@pytest.mark.parametrize(("lisibles", "efface"), [(False, True), (True, False)])
def test_en_production_un_lien_a_usage_unique_ne_reste_pas_en_base(
    nadia: Utilisateur, settings: Settings, lisibles: bool, efface: bool
) -> None:
    settings.COURRIELS_LISIBLES = lisibles
    ecrire_courriel("essai", nadia, CONTEXTE, categorie="acces")
    tasks.envoyer_courriels()
    assert ("https://" not in Courriel.objects.get().texte) is efface
    assert "https://" in mail.outbox[0].body
