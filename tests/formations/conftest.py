"""Des fiches comme un import en apporte, et une certification connue."""

from __future__ import annotations

import pytest

from dokelio.referentiels.models import Certification
from formations.models import Action
from tests.fabriques import CertificationFabrique, fiche_prete
from tests.formations.formulaire import CONTACT_RICHE


@pytest.fixture
def riche() -> Action:
    """Une fiche comme un import en apporte : attributs, versions mêlées, extensions, espaces, fins de ligne."""
    action = fiche_prete(
        intitule="  CAP ébéniste  ",
        objectif="Une ligne.\r\nDeux lignes.\n",
        contacts=[CONTACT_RICHE, {"coordonnees": {"nom": "Morvan", "courriel": "pas une adresse"}}],
        public_vise=[
            {"@ref": "V8", "#": "80056"},
            {"@ref": "V14", "@tag": "x", "#": "80006"},
            {"@ref": "V8", "#": "80056"},
        ],
        domaine={
            "code-FORMACODE": [{"@ref": "V11", "@tag": "principal", "#": "45554"}, {"@ref": "V14", "#": "45518"}],
            "code-NSF": ["234"],
            "code-ROME": ["B1302", {"@ref": "V3", "#": "H2206"}],
            "extras": [{"contenu": [["extra", "mots"]]}],
        },
        langues=["fr", {"@info": "x", "#": "xx"}],
        codes_modalite_pedagogique=[{"@ref": "V12", "#": "96131"}],
        equipements=[{"type-equipement": "3", "cout-indicatif-equipement": "99999999", "extras": [{"contenu": []}]}],
        codes_type=[{"code-CPF": "cpf 203", "@info": "i"}],
        adresses_web={"urlweb": ["pas une adresse", {"@info": "v", "#": "https://a.exemple"}], "@id": "u"},
        enseignements=[{"libelle-enseignement": "Dessin", "type-enseignement": "1", "obligatoire": "1"}],
        sous_modules={"sous-module": [{"reference-module": "M1", "type-module": "1"}], "extras": [{"contenu": []}]},
        modules_prerequis={"reference-module": ["P1", {"@info": "i", "#": "P2"}]},
        niveau_entree="4",
    )
    CertificationFabrique(action=action, code_rncp="37679", code_certifinfo="1234", reste_lheo={"@info": "c"})
    CertificationFabrique(action=action, rang=2, code_rncp="", code_certifinfo="777")
    CertificationFabrique(action=action, rang=3, code_rncp="", reference_formacode="31715")
    return action


@pytest.fixture
def cap() -> Certification:
    code, _ = Certification.objects.update_or_create(
        code="RNCP38431",
        defaults={
            "repertoire": "RNCP",
            "intitule": "Ébéniste",
            "abrege": "CAP",
            "niveau": 3,
            "formacodes": ["45554"],
            "codes_nsf": ["234"],
            "codes_rome": [],
        },
    )
    return code
