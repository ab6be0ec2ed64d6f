"""Remplir la fiche : ce qui s'enregistre, ce qui se refuse, et rien d'autre que ce qu'on a touché."""

from __future__ import annotations

import pytest

from dokelio.publication.moteur import effectuer
from formations.actions.versions import contenu_controle
from formations.models import Action, Remarque
from tests.fabriques import UtilisateurFabrique, fiche_prete, membre, soumise
from tests.formations.formulaire import CONTACT_RICHE, adresse, connecte, fautes, formulaire_de, relire

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("onglet", ["informations", "indexation", "complements"])
def test_enregistrer_sans_rien_toucher_ne_change_rien(riche, onglet):
    client = connecte(membre(riche.organisme))
    riche.refresh_from_db()
    avant = contenu_controle(riche)
    reponse = client.post(adresse(riche, onglet), formulaire_de(client, adresse(riche, onglet)))
    assert reponse.status_code == 302, fautes(reponse)
    apres = Action.objects.get(pk=riche.pk)
    assert contenu_controle(apres) == avant
    assert apres.edition == riche.edition


def test_changer_un_mot_d_un_contact_garde_tout_le_reste(riche):
    client = connecte(membre(riche.organisme))
    envoi = formulaire_de(client, adresse(riche))
    envoi["contacts-0-telephone"] = ["01.99.00.00.00"]
    envoi["contacts-0-nom"] = ["Standard"]
    assert client.post(adresse(riche), envoi).status_code == 302
    riche.refresh_from_db()
    attendu = {**CONTACT_RICHE, "coordonnees": {**CONTACT_RICHE["coordonnees"]}}
    attendu["coordonnees"]["nom"] = {"@info": "service", "#": "Standard"}
    attendu["coordonnees"]["telfixe"] = {
        "numtel": ["01 99 00 00 00", "01 43 00 00 01"],
        "extras": CONTACT_RICHE["coordonnees"]["telfixe"]["extras"],
    }
    assert riche.contacts == [attendu, {"coordonnees": {"nom": "Morvan", "courriel": "pas une adresse"}}]


def test_retirer_et_ajouter_un_contact(riche):
    client = connecte(membre(riche.organisme))
    envoi = formulaire_de(client, adresse(riche))
    envoi["contacts-0-DELETE"] = ["on"]
    envoi["contacts-TOTAL_FORMS"] = ["4"]
    envoi |= {"contacts-2-nom": [""], "contacts-3-prenom": ["Inès"], "contacts-3-courriel": ["ines@organisme.exemple"]}
    assert client.post(adresse(riche), envoi).status_code == 302
    riche.refresh_from_db()
    assert riche.contacts == [
        {"coordonnees": {"nom": "Morvan", "courriel": "pas une adresse"}},
        {"coordonnees": {"prenom": "Inès", "courriel": "ines@organisme.exemple"}},
    ]


def test_sans_script_ajouter_rend_une_ligne_de_plus_et_garde_la_saisie():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action)) | {"ajouter-contacts": ["1"], "intitule": ["Pas encore enregistré"]}
    reponse = client.post(adresse(action), envoi)
    assert reponse.status_code == 200
    assert b"contacts-1-nom" in reponse.content
    assert b"Pas encore enregistr" in reponse.content
    action.refresh_from_db()
    assert action.intitule != "Pas encore enregistré"


def test_un_brouillon_incomplet_s_enregistre():
    action = Action(organisme=fiche_prete().organisme)
    redactrice = membre(action.organisme)
    effectuer(action, "creer", redactrice)
    client = connecte(redactrice)
    for onglet in ("informations", "indexation", "complements"):
        envoi = formulaire_de(client, adresse(action, onglet))
        assert client.post(adresse(action, onglet), envoi).status_code == 302
    envoi = formulaire_de(client, adresse(action)) | {"intitule": ["Un titre"]}
    assert client.post(adresse(action), envoi).status_code == 302
    action.refresh_from_db()
    assert action.intitule == "Un titre"


