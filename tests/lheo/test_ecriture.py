"""L’arbre et l’écriture : ce qui est écrit se relit à l’identique, ce qui ne peut l’être est refusé avec son chemin."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from lxml import etree

from dokelio.lheo.arbre import HorsGrammaire, Rebut, canonique, canonique_lheo, vers_arbre, vers_element
from dokelio.lheo.ecriture import CaractereInterdit, NoeudInvalide, Redacteur, ecrire, nettoyer, nettoyer_arbre
from dokelio.lheo.grammaire import ESPACE, ESPACE_XSI, ElementInconnu
from dokelio.lheo.schema import schema
from tests.lheo.strategies import CURIOSITES, STRUCTURES, arbres, documents, formations


def _element(xml: str) -> Any:
    """L’élément d’un fragment, mis dans l’espace LHEO."""
    nom = xml[1:].replace("/", " ").replace(">", " ").split()[0]
    return etree.fromstring(f'<{nom} xmlns="{ESPACE}"{xml[len(nom) + 1 :]}')


@settings(max_examples=60, deadline=None)
@given(formations(avec_id=True))
def test_une_formation_ecrite_puis_relue_rend_le_meme_arbre(arbre: Any) -> None:
    elt = vers_element("formation", arbre)
    assert vers_arbre(elt) == arbre
    assert canonique(vers_element("formation", vers_arbre(elt))) == canonique(elt)


@settings(max_examples=60, deadline=None)
@given(arbres("extras"))
def test_des_extras_ecrits_puis_relus_rendent_le_meme_arbre(arbre: Any) -> None:
    assert vers_arbre(vers_element("extras", arbre)) == arbre


def test_une_feuille_est_son_texte_et_un_dict_des_qu_elle_a_un_attribut() -> None:
    assert vers_arbre(_element("<ville> Paris\n</ville>")) == " Paris\n"
    assert vers_arbre(_element("<ville/>")) == ""
    assert vers_arbre(_element('<code-FORMACODE ref="V14">15235</code-FORMACODE>')) == {"@ref": "V14", "#": "15235"}
    assert vers_arbre(_element("<ville>a<!-- c -->b<?pi?>c</ville>")) == "abc"


def test_un_enfant_repetable_est_une_liste_meme_seul() -> None:
    adresse = _element("<adresse><ligne>a</ligne><codepostal>75010</codepostal><ville>Paris</ville></adresse>")
    assert vers_arbre(adresse) == {"ligne": ["a"], "codepostal": "75010", "ville": "Paris"}
    assert vers_arbre(_element("<certification/>")) == {}


def test_l_ordre_des_cles_ne_change_rien_au_texte_ecrit() -> None:
    un = {"ville": "Paris", "@numero": "1", "@info": "x", "codepostal": "75010", "ligne": ["a", "b"]}
    autre = dict(reversed(un.items()))
    attendu = (
        '<adresse numero="1" info="x"><ligne>a</ligne><ligne>b</ligne><codepostal>75010</codepostal>'
        "<ville>Paris</ville></adresse>"
    )
    assert ecrire("adresse", un) == ecrire("adresse", autre) == attendu


@pytest.mark.parametrize("texte", CURIOSITES)
def test_un_texte_curieux_survit_en_contenu_et_en_attribut(texte: str) -> None:
    arbre = {"@info": texte, "#": texte}
    assert vers_arbre(vers_element("commentaire", arbre)) == arbre


def test_la_fin_de_section_cdata_est_echappee() -> None:
    assert ecrire("ville", "a]]>b") == "<ville>a]]&gt;b</ville>"


@pytest.mark.parametrize("caractere", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_un_caractere_interdit_est_refuse_avec_son_chemin_ou_nettoye(caractere: str) -> None:
    arbre = {"ligne": ["a", f"b{caractere}c"], "codepostal": "75010", "ville": {"@info": "x", "#": "y"}}
    with pytest.raises(CaractereInterdit) as refus:
        ecrire("adresse", arbre)
    assert refus.value.chemin == "adresse/ligne[2]"
    assert f"U+{ord(caractere):04X}" in str(refus.value)
    assert nettoyer(f"b{caractere}c") == "bc"
    assert ecrire("adresse", nettoyer_arbre(arbre)).count("<ligne>bc</ligne>") == 1
    with pytest.raises(CaractereInterdit) as refus:
        ecrire("ville", {"@info": caractere, "#": "y"})
    assert refus.value.chemin == "ville/@info"


@pytest.mark.parametrize(
    ("nom", "noeud", "chemin"),
    [
        ("adresse", {"ligne": "a"}, "adresse/ligne"),
        ("adresse", {"ville": ["Paris"]}, "adresse/ville"),
        ("adresse", {"ville": 3}, "adresse/ville"),
        ("adresse", {"inconnu": "x"}, "adresse"),
        ("adresse", "texte", "adresse"),
        ("adresse", {"ville": {"@info": "x"}}, "adresse/ville"),
        ("adresse", {"ville": {"#": "x", "=": "y"}}, "adresse/ville"),
        ("adresse", {'@a="b" c': "x"}, "adresse"),
        ("adresse", {"geolocalisation": {"latitude": {"#": None}}}, "adresse/geolocalisation/latitude"),
        ("extras", {"contenu": [["ville", "x"]]}, "extras"),
        ("extras", {"contenu": [["extra", {"xml": "<extra/>"}]]}, "extras/extra[1]"),
        ("extras", {"contenu": [["extra", {"xml": "<extra"}]]}, "extras/extra[1]"),
        ("extras", {"contenu": [["extra", {"xml": "<!DOCTYPE a><extra/>"}]]}, "extras/extra[1]"),
    ],
)
def test_un_arbre_mal_forme_est_refuse_avec_son_chemin(nom: str, noeud: Any, chemin: str) -> None:
    with pytest.raises(NoeudInvalide) as refus:
        ecrire(nom, noeud)
    assert refus.value.chemin == chemin


def test_un_enfant_a_none_est_absent() -> None:
    assert (
        ecrire("adresse", {"ville": "Paris", "pays": None, "ligne": None}) == "<adresse><ville>Paris</ville></adresse>"
    )


def test_un_element_inconnu_ne_s_ecrit_pas() -> None:
    with pytest.raises(ElementInconnu):
        ecrire("coordonneFs", {})


def test_sans_identifiants_omet_id_et_idref_partout() -> None:
    arbre = {
        "@id": "a",
        "@numero": "1",
        "ville": {"@idref": "a", "#": "Paris"},
        "extras": [
            {"@id": "b", "contenu": [["extra", {"xml": f'<extra xmlns="{ESPACE}" id="c"><nom id="d"/></extra>'}]]}
        ],
    }
    ecrit = ecrire("adresse", arbre, sans_identifiants=True)
    assert "id=" not in ecrit
    assert "idref" not in ecrit
    assert 'numero="1"' in ecrit
    assert ecrire("adresse", arbre).count("id=") == 4


def test_ce_qui_n_a_pas_de_place_dans_l_arbre_est_refuse_ou_rendu_a_part() -> None:
    adresse = _element(
        "<adresse>bonjour<ville>Paris</ville><ville>Lyon</ville><truc><a/></truc><ligne>a<br/>b</ligne></adresse>"
    )
    with pytest.raises(HorsGrammaire):
        vers_arbre(adresse)
    rebuts: list[Rebut] = []
    assert vers_arbre(adresse, rebuts) == {"ville": "Paris", "ligne": ["ab"]}
    assert [(r.chemin, r.ligne) for r in rebuts] == [("adresse", 1)] * 3 + [("adresse/ligne[1]", 1)]


def test_un_attribut_d_un_autre_espace_de_noms_est_garde() -> None:
    elt = etree.fromstring(
        f'<ville xmlns="{ESPACE}" xmlns:a="urn:a" xmlns:b="urn:b" a:x="1" b:x="2" xml:lang="fr" z="3">Paris</ville>'
    )
    arbre = vers_arbre(elt)
    assert isinstance(arbre, dict)
    assert arbre["@{urn:a}x"] == "1"
    assert vers_arbre(vers_element("ville", arbre)) == arbre


def test_le_prefixe_d_un_xsi_type_revient_avec_lui() -> None:
    """La valeur de `xsi:type` est un nom préfixé : sans la déclaration du préfixe, le schéma refuse l’élément."""
    elt = etree.fromstring(
        f'<l:ville xmlns:l="{ESPACE}" xmlns:xsi="{ESPACE_XSI}" xsi:type="l:ville-type">Paris</l:ville>'
    )
    revenu = vers_element("ville", vers_arbre(elt))
    assert revenu.get(f"{{{ESPACE_XSI}}}type") == "l:ville-type"
    assert revenu.nsmap["l"] == ESPACE
    assert schema().validate(revenu)


def test_le_prefixe_d_un_xsi_type_dans_un_extra_revient_avec_lui() -> None:
    types = f'xmlns:xsi="{ESPACE_XSI}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:l="{ESPACE}"'
    contenu = '<x xmlns="urn:x" xsi:type="xs:int">12</x><l:nom xsi:type="l:nom-type">N</l:nom>'
    elt = etree.fromstring(f'<extra xmlns="{ESPACE}" {types} xsi:type="l:extra-type">{contenu}</extra>')
    arbre = vers_arbre(elt)
    revenu = vers_element("extra", arbre)
    assert [fils.nsmap[p] for fils, p in zip(revenu.iter(), ("l", "xs", "l"), strict=True)] == [
        ESPACE,
        "http://www.w3.org/2001/XMLSchema",
        ESPACE,
    ]
    assert schema().validate(revenu)
    assert vers_arbre(revenu) == arbre


@pytest.mark.parametrize("contenu", [s for s in STRUCTURES if "relatif" not in s])
def test_l_canonique_lheo_est_celui_de_libxml2(contenu: str) -> None:
    elt = etree.fromstring(f'<extra xmlns="{ESPACE}" tag="t" info="a&#10;b">{contenu}</extra>')
    assert canonique_lheo(elt) == canonique(elt)


def test_un_extra_prefixe_revient_sans_prefixe() -> None:
    elt = etree.fromstring(f'<l:extra xmlns:l="{ESPACE}"><l:nom l:a="1">x<!-- c --></l:nom><?pi?></l:extra>')
    attendu = f'<extra xmlns="{ESPACE}"><nom xmlns:l="{ESPACE}" l:a="1">x</nom></extra>'
    assert vers_arbre(elt) == {"xml": attendu}


@settings(max_examples=40, deadline=None)
@given(documents())
def test_chaque_formation_commence_et_finit_par_une_ligne(document: Any) -> None:
    lignes = document.xml().split(b"\n")
    ouvertes = [ligne for ligne in lignes if ligne.startswith((b"<formation>", b"<formation "))]
    fermees = [ligne for ligne in lignes if ligne == b"</formation>"]
    assert len(ouvertes) == len(fermees) == len(document.formations)


def test_le_redacteur_refuse_une_formation_que_l_enveloppe_ne_recoit_pas() -> None:
    redacteur = Redacteur(BytesIO(), {"racine": "lheo-index", "arbre": {}})
    with pytest.raises(NoeudInvalide):
        redacteur.formation({})
    with pytest.raises(NoeudInvalide):
        Redacteur(BytesIO(), {"racine": "formation", "arbre": {}})
    with pytest.raises(NoeudInvalide):
        Redacteur(BytesIO(), {"racine": "lheo", "arbre": {"truc": {}}})


def test_une_exception_laisse_le_document_inacheve() -> None:
    sortie = BytesIO()
    with pytest.raises(KeyError), Redacteur(sortie):
        raise KeyError
    assert b"</lheo>" not in sortie.getvalue()
