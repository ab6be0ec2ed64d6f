"""La commande `charger_referentiels` : sorties 0, 1, 2, JSON seul sur la sortie."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from dokelio.referentiels.models import Rome

pytestmark = pytest.mark.django_db
DONNEES = Path(__file__).resolve().parents[1] / "donnees" / "referentiels"


def _lance(*arguments: str) -> tuple[int, str, str]:
    sortie, erreurs = StringIO(), StringIO()
    code = 0
    try:
        call_command("charger_referentiels", *arguments, stdout=sortie, stderr=erreurs)
    except SystemExit as fin:
        code = int(fin.code or 0)
    return code, sortie.getvalue(), erreurs.getvalue()


def test_un_fichier_sans_defaut_sort_par_zero() -> None:
    code, sortie, erreurs = _lance("rome", str(DONNEES / "rome_v3.xml"))
    assert (code, erreurs) == (0, "")
    assert "rome" in sortie


def test_des_lignes_ecartees_sortent_par_un_et_sont_nommees() -> None:
    code, sortie, _ = _lance("rome", str(DONNEES / "rome_v4.csv"))
    assert code == 1
    assert "ligne 3" in sortie


def test_json_est_un_objet_et_rien_d_autre() -> None:
    code, sortie, _ = _lance("rome", str(DONNEES / "rome_v4.csv"), "--json", "--simulation")
    lu = json.loads(sortie)
    assert (code, lu["crees"], lu["ecartees"], lu["simulation"]) == (1, 1, 1, True)
    assert not Rome.objects.filter(version="V4", code="A1201").exists()


@pytest.mark.parametrize(
    "arguments", [("rome", "/nulle/part.csv"), ("lunes", "x.csv"), ("nsf", str(DONNEES)), ("rome", "x\0y")]
)
def test_l_impossible_sort_par_deux_avec_une_ligne_claire(arguments: tuple[str, str]) -> None:
    code, sortie, erreurs = _lance(*arguments)
    assert (code, sortie) == (2, "")
    assert len(erreurs.strip().splitlines()) == 1


def test_une_version_mal_ecrite_est_refusee() -> None:
    code, _, erreurs = _lance("formacode", str(DONNEES / "formacode_v14.csv"), "--version-ref", "quatorze")
    assert code == 2
    assert "V14" in erreurs
