"""La commande `importer_lheo` : sorties, codes de retour, mauvaises entrées."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from diffusion.models import EtatImport, Import, LigneImport
from dokelio.socle.commandes import Renoncement
from formations.models import Action
from structures.models import Organisme
from tests.diffusion.documents import document, formation
from tests.fabriques import OrganismeFabrique, siret

pytestmark = pytest.mark.django_db
DONNEES = Path(__file__).resolve().parents[1] / "donnees" / "lheo"


@pytest.fixture
def chemin(tmp_path: Path) -> Path:
    """Un document d'une formation."""
    fichier = tmp_path / "offre.xml"
    fichier.write_bytes(document(formation()))
    return fichier


def json_de(*arguments: str) -> tuple[Any, int]:
    """L'objet imprimé et le code de retour."""
    sortie, code = io.StringIO(), 0
    try:
        call_command("importer_lheo", *arguments, "--json", stdout=sortie)
    except SystemExit as fin:
        code = int(str(fin.code))
    return json.loads(sortie.getvalue()), code


def lignes_en_base() -> int:
    """Combien de lignes tiennent toutes les tables de la maison."""
    maison = ("structures", "formations", "sessions_formation", "diffusion", "publication")
    return sum(modele.objects.count() for label in maison for modele in apps.get_app_config(label).get_models())


def test_json_imprime_un_seul_objet_avec_son_bilan(chemin: Path) -> None:
    objet, code = json_de(str(chemin))
    assert code == 0
    assert objet["bilan"]["formations"] == {"crees": 1, "modifies": 0, "inchanges": 0, "refuses": 0}
    assert objet["fichier"] == "offre.xml"
    assert objet["taille"] == chemin.stat().st_size
    trace = Import.objects.get(pk=objet["import"])
    assert (trace.etat, trace.sha256, trace.enveloppe["racine"]) == (EtatImport.TERMINE, objet["sha256"], "lheo")


