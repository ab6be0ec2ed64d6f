"""Ce que supposent les lecteurs en production, éprouvé par de petits lecteurs qui supposent la même chose."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from lxml import etree

from diffusion.exports.lecteurs import principal_en_tete
from dokelio.lheo.grammaire import ESPACE
from formations.actions.versions import empreinte
from formations.models import Action, VersionDiffusee
from sessions.models import Deroulement, Intervention, Session
from tests.diffusion.exporte import NS, document, racine
from tests.fabriques import FormateurFabrique, en_diffusion

pytestmark = pytest.mark.django_db


def par_lignes(octets: bytes) -> list[str]:
    """Un lecteur qui découpe le flux par lignes et recolle l'espace de noms par défaut."""
    formations: list[str] = []
    courante: list[str] | None = None
    for ligne in io.TextIOWrapper(io.BytesIO(octets), encoding="utf-8", newline="\n"):
        if ligne.startswith("<formation "):
            assert courante is None
            assert ligne.count("<formation") == 1 + ligne.count("<formation-")
            courante = []
        if courante is not None:
            courante.append(ligne)
        if ligne.startswith("</formation>"):
            assert courante is not None
            formations.append("".join(courante))
            courante = None
    assert courante is None
    return formations


def test_le_flux_se_lit_ligne_a_ligne() -> None:
    for _ in range(3):
        en_diffusion()
    Deroulement.objects.update(rythme="Le matin\n<formation>\n</formation>\nle soir")
    octets, _ = document()
    assert octets.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<lheo xmlns="http://lheo.gouv.fr/2.3">')
    formations = par_lignes(octets)
    assert len(formations) == 3
    for texte in formations:
        assert etree.fromstring(texte).find("intitule-formation") is not None  # sans préfixe


def test_un_lecteur_en_flux_trouve_les_offres_et_la_date_d_export() -> None:
    en_diffusion()
    octets, _ = document(date(2026, 11, 23))
    vues = [e for _, e in etree.iterparse(io.BytesIO(octets), tag=f"{{{ESPACE}}}formation")]
    assert len(vues) == 1
    infos = {
        str(e.get("info")): e.text
        for e in etree.fromstring(octets).findall("l:offres/l:extras[@info='flux-intercarif']/l:extra", NS)
    }
    assert infos["date-export"] == "20261123"
    assert re.fullmatch(r"\d{6}", str(infos["heure-export"]))


def jointure(lu: Any) -> list[tuple[str, str, str]]:
    """Un lecteur qui joint action, lieu principal et formateur principal : ce qui n'a pas les trois disparaît."""
    lignes = []
    for action in lu.iterfind(".//l:action", NS):
        for lieu in action.findall("l:lieu-de-formation[@tag='principal']", NS):
            for formateur in action.findall("l:organisme-formateur[@tag='principal']", NS):
                siret = formateur.findtext("l:SIRET-formateur/l:SIRET", namespaces=NS)
                ville = lieu.findtext("l:coordonnees/l:adresse/l:ville", namespaces=NS)
                lignes.append((action.get("numero"), ville, siret))
    return lignes


def test_aucune_action_ne_disparait_a_la_jointure() -> None:
    en_diffusion()
    sans_formateur = en_diffusion()
    Intervention.objects.filter(deroulement__action=sans_formateur).delete()
    a_distance = en_diffusion()
    Deroulement.objects.filter(action=a_distance).update(modalites_enseignement="2", lieux=[])
    lignes = jointure(racine())
    assert len(lignes) == 3
    par_fiche = {numero.split("_SE_")[0]: (ville, siret) for numero, ville, siret in lignes}
    assert par_fiche[f"14_{sans_formateur.reference}"] == ("Paris", sans_formateur.organisme.siret)
    assert par_fiche[f"14_{a_distance.reference}"][0] == "Paris"


def test_les_numeros_et_les_dates_ont_la_forme_du_reseau() -> None:
    action = en_diffusion()
    lu = racine()
    formation = lu.find(".//l:formation", NS)
    lieu, session = formation.find("l:action", NS), formation.find("l:action/l:session", NS)
    assert formation.get("numero") == f"14_{action.reference}"
    assert session.get("numero") == Session.objects.get().reference
    assert lieu.get("numero") == f"14_{action.reference}_{session.get('numero')}"
    responsable = formation.find("l:organisme-formation-responsable", NS)
    assert responsable.get("numero") == f"14_{action.organisme.reference}"
    for element in (formation, lieu, session):
        for attribut in ("datecrea", "datemaj"):
            assert re.fullmatch(r"20\d{6}", element.get(attribut))


