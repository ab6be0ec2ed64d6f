"""`manage.py valider_lheo` : ses sorties, ses codes, une seule phrase quand rien n’a pu être examiné."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.lheo.documents import DOSSIER, octets

RACINE = Path(__file__).resolve().parents[2]


def _lancer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Code de sortie, sortie standard, sortie d’erreur."""
    code = 0
    try:
        call_command("valider_lheo", *arguments)
    except SystemExit as sortie:
        code = int(sortie.code or 0)
    capture = capsys.readouterr()
    return code, capture.out, capture.err


def test_un_document_sans_erreur_sort_avec_0(capsys: pytest.CaptureFixture[str]) -> None:
    code, sortie, erreurs = _lancer(capsys, str(DOSSIER / "flux-national-2.3.xml"))
    assert (code, erreurs) == (0, "")
    assert "1 formation\u00a0; 0 erreur, 6 avertissements." in sortie


def test_un_document_fautif_sort_avec_1_et_dit_tout(capsys: pytest.CaptureFixture[str]) -> None:
    code, sortie, _ = _lancer(capsys, str(DOSSIER / "trois-formations-fautives.xml"))
    assert code == 1
    assert "3 formations, dont 2 que le schéma refuse\u00a0; 9 erreurs, 26 avertissements." in sortie
    assert "Formation 2 (14_AF_0000003002), ligne" in sortie
    assert sortie.count("ERREUR") == 9 + len({"texte-vide", "element-hors-ordre", "date-forme"})
    assert sortie.index("Totaux") > sortie.rindex("→")


def test_json_n_ecrit_qu_un_objet(capsys: pytest.CaptureFixture[str]) -> None:
    code, sortie, erreurs = _lancer(capsys, str(DOSSIER / "cours-fautif.xml"), "--json")
    donnees = json.loads(sortie)
    assert (code, erreurs) == (1, "")
    assert (donnees["formations"], donnees["refusees"], donnees["erreurs"]) == (1, 1, 4)
    assert sum(donnees["par_code"].values()) == len(donnees["anomalies"])


@pytest.mark.parametrize(
    ("nom", "contenu", "extrait"),
    [
        ("vide.xml", b"", "vide"),
        ("texte.xml", b"bonjour", "XML"),
        ("doc.xml.gz", gzip.compress(octets("complet-2.3.xml")), "compress"),
        ("doctype.xml", octets("doctype.xml"), "DOCTYPE"),
        ("edof.xml", octets("edof.xml"), "EDOF"),
        ("tronque.xml", octets("complet-2.3.xml")[:7000], "tronqué"),
        ("encodage.xml", octets("complet-2.3.xml").replace("é".encode(), b"\xe9", 1), "UTF-8"),
    ],
)
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_ce_qui_ne_peut_pas_etre_examine_sort_avec_2_et_une_phrase(
    nom: str, contenu: bytes, extrait: str, option: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / nom).write_bytes(contenu)
    code, sortie, erreurs = _lancer(capsys, str(tmp_path / nom), *option)
    assert code == 2
    assert (json.loads(sortie) == {"impossible": erreurs.strip()}) if option else (sortie == "")
    assert extrait in erreurs
    assert len(erreurs.splitlines()) == 1


def test_un_fichier_absent_ou_un_dossier_sort_avec_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for chemin, extrait in ((tmp_path / "absent.xml", "existe pas"), (tmp_path, "dossier")):
        code, sortie, erreurs = _lancer(capsys, str(chemin))
        assert (code, sortie, len(erreurs.splitlines())) == (2, "", 1)
        assert extrait in erreurs


def test_un_fichier_de_2_go_est_refuse_sans_etre_lu(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    enorme = tmp_path / "enorme.xml"
    with enorme.open("wb") as fichier:
        fichier.write(octets("complet-2.3.xml"))
        fichier.truncate(2 * 2**30)
    code, _, erreurs = _lancer(capsys, str(enorme))
    assert code == 2
    assert "dépasse la taille" in erreurs


def test_le_tiret_lit_l_entree_standard(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets("iso-8859-1.xml"))))
    code, sortie, _ = _lancer(capsys, "-", "--json")
    assert code == 0
    assert json.loads(sortie)["formations"] == 1


def test_la_commande_s_emploie_dans_un_tube_sans_base(tmp_path: Path) -> None:
    environnement = {**os.environ, "LANG": "C", "DATABASE_URL": "postgres://personne@127.0.0.1:1/rien"}
    commande = [sys.executable, str(RACINE / "manage.py"), "valider_lheo", "-", "--json"]
    tube = subprocess.run(
        commande, input=octets("trois-formations-fautives.xml"), capture_output=True, cwd=tmp_path, env=environnement
    )
    assert (tube.returncode, tube.stderr) == (1, b"")
    assert json.loads(tube.stdout.decode())["erreurs"] == 9