@pytest.mark.parametrize(
    ("onglet", "champ", "saisie", "dit"),
    [
        ("informations", "intitule", "x" * 256, "256 caractères"),
        ("informations", "contenu", "x" * 3001, "Raccourcissez"),
        ("informations", "niveau_entree", "99", "choix"),
        ("informations", "certification_principale", "CAP bois", "code de certification"),
        ("informations", "public_vise", ["V14:99999"], "n&#x27;existe pas"),
        ("informations", "contacts-0-courriel", "personne", "adresse"),
        ("informations", "contacts-0-telephone", "appelez-nous", "chiffres"),
        ("indexation", "formacode_principal", "ABC", "n&#x27;est pas un code"),
        ("indexation", "rome", ["H9999"], "n&#x27;existe pas"),
        ("complements", "modalites_pedagogiques", "x" * 201, "201 caractères"),
        ("complements", "adresses_web", "organisme point fr", "adresse web"),
        ("complements", "adresses_web", "\n".join(f"https://a{n}.exemple" for n in range(4)), "LHEO admet 3"),
        ("complements", "langues", ["zz"], "choix"),
    ],
)
def test_une_erreur_se_dit_au_champ_et_la_saisie_reste(onglet, champ, saisie, dit):
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action, onglet))
    envoi[champ] = saisie if isinstance(saisie, list) else [saisie]
    temoin = "objectif" if onglet == "informations" else "restauration" if onglet == "complements" else "nsf_codes"
    envoi[temoin] = ["234" if temoin == "nsf_codes" else "Gardé dans la page"]
    reponse = client.post(adresse(action, onglet), envoi)
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert dit in page
    assert "Ce que vous avez saisi est conservé." in page
    assert ("Gardé dans la page" if temoin != "nsf_codes" else "234") in page
    for morceau in saisie if isinstance(saisie, list) else [saisie]:
        assert morceau in page
    avant = action.edition
    action.refresh_from_db()
    assert action.edition == avant


def test_les_caracteres_que_xml_refuse_ne_s_enregistrent_pas():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action)) | {"objectif": ["Un\x0bdeux\x07 trois\r\nquatre  "]}
    assert client.post(adresse(action), envoi).status_code == 302
    action.refresh_from_db()
    assert action.objectif == "Un\ndeux trois\nquatre"


def test_des_octets_nuls_ne_font_pas_tomber_la_page():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    for onglet, champs in (
        ("informations", ("certification_principale", "public_vise", "intitule", "niveau_entree", "contacts-0-nom")),
        ("indexation", ("formacode_principal", "nsf", "rome_codes")),
        ("complements", ("langues", "adresses_web", "codes_modalite_pedagogique")),
    ):
        for champ in champs:
            envoi = formulaire_de(client, adresse(action, onglet)) | {
                champ: ["a\0b"],
                "vues": ["\0"],
                "edition": ["\0"],
            }
            assert client.post(adresse(action, onglet), envoi).status_code in (302, 409, 422)


def test_des_empreintes_forgees_tres_imbriquees_ne_font_pas_tomber_la_page():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action)) | {"vues": ["[" * 100_000]}
    assert client.post(adresse(action), envoi).status_code in (302, 409, 422)


# ------------------------------------------------------------------ deux personnes, deux onglets, deux clics


def test_deux_saisies_du_meme_champ_montrent_les_deux():
    action = fiche_prete()
    une, deux = connecte(membre(action.organisme, prenom="Hugo", nom="Lemaitre")), connecte(membre(action.organisme))
    url = adresse(action)
    chez_une, chez_deux = formulaire_de(une, url), formulaire_de(deux, url)
    assert une.post(url, chez_une | {"objectif": ["La version de Hugo."]}).status_code == 302
    reponse = deux.post(url, chez_deux | {"objectif": ["La mienne."], "contenu": ["Mon contenu."]})
    page = reponse.content.decode()
    assert reponse.status_code == 409
    assert "Hugo Lemaitre" in page
    assert "La version de Hugo." in page
    assert "La mienne." in page
    action.refresh_from_db()
    assert (action.objectif, action.contenu) == ("La version de Hugo.", "Dessin technique, travail du bois, finition.")
    # Enregistrer de nouveau, en connaissance de cause.
    assert deux.post(url, relire(page)).status_code == 302
    action.refresh_from_db()
    assert (action.objectif, action.contenu) == ("La mienne.", "Mon contenu.")


def test_deux_champs_differents_ne_se_heurtent_pas():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    url = adresse(action)
    un, deux = formulaire_de(client, url), formulaire_de(client, url)
    ailleurs = formulaire_de(client, adresse(action, "complements"))
    assert client.post(url, un | {"objectif": ["Objectif du premier."]}).status_code == 302
    assert client.post(url, deux | {"contenu": ["Contenu du second."]}).status_code == 302
    assert client.post(adresse(action, "complements"), ailleurs | {"transport": ["Métro"]}).status_code == 302
    action.refresh_from_db()
    assert (action.objectif, action.contenu, action.transport) == (
        "Objectif du premier.",
        "Contenu du second.",
        "Métro",
    )


def test_des_contacts_changes_des_deux_cotes_se_disent():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    url = adresse(action)
    un, deux = formulaire_de(client, url), formulaire_de(client, url)
    assert client.post(url, un | {"contacts-0-nom": ["Standard"]}).status_code == 302
    reponse = client.post(url, deux | {"contacts-0-nom": ["Secrétariat"]})
    assert reponse.status_code == 409
    assert "Standard" in reponse.content.decode()
    assert "Secrétariat" in reponse.content.decode()