def test_chaque_numero_d_action_est_unique() -> None:
    for _ in range(3):
        en_diffusion()
    numeros = [a.get("numero") for a in racine().iterfind(".//l:action", NS)]
    assert all(numeros)
    assert len(set(numeros)) == len(numeros) == 3


def test_ce_qui_se_convertit_en_nombre_se_convertit() -> None:
    action = en_diffusion()
    reste = {"prix-total-TTC": {"#": "1 250 €", "=": None}, "prix-horaire-TTC": {"#": "12,5", "=": None}}
    Deroulement.objects.filter(action=action).update(prix_total=None, prix_horaire=None, reste_lheo=reste)
    ecrit = en_diffusion()
    Deroulement.objects.filter(action=ecrit).update(prix_total="8950.00", heures_total=840)
    lu = racine()
    for nom in ("nombre-heures-total", "modalites-enseignement", "nb-places-financees"):
        for element in lu.iterfind(f".//l:{nom}", NS):
            assert int(element.text) >= 0
    prix = [e.text for nom in ("prix-total-TTC", "prix-horaire-TTC") for e in lu.iterfind(f".//l:{nom}", NS)]
    assert sorted(float(texte.replace(",", ".")) for texte in prix) == [12.5, 8950.0]
    for element in lu.iterfind(".//l:SIRET", NS):
        assert len(str(int(element.text)).zfill(14)) == 14
        assert re.fullmatch(r"\d{14}", element.text)


def test_les_identifiants_xml_ne_partent_pas() -> None:
    action = en_diffusion()
    reste = {"@id": "x1", "@idref": "x1", "@ref": "755"}
    Deroulement.objects.filter(action=action).update(reste_lheo=reste)
    lieu = racine().find(".//l:action", NS)
    assert (lieu.get("id"), lieu.get("idref"), lieu.get("ref")) == (None, None, "755")


def test_les_numeros_de_l_emetteur_ne_partent_pas() -> None:
    action = en_diffusion()
    Action.objects.filter(pk=action.pk).update(numero_emetteur="XYZ")
    Deroulement.objects.filter(action=action).update(numero_emetteur="XYZ", reste_lheo={"@numero": ""})
    assert b"XYZ" not in document()[0]


def test_le_principal_est_designe_et_en_tete() -> None:
    action = en_diffusion()
    lieu = action.deroulements.get()
    second = FormateurFabrique(organisme=action.organisme, raison_sociale="Le second")
    Intervention.objects.filter(deroulement=lieu).update(reste_lheo={})
    Intervention.objects.create(deroulement=lieu, formateur=second, rang=2, reste_lheo={"@tag": "principal"})
    noms = [e.text for e in racine().iterfind(".//l:raison-sociale-formateur", NS)]
    assert noms[0] == "Le second"
    lu = racine()
    for chemin in ("l:contact-formation", "l:domaine-formation/l:code-FORMACODE", "l:action/l:lieu-de-formation"):
        assert lu.find(f".//l:formation/{chemin}", NS).get("tag") == "principal"


def test_un_formacode_principal_second_repasse_en_tete() -> None:
    action = en_diffusion()
    version = VersionDiffusee.objects.get(action=action)
    codes = [{"@ref": "V14", "#": "45554"}, {"@ref": "V14", "@tag": "principal", "#": "45580"}]
    version.contenu["formation"]["domaine-formation"]["code-FORMACODE"] = codes
    VersionDiffusee.objects.filter(pk=version.pk).update(contenu=version.contenu, empreinte=empreinte(version.contenu))
    ecrits = racine().findall(".//l:domaine-formation/l:code-FORMACODE", NS)
    assert [(e.text, e.get("tag")) for e in ecrits] == [("45580", "principal"), ("45554", None)]


def test_un_element_deja_etiquete_autrement_garde_son_etiquette() -> None:
    assert principal_en_tete([{"@tag": "annexe", "#": "1"}]) == [{"@tag": "annexe", "#": "1"}]
    assert principal_en_tete(["1", "2"]) == [{"#": "1", "@tag": "principal"}, "2"]
    assert principal_en_tete([]) == []


def test_sans_adresse_d_inscription_on_s_inscrit_chez_l_organisme() -> None:
    action = en_diffusion()
    propre = racine().find(".//l:adresse-inscription/l:adresse/l:ligne", NS)
    assert propre.text == "36 rue des Vignoles"
    ailleurs = {"ligne": ["1 place Mazas"], "codepostal": "75012", "ville": "Paris"}
    Session.objects.filter(deroulement__action=action).update(adresse_inscription=ailleurs)
    assert racine().find(".//l:adresse-inscription/l:adresse/l:ligne", NS).text == "1 place Mazas"
