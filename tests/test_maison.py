"""Les règles de la maison : tailles, noms de modules, gabarits, phrases, glossaire, migrations. Une règle, un essai."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from dokelio.publication.machine import Commentaire, machines

RACINE = Path(__file__).resolve().parents[1]
PIECES = ("structures", "conventionne", "formations", "sessions", "diffusion")
PAQUETS = ("dokelio", *PIECES, "tests")
LIGNES, LIGNES_DES_MODELES, LIGNES_PAR_FONCTION = 400, 600, 60

MODULES = frozenset(
    (
        *("models", "querysets", "publication", "permissions", "actions", "reactions", "forms", "filtres", "exports"),
        *("views", "urls", "notifications", "admin", "tasks", "apps", "management", "migrations", "templatetags"),
    )
)
PROPRES = {"diffusion": frozenset({"correspondances", "imports", "archivage", "nuits"})}
"""Ce que la conception donne en plus à une pièce."""
FOURRE_TOUT = frozenset({"utils", "helpers", "common", "core", "services", "misc", "outils", "divers"})
LECTEURS_D_ENVIRONNEMENT = {"dokelio/environnement.py"}


def chemin(fichier: Path) -> str:
    return fichier.relative_to(RACINE).as_posix()


@cache
def modules() -> tuple[Path, ...]:
    """Les fichiers Python de la maison, migrations exceptées."""
    tous = (fichier for paquet in PAQUETS for fichier in (RACINE / paquet).rglob("*.py"))
    return tuple(sorted(f for f in tous if "migrations" not in f.parts and "__pycache__" not in f.parts))


@cache
def arbre(fichier: Path) -> ast.Module:
    return ast.parse(fichier.read_text("utf-8"))


@cache
def gabarits() -> tuple[Path, ...]:
    return tuple(sorted(f for f in (RACINE / "templates").rglob("*") if f.suffix in (".html", ".txt")))


# ------------------------------------------------------------------ tailles et noms


def test_un_fichier_tient_en_quatre_cents_lignes() -> None:
    trop = {}
    for fichier in modules():
        limite = LIGNES_DES_MODELES if fichier.name == "models.py" or "models" in fichier.parts else LIGNES
        nombre = len(fichier.read_text("utf-8").splitlines())
        if nombre > limite:
            trop[chemin(fichier)] = nombre
    assert trop == {}


def test_une_fonction_tient_en_soixante_lignes() -> None:
    trop = {}
    for fichier in modules():
        for noeud in ast.walk(arbre(fichier)):
            if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef) and noeud.end_lineno:
                nombre = noeud.end_lineno - noeud.lineno + 1
                if nombre > LIGNES_PAR_FONCTION:
                    trop[f"{chemin(fichier)}:{noeud.name}"] = nombre
    assert trop == {}


def test_une_application_n_a_que_les_modules_convenus() -> None:
    inconnus = []
    for piece in PIECES:
        permis = MODULES | PROPRES.get(piece, frozenset())
        for element in (RACINE / piece).iterdir():
            nom = element.stem
            if nom.startswith("__") or (element.is_file() and element.suffix != ".py"):
                continue
            if nom not in permis:
                inconnus.append(chemin(element))
    assert inconnus == []


def test_aucun_fourre_tout() -> None:
    assert [chemin(f) for f in modules() if FOURRE_TOUT & {f.stem, *f.parent.parts}] == []


def test_chaque_module_dit_ce_qui_y_vit_en_deux_lignes() -> None:
    fautifs = {}
    for fichier in modules():
        dit = ast.get_docstring(arbre(fichier))
        if not dit:
            if fichier.name != "__init__.py":
                fautifs[chemin(fichier)] = "sans docstring"
        elif len(dit.splitlines()) > 8 and "tests" not in fichier.parts:
            fautifs[chemin(fichier)] = f"{len(dit.splitlines())} lignes"
    assert fautifs == {}


def test_chaque_modele_dit_ce_qu_il_est() -> None:
    muets = [
        modele._meta.label
        for modele in modeles_de_la_maison()
        if not (modele.__doc__ or "").strip() or (modele.__doc__ or "").startswith(f"{modele.__name__}(")
    ]
    assert muets == []


def test_seul_environnement_lit_les_variables() -> None:
    fautifs = []
    for fichier in modules():
        if fichier.parts[len(RACINE.parts)] == "tests" or chemin(fichier) in LECTEURS_D_ENVIRONNEMENT:
            continue
        for noeud in ast.walk(arbre(fichier)):
            lit = isinstance(noeud, ast.Subscript) and ast.unparse(noeud.value) == "os.environ"
            appelle = isinstance(noeud, ast.Call) and ast.unparse(noeud.func) in ("os.getenv", "os.environ.get")
            if lit or appelle:
                fautifs.append(f"{chemin(fichier)}:{noeud.lineno}")
    assert fautifs == []


# ------------------------------------------------------------------ vie des objets


def test_chaque_transition_a_sa_phrase_et_son_bouton() -> None:
    fautives = []
    for machine in machines():
        if machine.label.startswith("appli_publication."):
            continue
        for transition in machine.transitions.values():
            phrases = [transition.phrase, *([transition.phrase_systeme] if transition.phrase_systeme else [])]
            dites = all(phrase.endswith(".") and phrase[0] in "{L" for phrase in phrases)
            nommee = "{auteur}" in transition.phrase or transition.permission is None
            demande = transition.commentaire is not Commentaire.OBLIGATOIRE or transition.question.endswith(("?", "."))
            if not (dites and nommee and demande and transition.libelle[0].isupper()):
                fautives.append(f"{machine.label}.{transition.nom}")
    assert fautives == []


def test_chaque_contrainte_dit_sa_phrase() -> None:
    muettes = [
        f"{modele._meta.label} : {contrainte.name}"
        for modele in apps.get_models()
        if modele.__module__.split(".")[0] in ("dokelio", *PIECES)
        for contrainte in modele._meta.constraints
        if contrainte.violation_error_message == contrainte.default_violation_error_message
    ]
    assert muettes == []


@pytest.mark.django_db
def test_les_migrations_sont_a_jour() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# ------------------------------------------------------------------ gabarits

BALISES = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
STYLE_EN_LIGNE = re.compile(r"<style[\s>]|\sstyle\s*=\s*[\"']", re.IGNORECASE)
SCRIPT_EN_LIGNE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)
COURRIELS = "templates/courriels/"


def test_aucun_style_ni_script_dans_les_gabarits() -> None:
    """La politique de contenu refuse les deux ; un courriel, lui, ne peut avoir que des styles en ligne."""
    fautifs = []
    for gabarit in gabarits():
        texte = BALISES.sub("", gabarit.read_text("utf-8"))
        if SCRIPT_EN_LIGNE.search(texte):
            fautifs.append(f"{chemin(gabarit)} : script")
        if STYLE_EN_LIGNE.search(texte) and not chemin(gabarit).startswith(COURRIELS):
            fautifs.append(f"{chemin(gabarit)} : style")
    assert fautifs == []


def test_le_mot_deroulement_ne_s_affiche_jamais() -> None:
    mot = re.compile(r"déroulements?\b", re.IGNORECASE)
    fautifs = [chemin(g) for g in gabarits() if mot.search(BALISES.sub("", g.read_text("utf-8")))]
    assert fautifs == []


def test_aucun_gabarit_n_est_inutile() -> None:
    """Un gabarit sert s'il est nommé dans un autre, dans le code, ou cherché par Django sous ce nom."""
    sources = [f.read_text("utf-8") for f in (*modules(), *gabarits())]
    dits = "\n".join(sources)
    inutiles = []
    for gabarit in gabarits():
        nom = gabarit.relative_to(RACINE / "templates").as_posix()
        if nom in dits or nom.startswith("django/forms/") or re.fullmatch(r"(4|5)\d\d(_csrf)?\.html", nom):
            continue
        if not any(re.search(forme, dits) for forme in _formes(nom)):
            inutiles.append(nom)
    assert inutiles == []


