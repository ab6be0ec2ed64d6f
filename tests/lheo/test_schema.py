"""Le schéma engendré admet et refuse les mêmes documents que le schéma officiel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dokelio.lheo.arbre import vers_element
from dokelio.lheo.grammaire import ELEMENTS, ESPACE, ESPACE_XSI
from dokelio.lheo.schema import FICHIER, engendrer, erreurs_de, schema
from tests.lheo.strategies import documents, formations

P = f"{{{ESPACE}}}"


def test_le_schema_livre_est_celui_que_la_grammaire_engendre() -> None:
    assert FICHIER.read_text(encoding="utf-8") == engendrer(), "relancer python -m dokelio.lheo.schema"


@settings(max_examples=50, deadline=None)
@given(formations())
def test_une_formation_seule_se_valide_contre_le_schema(arbre: Any) -> None:
    assert erreurs_de(vers_element("formation", arbre)) == []


def test_les_fautes_disent_leur_ligne() -> None:
    elt = etree.fromstring(f'<periode xmlns="{ESPACE}">\n<debut>2025-01-01</debut>\n<fin>99999999</fin></periode>')
    fautes = erreurs_de(elt)
    assert fautes
    assert {ligne for ligne, _ in fautes} == {2}


@pytest.fixture(scope="module")
def officiel(dossier_partage: Path) -> Any:
    with (dossier_partage / "lheo" / "lheo-2.3.xsd").open("rb") as fichier:
        return etree.XMLSchema(etree.parse(fichier))


@pytest.mark.partage
def test_les_exemples_ont_le_meme_verdict(officiel: Any, dossier_partage: Path) -> None:
    verdicts = {}
    for chemin in sorted((dossier_partage / "lheo" / "exemples").glob("*.xml")):
        with chemin.open("rb") as fichier:
            document = etree.parse(fichier)
        verdicts[chemin.name] = schema().validate(document)
        assert verdicts[chemin.name] == officiel.validate(document), chemin.name
    assert sum(verdicts.values()) == 3


@pytest.mark.partage
@settings(max_examples=60, deadline=None)
@given(document=documents())
def test_un_document_tire_est_admis_par_les_deux_schemas(officiel: Any, document: Any) -> None:
    racine = etree.fromstring(document.xml())
    assert officiel.validate(racine), officiel.error_log
    assert schema().validate(racine)


def _remplacer(elt: Any, texte: str) -> None:
    elt.text = texte


def _ajouter(elt: Any, nom: str, texte: str = "x", rang: int = 0) -> None:
    fils = etree.Element(nom)
    fils.text = texte
    elt.insert(rang, fils)


def _doubler(elt: Any) -> None:
    if elt.getparent() is not None:
        elt.addnext(etree.fromstring(etree.tostring(elt, with_tail=False)))


def _monter(elt: Any) -> None:
    if (precedent := elt.getprevious()) is not None:
        precedent.addprevious(elt)


def _oter(elt: Any) -> None:
    if (parent := elt.getparent()) is not None:
        parent.remove(elt)


TEXTES = (
    "",
    " ",
    "x",
    "é" * 5,
    "a" * 51,
    "a" * 256,
    "a" * 3001,
    "03",
    " 1 ",
    "true",
    "-1",
    "1.5",
    "20250230",
    "2025-01-01",
    "20252501",
    "9" * 19,
    "\u00a01",
    "<b>",
)
ATTRIBUTS = (
    ("ref", "x"),
    ("inconnu", "x"),
    ("href", "x"),
    ("file", ""),
    ("datemaj", "hier"),
    ("id", "1"),
    ("id", "meme"),
    ("idref", "nulle-part"),
    ("idref", "1"),
    ("uri", "a b"),
    ("uri", "%zz"),
    ("horodatage-export", "hier"),
    ("horodatage-creation", "2025-02-30T00:00:00"),
    ("{urn:x}a", "x"),
    (f"{{{ESPACE}}}numero", "x"),
    (f"{{{ESPACE_XSI}}}nil", "true"),
    (f"{{{ESPACE_XSI}}}type", "formation-type"),
    (f"{{{ESPACE_XSI}}}schemaLocation", "seul"),
)

mutations = st.one_of(
    st.just(_oter),
    st.just(_doubler),
    st.just(_monter),
    st.sampled_from(TEXTES).map(lambda texte: lambda elt: _remplacer(elt, texte)),
    st.sampled_from(ATTRIBUTS).map(lambda attribut: lambda elt: elt.set(*attribut)),
    st.tuples(st.sampled_from([f"{P}{nom}" for nom in ELEMENTS]), st.sampled_from(("", "x", "1", "20250101"))).map(
        lambda couple: lambda elt: _ajouter(elt, *couple)
    ),
    st.sampled_from((f"{P}coordonneFs", "{urn:x}nom", "nom", f"{P}extra", f"{P}extras")).map(
        lambda nom: lambda elt: _ajouter(elt, nom, rang=len(elt))
    ),
)


@pytest.mark.partage
@settings(max_examples=300, deadline=None)
@given(document=documents(), changements=st.lists(st.tuples(st.integers(0, 10_000), mutations), min_size=1, max_size=3))
def test_un_document_abime_a_le_meme_verdict(officiel: Any, document: Any, changements: Any) -> None:
    racine = etree.fromstring(document.xml())
    for rang, changer in changements:
        tous = [elt for elt in racine.iter() if isinstance(elt.tag, str)]
        changer(tous[rang % len(tous)])
    relu = etree.tostring(racine)
    assert schema().validate(etree.fromstring(relu)) == officiel.validate(etree.fromstring(relu)), relu.decode()