def test_l_entree_standard_se_lit_avec_un_tiret(chemin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Entree:
        buffer = io.BytesIO(chemin.read_bytes())

    monkeypatch.setattr(sys, "stdin", Entree())
    objet, code = json_de("-")
    assert (code, objet["bilan"]["formations"]["crees"]) == (0, 1)


def test_la_simulation_rend_compte_et_ne_garde_rien(chemin: Path) -> None:
    avant = lignes_en_base()
    objet, code = json_de(str(chemin), "--simulation")
    assert (code, objet["simulation"], objet["import"]) == (0, True, None)
    assert objet["bilan"]["formations"]["crees"] == 1
    assert lignes_en_base() == avant


def test_des_formations_refusees_rendent_1_et_disent_chaque_faute() -> None:
    objet, code = json_de(str(DONNEES / "trois-formations-fautives.xml"))
    assert code == 1
    assert objet["bilan"]["formations"]["refuses"] == 2
    refus = [ligne for ligne in objet["lignes"] if ligne["gravite"] == "refus"]
    assert len(refus) > 2
    assert all(ligne["phrase"] and ligne["remede"] and ligne["ligne"] and ligne["chemin"] for ligne in refus)
    assert LigneImport.objects.filter(gravite="refus").count() == len(refus)


def test_organisme_range_tout_chez_lui(chemin: Path) -> None:
    of = OrganismeFabrique(siret=siret(900_001))
    objet, code = json_de(str(chemin), "--organisme", of.reference)
    assert (code, objet["organisme"]) == (0, of.reference)
    assert Action.objects.get().organisme == of


def test_le_compte_rendu_se_lit_sans_json(chemin: Path) -> None:
    OrganismeFabrique(siret=siret(900_001))
    sortie = io.StringIO()
    call_command("importer_lheo", str(chemin), stdout=sortie)
    assert "Formations : 1 créés" in sortie.getvalue()
    assert "organisme-different" in sortie.getvalue()


VALIDE = document(formation())
MAUVAIS = {
    "vide": b"",
    "pas-du-xml": b"Bonjour, voici notre offre.",
    "html": b"<!DOCTYPE html><html><body>Offre</body></html>",
    "autre-espace": b'<lheo xmlns="http://exemple.fr/autre"><offres/></lheo>',
    "sans-espace": b"<lheo><offres/></lheo>",
    "gzip": gzip.compress(VALIDE),
    "tronque": VALIDE[: len(VALIDE) // 2],
    "encodage": VALIDE.replace("ébéniste".encode(), "ébéniste".encode("latin-1")),
    "encodage-inconnu": VALIDE.replace(b'encoding="UTF-8"', b'encoding="x-inconnu"', 1),
    "doctype": VALIDE.replace(b"\n<lheo", b'\n<!DOCTYPE lheo [<!ENTITY a "b">]>\n<lheo', 1),
    "binaire": bytes(range(256)) * 10,
    "mal-forme": VALIDE.replace(b"</intitule-formation>", b"</intitule>", 1),
}


@pytest.mark.parametrize("nom", MAUVAIS)
def test_une_mauvaise_entree_donne_une_phrase_le_code_2_et_ne_change_rien(nom: str, tmp_path: Path) -> None:
    fichier = tmp_path / f"{nom}.xml"
    fichier.write_bytes(MAUVAIS[nom])
    avant = lignes_en_base()
    sortie = io.StringIO()
    with pytest.raises(Renoncement) as erreur:
        call_command("importer_lheo", str(fichier), "--json", stdout=sortie)
    assert erreur.value.code == 2
    phrase = str(erreur.value)
    assert "\n" not in phrase
    assert phrase.endswith(".")
    assert json.loads(sortie.getvalue()) == {"impossible": str(erreur.value)}
    assert lignes_en_base() == avant


def test_un_document_de_deux_gigaoctets_est_refuse_sans_etre_lu(tmp_path: Path) -> None:
    fichier = tmp_path / "enorme.xml"
    with fichier.open("wb") as flux:
        flux.write(VALIDE)
        flux.truncate(2 * 2**30)
    with pytest.raises(Renoncement, match="dépasse la taille") as erreur:
        call_command("importer_lheo", str(fichier))
    assert erreur.value.code == 2
    assert Organisme.objects.count() == 0


@pytest.mark.parametrize("arguments", [["absent.xml"], ["."], ["--organisme", "OF_0000000001"], ["--organisme", "xyz"]])
def test_un_mauvais_argument_donne_une_phrase_et_le_code_2(arguments: list[str], chemin: Path) -> None:
    fichier = [str(chemin)] if arguments[0].startswith("--") else []
    with pytest.raises(Renoncement) as erreur:
        call_command("importer_lheo", *fichier, *arguments)
    assert erreur.value.code == 2
    assert "\n" not in str(erreur.value)


def test_la_ligne_de_commande_rend_2_et_une_seule_ligne_d_erreur(tmp_path: Path) -> None:
    """Le vrai processus : une ligne sur la sortie d'erreur ; sur l'autre rien, ou un objet sous `--json`."""
    racine = Path(__file__).resolve().parents[2]
    absent = str(tmp_path / "absent.xml")
    for arguments in (
        ["importer_lheo", absent, "--json"],
        ["importer_lheo", "--truc", "--json"],
        ["importer_lheo", ""],
        ["importer_lheo", "--truc"],
        ["aller_retour_lheo", absent],
    ):
        resultat = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=racine, capture_output=True, text=True, check=False
        )
        assert resultat.returncode == 2
        (ligne,) = resultat.stderr.strip().splitlines()
        attendu = {"impossible": ligne} if "--json" in arguments else None
        assert (json.loads(resultat.stdout) if resultat.stdout else None) == attendu
        assert "Error" not in ligne


def test_une_base_sans_tables_est_dite_en_une_phrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absente(*_: object) -> None:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1 FROM table_a_venir")

    monkeypatch.setattr("diffusion.management.commands.importer_lheo.importer", absente)
    chemin = tmp_path / "i.xml"
    chemin.write_bytes(b"<lheo/>")
    with pytest.raises(Renoncement, match="migrate"):
        call_command("importer_lheo", str(chemin))


def test_un_fichier_que_le_systeme_ne_laisse_pas_lire_est_dit_en_une_phrase() -> None:
    with pytest.raises(Renoncement, match="ne peut pas être lu"):
        call_command("importer_lheo", "/proc/self/mem")
