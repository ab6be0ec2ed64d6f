"""Lire la référence que quelqu'un tape, colle ou dicte."""

import pytest

from dokelio.socle.references import CreerSequence, ProchaineReference, normaliser_reference


@pytest.mark.parametrize(
    ("saisie", "attendue"),
    [
        ("AF_0000179492", "AF_0000179492"),
        ("af 179492", "AF_0000179492"),
        ("  AF-179 492 ", "AF_0000179492"),
        ("se179492", "SE_0000179492"),
        ("14_OF_0000000012", "OF_0000000012"),
        ("14_AF_0000179492_SE_0000550001", "SE_0000550001"),
        ("AF_1000000000", "AF_1000000000"),
    ],
)
def test_une_saisie_se_normalise(saisie: str, attendue: str) -> None:
    assert normaliser_reference(saisie) == attendue


@pytest.mark.parametrize("saisie", ["", "anglais", "179492", "AF_", "AF_12345678901", "A 12", "AF ١٢", "AF12SE13"])
def test_ce_qui_n_est_pas_une_reference_n_en_donne_pas(saisie: str) -> None:
    assert normaliser_reference(saisie) is None


def test_avec_un_prefixe_des_chiffres_suffisent_et_les_autres_prefixes_ne_comptent_pas() -> None:
    assert normaliser_reference("179492", "AF") == "AF_0000179492"
    assert normaliser_reference("OF 12", "AF") is None


def test_un_nom_de_sequence_dangereux_est_refuse() -> None:
    with pytest.raises(ValueError, match="impossible"):
        ProchaineReference("AF", "x'); DROP TABLE y")
    with pytest.raises(ValueError, match="impossible"):
        CreerSequence("a b")
