"""Identifiants nationaux : formes, clés, phrases, champs de modèle et générateurs."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from dokelio.lheo import identifiants as formes
from dokelio.socle import identifiants as ids


@pytest.mark.parametrize("siret", ["19290076900014", "11004301500012", "82948645500019"])
def test_un_siret_a_la_cle_juste_est_accepte(siret: str) -> None:
    ids.valider_siret(siret)


def test_les_etablissements_de_la_poste_ont_une_somme_multiple_de_cinq() -> None:
    assert formes.luhn("35600000049837") != 0
    assert formes.cle_siret_valide("35600000049837")
    assert not formes.cle_siret_valide("35600000049838")
    assert formes.cle_siret_valide("35600000000048")


@pytest.mark.parametrize(
    ("siret", "code"),
    [
        ("7789728510006", "siret_forme"),
        ("778972851000681", "siret_forme"),
        ("7789728510006A", "siret_forme"),
        ("７７８９７２８５１０００６８", "siret_forme"),
        ("19290076900015", "siret_cle"),
    ],
)
def test_un_siret_faux_est_refuse_avec_sa_raison(siret: str, code: str) -> None:
    with pytest.raises(ValidationError) as refus:
        ids.valider_siret(siret)
    assert refus.value.code == code


def test_la_phrase_du_siret_dit_ce_qui_manque_et_ou_le_trouver() -> None:
    with pytest.raises(ValidationError) as refus:
        ids.valider_siret("123")
    phrase = refus.value.messages[0]
    assert "celui-ci en compte 3" in phrase
    assert "avis de situation" in phrase


@given(st.integers(min_value=0, max_value=10**7 - 1), st.integers(min_value=1, max_value=9999))
def test_un_siret_de_demonstration_a_toujours_une_cle_juste(graine: int, etablissement: int) -> None:
    assert formes.cle_siret_valide(ids.siret_fictif(graine, etablissement))
    assert formes.cle_siren_valide(ids.siren_fictif(graine))


def test_mille_graines_donnent_mille_siret_tous_fictifs_et_distincts() -> None:
    sirets = {ids.siret_fictif(graine) for graine in range(1000)}
    assert len(sirets) == 1000
    assert all(siret.startswith("0") for siret in sirets)


@given(st.text(alphabet="0123456789", min_size=13, max_size=13))
def test_changer_un_chiffre_rend_la_cle_fausse(debut: str) -> None:
    siret = debut + formes.cle_luhn(debut)
    faux = str((int(siret[0]) + 1) % 10) + siret[1:]
    assert formes.luhn(siret) == 0
    assert formes.luhn(faux) != 0


@pytest.mark.parametrize("uai", ["0750001D", "0290076Z"])
def test_la_lettre_d_un_uai_est_verifiee(uai: str) -> None:
    chiffres = uai[:7]
    juste = chiffres + formes.cle_uai(chiffres)
    ids.valider_uai(juste)
    fausse = chiffres + ("A" if juste[7] != "A" else "B")
    with pytest.raises(ValidationError) as refus:
        ids.valider_uai(fausse)
    assert refus.value.code == "uai_cle"


def test_les_lettres_i_o_q_ne_sont_jamais_des_cles_d_uai() -> None:
    assert {formes.cle_uai(f"{n:07d}") for n in range(23)} == set("ABCDEFGHJKLMNPRSTUVWXYZ")


def test_un_uai_en_minuscule_est_mal_forme_avant_d_etre_normalise() -> None:
    uai = ids.uai_pour_demonstration(4, "93")
    assert not formes.uai_bien_formee(uai.lower())
    assert ids.normaliser_code(uai.lower()) == uai


@pytest.mark.parametrize("nda", ["11755205675", "76311313631", "942A123452A"])
def test_un_nda_de_onze_caracteres_est_accepte(nda: str) -> None:
    ids.valider_nda(nda)


@pytest.mark.parametrize(("nda", "code"), [("1175520567", "nda_forme"), ("99999999999", "nda_fictif")])
def test_un_nda_trop_court_ou_de_remplissage_est_refuse(nda: str, code: str) -> None:
    with pytest.raises(ValidationError) as refus:
        ids.valider_nda(nda)
    assert refus.value.code == code


def test_un_nda_dont_les_departements_se_contredisent_donne_un_avertissement_pas_un_refus() -> None:
    ids.valider_nda("11755205693")
    assert ids.avertissements_nda("11755205693")
    assert ids.avertissements_nda("76755205675")
    assert ids.avertissements_nda("11755205675", "93")
    assert ids.avertissements_nda("11755205675", "75") == []


@pytest.mark.parametrize("siret", ["00000000000000", "12312312300000", "11111111111111"])
def test_les_siret_des_exemples_sont_reconnus(siret: str) -> None:
    assert formes.siret_fictif_connu(siret)
    assert ids.avertissements_siret(siret)


def test_un_siret_se_colle_avec_ses_espaces_et_ses_tirets() -> None:
    champ = ids.SiretField().formfield()
    assert champ.clean("192 900\u00a0769-00014") == "19290076900014"
    assert champ.widget.attrs["inputmode"] == "numeric"
    assert "maxlength" not in champ.widget.attrs


def test_un_champ_siret_ne_dit_qu_une_chose_a_la_fois() -> None:
    with pytest.raises(ValidationError) as refus:
        ids.SiretField().clean("123456789012345678", None)
    assert len(refus.value.messages) == 1


def test_un_courriel_est_unique_quelle_que_soit_sa_casse() -> None:
    assert ids.normaliser_courriel(" Prenom.NOM@Mail.COM\u200b ") == "prenom.nom@mail.com"


@pytest.mark.parametrize(
    ("saisi", "attendu"),
    [
        ("0153855385", "01 53 85 53 85"),
        ("+33 1 53 85 53 85", "01 53 85 53 85"),
        ("+33 (0)1.53.85.53.85", "01 53 85 53 85"),
        ("0033153855385", "01 53 85 53 85"),
        (" +32 2 555 12 12 ", "+32 2 555 12 12"),
        ("3949", "3949"),
    ],
)
def test_un_telephone_francais_s_ecrit_par_deux_chiffres(saisi: str, attendu: str) -> None:
    assert ids.formater_telephone(saisi) == attendu


def test_les_codes_s_affichent_avec_des_espaces_insecables() -> None:
    assert ids.formater_siret("19290076900014") == "192\u00a0900\u00a0769\u00a000014"
    assert ids.formater_nda("11755205675") == "11\u00a075\u00a052056\u00a075"
    assert ids.formater_siret("abc") == "abc"


@pytest.mark.parametrize(
    ("nature", "bons", "mauvais"),
    [
        ("rncp", ["RNCP37674", "37674"], ["RNCP", "RS12", "RNCP37674BC01"]),
        ("rs", ["RS5695"], ["5695", "RNCP1"]),
        ("bloc", ["RNCP37674BC01"], ["RNCP37674", "BC01"]),
        ("rome", ["M1805"], ["m1805", "Z1805", "M180"]),
        ("nsf", ["326", "221w"], ["32", "221W"]),
        ("formacode", ["15235"], ["1523", "152350"]),
        ("cfd", ["50034301", "16X32301"], ["5003430"]),
        ("insee", ["75120", "2A004"], ["7512", "2C004"]),
        ("cpf", ["CPF1234", "1234"], ["CPF"]),
        ("elu", ["ELU12"], ["ELU"]),
    ],
)
def test_la_forme_de_chaque_code(nature: str, bons: list[str], mauvais: list[str]) -> None:
    assert all(formes.bien_forme(nature, code) for code in bons)
    assert not any(formes.bien_forme(nature, code) for code in mauvais)