def _formes(nom: str) -> Iterator[str]:
    """Comment un gabarit peut être nommé sans son chemin entier : courriel, composant, onglet."""
    souche = re.escape(Path(nom).stem)
    if nom.startswith("courriels/"):
        yield rf'["\']{souche}["\']'
    yield rf'["\']{re.escape(Path(nom).name)}["\']'
    dossier = re.escape(str(Path(nom).parent))
    yield rf'f["\']{dossier}/[^"\']*\{{'


# ------------------------------------------------------------------ mots et documents


def modeles_de_la_maison() -> list[type]:
    """Les modèles écrits ici : ni ceux des dépendances, ni ceux des essais, ni les historiques engendrés."""
    return [
        modele
        for modele in apps.get_models()
        if modele.__module__.split(".")[0] in ("dokelio", *PIECES) and not modele.__name__.startswith("Historique")
    ]


def test_le_glossaire_dit_tous_les_modeles() -> None:
    glossaire = (RACINE / "docs" / "glossaire.md").read_text("utf-8")
    absents = [modele._meta.label for modele in modeles_de_la_maison() if f"`{_nom(modele)}`" not in glossaire]
    assert absents == []


def test_le_glossaire_n_invente_pas_de_modele() -> None:
    glossaire = (RACINE / "docs" / "glossaire.md").read_text("utf-8")
    reels = {_nom(modele) for modele in modeles_de_la_maison()}
    dits = set(re.findall(r"^\|[^|]*\| `([a-z_]+\.[A-Z]\w+)` \|", glossaire, re.MULTILINE))
    assert dits - reels == set()


def _nom(modele: type) -> str:
    """« structures.Organisme », le dossier et non l'étiquette de Django."""
    return f"{modele.__module__.split('.models')[0].split('.')[-1]}.{modele.__name__}"


def test_aucun_chemin_de_machine_dans_le_produit() -> None:
    maisons = "|".join(("home", "Users", "root"))
    interdits = re.compile(rf"{re.escape(str(RACINE))}|/(?:{maisons})/\w+")
    textes = [f for ext in ("md", "toml", "yml", "sh", "html") for f in RACINE.glob(f"*.{ext}")]
    textes += [*modules(), *gabarits(), *(RACINE / "docs").rglob("*.md")]
    soi = Path(__file__).resolve()
    assert [chemin(f) for f in textes if f != soi and interdits.search(f.read_text("utf-8"))] == []
