"""La page d'un organisme et sa modification : qui voit, qui écrit, ce qui est gardé."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dokelio.publication.moteur import effectuer
from structures.models import Contact, Etablissement, Organisme
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, coordonnees, membre

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n" + b"x" * 100 + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def _fichiers(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def entrer(personne) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def page(organisme, suite="") -> str:
    return f"/structure/{organisme.reference}/{suite}"


def saisie(client, adresse, **changements):
    """Ce que le formulaire affiché enverrait, avec ces changements."""
    form = client.get(adresse).context["form"]
    envoi = {}
    for champ in form:
        valeur = champ.value()
        if valeur is None or valeur is False or champ.field.disabled:
            continue
        envoi[champ.html_name] = "on" if valeur is True else valeur
    return {**envoi, **changements}


def test_un_membre_voit_la_structure_qu_il_a_choisie():
    organisme, autre = OrganismeFabrique(nom="Aux Ateliers"), OrganismeFabrique(nom="Zénith")
    personne = membre(organisme)
    autre.rattachements.create(utilisateur=personne, role="lecteur")
    client = entrer(personne)
    assert client.get("/structure/").context["organisme"] == organisme
    client.post("/structure/choisir/", {"reference": autre.reference})
    assert client.get("/structure/").context["organisme"] == autre


def test_qui_n_est_pas_concerne_ne_trouve_rien():
    organisme, voisin = OrganismeFabrique(), OrganismeFabrique()
    contact = organisme.contacts.get()
    client = entrer(membre(voisin, "gestionnaire"))
    for suite in ("", "modifier/", f"contacts/{contact.pk}/", "lieux/nouveau/", "justificatif/", "transition/cesser/"):
        assert client.get(page(organisme, suite)).status_code == 404, suite
    assert client.post(page(organisme, f"contacts/{contact.pk}/retirer/")).status_code == 404


@pytest.mark.parametrize("role", ["lecteur", "redacteur"])
def test_un_lecteur_et_un_redacteur_lisent_sans_pouvoir_modifier(role):
    organisme = OrganismeFabrique()
    client = entrer(membre(organisme, role))
    contenu = client.get("/structure/").content.decode()
    assert "/modifier/" not in contenu
    for suite in ("modifier/", "contacts/nouveau/", "lieux/nouveau/", "justificatif/"):
        assert client.get(page(organisme, suite)).status_code == 404


def test_un_gestionnaire_modifie_les_champs_libres_et_jamais_les_proteges():
    organisme = OrganismeFabrique()
    siret = organisme.siret
    client = entrer(membre(organisme, "gestionnaire"))
    adresse = page(organisme, "modifier/")
    envoi = saisie(client, adresse, nom="Nouveau nom", siret="00000000000000", nda="1", raison_sociale="Autre")
    assert client.post(adresse, envoi).status_code == 302
    organisme.refresh_from_db()
    assert organisme.nom == "Nouveau nom"
    assert (organisme.siret, organisme.raison_sociale) == (siret, organisme.raison_sociale)
    assert organisme.raison_sociale != "Autre"


def test_les_champs_proteges_disent_pourquoi_et_a_qui_ecrire():
    organisme = OrganismeFabrique()
    contenu = entrer(membre(organisme, "gestionnaire")).get(page(organisme, "modifier/")).content.decode()
    assert "demandez le changement au CARIF" in contenu


def test_une_documentaliste_corrige_les_champs_proteges():
    organisme = OrganismeFabrique()
    client = entrer(UtilisateurFabrique(documentaliste=True))
    adresse = page(organisme, "modifier/")
    reponse = client.post(adresse, saisie(client, adresse, siret="732 829 320 00074", nda="11755555575"))
    assert reponse.status_code == 302
    organisme.refresh_from_db()
    assert (organisme.siret, organisme.nda) == ("73282932000074", "11755555575")


def test_le_siret_d_un_autre_organisme_est_refuse_avec_sa_reference():
    organisme, autre = OrganismeFabrique(), OrganismeFabrique()
    client = entrer(UtilisateurFabrique(documentaliste=True))
    adresse = page(organisme, "modifier/")
    reponse = client.post(adresse, saisie(client, adresse, siret=autre.siret))
    assert reponse.status_code == 422
    assert autre.reference in reponse.context["form"].errors["siret"][0]


def test_un_complement_demande_ouvre_les_champs_proteges_au_gestionnaire():
    organisme = OrganismeFabrique(accepte=False)
    effectuer(organisme, "demander_complement", UtilisateurFabrique(documentaliste=True), "Le SIRET ?")
    client = entrer(membre(organisme, "gestionnaire"))
    adresse = page(organisme, "modifier/")
    client.post(adresse, saisie(client, adresse, siret="73282932000074"))
    organisme.refresh_from_db()
    assert organisme.siret == "73282932000074"


def test_deux_saisies_en_meme_temps_la_seconde_est_prevenue_et_garde_son_texte():
    organisme = OrganismeFabrique(nom="Avant")
    client = entrer(membre(organisme, "gestionnaire"))
    adresse = page(organisme, "modifier/")
    envoi = saisie(client, adresse, nom="Le mien")
    Organisme.objects.filter(pk=organisme.pk).update(nom="Le sien")
    reponse = client.post(adresse, envoi)
    contenu = reponse.content.decode()
    assert reponse.status_code == 422
    assert "Le mien" in contenu
    assert "Le sien" in contenu
    form = reponse.context["form"]
    assert client.post(adresse, {**envoi, "edition": form["edition"].value()}).status_code == 302
    organisme.refresh_from_db()
    assert organisme.nom == "Le mien"


def test_une_saisie_fautive_est_gardee_et_nommee():
    organisme = OrganismeFabrique()
    client = entrer(membre(organisme, "gestionnaire"))
    adresse = page(organisme, "modifier/")
    reponse = client.post(adresse, saisie(client, adresse, code_postal="7502", lignes="x" * 60, nom="Gardé"))
    erreurs = reponse.context["form"].errors
    assert set(erreurs) == {"code_postal", "lignes"}
    assert "60 caractères" in erreurs["lignes"][0]
    assert "Gardé" in reponse.content.decode()


def test_modifier_l_adresse_garde_le_reste_de_l_arbre():
    arbre = coordonnees() | {"fax": {"numtel": ["01 99"]}, "extras": [{"@info": "x", "contenu": [["extra", "y"]]}]}
    arbre["telfixe"]["numtel"].append("01 43 00 00 99")
    arbre["adresse"]["code-INSEE-commune"] = "75120"
    organisme = OrganismeFabrique(coordonnees=arbre)
    client = entrer(membre(organisme, "gestionnaire"))
    adresse = page(organisme, "modifier/")
    client.post(adresse, saisie(client, adresse, telephone="01 40 00 00 00"))
    organisme.refresh_from_db()
    assert organisme.coordonnees == arbre | {"telfixe": {"numtel": ["01 40 00 00 00", "01 43 00 00 99"]}}
    client.post(adresse, saisie(client, adresse, code_postal="93100", ville="Montreuil"))
    organisme.refresh_from_db()
    assert "code-INSEE-commune" not in organisme.coordonnees["adresse"]
    assert organisme.coordonnees["extras"] == arbre["extras"]
    assert (organisme.code_postal, organisme.departement) == ("93100", "93")


def test_un_gestionnaire_ajoute_modifie_et_retire_un_contact():
    organisme = OrganismeFabrique()
    client = entrer(membre(organisme, "gestionnaire"))
    nouveau = {"type": "1", "nom": "Handicap", "courriel": "handicap@organisme.exemple", "diffuse": "on"}
    assert client.post(page(organisme, "contacts/nouveau/"), nouveau).status_code == 302
    contact = organisme.contacts.get(type="1")
    assert contact.coordonnees == {"nom": "Handicap", "courriel": "handicap@organisme.exemple"}
    assert contact.rang == 2
    adresse = page(organisme, f"contacts/{contact.pk}/")
    client.post(adresse, saisie(client, adresse, telephone="0140000000"))
    contact.refresh_from_db()
    assert contact.coordonnees["telfixe"] == {"numtel": ["0140000000"]}
    client.post(page(organisme, f"contacts/{contact.pk}/retirer/"))
    assert not Contact.objects.filter(pk=contact.pk).exists()


def test_le_dernier_contact_diffuse_ne_se_retire_pas():
    organisme = OrganismeFabrique()
    contact = organisme.contacts.get()
    client = entrer(membre(organisme, "gestionnaire"))
    reponse = client.post(page(organisme, f"contacts/{contact.pk}/retirer/"), follow=True)
    assert "dernier contact" in reponse.content.decode()
    assert organisme.contacts.count() == 1


def test_un_contact_se_nomme_et_se_joint():
    organisme = OrganismeFabrique()
    client = entrer(membre(organisme, "gestionnaire"))
    erreurs = client.post(page(organisme, "contacts/nouveau/"), {"ville": "Paris"}).context["form"].errors
    assert set(erreurs) == {"nom", "courriel", "lignes", "code_postal"}


def test_un_gestionnaire_ajoute_un_lieu_connu():
    organisme = OrganismeFabrique()
    client = entrer(membre(organisme, "gestionnaire"))
    lieu = {"nom": "Atelier", "lignes": "3 rue de Paris", "code_postal": "93100", "ville": "Montreuil", "actif": "on"}
    assert client.post(page(organisme, "lieux/nouveau/"), lieu).status_code == 302
    garde = Etablissement.objects.get(organisme=organisme)
    assert (garde.nom, garde.departement, garde.actif) == ("Atelier", "93", True)
    adresse = page(organisme, f"lieux/{garde.pk}/")
    envoi = saisie(client, adresse)
    del envoi["actif"]
    client.post(adresse, envoi)
    garde.refresh_from_db()
    assert not garde.actif


def test_le_contact_d_un_autre_organisme_est_introuvable():
    organisme, autre = OrganismeFabrique(), OrganismeFabrique()
    client = entrer(membre(organisme, "gestionnaire"))
    assert client.get(page(organisme, f"contacts/{autre.contacts.get().pk}/")).status_code == 404


def joindre(client, organisme, contenu, nom="convention.pdf"):
    fichier = SimpleUploadedFile(nom, contenu, content_type="application/pdf")
    return client.post(page(organisme, "justificatif/"), {"justificatif": fichier, "masque": "on"})


def test_le_justificatif_est_un_vrai_pdf_de_moins_d_un_mega():
    organisme = OrganismeFabrique(coordonnees=coordonnees("Lyon", "69001"), accepte=False)
    client = entrer(membre(organisme, "gestionnaire"))
    refus = {
        "n'est pas un PDF": b"MZ\x90\x00 pas un pdf",
        "est vide": b"",
        "dépasse 1 Mo": PDF + b"x" * (1024 * 1024 - len(PDF) - 6) + b"%%EOF\n",
    }
    for phrase, contenu in refus.items():
        reponse = joindre(client, organisme, contenu)
        assert reponse.status_code == 422
        assert phrase in reponse.context["form"].errors["justificatif"][0]
    organisme.refresh_from_db()
    assert not organisme.justificatif
    limite = PDF + b"x" * (1024 * 1024 - 1 - len(PDF) - 6) + b"%%EOF\n"
    assert len(limite) == 1024 * 1024 - 1
    assert joindre(client, organisme, limite, "../../évil.html").status_code == 302
    organisme.refresh_from_db()
    assert organisme.justificatif.name.startswith("justificatifs/")
    assert "vil" not in organisme.justificatif.name


def test_le_justificatif_ne_se_lit_qu_au_carif():
    organisme = OrganismeFabrique(coordonnees=coordonnees("Lyon", "69001"), accepte=False)
    gestionnaire = entrer(membre(organisme, "gestionnaire"))
    joindre(gestionnaire, organisme, PDF)
    assert gestionnaire.get(page(organisme, "justificatif/fichier/")).status_code == 404
    assert entrer(UtilisateurFabrique(financeur=True)).get(page(organisme, "justificatif/fichier/")).status_code == 404
    reponse = entrer(UtilisateurFabrique(documentaliste=True)).get(page(organisme, "justificatif/fichier/"))
    assert reponse.status_code == 200
    assert b"".join(reponse.streaming_content) == PDF
    assert "attachment" in reponse["Content-Disposition"]


def test_remplacer_le_justificatif_oublie_l_ancien(django_capture_on_commit_callbacks):
    organisme = OrganismeFabrique(coordonnees=coordonnees("Lyon", "69001"), accepte=False)
    client = entrer(membre(organisme, "gestionnaire"))
    joindre(client, organisme, PDF)
    organisme.refresh_from_db()
    ancien = organisme.justificatif
    with django_capture_on_commit_callbacks(execute=True):
        joindre(client, organisme, PDF + b"%%EOF")
    assert not ancien.storage.exists(ancien.name)


def test_les_informations_sans_champ_dedie_se_lisent():
    reste = {"extras": [{"@info": "agrément", "contenu": [["extra", {"@info": "code", "#": "ABC-1"}]]}]}
    organisme = OrganismeFabrique(reste_lheo=reste)
    contenu = entrer(membre(organisme)).get("/structure/").content.decode()
    assert "Informations reçues sans champ dédié" in contenu
    assert "ABC-1" in contenu
    assert "agrément" in contenu


def test_la_note_interne_n_est_lue_que_du_carif():
    organisme = OrganismeFabrique(note_interne="À surveiller")
    assert "À surveiller" not in entrer(membre(organisme, "gestionnaire")).get("/structure/").content.decode()
    assert "À surveiller" not in entrer(UtilisateurFabrique(financeur=True)).get(page(organisme)).content.decode()
    assert "À surveiller" in entrer(UtilisateurFabrique(documentaliste=True)).get(page(organisme)).content.decode()


def test_sans_aucune_structure_la_page_dit_a_qui_ecrire():
    reponse = entrer(UtilisateurFabrique()).get("/structure/")
    assert reponse.status_code == 200
    assert "dokelio@carif.exemple" in reponse.content.decode()


def test_la_page_coute_au_plus_douze_requetes(django_assert_max_num_queries):
    organisme = OrganismeFabrique(reste_lheo={"extras": [{"contenu": [["extra", "x"]]}]})
    for _ in range(20):
        membre(organisme)
        Contact.objects.create(organisme=organisme, coordonnees={"nom": "X"})
        Etablissement.objects.create(organisme=organisme, nom="L", coordonnees=coordonnees())
    client = entrer(membre(organisme, "gestionnaire"))
    with django_assert_max_num_queries(12):
        client.get("/structure/")
    client = entrer(UtilisateurFabrique(documentaliste=True))
    with django_assert_max_num_queries(12):
        client.get(page(organisme))
    with django_assert_max_num_queries(12):
        client.get(page(organisme, "modifier/"))


def test_l_historique_dit_qui_a_change_quoi():
    organisme = OrganismeFabrique(nom="Avant")
    client = entrer(membre(organisme, "gestionnaire", prenom="Nadia", nom="Belkacem"))
    adresse = page(organisme, "modifier/")
    client.post(adresse, saisie(client, adresse, nom="Après"))
    contenu = client.get("/structure/").content.decode()
    assert "Nadia Belkacem a modifié" in contenu
    assert "<del>Avant</del>" in contenu
    assert "<ins>Après</ins>" in contenu


def test_changer_de_structure_ne_mene_qu_a_une_page_du_site():
    organisme = OrganismeFabrique()
    client = entrer(membre(organisme))
    for suite, attendue in (
        ("/formations/", "/formations/"),
        ("formations", "/"),
        ("n'importe quoi", "/"),
        ("\0", "/"),
        ("https://ailleurs.exemple/", "/"),
        ("//ailleurs.exemple", "/"),
    ):
        reponse = client.post("/structure/choisir/", {"reference": organisme.reference, "suite": suite})
        assert (reponse.status_code, reponse["Location"]) == (302, attendue), suite


@pytest.mark.parametrize("suite", ["modifier/", "contact"])
def test_un_caractere_invisible_colle_ne_fait_pas_tomber_le_formulaire(suite):
    organisme = OrganismeFabrique()
    contact = organisme.contacts.get()
    adresse = page(organisme, f"contacts/{contact.pk}/" if suite == "contact" else suite)
    client = entrer(membre(organisme, "gestionnaire"))
    reponse = client.post(adresse, saisie(client, adresse, ville="Mon\x1btreuil", telephone="01 02\x0b 03 04 05"))
    assert reponse.status_code in (302, 422)
    ligne = Contact.objects.get(pk=contact.pk) if suite == "contact" else Organisme.objects.get(pk=organisme.pk)
    assert reponse.status_code == 422 or ligne.coordonnees["adresse"]["ville"] == "Montreuil"
