"""Remplir la fiche : ce qui s'enregistre, ce qui se refuse, et rien d'autre que ce qu'on a touché."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from dokelio.publication.moteur import effectuer
from dokelio.referentiels.models import Certification
from formations.actions.versions import contenu_controle
from formations.models import Action, Remarque
from tests.fabriques import CertificationFabrique, UtilisateurFabrique, en_diffusion, fiche_prete, membre, soumise

pytestmark = pytest.mark.django_db

CONTACT_RICHE = {
    "@tag": "principal",
    "@{urn:x}y": "1",
    "type-contact": "4",
    "coordonnees": {
        "@id": "c1",
        "civilite": "Mme",
        "nom": {"@info": "service", "#": "Accueil"},
        "adresse": {"ligne": ["1 rue", "Bât. C"], "codepostal": "75020", "ville": "Paris"},
        "telfixe": {"numtel": ["01 43 00 00 00", "01 43 00 00 01"], "extras": [{"contenu": [["extra", "9h-12h"]]}]},
        "fax": {"numtel": ["01 43 00 00 02"]},
        "courriel": "accueil@organisme.exemple",
        "web": {"urlweb": ["https://organisme.exemple"]},
    },
    "extras": [{"@info": "z", "contenu": [["extra", "gardé"]]}],
}


class LecteurDeFormulaire(HTMLParser):
    """Ce qu'un navigateur sans script enverrait du premier formulaire de la fiche, sans rien toucher."""

    def __init__(self) -> None:
        super().__init__()
        self.champs: list[tuple[str, str]] = []
        self.dans = self.modele = 0
        self.liste = ""
        self.zone: list[str] | None = None
        self.nom = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {nom: valeur or "" for nom, valeur in attrs}
        if tag == "form" and "dk-fiche-corps" in a.get("class", ""):
            self.dans = 1
        if tag in ("template", "noscript"):
            self.modele += 1
        if not self.dans or self.modele:
            return
        if tag == "input" and a.get("name") and a.get("type") not in ("submit", "button"):
            coche = a.get("type") in ("checkbox", "radio")
            if not coche or "checked" in a:
                self.champs.append((a["name"], a.get("value", "on" if coche else "")))
        elif tag == "select":
            self.liste = a.get("name", "")
        elif tag == "option" and self.liste and "selected" in a:
            self.champs.append((self.liste, a.get("value", "")))
        elif tag == "textarea":
            self.nom, self.zone = a.get("name", ""), []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("template", "noscript"):
            self.modele -= 1
        if tag == "form":
            self.dans = 0
        if tag == "select":
            self.liste = ""
        if tag == "textarea" and self.zone is not None:
            # Un navigateur ôte la première fin de ligne et envoie les autres en CRLF.
            texte = "".join(self.zone).removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
            self.champs.append((self.nom, texte))
            self.zone = None

    def handle_data(self, data: str) -> None:
        if self.zone is not None:
            self.zone.append(data)


def formulaire_de(client: Client, url: str) -> dict[str, list[str]]:
    """Les champs du formulaire de la page, tels qu'ils partiraient."""
    lecteur = LecteurDeFormulaire()
    lecteur.feed(client.get(url).content.decode())
    envoi: dict[str, list[str]] = {}
    for nom, valeur in lecteur.champs:
        envoi.setdefault(nom, []).append(valeur)
    return envoi


def connecte(personne: Any) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def adresse(action: Action, onglet: str = "informations") -> str:
    return f"/formations/{action.reference}/{onglet}/"


def _fautes(reponse: Any) -> Any:
    """De quoi comprendre un refus inattendu."""
    formulaire = reponse.context["formulaire"]
    return formulaire.errors, {nom: formset.errors for nom, formset in formulaire.formsets.items()}


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


@pytest.mark.parametrize("onglet", ["informations", "indexation", "complements"])
def test_enregistrer_sans_rien_toucher_ne_change_rien(riche, onglet):
    client = connecte(membre(riche.organisme))
    riche.refresh_from_db()
    avant = contenu_controle(riche)
    reponse = client.post(adresse(riche, onglet), formulaire_de(client, adresse(riche, onglet)))
    assert reponse.status_code == 302, _fautes(reponse)
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
    lecteur = LecteurDeFormulaire()
    lecteur.feed(page)
    envoi: dict[str, list[str]] = {}
    for nom, valeur in lecteur.champs:
        envoi.setdefault(nom, []).append(valeur)
    assert deux.post(url, envoi).status_code == 302
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


# ------------------------------------------------------------------ certifications


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
