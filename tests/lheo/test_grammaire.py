"""La grammaire : sa cohérence, ses raccourcis, et son égalité avec le schéma officiel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from dokelio.lheo.grammaire import (
    ATTRIBUTS_COMMUNS,
    ELEMENTS,
    MOTIF_DATE,
    TABLES,
    TYPES_ATTRIBUTS,
    ElementInconnu,
    element,
    enfant,
    est_multiple,
    maxi,
    ordre,
    par_chemin,
    parents_de,
)

XS = "{http://www.w3.org/2001/XMLSchema}"


def test_la_grammaire_compte_170_elements_et_19_tables_qui_se_tiennent() -> None:
    assert (len(ELEMENTS), len(TABLES)) == (170, 19)
    for regle in ELEMENTS.values():
        assert all(e.nom in ELEMENTS for e in regle.enfants)
        assert len({e.nom for e in regle.enfants}) == len(regle.enfants)
        assert regle.libelle
        assert (regle.table is not None) == (regle.nature == "table")
    assert {e.table for e in ELEMENTS.values() if e.table} == set(TABLES)
    assert {e.nom for e in ELEMENTS.values() if e.ref_obligatoire} == {
        "code-FORMACODE",
        "code-public-vise",
        "code-modalite-pedagogique",
    }


def test_un_chemin_mene_a_son_element_et_un_faux_chemin_est_refuse() -> None:
    assert par_chemin("formation/action/session/periode/debut").nature == "date"
    assert par_chemin("formation").nom == "formation"
    for faux in ("formation/session", "rien", "formation/action/", "formation/intitule-formation/extras"):
        with pytest.raises(ElementInconnu):
            par_chemin(faux)
    with pytest.raises(ElementInconnu, match="coordonneFs"):
        element("coordonneFs")


def test_les_raccourcis_disent_la_place_d_un_enfant() -> None:
    assert list(ordre("periode")) == ["debut", "fin", "extras"]
    assert maxi("formation", "certification") == 5
    assert maxi("formation", "action") is None
    assert enfant("formation", "action").mini == 1
    assert est_multiple("adresse", "ligne")
    assert not est_multiple("adresse", "ville")
    assert set(parents_de("periode")) == {"recrutement", "session", "periode-inscription"}
    with pytest.raises(ElementInconnu):
        enfant("action", "formation")


def test_une_table_rend_le_libelle_d_un_code_ou_le_code_inconnu() -> None:
    assert TABLES["dict-boolean"].codes == ("1", "0")
    assert TABLES["dict-etat-recrutement"].libelle_de("3") == "Suspendu"
    assert TABLES["dict-etat-recrutement"].libelle_de("9") == "9"


@pytest.fixture(scope="module")
def officiel(dossier_partage: Path) -> Any:
    with (dossier_partage / "lheo" / "lheo-2.3.xsd").open("rb") as fichier:
        return etree.parse(fichier).getroot()


def _global(officiel: Any, sorte: str, nom: str) -> Any:
    (trouve,) = [e for e in officiel.findall(f"{XS}{sorte}") if e.get("name") == nom]
    return trouve


@pytest.mark.partage
def test_les_elements_sont_ceux_du_schema_officiel_dans_le_meme_ordre(officiel: Any) -> None:
    assert list(ELEMENTS) == [e.get("name") for e in officiel.findall(f"{XS}element")]


@pytest.mark.partage
@pytest.mark.parametrize("nom", ELEMENTS)
def test_un_element_a_les_attributs_du_schema_officiel_et_leurs_types(officiel: Any, nom: str) -> None:
    groupe = _global(officiel, "attributeGroup", f"{nom}-attributes")
    vus = {a.get("name"): a.get("type").removeprefix("xs:") for a in groupe.findall(f"{XS}attribute")}
    assert vus == {a: TYPES_ATTRIBUTS[a] for a in (*ATTRIBUTS_COMMUNS, *ELEMENTS[nom].attributs)}
    assert not [a for a in groupe.findall(f"{XS}attribute") if a.get("use")]


@pytest.mark.partage
@pytest.mark.parametrize("nom", [e.nom for e in ELEMENTS.values() if e.nature in ("sequence", "choix")])
def test_une_sequence_a_les_enfants_du_schema_officiel(officiel: Any, nom: str) -> None:
    (contenu,) = _global(officiel, "complexType", f"{nom}-subtype")
    choix = contenu.tag == f"{XS}choice"
    assert choix == (ELEMENTS[nom].nature == "choix")
    bornes = contenu if choix else None
    vus = []
    for reference in contenu:
        porteur = reference if bornes is None else bornes
        maximum = porteur.get("maxOccurs", "1")
        vus.append(
            (
                reference.get("ref").removeprefix("lheo:"),
                int(porteur.get("minOccurs", "1")),
                None if maximum == "unbounded" else int(maximum),
            )
        )
    assert vus == [(e.nom, e.mini, e.maxi) for e in ELEMENTS[nom].enfants]


@pytest.mark.partage
@pytest.mark.parametrize("nom", [e.nom for e in ELEMENTS.values() if e.feuille])
def test_une_feuille_a_le_type_du_schema_officiel(officiel: Any, nom: str) -> None:
    (restriction,) = _global(officiel, "simpleType", f"{nom}-subtype")
    facettes = [(f.tag.removeprefix(XS), f.get("value")) for f in restriction]
    base, regle = restriction.get("base"), ELEMENTS[nom]
    if regle.nature == "texte":
        assert base == "xs:string"
        longueurs = dict(facettes)
        exacte = longueurs.pop("length", None)
        assert regle.lgmin == int(exacte or longueurs.pop("minLength", 0))
        assert regle.lgmax == int(exacte or longueurs.pop("maxLength"))
        assert not longueurs
    elif regle.nature == "table":
        assert base == "xs:token"
        assert {sorte for sorte, _ in facettes} == {"enumeration"}
        assert sorted(valeur for _, valeur in facettes) == sorted(TABLES[str(regle.table)].codes)
    elif regle.nature == "date":
        assert (base, facettes) == ("xs:token", [("length", "8"), ("pattern", MOTIF_DATE)])
    else:
        assert (base, facettes) == ("xs:long", [])
