"""Certifications et indexation de la fiche : rangs, doublons, versions des codes, ce qui est repris ou proposé."""

from __future__ import annotations

import pytest

from dokelio.publication.moteur import effectuer
from tests.fabriques import CertificationFabrique, en_diffusion, fiche_prete, membre
from tests.formations.formulaire import adresse, connecte, formulaire_de

pytestmark = pytest.mark.django_db


def test_choisir_une_certification_remplit_ce_qui_est_vide_sans_rien_ecraser(cap):
    action = fiche_prete(intitule="", niveau_sortie="", objectif_general="7", domaine=None)
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action)) | {"certification_principale": ["rncp 38431"]}
    reponse = client.post(adresse(action), envoi, follow=True)
    assert "Repris de la certification" in reponse.content.decode()
    action.refresh_from_db()
    assert (action.intitule, action.niveau_sortie, action.objectif_general) == ("CAP Ébéniste", "13", "7")
    assert action.domaine["code-NSF"] == ["234"]
    assert action.certifications.get().certification == cap


def test_les_certifications_gardent_leur_rang_et_leurs_codes(cap):
    action = fiche_prete()
    premiere = CertificationFabrique(action=action, code_rncp="RNCP37679", code_certifinfo="106923")
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action))
    envoi |= {"certification_principale": ["RNCP38431"], "autres_certifications": ["RNCP37679", "RS5080"]}
    assert client.post(adresse(action), envoi).status_code == 302
    lues = [(une.rang, une.cle, une.code_certifinfo) for une in action.certifications.all()]
    assert lues == [(1, "RNCP38431", ""), (2, "RNCP37679", "106923"), (3, "RS5080", "")]
    assert action.certifications.get(rang=2).pk == premiere.pk


def test_un_doublon_se_dit_des_le_brouillon_avec_l_autre_fiche():
    autre = fiche_prete()
    CertificationFabrique(action=autre)
    en_diffusion(autre)
    action = fiche_prete(organisme=autre.organisme)
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action)) | {"certification_principale": ["RNCP37679"]}
    assert client.post(adresse(action), envoi).status_code == 302
    page = client.get(adresse(action)).content.decode()
    assert f"Ajouter des sessions à {autre.reference}" in page
    assert f"/formations/{autre.reference}/sessions/" in page


def test_une_fiche_vivante_ne_prend_pas_la_certification_d_une_autre():
    autre = fiche_prete()
    CertificationFabrique(action=autre)
    en_diffusion(autre)
    action = en_diffusion(fiche_prete(organisme=autre.organisme))
    redactrice = membre(action.organisme)
    effectuer(action, "modifier", redactrice)
    client = connecte(redactrice)
    envoi = formulaire_de(client, adresse(action)) | {"certification_principale": ["RNCP37679"], "objectif": ["Gardé."]}
    reponse = client.post(adresse(action), envoi)
    assert reponse.status_code == 422
    assert autre.reference in reponse.content.decode()
    assert "Gardé." in reponse.content.decode()
    assert not action.certifications.exists()


def test_une_certification_retiree_de_la_fiche_garde_sa_place_a_l_antenne(cap):
    action = fiche_prete()
    CertificationFabrique(action=action)
    en_diffusion(action)
    redactrice = membre(action.organisme)
    effectuer(action, "modifier", redactrice)
    client = connecte(redactrice)
    envoi = formulaire_de(client, adresse(action)) | {"certification_principale": ["RNCP38431"]}
    assert client.post(adresse(action), envoi).status_code == 302
    lues = {une.cle: (une.retiree, une.occupe) for une in action.certifications.all()}
    assert lues == {"RNCP37679": (True, True), "RNCP38431": (False, True)}
    effectuer(action, "abandonner", redactrice)
    assert [(une.cle, une.retiree) for une in action.certifications.all()] == [("RNCP37679", False)]


def test_non_certifiante_avec_certification_est_seulement_remarque():
    action = fiche_prete(certifiante=False)
    CertificationFabrique(action=action)
    page = connecte(membre(action.organisme)).get(adresse(action)).content.decode()
    assert "l&#x27;un des deux est à revoir" in page


# ------------------------------------------------------------------ indexation


def test_l_indexation_garde_les_versions_et_deplace_le_principal(riche):
    client = connecte(membre(riche.organisme))
    url = adresse(riche, "indexation")
    envoi = formulaire_de(client, url)
    envoi |= {"formacode_principal": ["V14:45518"], "formacodes": ["V11:45554"]}
    assert client.post(url, envoi).status_code == 302
    riche.refresh_from_db()
    assert riche.domaine["code-FORMACODE"] == [
        {"@ref": "V14", "@tag": "principal", "#": "45518"},
        {"@ref": "V11", "#": "45554"},
    ]
    assert riche.domaine["extras"] == [{"contenu": [["extra", "mots"]]}]
    assert riche.domaine["code-ROME"] == ["B1302", {"@ref": "V3", "#": "H2206"}]


def test_les_codes_proposes_se_cochent(cap):
    action = fiche_prete(domaine={"code-FORMACODE": [{"@ref": "V14", "#": "15002"}]})
    cap.formacodes = ["13235", "15002"]
    cap.save()
    une = CertificationFabrique(action=action, code_rncp="RNCP38431", certification=cap)
    client = connecte(membre(action.organisme))
    url = adresse(action, "indexation")
    page = client.get(url).content.decode()
    assert f"Proposés par {une.cle}" in page
    assert 'name="formacodes" value="V14:13235"' in page
    envoi = formulaire_de(client, url)
    envoi.setdefault("formacodes", []).append("V14:13235")
    assert client.post(url, envoi).status_code == 302
    action.refresh_from_db()
    assert action.domaine["code-FORMACODE"] == [{"@ref": "V14", "#": "15002"}, {"@ref": "V14", "#": "13235"}]


def test_un_code_tape_sans_script_prend_la_version_courante():
    action = fiche_prete(domaine=None)
    client = connecte(membre(action.organisme))
    url = adresse(action, "indexation")
    envoi = formulaire_de(client, url) | {"formacode_principal_codes": ["15002"], "nsf_codes": ["234, 230"]}
    assert client.post(url, envoi).status_code == 302
    action.refresh_from_db()
    assert action.domaine == {"code-FORMACODE": [{"@ref": "V14", "#": "15002"}], "code-NSF": ["234", "230"]}
