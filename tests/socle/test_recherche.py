"""Clé alphabétique, plein texte sans accents, codes reconnus."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from dokelio.referentiels.models import Certification, Commune
from dokelio.socle.recherche import CleAlphabetique, cle_alphabetique, reconnaitre, requete, tous_les_mots, vecteur


@pytest.mark.django_db
@pytest.mark.parametrize(
    "texte", ["L'Haÿ-les-Roses", "Œuvre d’élève n° 1", "Paris 1ᵉʳ", "  ÉCOLE — supérieure ", "ﬁn ²", "Łódź ß Ø", ""]
)
def test_la_cle_de_python_est_celle_de_la_base(texte: str) -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT cle_alphabetique(%s)", [texte])
        assert curseur.fetchone() == (cle_alphabetique(texte),)


@pytest.mark.django_db
def test_l_ordre_alphabetique_ne_depend_ni_des_accents_ni_de_la_casse() -> None:
    noms = Commune.objects.filter(code_insee__in=("95203", "91223", "77171", "78217")).order_by(CleAlphabetique("nom"))
    lus = [commune.nom for commune in noms]
    assert lus == sorted(lus, key=cle_alphabetique)
    assert len(lus) >= 2


@pytest.mark.django_db
def test_une_recherche_plein_texte_ignore_accents_et_pluriels_et_accepte_un_mot_inacheve() -> None:
    fiches = Certification.objects.annotate(recherche=vecteur("intitule"))
    demande = requete("developpeurs mobi")
    assert demande is not None
    assert "RNCP37674" in fiches.filter(recherche=demande).values_list("code", flat=True)


def test_une_question_sans_mot_n_est_pas_une_requete() -> None:
    assert requete(" &|! ") is None


@pytest.mark.django_db
@pytest.mark.parametrize("texte", ["a & b | !c", "'; DROP TABLE", "\\", "%_", "x:*", "((("])
def test_les_signes_de_la_recherche_sont_du_texte(texte: str) -> None:
    demande = requete(texte)
    fiches = Certification.objects.filter(tous_les_mots("cle", texte))
    if demande is not None:
        fiches = fiches.annotate(recherche=vecteur("intitule")).filter(recherche=demande)
    assert list(fiches) == [] or fiches.count() > 0


@pytest.mark.parametrize(
    ("saisi", "nature", "valeur"),
    [
        ("AF_0000179492", "action", "AF_0000179492"),
        ("af 179492", "action", "AF_0000179492"),
        ("SE_1120184", "session", "SE_0001120184"),
        ("14_AF_0000179492_SE_0001120184", "session", "SE_0001120184"),
        ("14_AF_0000179492", "action", "AF_0000179492"),
        ("OF_0000000451", "organisme", "OF_0000000451"),
        ("778 972 851 00068", "siret", "77897285100068"),
        ("11 75 52056 75", "nda", "11755205675"),
        ("778972851", "siren", "778972851"),
        ("rncp 37674", "rncp", "RNCP37674"),
        ("RS 5695", "rs", "RS5695"),
        ("RNCP37674BC01", "bloc", "RNCP37674BC01"),
        ("0750001d", "uai", "0750001D"),
        ("75020", "code_postal", "75020"),
        ("m1805", "rome", "M1805"),
    ],
)
def test_un_code_tape_est_reconnu(saisi: str, nature: str, valeur: str) -> None:
    assert reconnaitre(saisi)[0] == (nature, valeur)


def test_cinq_chiffres_sont_un_code_postal_ou_un_formacode() -> None:
    assert [code.nature for code in reconnaitre("15235")] == ["code_postal", "formacode"]


def test_dix_chiffres_sont_une_reference_dont_le_prefixe_manque() -> None:
    assert [code.valeur for code in reconnaitre("0000179492")] == ["AF_0000179492", "SE_0000179492", "OF_0000179492"]


@pytest.mark.parametrize("texte", ["", "anglais", "AF_", "développeur web", "x" * 100, "RNCP"])
def test_un_texte_n_est_pas_un_code(texte: str) -> None:
    assert reconnaitre(texte) == ()


@given(st.text(max_size=70))
def test_reconnaitre_ne_casse_sur_aucun_texte(texte: str) -> None:
    assert all(code.valeur for code in reconnaitre(texte))
