"""La relecture : prendre, remarquer, demander la correction, accepter ce qu'on a lu, corriger, retirer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dokelio.messagerie.models import Courriel, Notification
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer, verifier
from formations.models import Action, EtatRemarque
from tests.fabriques import (
    CertificationFabrique,
    DeroulementFabrique,
    SessionFabrique,
    UtilisateurFabrique,
    en_diffusion,
    fiche_prete,
    membre,
    soumise,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def documentaliste(client):
    personne = UtilisateurFabrique(documentaliste=True, prenom="Claire", nom="Fontanel")
    client.force_login(personne)
    return personne


@pytest.fixture
def prise(documentaliste):
    """Une première soumission, prise en charge par la documentaliste connectée."""
    action = soumise(intitule="CAP ébéniste")
    effectuer(action, "prendre_en_charge", documentaliste)
    return action


def modifiee(documentaliste, **champs):
    """Une fiche en diffusion, modifiée par l'organisme, soumise et prise en charge."""
    action = en_diffusion(intitule="CAP ébéniste")
    redactrice = membre(action.organisme, prenom="Inès", nom="Roussel")
    effectuer(action, "modifier", redactrice)
    Action.objects.filter(pk=action.pk).update(**champs)
    effectuer(action, "soumettre", redactrice, "Le titre a changé.")
    effectuer(action, "prendre_en_charge", documentaliste)
    return action


def adresse(action, geste="fiche"):
    return reverse(f"controle_{geste}", args=[action.reference])


def page(client, action, suite=""):
    return client.get(adresse(action) + suite)


def accepter(client, action, empreinte=None, **donnees):
    empreinte = empreinte or page(client, action).context["empreinte"]
    return client.post(adresse(action, "accepter"), {"empreinte": empreinte, "jeton": str(uuid4()), **donnees})


def dits(reponse):
    return " ".join(str(message) for message in get_messages(reponse.wsgi_request))


def remarquer(client, action, champ="intitule", texte="Retirez le financeur.", **donnees):
    return client.post(adresse(action, "remarquer"), {"champ": champ, "texte": texte, **donnees})


# ------------------------------------------------------------------ ce que montre la page


def test_seul_ce_qui_differe_de_la_version_en_diffusion_se_montre(client, documentaliste):
    action = modifiee(documentaliste, intitule="CAP ébéniste, GRATUIT")
    reponse = page(client, action)
    contenu = reponse.content.decode()
    assert [bloc.champ.cle for bloc in reponse.context["blocs"]] == ["intitule"]
    assert "<ins>, GRATUIT</ins>" in contenu
    assert "20 / 255" not in contenu
    assert "21 / 255" in contenu
    assert "1 champ changé" in contenu.replace("\xa0", " ")
    assert "Inès Roussel" in contenu
    assert "Le titre a changé." in contenu
    assert "La version 1 reste en diffusion." in contenu
    assert len(reponse.context["inchanges"]) > 5
    entiere = page(client, action, "?voir=tout").context
    assert {"intitule", "objectif", "contenu"} <= {bloc.champ.cle for bloc in entiere["blocs"]}


def test_une_premiere_soumission_se_lit_entiere_sans_colonne_de_gauche(client, prise):
    reponse = page(client, prise)
    assert {"intitule", "objectif", "public_vise"} <= {bloc.champ.cle for bloc in reponse.context["blocs"]}
    assert "Version" not in reponse.content.decode().split("Fiche entière")[1].split("<aside")[0]
    assert "première diffusion" in reponse.content.decode()


def test_une_derogation_de_lieu_est_relue(client, documentaliste):
    action = en_diffusion()
    lieu = action.deroulements.get()
    redactrice = membre(action.organisme)
    effectuer(action, "modifier", redactrice)
    lieu.derogations = {"info-public-vise": "Salariés en reconversion"}
    lieu.save()
    effectuer(action, "soumettre", redactrice)
    contenu = page(client, action).content.decode()
    assert "Lieu 75020 Paris 20ᵉ" in contenu
    assert "<ins>Salariés en reconversion</ins>" in contenu


def test_les_controles_disent_ce_qui_bloque_et_ce_qui_est_a_voir(client, documentaliste):
    action = modifiee(documentaliste, intitule="CAP ébéniste GRATUIT")
    lieu = action.deroulements.get()
    lieu.lieux = [{"coordonnees": {"adresse": {"ligne": ["1 rue"], "codepostal": "69001", "ville": "Lyon"}}}]
    lieu.save()
    points = {(point.gravite, point.texte.split(" :")[0]) for point in page(client, action).context["points"]}
    assert ("bloquant", "Hors région") in points
    assert ("a_voir", "Intitulé à revoir") in points
    assert "1 point bloquant" in page(client, action).content.decode().replace("\xa0", " ")
    assert "Île-de-France" in dits(accepter(client, action))
    action.refresh_from_db()
    assert action.statut == "a_controler"


