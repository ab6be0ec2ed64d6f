"""La marche sur la grammaire refuse exactement ce que le schéma refuse, documents altérés au hasard compris."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from dokelio.lheo.anomalies import Anomalie
from dokelio.lheo.grammaire import ELEMENTS, ESPACE, ESPACE_XSI
from dokelio.lheo.reparations import reparer
from dokelio.lheo.schema import schema
from dokelio.lheo.validation import valider_document, valider_formation
from dokelio.lheo.validation.structure import Marche
from tests.lheo.documents import VALIDES, octets
from tests.lheo.strategies import documents

NS = f"{{{ESPACE}}}"
TEXTES = (
    "",
    " ",
    "x",
    "0",
    " 1 ",
    "01",
    "-1",
    "+7",
    "7.0",
    "20260131",
    "2026-01-31",
    "202601311",
    "true",
    "x" * 51,
    "x" * 3001,
)
NOMS = (*ELEMENTS, "coordonneFs", "Adresse", "inconnu")
ATTRIBUTS = (
    ("numero", ""), ("id", "a b"), ("id", "ok"), ("id", "f1"), ("idref", "1"), ("uri", "http://["), ("uri", "a b"),
    ("horodatage-export", "2026-01-05"), ("horodatage-export", " 2026-01-05T10:00:00Z "), ("inconnu", "x"),
    ("datemaj", "x"), ("{http://www.w3.org/XML/1998/namespace}lang", "fr"), ("{urn:x}a", "1"),
    (f"{{{ESPACE_XSI}}}nil", "true"), (f"{{{ESPACE_XSI}}}schemaLocation", "x"),
)  # fmt: skip


@cache
def _schema_officiel(chemin: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(chemin)))


def _fautes(racine: etree._Element) -> list[Anomalie]:
    nom = str(racine.tag).removeprefix(NS)
    marche = Marche()
    marche.verifier(racine, nom, f"/{nom}")
    return marche.anomalies


def _alterer(tirage: st.DataObject, racine: etree._Element) -> None:
    """Une altération, à un endroit tiré au hasard."""
    elements = [e for e in racine.iter("*") if e is not racine]
    if not elements:
        return
    elt = tirage.draw(st.sampled_from(elements))
    parent = elt.getparent()
    assert parent is not None
    match tirage.draw(
        st.sampled_from(
            ("retirer", "doubler", "deplacer", "renommer", "texte", "attribut", "ajouter", "etranger", "queue")
        )
    ):
        case "retirer":
            parent.remove(elt)
        case "doubler":
            parent.insert(0, etree.fromstring(etree.tostring(elt, with_tail=False)))
        case "deplacer":
            parent.insert(tirage.draw(st.integers(0, len(parent) - 1)), elt)
        case "renommer":
            elt.tag = NS + tirage.draw(st.sampled_from(NOMS))
        case "texte":
            elt.text = tirage.draw(st.sampled_from(TEXTES))
        case "attribut":
            nom, valeur = tirage.draw(st.sampled_from(ATTRIBUTS))
            elt.set(nom, valeur)
        case "ajouter":
            etree.SubElement(elt, NS + tirage.draw(st.sampled_from(NOMS)))
        case "etranger":
            etree.SubElement(elt, "{urn:x}y")
        case "queue":
            elt.tail = tirage.draw(st.sampled_from(("x", " ", "\u00a0")))


def _comparer(racine: etree._Element, verificateur: etree.XMLSchema) -> None:
    contenu = etree.tostring(racine)
    accepte = verificateur.validate(etree.fromstring(contenu))
    fautes = _fautes(etree.fromstring(contenu))
    assert accepte == (not fautes), (str(verificateur.error_log), [f.phrase for f in fautes])
    rapport = valider_document(io.BytesIO(contenu))
    assert accepte == (not any(faute.illisible for faute in rapport.anomalies)), [f.phrase for f in rapport.anomalies]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(("complet-2.3.xml", "index-2.3.xml", "flux-national-2.3.xml")), st.integers(1, 4), st.data())
def test_la_marche_refuse_ce_que_le_schema_du_produit_refuse(nom: str, nombre: int, tirage: st.DataObject) -> None:
    racine = etree.fromstring(octets(nom), etree.XMLParser(remove_comments=True))
    for _ in range(nombre):
        _alterer(tirage, racine)
    _comparer(racine, schema())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(documents())
def test_un_document_tire_de_la_grammaire_n_a_aucune_faute_de_structure(document: object) -> None:
    contenu = document.xml()  # type: ignore[attr-defined]
    racine = etree.fromstring(contenu)
    assert _fautes(racine) == []
    assert not any(faute.illisible for faute in valider_document(io.BytesIO(contenu)).anomalies)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.integers(1, 4), st.data())
def test_reparer_n_ajoute_jamais_de_faute_de_structure(nombre: int, tirage: st.DataObject) -> None:
    racine = etree.fromstring(octets("complet-2.3.xml"), etree.XMLParser(remove_comments=True))
    for _ in range(nombre):
        _alterer(tirage, racine)
    for formation in racine.iter(f"{NS}formation"):
        avant = etree.tostring(formation, method="c14n")
        fautes = [f for f in valider_formation(formation) if f.illisible]
        reparations = reparer(formation)
        apres = [f for f in valider_formation(formation) if f.illisible]
        assert len(apres) <= len(fautes)
        assert bool(reparations) == (etree.tostring(formation, method="c14n") != avant)
        assert fautes or not reparations


@pytest.mark.partage
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tirage=st.data(), nombre=st.integers(1, 4))
def test_la_marche_refuse_ce_que_le_schema_officiel_refuse(
    tirage: st.DataObject, nombre: int, dossier_partage: Path
) -> None:
    noms = ["complet-2.3.xml", "index-2.3.xml", *(p.name for p in (dossier_partage / "lheo/exemples").glob("*.xml"))]
    noms = sorted(nom for nom in noms if not nom.startswith(("edof", "bts")))
    nom = tirage.draw(st.sampled_from(noms))
    partage = dossier_partage / "lheo/exemples" / nom
    contenu = partage.read_bytes() if partage.exists() else octets(nom)
    racine = etree.fromstring(contenu, etree.XMLParser(remove_comments=True))
    for _ in range(nombre):
        _alterer(tirage, racine)
    _comparer(racine, _schema_officiel(dossier_partage / "lheo/lheo-2.3.xsd"))


@pytest.mark.partage
def test_les_exemples_ont_le_verdict_du_schema_officiel(dossier_partage: Path) -> None:
    officiel = _schema_officiel(dossier_partage / "lheo/lheo-2.3.xsd")
    vus = 0
    for chemin in sorted((dossier_partage / "lheo/exemples").glob("*.xml")):
        if b"http://lheo.gouv.fr/2.3" in chemin.read_bytes():
            _comparer(etree.parse(str(chemin)).getroot(), officiel)
            vus += 1
    assert vus >= 5


@pytest.mark.partage
@pytest.mark.parametrize("nom", VALIDES)
def test_nos_documents_valides_le_sont_pour_le_schema_officiel(nom: str, dossier_partage: Path) -> None:
    contenu = octets(nom)
    if nom == "prologue-faux.xml":
        contenu = contenu.replace(b"ISO-8859-1", b"UTF-8", 1)
    officiel = _schema_officiel(dossier_partage / "lheo/lheo-2.3.xsd")
    assert officiel.validate(etree.fromstring(contenu)), officiel.error_log


def test_nos_documents_emploient_tous_les_elements() -> None:
    vus = {
        str(e.tag).removeprefix(NS)
        for nom in ("complet-2.3.xml", "index-2.3.xml")
        for e in etree.fromstring(octets(nom)).iter(f"{NS}*")
    }
    assert set(ELEMENTS) - vus == set()
