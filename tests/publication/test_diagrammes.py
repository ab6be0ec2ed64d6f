"""Le dessin de la vie des objets suit les tables ; personne d'autre que le moteur n'écrit un état."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from dokelio.publication import diagrammes
from dokelio.publication.diagrammes import diagramme
from dokelio.publication.machine import machine, machines
from tests.publication.appli.models import Etat

PIECES = ("dokelio", "structures", "conventionne", "formations", "sessions", "diffusion")
# Le chargement en masse de la démonstration crée des lignes déjà avancées, avec leurs événements.
PORTES = ("dokelio/publication/", "dokelio/demo/")


def test_le_diagramme_montre_chaque_fleche_et_le_retour_a_l_origine() -> None:
    dessin = diagramme(machine("appli_publication.Fiche"))
    for fleche in (
        "[*] --> brouillon : Créer",
        "brouillon --> a_controler : Soumettre au contrôle",
        "a_controler --> brouillon : Reprendre",
        "a_controler --> en_redaction : Reprendre",
        "a_controler --> a_controler : Prendre",
        "brouillon --> [*] : Supprimer",
    ):
        assert f"    {fleche}\n" in dessin + "\n"
    assert all(f'state "{etat.label}" as {etat.value}' in dessin for etat in Etat)


def test_les_pages_de_la_vie_sont_a_jour() -> None:
    call_command("diagrammes", verifier=True)


def test_la_commande_ecrit_puis_ne_change_plus_rien(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    settings.RACINE = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr("dokelio.publication.management.commands.diagrammes.pages", lambda: {"essai.md": "# Essai\n"})
    with pytest.raises(CommandError, match=r"essai\.md"):
        call_command("diagrammes", verifier=True)
    call_command("diagrammes")
    assert (tmp_path / "docs/vie/essai.md").read_text() == "# Essai\n"
    call_command("diagrammes", verifier=True)
    assert capsys.readouterr().out == "docs/vie/essai.md\n"


def test_une_page_dit_qui_quand_et_a_quelles_conditions() -> None:
    page = diagrammes._page("appli_publication", [machine("appli_publication.Fiche")])
    assert "| Archiver (`archiver`) | En diffusion, En rédaction | Archivée | carif<br>le système, en masse |" in page


def test_chaque_transition_a_sa_phrase() -> None:
    muettes = [
        f"{table.label}.{transition.nom}"
        for table in machines()
        for transition in table.transitions.values()
        if not all(phrase.endswith(".") for phrase in (transition.phrase, transition.phrase_systeme or "."))
    ]
    assert muettes == []


def _fautes(chemin: Path, champs: set[str]) -> Iterator[str]:
    texte = chemin.read_text(encoding="utf-8")
    for noeud in ast.walk(ast.parse(texte)):
        if isinstance(noeud, ast.Assign | ast.AugAssign | ast.AnnAssign):
            cibles = noeud.targets if isinstance(noeud, ast.Assign) else [noeud.target]
            faute = any(isinstance(cible, ast.Attribute) and cible.attr in champs for cible in cibles)
        elif isinstance(noeud, ast.Call):
            nom = getattr(noeud.func, "attr", getattr(noeud.func, "id", ""))
            faute = nom == "ecriture_d_etat" or (nom == "update" and any(un.arg in champs for un in noeud.keywords))
        elif isinstance(noeud, ast.Constant) and isinstance(noeud.value, str):
            faute = any(f"SET {champ} =" in noeud.value for champ in champs)
        else:
            continue
        if faute:
            yield f"{chemin}:{noeud.lineno}"


def test_l_etat_n_est_ecrit_que_par_le_moteur() -> None:
    champs = {table.champ for table in machines()}
    racine: Path = settings.RACINE
    fautes = [
        faute
        for piece in PIECES
        for chemin in sorted((racine / piece).rglob("*.py"))
        if not chemin.relative_to(racine).as_posix().startswith(PORTES) and "migrations" not in chemin.parts
        for faute in _fautes(chemin, champs)
    ]
    assert fautes == []


def test_la_regle_voit_les_quatre_facons_de_tricher(tmp_path: Path) -> None:
    ruses = [
        "a.statut = 'x'",
        "A.objects.update(statut='x')",
        "with ecriture_d_etat(): pass",
        "q = 'UPDATE a SET statut = 1'",
    ]
    fichier = tmp_path / "ruses.py"
    fichier.write_text("\n".join(ruses), encoding="utf-8")
    assert len(list(_fautes(fichier, {"statut"}))) == 4
