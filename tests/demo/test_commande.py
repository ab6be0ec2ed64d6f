"""La commande `donnees_demo` : tailles, graine, et une phrase pour ce qui est impossible."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from dokelio.demo import masse
from formations.models import Action
from structures.models import Organisme

pytestmark = pytest.mark.django_db
RACINE = Path(__file__).resolve().parents[2]


def _contenu_du_catalogue(graine: int) -> list[tuple[object, ...]]:
    masse.charger(masse.Tailles(2, 12, 30), graine=graine)
    champs = ("organisme__nom", "intitule", "statut", "deroulements__ville", "deroulements__sessions__debut")
    return list(Action.objects.order_by("pk", "deroulements__pk", "deroulements__sessions__pk").values_list(*champs))


def test_meme_graine_meme_catalogue() -> None:
    tirages = []
    for graine in (5, 5, 6):
        with transaction.atomic():
            tirages.append(_contenu_du_catalogue(graine))
            transaction.set_rollback(True)
    assert tirages[0] == tirages[1] != tirages[2]


@pytest.mark.parametrize(
    ("demandees", "attendues"),
    [
        ({"organismes": 3}, (3, 30, 150)),
        ({"actions": 40}, (4, 40, 200)),
        ({"sessions": 100}, (2, 20, 100)),
        ({"organismes": 7, "sessions": 10}, (7, 2, 10)),
    ],
)
def test_les_tailles_qui_manquent_se_deduisent(demandees: dict[str, int], attendues: tuple[int, int, int]) -> None:
    assert masse.completer(**demandees) == masse.Tailles(*attendues)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--organismes", "beaucoup"],
        ["--actions", "0"],
        ["--sessions", "-3"],
        ["--graine", "4"],
        ["--actions", "10", "--sessions", "4"],
        ["--inconnu"],
    ],
)
def test_un_argument_impossible_donne_une_phrase(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BaseException) as arret:
        call_command("donnees_demo", *arguments)
    assert isinstance(arret.value, SystemExit) or "inconnu" in str(arret.value)
    assert not Organisme.objects.exists()
    if isinstance(arret.value, SystemExit):
        assert arret.value.code == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_un_argument_inconnu_tient_en_une_ligne_a_la_console() -> None:
    fini = subprocess.run(
        [sys.executable, "manage.py", "donnees_demo", "--inconnu"],
        cwd=RACINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert fini.returncode == 2
    assert len(fini.stderr.strip().splitlines()) == 1