def test_une_session_trop_proche_pour_kairos_est_a_voir(client, documentaliste):
    action = soumise(debut=timezone.localdate() + timedelta(days=2))
    assert any(point.texte.startswith("Première session dans") for point in page(client, action).context["points"])


def test_une_fiche_de_personne_se_lit_et_se_prend_d_abord(client, documentaliste):
    action = soumise()
    contenu = page(client, action).content.decode()
    assert "Prendre en charge" in contenu
    assert "Accepter" not in contenu
    assert client.post(adresse(action, "prendre"))["Location"] == adresse(action)
    assert "Accepter et suivant" in page(client, action).content.decode()


def test_une_fiche_prise_par_une_autre_se_lit_seulement(client, documentaliste):
    action = soumise()
    collegue = UtilisateurFabrique(documentaliste=True, prenom="Hugo", nom="Lemaitre")
    effectuer(action, "prendre_en_charge", collegue)
    contenu = page(client, action).content.decode()
    assert "Hugo Lemaitre" in contenu
    assert "Accepter" not in contenu
    for geste in ("prendre", "relacher", "corriger"):
        assert "Hugo Lemaitre" in dits(client.post(adresse(action, geste)))
    assert "Hugo Lemaitre" in dits(remarquer(client, action))
    assert "Hugo Lemaitre" in dits(accepter(client, action))
    action.refresh_from_db()
    assert (action.statut, action.prise_par, action.remarques.count()) == ("a_controler", collegue, 0)


def test_la_page_coute_au_plus_douze_requetes_hors_gardes_de_l_acceptation(client, documentaliste):
    action = modifiee(documentaliste, objectif="Un texte long. " * 180, restauration="Sur place")
    CertificationFabrique(action=action)
    for _ in range(4):
        SessionFabrique(deroulement=DeroulementFabrique(action=action))
    remarquer(client, action)
    with CaptureQueriesContext(connection) as gardes:
        verifier(Action.objects.get(pk=action.pk), "valider", documentaliste, empreinte="")
    with CaptureQueriesContext(connection) as toutes:
        page(client, action)
    assert len(toutes) - len(gardes) <= 14  # la session, le compte, et douze


def test_l_adresse_d_un_geste_rappelee_sans_formulaire_ramene_a_la_relecture(client, prise):
    for geste in ("prendre", "relacher", "remarquer", "corriger", "accepter"):
        assert client.get(adresse(prise, geste))["Location"] == adresse(prise)
    assert client.get(reverse("controle_suivante"))["Location"] == reverse("controle")
    prise.refresh_from_db()
    assert prise.statut == "a_controler"


# ------------------------------------------------------------------ remarques


def test_une_remarque_reste_sous_son_champ_jusqu_a_son_envoi(client, prise):
    formulaire = page(client, prise, "?remarque=intitule")
    assert "Ce que l'organisme lira" in formulaire.content.decode()
    reponse = remarquer(client, prise)
    assert reponse["Location"] == adresse(prise) + "#champ-intitule"
    contenu = page(client, prise).content.decode()
    assert "Retirez le financeur." in contenu
    assert "Remarque gardée" in contenu
    assert "Accepter sans la remarque" in contenu
    assert "Demander la correction" in contenu
    assert "Accepter et suivant" not in contenu
    remarque = prise.remarques.get()
    remarquer(client, prise, texte="Retirez le lieu.", remarque=remarque.pk)
    assert prise.remarques.get().texte == "Retirez le lieu."
    client.post(adresse(prise, "remarquer"), {"champ": "intitule", "remarque": remarque.pk, "retirer": "1"})
    assert not prise.remarques.exists()


def test_le_motif_seul_donne_son_texte(client, prise):
    remarquer(client, prise, texte="", motif="intitule")
    assert prise.remarques.get().texte.startswith("L'intitulé reprend celui de la certification")


def test_une_remarque_vide_est_refusee_et_la_saisie_trop_longue_gardee(client, prise):
    reponse = remarquer(client, prise, texte="  ")
    assert reponse.status_code == 422
    assert "quoi corriger, ou choisissez un motif" in reponse.content.decode()
    reponse = remarquer(client, prise, texte="x" * 2001)
    assert reponse.status_code == 422
    assert "x" * 2001 in reponse.content.decode()
    assert remarquer(client, prise, champ="motdepasse").status_code == 422
    assert not prise.remarques.exists()


