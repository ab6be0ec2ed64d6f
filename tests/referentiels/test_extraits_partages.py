"""Les chargeurs devant de vrais extraits publiés, quand le dossier voisin est là."""

from pathlib import Path

import pytest

from dokelio.referentiels.chargement import charger_chemin

pytestmark = [pytest.mark.django_db, pytest.mark.partage]


@pytest.mark.parametrize(
    ("source", "version", "chemin", "crees", "ecartees"),
    [
        ("certifications", "", "rncp/export_fiches_CSV_Standard_2026_08_29.extrait.csv", 17, 0),
        ("certifications", "", "rncp/export_fiches_RS_V4_1.RECONSTITUE.xml", 1, 0),
        ("certifinfo", "", "certifinfo/certif_info_extrait.csv", 558, 0),
        ("certifinfo", "", "certifinfo/certif_info_extrait_60_latin1.csv", 59, 0),
        ("kit-apprentissage", "", "rncp/kit_apprentissage_rncp_v3.0.extrait.csv", 0, None),
        ("kit-apprentissage", "", "rncp/kit_apprentissage_20250131.extrait.csv", 0, None),
        ("formacode", "V14", "formacode/formacode_v14_publics.csv", 0, 0),
        ("fcod", "V8", "formacode/fcod_v8_listes_annexes.csv", 150, 0),
        ("fcod", "V8", "formacode/fcod_v8_dom.extrait.csv", None, 0),
        ("rome", "", "rome/unix_referentiel_code_rome_v460_utf8.extrait.csv", None, 0),
        ("rome", "", "rome/rome_fiches_609_utf8.csv", None, 0),
        ("rome", "", "rome/unix_referentiel_code_rome_v346_utf8.xml", None, 0),
        ("nsf", "", "nsf/nsf_D311-4_93_groupes.csv", 0, 0),
        ("nsf", "", "nsf/n_groupe_specialite_.csv", 0, 0),
        ("communes", "", "communes/etalab_communes_idf_2026.json", 0, 0),
        ("codes-postaux", "", "communes/laposte_hexasmal_2023_idf.csv", 0, 0),
    ],
)
def test_un_extrait_publie_se_charge_et_se_recharge_sans_rien_changer(
    dossier_partage: Path, source: str, version: str, chemin: str, crees: int | None, ecartees: int | None
) -> None:
    fichier = dossier_partage / "referentiels" / chemin
    premier = charger_chemin(source, fichier, version=version)
    nom = next(iter(premier.tables))
    if crees is not None:
        assert premier.tables[nom].crees == crees
    if ecartees is not None:
        assert premier.nombre_ecartees == ecartees
    second = charger_chemin(source, fichier, version=version)
    assert (second.total("crees"), second.total("modifies"), second.total("supprimes")) == (0, 0, 0)


def test_le_zip_publie_garde_ses_blocs_et_ses_partenaires(dossier_partage: Path) -> None:
    rapport = charger_chemin("certifications", dossier_partage / "referentiels/rncp/export-fiches-csv-2024-02-22.zip")
    assert rapport.nombre_ecartees == 0
    assert rapport.tables["partenairehabilite"].crees == 10
    assert rapport.tables["bloc"].crees + rapport.tables["bloc"].inchanges == 6