def test_le_meme_envoi_deux_fois_ne_fait_rien_de_plus():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    url = adresse(action)
    envoi = formulaire_de(client, url) | {"objectif": ["Une fois."], "contacts-0-nom": ["Une fois aussi"]}
    assert client.post(url, envoi).status_code == 302
    action.refresh_from_db()
    edition, contacts = action.edition, action.contacts
    assert client.post(url, envoi).status_code == 302
    action.refresh_from_db()
    assert (action.edition, action.contacts) == (edition, contacts)


def test_une_fiche_soumise_dans_un_autre_onglet_garde_la_saisie_dans_la_page():
    action = fiche_prete()
    redactrice = membre(action.organisme)
    client = connecte(redactrice)
    envoi = formulaire_de(client, adresse(action)) | {"objectif": ["Écrit trop tard."]}
    effectuer(action, "soumettre", redactrice)
    reponse = client.post(adresse(action), envoi)
    assert reponse.status_code == 409
    assert "À contrôler" in reponse.content.decode()
    assert "Écrit trop tard." in reponse.content.decode()
    action.refresh_from_db()
    assert action.objectif != "Écrit trop tard."


def test_un_envoi_sans_numero_d_edition_n_ecrase_rien():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action)) | {"objectif": ["Forcé."], "edition": ["x"], "vues": ["[1]"]}
    assert client.post(adresse(action), envoi).status_code == 409
    action.refresh_from_db()
    assert action.objectif != "Forcé."


def test_une_fiche_importee_retouchee_n_est_plus_inchangee():
    action = fiche_prete(empreinte_import="abc")
    client = connecte(membre(action.organisme))
    client.post(adresse(action), formulaire_de(client, adresse(action)))
    action.refresh_from_db()
    assert action.empreinte_import == "abc"
    client.post(adresse(action), formulaire_de(client, adresse(action)) | {"objectif": ["Autre."]})
    action.refresh_from_db()
    assert action.empreinte_import == ""


def test_soumettre_enregistre_puis_mene_a_la_question():
    action = fiche_prete()
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action)) | {"objectif": ["Enregistré au passage."], "suite": ["soumettre"]}
    reponse = client.post(adresse(action), envoi)
    assert reponse["Location"] == f"/formations/{action.reference}/transition/soumettre/"
    action.refresh_from_db()
    assert (action.objectif, action.statut) == ("Enregistré au passage.", "brouillon")


# ------------------------------------------------------------------ remarques


def test_repondre_a_une_remarque_dans_la_fiche_et_dire_qu_elle_est_traitee():
    action = soumise()
    claire = UtilisateurFabrique(documentaliste=True)
    remarque = Remarque.objects.create(action=action, champ="objectif", texte="À revoir.", auteur=claire)
    effectuer(action, "demander_correction", claire)
    client = connecte(membre(action.organisme))
    envoi = formulaire_de(client, adresse(action))
    envoi |= {f"reponse-{remarque.pk}": ["C'est fait."], f"traitee-{remarque.pk}": ["1"]}
    assert client.post(adresse(action), envoi).status_code == 302
    remarque.refresh_from_db()
    assert (remarque.reponse, remarque.etat) == ("C'est fait.", "traitee")
    assert remarque.traitee_le is not None


def test_une_reponse_ne_touche_ni_une_autre_fiche_ni_une_remarque_en_preparation():
    action, autre = soumise(), soumise()
    claire = UtilisateurFabrique(documentaliste=True)
    siennes = [
        Remarque.objects.create(action=une, champ="objectif", texte="À revoir.", auteur=claire)
        for une in (action, autre)
    ]
    effectuer(action, "demander_correction", claire)
    client = connecte(membre(action.organisme))
    envoi = {f"reponse-{une.pk}": ["x"] for une in siennes}
    client.post(adresse(action), formulaire_de(client, adresse(action)) | envoi)
    client.post(f"/formations/{action.reference}/remarques/", envoi)
    for une in siennes:
        une.refresh_from_db()
    assert [une.reponse for une in siennes] == ["x", ""]
    assert client.post(f"/formations/{autre.reference}/remarques/", envoi).status_code == 404


def test_la_documentaliste_corrige_pendant_le_controle():
    action = soumise()
    client = connecte(UtilisateurFabrique(documentaliste=True))
    envoi = formulaire_de(client, adresse(action)) | {"intitule": ["Titre corrigé"]}
    assert client.post(adresse(action), envoi).status_code == 302
    action.refresh_from_db()
    assert (action.intitule, action.statut) == ("Titre corrigé", "a_controler")