def test_un_geste_repousse_l_echeance_de_la_prise_en_charge(client, prise):
    Action.objects.filter(pk=prise.pk).update(prise_le=timezone.now() - timedelta(hours=3, minutes=59))
    remarquer(client, prise)
    prise.refresh_from_db()
    assert timezone.now() - prise.prise_le < timedelta(minutes=1)


def test_l_echeance_passee_le_geste_reprend_la_fiche_que_personne_n_a_prise(client, prise, documentaliste):
    Action.objects.filter(pk=prise.pk).update(prise_le=timezone.now() - timedelta(hours=5))
    assert "Prendre en charge" in page(client, prise).content.decode()
    remarquer(client, prise)
    assert page(client, prise).context["la_main"]
    Action.objects.filter(pk=prise.pk).update(prise_le=timezone.now() - timedelta(hours=5))
    effectuer(prise, "prendre_en_charge", UtilisateurFabrique(documentaliste=True, nom="Lemaitre"))
    perdue = dits(remarquer(client, prise, texte="Un texte à ne pas perdre."))
    assert "Lemaitre" in perdue
    assert "« Un texte à ne pas perdre. »" in perdue
    assert prise.remarques.count() == 1


def test_sans_remarque_la_correction_ne_part_pas(client, prise):
    assert "au moins une remarque" in dits(client.post(adresse(prise, "corriger")))
    prise.refresh_from_db()
    assert prise.statut == "a_controler"


def test_la_correction_demandee_previent_l_organisme(client, prise):
    redactrice = membre(prise.organisme)
    remarquer(client, prise, champ="", texte="Joignez le programme.")
    remarquer(client, prise)
    reponse = client.post(adresse(prise, "corriger"), {"jeton": str(uuid4())})
    assert reponse["Location"] == reverse("controle")
    prise.refresh_from_db()
    assert (prise.statut, prise.prise_par) == ("en_redaction", None)
    assert set(prise.remarques.values_list("etat", flat=True)) == {EtatRemarque.ENVOYEE}
    courriel = Courriel.objects.get(destinataire=redactrice.email, sujet__contains="CAP ébéniste")
    texte = courriel.texte.replace("\xa0", " ")
    assert "Intitulé : Retirez le financeur." in texte
    assert "Ensemble de la fiche : Joignez le programme." in texte
    assert Notification.objects.filter(utilisateur=redactrice, titre__contains="2 corrections").exists()
    assert "Corrigé" not in page(client, prise).content.decode()
    effectuer(prise, "soumettre", redactrice)
    assert "Corrigé le" in page(client, prise).content.decode()


def test_sur_une_fiche_en_diffusion_la_correction_la_laisse_en_diffusion(client, documentaliste):
    action = en_diffusion()
    assert "Demander la correction" not in page(client, action).content.decode()
    remarquer(client, action)
    assert "Demander la correction" in page(client, action).content.decode()
    client.post(adresse(action, "corriger"))
    action.refresh_from_db()
    assert action.statut == "en_redaction"
    assert action.est_en_diffusion


def test_au_retour_la_remarque_traitee_se_verifie_sous_son_champ(client, documentaliste):
    action = en_diffusion()
    redactrice = membre(action.organisme)
    remarquer(client, action, champ="objectif", texte="Dites ce que la personne saura faire.")
    client.post(adresse(action, "corriger"))
    remarque = action.remarques.get()
    remarque.reponse = "C'est fait."
    remarque.save()
    action.refresh_from_db()
    effectuer(action, "soumettre", redactrice)
    reponse = page(client, action)
    contenu = reponse.content.decode()
    assert [bloc.champ.cle for bloc in reponse.context["blocs"]] == ["objectif"], "inchangé, mais à vérifier"
    assert "dit l'avoir corrigé" in contenu
    assert "C&#x27;est fait." in contenu
    assert client.get(reverse("controle")).context["lignes"][0].precision == "version 1 en diffusion, corrigée"


# ------------------------------------------------------------------ accepter


def test_accepter_met_en_diffusion_et_ouvre_la_suivante(client, prise, documentaliste):
    suivante = soumise()
    reponse = accepter(client, prise)
    assert reponse["Location"] == adresse(suivante)
    prise.refresh_from_db()
    suivante.refresh_from_db()
    assert prise.statut == "en_diffusion"
    assert suivante.prise_par == documentaliste
    contenu = client.get(reponse["Location"]).content.decode()
    assert f'<a href="/formations/{prise.reference}/sessions/">' in contenu
    assert accepter(client, suivante)["Location"] == reverse("controle")


