"""Ce que l’import répare sans risque, en le disant ; et ce qu’il laisse, faute d’une seule lecture possible."""

# ruff: noqa: E501  (table de cas : une ligne par cas)
from __future__ import annotations

import pytest
from lxml import etree

from dokelio.lheo.anomalies import ANOMALIES
from dokelio.lheo.grammaire import ESPACE
from dokelio.lheo.reparations import reparer
from dokelio.lheo.schema import schema
from dokelio.lheo.validation import valider_formation
from tests.lheo.documents import altere, octets

NS = f"{{{ESPACE}}}"
FLUX = "flux-national-2.3.xml"
CAS: tuple[tuple[str, tuple[tuple[str, str], ...], str, str | None], ...] = (
    (
        "repare-ordre",
        (
            ("<conditions-specifiques>", "<duree-indicative>2 ans</duree-indicative><conditions-specifiques>"),
            ("<code-public-vise", "<adresse-information/><code-public-vise"),
            ("<adresse-information/>", ""),
        ),
        "duree-indicative",
        "2 ans",
    ),
    ("repare-vide-retire", (("<niveau-entree", "<info-public-vise></info-public-vise><niveau-entree"),), "info-public-vise", None),
    ("repare-vide-retire", (("<urlweb>https://maison-des-mots.exemple/fli<", "<urlweb><"),), "url-formation", None),
    ("repare-vide-retire", (("<numtel>0170000010<", "<numtel><"),), "telfixe", None),
    ("repare-vide-retire", (("<objectif-general-formation>5<", "<objectif-general-formation><"),), "objectif-general-formation", None),
    ("repare-nom", (("<coordonnees>\n\t\t\t\t\t<nom>", "<coordonneFs><nom>"), ("</courriel>\n\t\t\t\t</coordonnees>", "</courriel></coordonneFs>")), "courriel", "accueil@maison-des-mots.exemple"),
    ("repare-siret-zero", (("<SIRET>90112255600011<", "<SIRET>090112255600011<"),), "SIRET", "90112255600011"),
    ("repare-blancs", (("<SIRET>90112255600011<", "<SIRET> 901 122 556 00011 <"),), "SIRET", "90112255600011"),
    ("repare-blancs", (("\">15235<", "\"> 15235\n<"),), "code-FORMACODE", "15235"),
    ("repare-blancs", (("<codepostal>78500<", "<codepostal>78500 <"),), "codepostal", "78500"),
    ("repare-booleen", (("<certifiante>0<", "<certifiante>false<"),), "certifiante", "0"),
    ("repare-booleen", (("<conventionnement>1<", "<conventionnement>Oui<"),), "conventionnement", "1"),
    ("repare-zero-tete", (("<objectif-general-formation>5<", "<objectif-general-formation>05<"),), "objectif-general-formation", "5"),
    ("repare-zero-tete", (("<certifiante>0<", "<certifiante>00<"),), "certifiante", "0"),
    ("repare-date-iso", (("<debut>20250901<", "<debut>2025-09-01<"),), "debut", "20250901"),
    ("repare-date-iso", (("<debut>20250901<", "<debut>2025-09-01T00:00:00+02:00<"),), "debut", "20250901"),
)  # fmt: skip
INTOUCHES = (
    ("<fin>20260703<", "<fin>202606703<"),
    ("<fin>20260703<", "<fin>03/07/2026<"),
    ("<fin>20260703<", "<fin>2026-02-31<"),
    ("<fin>20260703<", "<fin><"),
    ("<rythme-formation>Six heures par semaine, variable selon le groupe de niveau.<", "<rythme-formation><"),
    ("<SIRET>90112255600011<", "<SIRET>123456789012345<"),
    ("<SIRET>90112255600011<", "<SIRET>012345678901234<"),
    ("<certifiante>0<", "<certifiante>peut-être<"),
    ("<nb-places-financees>10<", "<nb-places-financees>une dizaine<"),
    ("<code-niveau-entree>1<", "<code-niveau-entree>-1<"),
    ("<code-public-vise ref", "<lieu-inconnu/><code-public-vise ref"),
    ("<rythme-formation>", "<adresse-inscription/><rythme-formation>"),
)


def _formation(contenu: bytes) -> etree._Element:
    formation = etree.fromstring(contenu).find(f".//{NS}formation")
    assert formation is not None
    return formation


@pytest.mark.parametrize(
    ("code", "remplacements", "nom", "valeur"), CAS, ids=[f"{c[0]}-{r}" for r, c in enumerate(CAS)]
)
def test_un_ecart_sans_ambiguite_est_repare_et_dit(
    code: str, remplacements: tuple[tuple[str, str], ...], nom: str, valeur: str | None
) -> None:
    formation = _formation(altere(FLUX, *remplacements))
    assert any(faute.illisible for faute in valider_formation(formation))
    (reparation,) = reparer(formation)
    assert reparation.code == code
    assert (reparation.gravite, reparation.famille) == ("avertissement", "reparation")
    assert not any(faute.illisible for faute in valider_formation(formation))
    trouve = formation.find(f".//{NS}{nom}")
    assert (None if trouve is None else trouve.text) == valeur
    assert reparer(formation) == []


@pytest.mark.parametrize("remplacement", INTOUCHES, ids=[r[1] for r in INTOUCHES])
def test_un_ecart_ambigu_n_est_pas_repare(remplacement: tuple[str, str]) -> None:
    formation = _formation(altere(FLUX, remplacement))
    avant = etree.tostring(formation)
    assert reparer(formation) == []
    assert etree.tostring(formation) == avant
    assert any(faute.illisible for faute in valider_formation(formation))


def test_une_formation_valide_n_est_pas_touchee() -> None:
    for nom in ("complet-2.3.xml", FLUX):
        formation = _formation(octets(nom))
        avant = etree.tostring(formation, method="c14n")
        assert reparer(formation) == []
        assert etree.tostring(formation, method="c14n") == avant


def test_le_cours_fautif_ne_garde_que_ce_qui_demande_une_decision() -> None:
    formation = _formation(octets("cours-fautif.xml"))
    assert sorted(r.code for r in reparer(formation)) == ["repare-ordre", "repare-vide-retire", "repare-vide-retire"]
    restes = [(f.code, f.champ) for f in valider_formation(formation) if f.illisible]
    assert restes == [("texte-vide", "rythme-formation")]


def test_l_ordre_des_enfants_repetes_est_garde() -> None:
    contenu = altere(FLUX, ("<niveau-entree-obligatoire>", "<transport>RER A</transport><niveau-entree-obligatoire>"))
    formation = _formation(contenu)
    avant = [e.text for e in formation.iter(f"{NS}code-public-vise")]
    reparer(formation)
    assert [e.text for e in formation.iter(f"{NS}code-public-vise")] == avant
    assert schema().validate(formation)


def test_ce_qui_porte_un_attribut_n_est_pas_retire() -> None:
    contenu = altere(FLUX, ("<niveau-entree", '<info-public-vise numero="7"/><niveau-entree'))
    formation = _formation(contenu)
    assert reparer(formation) == []
    assert formation.find(f".//{NS}info-public-vise") is not None


def test_l_interieur_des_extra_n_est_pas_touche() -> None:
    contenu = altere(
        FLUX, ('<extra info="programme-financeur">ASL</extra>', "<extra><certifiante>true</certifiante></extra>")
    )
    formation = _formation(contenu)
    assert reparer(formation) == []


def test_chaque_reparation_a_son_essai() -> None:
    reparations = {code for code, modele in ANOMALIES.items() if modele.famille == "reparation"}
    assert reparations - {c[0] for c in CAS} == {"repare-prologue"}
