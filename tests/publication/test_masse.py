"""La transition en masse : une instruction, égale à `effectuer` ligne par ligne, événements et avis compris."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Max

from dokelio.publication.champs import ecriture_d_etat
from dokelio.publication.machine import Declaration
from dokelio.publication.masse import effectuer_en_masse
from dokelio.publication.models import Evenement
from dokelio.publication.refus import TransitionInterdite
from tests.publication.appli.models import Avis, Etat, Fiche
from tests.publication.equivalence import deux_voies

AU = date(2026, 4, 15)

pytestmark = pytest.mark.django_db


@pytest.fixture
def carif() -> Any:
    return get_user_model().objects.create(email="carif@dokelio.exemple", prenom="Claire", nom="Essai")


def fiche_en(etat: str, **champs: Any) -> Fiche:
    """Une fiche directement dans un état, comme si elle y était venue."""
    with ecriture_d_etat():
        return Fiche.objects.create(statut=etat, **champs)


def peupler(graine: int, nombre: int = 60) -> None:
    """Des fiches dans tous les états, avec leur passé : fins autour d'`AU` ou absentes, versions, origines."""
    alea = random.Random(graine)
    for rang in range(nombre):
        etat = alea.choice(Etat.values)
        version = alea.randint(1, 9) if etat == Etat.EN_DIFFUSION else None
        if etat in (Etat.EN_REDACTION, Etat.A_CONTROLER) and alea.random() < 0.5:
            version = alea.randint(1, 9)
        fin = alea.choice([None, *[AU + timedelta(days=alea.randint(-3, 3))] * 4])
        fiche = fiche_en(etat, titre=alea.choice(["", f"Fiche {rang}"]), version=version, fin=fin)
        for _ in range(alea.randint(0, 3)):
            Evenement.objects.create(
                objet_type="appli_publication.Fiche",
                objet_id=fiche.pk,
                transition="soumettre",
                avant=alea.choice([Etat.EN_REDACTION, etat] if version else [Etat.BROUILLON, etat]),
                apres=alea.choice([etat, Etat.A_CONTROLER]),
                geste=uuid4(),
                au=AU,
            )


def photo() -> Any:
    dernier = Fiche.objects.aggregate(instant=Max("modifie_le"))["instant"]
    fiches = Fiche.objects.order_by("pk").values_list("pk", "statut", "titre", "version", "fin")
    evenements = Evenement.objects.order_by("objet_id", "id").values_list(
        "objet_type", "objet_id", "reference", "transition", "avant", "apres", "auteur", "commentaire", "donnees", "au"
    )
    avis = Avis.objects.order_by("fiche_id").values_list("fiche_id", "texte")
    accroches = [
        Evenement.objects.filter(pk=un.evenement_id, objet_id=un.fiche_id).exists()
        for un in Avis.objects.order_by("fiche_id")
    ]
    return dernier is not None, list(fiches), list(evenements), list(avis), accroches


@pytest.mark.parametrize("graine", range(4))
@pytest.mark.parametrize("nom", ["archiver", "signaler", "rendre"])
def test_la_masse_egale_le_pas_a_pas_sur_des_donnees_au_hasard(nom: str, graine: int) -> None:
    peupler(graine)
    avant = Evenement.objects.count()
    un_a_un, en_masse = deux_voies(nom, Fiche, photo, au=AU)
    assert un_a_un == en_masse
    assert len(un_a_un[2]) > avant, "la graine ne donne rien à faire"


@pytest.mark.parametrize("adresse", ["carif@dokelio.exemple", "passant@dokelio.exemple"])
def test_la_masse_faite_par_une_personne_suit_la_meme_permission(adresse: str) -> None:
    auteur = get_user_model().objects.create(email=adresse, prenom="Une", nom="Personne")
    peupler(5)
    un_a_un, en_masse = deux_voies("archiver", Fiche, photo, au=AU, auteur=auteur)
    assert un_a_un == en_masse


def test_la_masse_date_les_lignes_qu_elle_change() -> None:
    fiche = fiche_en(Etat.EN_DIFFUSION, version=1, fin=AU - timedelta(days=1))
    effectuer_en_masse("archiver", Fiche.objects.all(), AU, modele=Fiche)
    assert Fiche.objects.filter(modifie_le__gt=fiche.modifie_le).exists()


def test_la_masse_tient_en_une_instruction_et_dit_son_bilan(django_assert_num_queries: Any) -> None:
    fiches = [fiche_en(Etat.EN_DIFFUSION, version=i, fin=AU - timedelta(days=1)) for i in range(1, 6)]
    with django_assert_num_queries(3):  # point de reprise, l'instruction, fin
        bilan = effectuer_en_masse("archiver", Fiche.objects.all(), AU, modele=Fiche)
    assert (bilan.nombre, bilan.ids, bilan.comptes) == (5, [fiche.pk for fiche in fiches], {"avis": 5})
    assert set(Evenement.objects.values_list("geste", flat=True)) == {bilan.geste}
    encore = effectuer_en_masse("archiver", Fiche.objects.all(), AU, modele=Fiche)
    assert (encore.nombre, encore.ids) == (0, [])


@pytest.mark.parametrize("nomme", [False, True])
def test_les_identifiants_viennent_d_une_requete_avec_ses_parametres(nomme: bool) -> None:
    une, autre = (fiche_en(Etat.EN_DIFFUSION, titre=t, version=1, fin=date(2026, 1, 1)) for t in ("100 %", "autre"))
    sql = "SELECT id FROM appli_publication_fiche WHERE titre LIKE '100 %%' AND fin < "
    requete, parametres = (sql + "%(jour)s", {"jour": AU}) if nomme else (sql + "%s", [AU])
    assert effectuer_en_masse("archiver", requete, AU, modele=Fiche, parametres=parametres).ids == [une.pk]
    autre.refresh_from_db()
    assert autre.statut == Etat.EN_DIFFUSION


def test_seule_une_transition_declaree_se_fait_en_masse(carif: Any) -> None:
    with pytest.raises(Declaration, match="en masse"):
        effectuer_en_masse("valider", Fiche.objects.all(), AU, modele=Fiche)
    with pytest.raises(TransitionInterdite):
        effectuer_en_masse("signaler", Fiche.objects.all(), AU, modele=Fiche, auteur=carif)


@pytest.mark.django_db(transaction=True)
def test_une_fiche_tenue_par_quelqu_un_est_laissee_pour_la_nuit_suivante() -> None:
    tenue, libre = (fiche_en(Etat.EN_DIFFUSION, version=1, fin=date(2026, 1, 1)) for _ in range(2))
    verrouillee, lache = threading.Event(), threading.Event()

    def tenir() -> None:
        try:
            with transaction.atomic():
                Fiche.objects.select_for_update(no_key=True).get(pk=tenue.pk)
                verrouillee.set()
                lache.wait(20)
        finally:
            connection.close()

    fil = threading.Thread(target=tenir)
    fil.start()
    try:
        assert verrouillee.wait(20)
        assert effectuer_en_masse("archiver", Fiche.objects.all(), AU, modele=Fiche).ids == [libre.pk]
    finally:
        lache.set()
        fil.join(20)
    assert effectuer_en_masse("archiver", Fiche.objects.all(), AU, modele=Fiche).ids == [tenue.pk]
    assert Evenement.objects.count() == 2
