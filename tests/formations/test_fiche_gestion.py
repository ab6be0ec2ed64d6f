"""L'onglet « Gestion » et ce qui l'alimente : gestes, versions, histoire, repères ; les règles d'écriture."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from dokelio.publication.moteur import effectuer, verifier
from dokelio.socle.panneaux import inscrits
from formations.forms.arbres import changer, lire
from formations.forms.avertissements import sur_acces, sur_intitule, sur_texte
from formations.forms.creation import CreationForm
from formations.forms.onglet import obligatoire_pour_lheo
from formations.models import Action, ActionCertification, Remarque
from formations.models.certification import cle_de
from formations.views.reperes import FORMULAIRES, ancres, place_de
from tests.fabriques import CertificationFabrique, UtilisateurFabrique, en_diffusion, fiche_prete, membre, soumise


def connecte(personne: Any) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def gestion(action: Action) -> str:
    return f"/formations/{action.reference}/gestion/"


def texte(reponse: Any) -> str:
    page = re.sub(r"<(script|template|style|svg)\b.*?</\1>", " ", reponse.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").replace("&#x27;", "'").split())


# ------------------------------------------------------------------ la page


@pytest.mark.django_db
def test_un_brouillon_se_supprime_depuis_gestion():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    page = client.get(gestion(action))
    assert "Supprimer le brouillon" in texte(page)
    assert "jamais été soumis" in texte(page)
    adresse = f"/formations/{action.reference}/transition/supprimer/"
    assert client.get(adresse).status_code == 200
    assert client.post(adresse).status_code == 302
    assert not Action.objects.filter(pk=action.pk).exists()


@pytest.mark.django_db
def test_les_gestes_sans_objet_ne_sont_pas_offerts():
    action = soumise()
    claire = UtilisateurFabrique(documentaliste=True)
    Remarque.objects.create(action=action, champ="", texte="Relisez.", auteur=claire)
    effectuer(action, "demander_correction", claire)
    page = texte(connecte(membre(action.organisme)).get(gestion(action)))
    assert "Abandonner les modifications" not in page
    effectuer(action, "soumettre", membre(action.organisme))
    lecteur = texte(connecte(membre(action.organisme, "lecteur")).get(gestion(action)))
    assert "Votre rôle ne permet aucun geste" in lecteur


@pytest.mark.django_db
def test_les_versions_sont_listees_et_se_lisent():
    action = en_diffusion(intitule="Première version")
    redactrice = membre(action.organisme)
    effectuer(action, "modifier", redactrice)
    Action.objects.filter(pk=action.pk).update(intitule="En cours d'écriture")
    client = connecte(redactrice)
    page = texte(client.get(gestion(action)))
    assert "Version 1 en diffusion depuis le" in page
    assert "la version 1 reste en diffusion" in page
    version = texte(client.get(f"/formations/{action.reference}/versions/1/"))
    assert "Première version" in version
    assert "Tout public" in version or "83056" in version
    assert client.get(f"/formations/{action.reference}/versions/2/").status_code == 404
    assert (
        connecte(membre(fiche_prete().organisme)).get(f"/formations/{action.reference}/versions/1/").status_code == 404
    )


@pytest.mark.django_db
def test_l_histoire_dit_qui_a_change_quoi():
    action = fiche_prete(objectif="Avant.")
    redactrice = membre(action.organisme, prenom="Nadia", nom="Belkacem")
    client = connecte(redactrice)
    formulaire = client.get(f"/formations/{action.reference}/informations/").context
    envoi = {"edition": formulaire["edition"], "vues": formulaire["vues"]}
    for champ in formulaire["formulaire"]:
        valeur = champ.value()
        envoi[champ.html_name] = "" if valeur is None else valeur
    for champ in formulaire["formulaire"].formsets["contacts"].management_form:
        envoi[champ.html_name] = champ.value()
    envoi |= {
        "objectif": "Après.",
        "contacts-0-origine": "",
        "contacts-TOTAL_FORMS": "0",
        "contacts-INITIAL_FORMS": "0",
    }
    assert client.post(f"/formations/{action.reference}/informations/", envoi).status_code == 302
    page = texte(client.get(gestion(action)))
    assert "Nadia Belkacem a modifié la fiche." in page
    assert "Objectif Avant." in page
    assert "Après." in page


@pytest.mark.django_db
def test_gestion_montre_les_panneaux_des_autres_pieces():
    action = en_diffusion()
    page = connecte(membre(action.organisme)).get(gestion(action))
    assert page.status_code == 200
    for panneau in inscrits("formations.gestion"):
        contexte = panneau.contexte(page.wsgi_request, action)
        assert contexte is None or page.content


@pytest.mark.django_db
def test_repondre_a_une_remarque_d_ensemble_depuis_gestion():
    action = soumise()
    claire = UtilisateurFabrique(documentaliste=True)
    remarque = Remarque.objects.create(action=action, champ="", texte="Relisez.", auteur=claire)
    effectuer(action, "demander_correction", claire)
    client = connecte(membre(action.organisme))
    adresse = f"/formations/{action.reference}/remarques/"
    assert client.get(adresse).status_code == 405
    client.post(adresse, {f"reponse-{remarque.pk}": "Relu.", f"traitee-{remarque.pk}": "1"})
    remarque.refresh_from_db()
    assert (remarque.reponse, remarque.etat) == ("Relu.", "traitee")
    assert "Corrigé par l'organisme" in texte(client.get(gestion(action)))
    effectuer(action, "soumettre", membre(action.organisme))
    client.post(adresse, {f"reponse-{remarque.pk}": "Trop tard."})
    remarque.refresh_from_db()
    assert remarque.reponse == "Relu."


@pytest.mark.django_db
def test_sans_session_ce_que_la_fiche_dit_pour_elles_manque_deja():
    action = Action(organisme=fiche_prete().organisme, intitule="Neuve")
    redactrice = membre(action.organisme)
    effectuer(action, "creer", redactrice)
    champs = {refus.champ for refus in verifier(action, "soumettre", redactrice)}
    assert {"public_vise", "modalites_alternance", "conditions_specifiques", "prise_en_charge_possible"} <= champs


@pytest.mark.django_db
def test_une_action_neuve_a_des_defauts_honnetes_et_le_contact_de_l_organisme():
    organisme = fiche_prete().organisme
    formulaire = CreationForm(
        {"certifiante": "0", "intitule": "Neuve", "jeton": "7d444840-9dc0-11d1-b245-5ffdce74fad2"}, organisme=organisme
    )
    assert formulaire.is_valid()
    action = formulaire.composer()
    assert (action.modalites_alternance, action.conditions_specifiques) == ("Sans alternance.", "Aucun prérequis.")
    assert action.contacts == [{"type-contact": "4", "coordonnees": {"nom": "Accueil", "courriel": "a@b.exemple"}}]


# ------------------------------------------------------------------ repères


def test_chaque_champ_de_la_fiche_a_sa_place_dans_un_onglet():
    from dokelio.socle.lheo import ChampLheo

    sans_place = [
        c.name for c in Action._meta.fields if isinstance(c, ChampLheo) and place_de(c.name)[0] not in FORMULAIRES
    ]
    assert sans_place == []
    for nom in ("certification", "certifications", "code-FORMACODE", "contact-formation", "intitule-formation"):
        assert place_de(nom)[0] in FORMULAIRES


def test_une_cle_de_remarque_mene_quelque_part():
    assert place_de("action/extras") == ("complements", "section-recues")
    assert place_de("formation/inconnu") == ("complements", "section-recues")
    assert place_de("lieu-12/restauration") == ("sessions", "")
    assert place_de("financements") == ("sessions", "")
    assert place_de("on ne sait pas") == ("", "")
    assert all(onglet in (*FORMULAIRES, "sessions") for onglet, _ in ancres().values())


def test_les_champs_demandes_sont_ceux_de_la_grammaire():
    demandes = {c.name for c in Action._meta.fields if c.name != "id" and obligatoire_pour_lheo(c.name)}
    assert {"intitule", "objectif", "contacts", "public_vise", "prise_en_charge_possible", "domaine"} <= demandes
    assert not demandes & {"objectif_general", "langues", "acces_handicapes", "statut", "organisme"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "codes",
    [
        ("RNCP00320", "", "", ""),
        ("320", "RS5080", "12", ""),
        ("", "RS 05080", "", ""),
        ("", "", "52747", "CPF1"),
        ("", "", "", "CPF206"),
        ("néant", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_la_cle_calculee_est_celle_de_la_base(codes):
    action = fiche_prete()
    noms = ("code_rncp", "code_rs", "code_certifinfo", "code_cpf")
    une = CertificationFabrique(action=action, **dict(zip(noms, codes, strict=True)))
    assert cle_de(*codes) == ActionCertification.objects.get(pk=une.pk).cle


# ------------------------------------------------------------------ une feuille d'un arbre


def test_changer_une_feuille_ne_touche_que_son_chemin():
    arbre = {"a": {"b": {"@ref": "1", "#": "x"}, "c": ["1", "2"]}, "@n": "9"}
    assert changer(arbre, ("a", "b"), "x") is arbre
    assert changer(arbre, ("a", "b"), "y") == {"a": {"b": {"@ref": "1", "#": "y"}, "c": ["1", "2"]}, "@n": "9"}
    assert changer(arbre, ("a", "c", 0), "") == {"a": {"b": {"@ref": "1", "#": "x"}, "c": ["2"]}, "@n": "9"}
    assert changer(arbre, ("d", "e", 0), "z") == {**arbre, "d": {"e": ["z"]}}
    assert arbre == {"a": {"b": {"@ref": "1", "#": "x"}, "c": ["1", "2"]}, "@n": "9"}
    assert lire(arbre, ("a", "c", 1)) == "2"
    assert lire(arbre, ("a", "c", 7)) == ""


def test_une_feuille_videe_emporte_ses_contenants_vides():
    assert changer({"a": {"b": ["x"]}, "c": "y"}, ("a", "b", 0), "") == {"c": "y"}
    assert changer({"a": {"b": ["x"]}}, ("a", "b", 0), "") is None
    assert changer({}, ("a", "b"), "") == {}


# ------------------------------------------------------------------ règles d'écriture


@pytest.mark.parametrize(
    ("intitule", "dit"),
    [
        ("CAP ÉBÉNISTE ADULTES", "minuscules"),
        ("Anglais, appelez le 01 43 00 00 00", "téléphone"),
        ("Anglais sur www.anglais.fr", "adresse"),
        ("Formation gratuite d'anglais", "réclame"),
        ("Le n° 1 de l'anglais", "réclame"),
        ("Emploi garanti", "réclame"),
        ("Anglais 2026", "2026"),
        ("Anglais AIF possible", "AIF"),
    ],
)
def test_un_intitule_mal_ecrit_est_remarque(intitule, dit):
    assert dit in sur_intitule(intitule)


@pytest.mark.parametrize(
    "intitule", ["CAP ébéniste", "BTS MCO", "TOEIC", "CACES R489", "Excel, niveau 2", "Assistant de vie aux familles"]
)
def test_un_intitule_ordinaire_ne_l_est_pas(intitule):
    assert sur_intitule(intitule) == ""


@pytest.mark.parametrize(
    "condition", ["Réservé aux femmes", "Moins de 30 ans", "18 à 25 ans", "De nationalité française"]
)
def test_une_condition_d_acces_discriminante_est_remarquee(condition):
    assert "discrimination" in sur_acces(condition)


def test_une_condition_d_acces_ordinaire_ne_l_est_pas():
    assert sur_acces("Aucun prérequis.") == ""
    assert sur_acces("Deux ans d'expérience et permis B.") == ""
    assert sur_texte("Objectif ordinaire.") == ""
    assert "minuscules" in sur_texte("TOUT EST ÉCRIT EN CAPITALES")
