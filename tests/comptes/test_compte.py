"""Le compte lui-même : une adresse, un compte ; ce qu'efface l'effacement."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from dokelio.comptes import permissions
from dokelio.comptes.models import DOUBLON, Utilisateur


def test_l_adresse_est_gardee_en_minuscules_et_se_retrouve_quelle_que_soit_la_casse(membre: Utilisateur) -> None:
    autre = Utilisateur.objects.create_user("  Jean.MARTIN@Exemple.FR ", prenom="Jean", nom="Martin")
    autre.refresh_from_db()
    assert autre.email == "jean.martin@exemple.fr"
    assert Utilisateur.objects.get(email="JEAN.Martin@exemple.fr") == autre
    assert Utilisateur.objects.get_by_natural_key("Jean.Martin@Exemple.fr") == autre


def test_la_base_refuse_deux_comptes_a_la_meme_adresse_quelle_que_soit_la_casse(membre: Utilisateur) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Utilisateur.objects.create_user(membre.email.upper(), prenom="N", nom="B")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("UPDATE comptes_utilisateur SET email = upper(email) WHERE id = %s", [membre.pk])
    with pytest.raises(ValidationError) as refus:
        Utilisateur(email=membre.email.upper(), prenom="N", nom="B", password="x").full_clean()
    assert refus.value.message_dict == {"email": [DOUBLON]}


def test_une_documentaliste_a_une_portee_et_les_autres_n_en_ont_pas(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Utilisateur.objects.create_user("a@b.exemple", prenom="A", nom="B", role_carif="documentaliste")
    with pytest.raises(IntegrityError), transaction.atomic():
        Utilisateur.objects.create_user("a@b.exemple", prenom="A", nom="B", portees=["conventionne"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Utilisateur.objects.create_user("a@b.exemple", prenom="A", nom="B", role_carif="empereur")


def test_l_ordre_alphabetique_ignore_les_accents(db: None) -> None:
    for nom in ("Zola", "Éluard", "Œuvrard", "Apollinaire", "Eco"):
        Utilisateur.objects.create_user(f"{len(nom)}{nom[-1]}@b.exemple", prenom="A", nom=nom)
    noms = list(Utilisateur.objects.get_queryset().values_list("nom", flat=True))
    assert noms == ["Apollinaire", "Eco", "Éluard", "Œuvrard", "Zola"]


def test_les_predicats_suivent_la_fonction_et_l_activite(
    membre: Utilisateur, documentaliste: Utilisateur, administrateur: Utilisateur
) -> None:
    assert permissions.est_documentaliste(documentaliste)
    assert permissions.est_documentaliste(documentaliste, "non_conventionne")
    assert not permissions.est_documentaliste(documentaliste, "conventionne")
    assert permissions.portee(documentaliste) == {"non_conventionne"}
    assert permissions.portee(administrateur) == frozenset()
    assert permissions.est_administrateur(administrateur)
    assert not permissions.est_administrateur(documentaliste)
    assert permissions.est_du_carif(documentaliste)
    assert permissions.est_du_carif(administrateur)
    assert not permissions.est_du_carif(membre)
    administrateur.actif = False
    assert not permissions.est_administrateur(administrateur)


def test_anonymiser_efface_la_personne_et_libere_l_adresse(membre: Utilisateur) -> None:
    ancienne, cle = membre.email, membre.pk
    membre.anonymiser()
    membre.anonymiser()
    membre.refresh_from_db()
    assert membre.pk == cle
    assert str(membre) == "Compte effacé"
    assert not membre.actif
    assert not membre.has_usable_password()
    assert "nadia" not in " ".join([membre.email, membre.nom, membre.prenom, membre.cle_tri]).lower()
    assert Utilisateur.objects.create_user(ancienne, prenom="Nadia", nom="Belkacem").pk != cle