def test_on_continue_par_les_fiches_que_l_on_tient(client, prise, documentaliste):
    libre, tenue = soumise(), soumise()
    effectuer(tenue, "prendre_en_charge", documentaliste)
    assert accepter(client, prise)["Location"] == adresse(tenue)
    libre.refresh_from_db()
    assert libre.prise_par is None


def test_accepter_oublie_les_remarques_gardees(client, prise):
    remarquer(client, prise)
    accepter(client, prise)
    prise.refresh_from_db()
    assert prise.statut == "en_diffusion"
    assert not prise.remarques.exists()


def test_un_contenu_change_depuis_la_lecture_n_est_pas_accepte(client, prise):
    vue = page(client, prise).context["empreinte"]
    Action.objects.filter(pk=prise.pk).update(intitule="Autre titre")
    reponse = accepter(client, prise, vue)
    assert reponse["Location"] == adresse(prise)
    assert "a changé depuis" in dits(reponse)
    assert "Autre titre" in client.get(reponse["Location"]).content.decode()
    assert "a changé" in dits(accepter(client, prise, "nimporte"))
    prise.refresh_from_db()
    assert prise.statut == "a_controler"


def test_deux_acceptations_n_en_font_qu_une(client, prise):
    donnees = {"empreinte": page(client, prise).context["empreinte"], "jeton": str(uuid4())}
    for _ in range(2):
        assert client.post(adresse(prise, "accepter"), donnees).status_code == 302
    assert Evenement.objects.de(prise).filter(transition="valider").count() == 1
    assert "En diffusion" in dits(client.post(adresse(prise, "accepter"), donnees | {"jeton": str(uuid4())}))


def test_accepter_apres_correction_par_le_carif_le_dit_a_l_organisme(client, prise):
    redactrice = membre(prise.organisme)
    assert not page(client, prise).context["corrigee"]
    Action.objects.filter(pk=prise.pk).update(intitule="CAP menuisier ébéniste")
    assert "Accepter avec ces corrections" in page(client, prise).content.decode()
    accepter(client, prise, note="Intitulé remis à celui de la certification.")
    assert Evenement.objects.de(prise).filter(transition="corriger_et_valider").count() == 1
    courriel = Courriel.objects.get(destinataire=redactrice.email, sujet__contains="corrigée")
    assert "Intitulé remis à celui de la certification." in courriel.texte


# ------------------------------------------------------------------ relâcher, retirer


def test_relacher_remet_dans_la_file(client, prise):
    assert client.post(adresse(prise, "relacher"))["Location"] == reverse("controle")
    prise.refresh_from_db()
    assert prise.prise_par is None


def test_retirer_demande_un_motif_que_l_organisme_lit(client, documentaliste):
    action = modifiee(documentaliste, intitule="CAP")
    redactrice = membre(action.organisme)
    assert "Pourquoi retirer cette offre" in client.get(adresse(action, "retirer")).content.decode()
    assert client.post(adresse(action, "retirer"), {"commentaire": " "}).status_code == 422
    client.post(adresse(action, "retirer"), {"commentaire": "Prix faux.", "jeton": str(uuid4())})
    action.refresh_from_db()
    assert action.statut == "en_redaction"
    assert not action.est_en_diffusion
    assert "Prix faux." in Courriel.objects.get(destinataire=redactrice.email, sujet__contains="retirée").texte
    assert "pas de version en diffusion" in dits(client.get(adresse(action, "retirer")))


def test_un_brouillon_se_lit_sans_aucun_geste(client, documentaliste):
    action = fiche_prete()
    reponse = page(client, action)
    assert reponse.status_code == 200
    assert "n'est plus à contrôler" not in reponse.content.decode()
    assert "dk-barre" not in reponse.content.decode()
    assert client.get(reverse("controle_fiche", args=["AF_9999999999"])).status_code == 404


def test_de_la_fiche_en_diffusion_on_va_demander_une_correction(client, documentaliste):
    action = en_diffusion()
    gestion = reverse("fiche_onglet", args=[action.reference, "gestion"])
    lien = f'href="{adresse(action)}"'
    contenu = client.get(gestion).content.decode()
    assert lien in contenu
    assert "Demander une correction" in contenu
    client.force_login(membre(action.organisme, "gestionnaire"))
    assert lien not in client.get(gestion).content.decode()
