"""Les pages de la fiche : qui les voit, en lecture ou à remplir, ce qu'elles disent, ce qu'elles coûtent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from dokelio.publication.moteur import effectuer
from formations.models import Action, Remarque
from tests.fabriques import CertificationFabrique, UtilisateurFabrique, en_diffusion, fiche_prete, membre, soumise

pytestmark = pytest.mark.django_db

ONGLETS = ("informations", "indexation", "complements", "gestion")


def connecte(personne: Any) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def adresse(action: Action, onglet: str = "informations") -> str:
    return f"/formations/{action.reference}/{onglet}/"


def texte(reponse: Any) -> str:
    """Le texte de la page, sans balises, espaces réduites et ordinaires."""
    page = re.sub(r"<(script|template|style|svg)\b.*?</\1>", " ", reponse.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").replace("&#x27;", "'").split())


def a_corriger() -> tuple[Action, Any]:
    """Une fiche renvoyée avec trois remarques : sur l'objectif, les contacts, l'ensemble ; et sa rédactrice."""
    action = soumise()
    claire = UtilisateurFabrique(documentaliste=True, prenom="Claire", nom="Fontanel")
    for champ, dit in (("objectif", "Dites ce qui sera su."), ("contacts", "Un courriel, svp."), ("", "Relisez tout.")):
        Remarque.objects.create(action=action, champ=champ, texte=dit, auteur=claire)
    effectuer(action, "demander_correction", claire)
    return action, membre(action.organisme)


def test_l_adresse_courte_mene_au_premier_onglet():
    action = fiche_prete()
    reponse = connecte(membre(action.organisme)).get(f"/formations/{action.reference}/")
    assert (reponse.status_code, reponse["Location"]) == (302, adresse(action))


@pytest.mark.parametrize("onglet", ONGLETS)
def test_qui_n_est_pas_concerne_ne_trouve_rien(onglet):
    action = fiche_prete()
    etranger = membre(fiche_prete().organisme)
    assert connecte(etranger).get(adresse(action, onglet)).status_code == 404
    assert connecte(etranger).post(adresse(action, onglet), {"intitule": "x"}).status_code == 404
    assert connecte(etranger).get(f"/formations/{action.reference}/").status_code == 404
    assert Client().get(adresse(action, onglet)).status_code == 302


def test_un_onglet_ou_une_fiche_qui_n_existent_pas():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    assert client.get(adresse(action, "tarifs")).status_code == 404
    assert client.get("/formations/AF_0000000000/informations/").status_code == 404
    assert client.get("/formations/n'importe quoi/informations/").status_code == 404
    assert client.get("/formations/%00/informations/").status_code == 404
    assert client.get(f"/formations/{action.reference}/versions/1/").status_code == 404


@pytest.mark.parametrize("onglet", ONGLETS)
@pytest.mark.parametrize("role", ["redacteur", "gestionnaire", "lecteur"])
def test_chaque_membre_voit_chaque_onglet(onglet, role):
    action = fiche_prete()
    reponse = connecte(membre(action.organisme, role)).get(adresse(action, onglet))
    assert reponse.status_code == 200
    assert action.reference in texte(reponse)


def test_un_lecteur_lit_les_valeurs_et_la_raison_sans_formulaire():
    action = fiche_prete(objectif="Fabriquer un meuble.")
    client = connecte(membre(action.organisme, "lecteur"))
    page = client.get(adresse(action))
    assert "Fabriquer un meuble." in texte(page)
    assert "votre rôle" in texte(page).lower()
    assert "<textarea" not in page.content.decode()
    assert "Enregistrer" not in texte(page)
    assert client.post(adresse(action), {"intitule": "Pirate"}).status_code == 404
    action.refresh_from_db()
    assert action.intitule != "Pirate"


def test_au_controle_l_organisme_lit_et_la_documentaliste_ecrit():
    action = soumise()
    redactrice = connecte(membre(action.organisme)).get(adresse(action))
    assert "<textarea" not in redactrice.content.decode()
    assert "Au CARIF" in texte(redactrice)
    assert "Reprendre la fiche" in texte(redactrice)
    documentaliste = connecte(UtilisateurFabrique(documentaliste=True)).get(adresse(action))
    assert "<textarea" in documentaliste.content.decode()
    assert "Ouvrir le contrôle" in texte(documentaliste)
    hors_portee = connecte(UtilisateurFabrique(conventionne=True)).get(adresse(action))
    assert "<textarea" not in hors_portee.content.decode()


def test_en_diffusion_l_organisme_lit_et_peut_ouvrir_une_version():
    action = en_diffusion()
    page = connecte(membre(action.organisme)).get(adresse(action))
    assert "<textarea" not in page.content.decode()
    assert f"/formations/{action.reference}/transition/modifier/" in page.content.decode()


def test_une_archive_se_lit_pour_tous():
    action = en_diffusion()
    effectuer(action, "archiver", membre(action.organisme))
    for personne in (membre(action.organisme), UtilisateurFabrique(administrateur=True)):
        page = connecte(personne).get(adresse(action))
        assert "<textarea" not in page.content.decode()
        assert "archivée" in texte(page)


def test_un_financeur_lit():
    action = fiche_prete()
    page = connecte(UtilisateurFabrique(financeur=True)).get(adresse(action))
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()


def test_ce_qui_manque_est_lie_a_son_champ_et_soumettre_n_est_jamais_grise():
    action = fiche_prete(objectif="", niveau_entree="", public_vise=[])
    action.deroulements.all().delete()
    page = connecte(membre(action.organisme)).get(adresse(action))
    source = page.content.decode()
    for ancre in ("champ-objectif", "champ-niveau_entree", "champ-public_vise"):
        assert f'href="{adresse(action)}#{ancre}"' in source
        assert f'id="{ancre}"' in source
    assert f'href="{adresse(action, "sessions")}"' in source
    trouve = re.search(r"Soumettre \((\d+) points à régler\)", texte(page))
    assert trouve
    assert int(trouve[1]) >= 4
    bouton = re.search(r'<button[^>]*value="soumettre"[^>]*>', source)
    assert bouton
    assert "disabled" not in bouton[0]


def test_rien_ne_manque_le_bouton_le_dit():
    action = fiche_prete()
    assert "Soumettre au contrôle" in texte(connecte(membre(action.organisme)).get(adresse(action)))


def test_les_conseils_sont_a_part_et_menent_a_leur_champ():
    action = fiche_prete(acces_handicapes="", domaine=None)
    source = connecte(membre(action.organisme)).get(adresse(action)).content.decode()
    assert f'href="{adresse(action, "complements")}#champ-acces_handicapes"' in source
    assert f'href="{adresse(action, "indexation")}#champ-formacode_principal"' in source
    assert "jamais un blocage" in source


def test_les_champs_que_lheo_demande_sont_marques_et_les_limites_montrees():
    action = fiche_prete()
    source = connecte(membre(action.organisme)).get(adresse(action)).content.decode()
    objectif = source[source.index('id="champ-objectif"') :][:900]
    assert 'class="obl"' in objectif
    assert "3\u202f000" in source[source.index('id="champ-objectif"') :][:3000]
    positionnement = source[source.index('id="champ-positionnement"') :][:400]
    assert 'class="obl"' not in positionnement
    assert "200" in connecte(membre(action.organisme)).get(adresse(action, "complements")).content.decode()


def test_les_remarques_sont_sous_leur_champ_comptees_par_onglet_et_listees():
    action, redactrice = a_corriger()
    page = connecte(redactrice).get(adresse(action))
    assert "Claire Fontanel demande 3 corrections." in texte(page)
    assert "2 à corriger" in texte(page)
    source = page.content.decode()
    assert "Dites ce qui sera su." in source[source.index('id="champ-objectif"') : source.index('id="champ-resultats"')]
    assert "Un courriel, svp." in source[source.index('id="section-contacts"') :]
    gestion = texte(connecte(redactrice).get(adresse(action, "gestion")))
    assert "Relisez tout." in gestion
    assert "Remarque à traiter : Ensemble de la fiche" in gestion


def test_une_remarque_pas_encore_envoyee_ne_se_voit_pas():
    action = fiche_prete()
    claire = UtilisateurFabrique(documentaliste=True)
    Remarque.objects.create(action=action, champ="objectif", texte="En préparation.", auteur=claire)
    for onglet in ("informations", "gestion"):
        assert "En préparation." not in texte(connecte(membre(action.organisme)).get(adresse(action, onglet)))


def test_un_code_public_d_une_autre_version_est_montre_avec_elle():
    action = fiche_prete(public_vise=[{"@ref": "V8", "#": "80056"}, {"@ref": "V14", "#": "80006"}])
    page = texte(connecte(membre(action.organisme)).get(adresse(action)))
    assert "80056 · version V8" in page
    assert "Demandeur d'emploi · 80006" in page


def test_les_informations_sans_champ_se_lisent_sans_json():
    action = fiche_prete(
        reste_lheo={
            "@datemaj": "20260105",
            "extras": [{"@info": "formation", "contenu": [["extra", {"@info": "mots-cles", "#": "bois, meuble"}]]}],
            "action": {"extras": [{"contenu": [["extra", {"xml": "<extra><b>Gras</b> et suite</extra>"}]]}]},
            "niveau-inconnu": {"#": "neuf", "=": None},
        },
        organisme_recu={"nom-organisme": "Ancien nom", "potentiel": None},
    )
    page = texte(connecte(membre(action.organisme)).get(adresse(action, "complements")))
    for attendu in ("« mots-cles » bois, meuble", "Gras et suite", "neuf", "Ancien nom", "absent du document"):
        assert attendu in page
    assert "{" not in page
    assert "&lt;extra" not in connecte(membre(action.organisme)).get(adresse(action, "complements")).content.decode()


@pytest.mark.parametrize("onglet", ONGLETS)
def test_le_cout_d_une_page_ne_depend_pas_de_ce_que_la_fiche_contient(
    onglet, django_assert_max_num_queries, monkeypatch
):
    """Les gardes de la soumission, que d'autres pièces apportent, se comptent avec elles."""
    monkeypatch.setattr("formations.views.reperes.verifier", lambda *_, **__: [])
    action, redactrice = a_corriger()
    CertificationFabrique(action=action)
    client = connecte(redactrice)
    with django_assert_max_num_queries(12) as vues:
        client.get(adresse(action, onglet))
    for rang, code in enumerate(("RNCP38431", "RS5080", "RNCP37674"), start=2):
        CertificationFabrique(action=action, rang=rang, code_rncp=code)
    action.contacts = [{"coordonnees": {"nom": f"Contact {n}"}} for n in range(30)]
    action.public_vise = [{"@ref": "V14", "#": code} for code in ("80006", "82044", "83056", "81022")]
    action.save()
    for n in range(20):
        Remarque.objects.create(action=action, champ="contenu", texte=f"Point {n}", auteur=redactrice, etat="envoyee")
    with django_assert_max_num_queries(12) as pleines:
        client.get(adresse(action, onglet))
    # L'histoire d'une fiche modifiée nomme son auteur ; les certifications secondaires se vérifient d'un coup.
    assert len(pleines.captured_queries) - len(vues.captured_queries) <= 1
