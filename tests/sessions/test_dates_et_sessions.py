"""Ajouter des dates, modifier une session, l'annuler, la rétablir, la supprimer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conventionne.models import Dispositif
from dokelio.lheo.validation import valider_arbre
from dokelio.publication.models import Evenement
from dokelio.socle.arbres import contenu
from sessions.models import Financement, Session
from tests.fabriques import en_diffusion, fiche_prete, membre
from tests.sessions.conftest import envoi_de_dates, envoi_de_session

pytestmark = pytest.mark.django_db


def _dates(client, lieu, *couples, **autres):
    client.force_login(membre(lieu.action.organisme))
    adresse = f"/formations/{lieu.action.reference}/sessions/lieu/{lieu.pk}/dates/"
    return client.post(adresse, envoi_de_dates(*couples, **autres))


def test_plusieurs_dates_s_ajoutent_d_un_coup_et_partent_avec_l_action_a_l_antenne(client, dans_un_mois):
    lieu = en_diffusion().deroulements.get()
    couples = [(dans_un_mois + timedelta(days=30 * i), dans_un_mois + timedelta(days=30 * i + 9)) for i in range(4)]
    assert _dates(client, lieu, *couples).status_code == 302
    neuves = lieu.sessions.order_by("pk")[1:]
    assert [s.statut for s in neuves] == ["en_diffusion"] * 4
    assert [(s.debut, s.fin) for s in neuves] == couples
    assert Evenement.objects.filter(objet_type="sessions_formation.Session", transition="creer").count() == 4


def test_le_double_envoi_n_ajoute_qu_une_fois(client, dans_un_mois):
    lieu = fiche_prete().deroulements.get()
    client.force_login(membre(lieu.action.organisme))
    envoi = envoi_de_dates((dans_un_mois, dans_un_mois))
    for _ in range(2):
        adresse = f"/formations/{lieu.action.reference}/sessions/lieu/{lieu.pk}/dates/"
        assert client.post(adresse, envoi).status_code == 302
    assert lieu.sessions.count() == 2


def test_une_fin_avant_le_debut_est_refusee_et_la_saisie_reste(client, dans_un_mois):
    lieu = fiche_prete().deroulements.get()
    reponse = _dates(client, lieu, (dans_un_mois, dans_un_mois - timedelta(days=1)))
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert f"La fin précède le début ({dans_un_mois:%d/%m/%Y})" in page.replace("\u00a0", " ")
    assert dans_un_mois.isoformat() in page
    assert lieu.sessions.count() == 1


def test_une_fin_inconnue_veut_des_entrees_permanentes(client, dans_un_mois):
    lieu = fiche_prete().deroulements.get()
    inconnue = {"dates-0-fin_inconnue": "on"}
    assert _dates(client, lieu, (dans_un_mois, None), **inconnue).status_code == 422
    lieu.entrees_sorties = "1"
    lieu.save()
    assert _dates(client, lieu, (dans_un_mois, None), **inconnue).status_code == 302
    assert lieu.sessions.order_by("-pk").first().fin is None


def test_sans_script_ajouter_rend_une_ligne_de_plus_et_n_enregistre_rien(client, dans_un_mois):
    lieu = fiche_prete().deroulements.get()
    reponse = _dates(client, lieu, (dans_un_mois, dans_un_mois), **{"ajouter-dates": "1"})
    assert reponse.status_code == 200
    assert len(reponse.context["dates"].forms) == 2
    assert dans_un_mois.isoformat() in reponse.content.decode()
    assert lieu.sessions.count() == 1


def test_une_session_trop_proche_previent_que_kairos_ne_la_verra_pas(client):
    lieu = fiche_prete().deroulements.get()
    demain = timezone.localdate() + timedelta(days=1)
    _dates(client, lieu, (demain, demain + timedelta(days=30)))
    page = client.get(f"/formations/{lieu.action.reference}/sessions/").content.decode()
    assert "moins de 72\u00a0h" in page or "moins de 72 h" in page


def _session_de(action):
    session = Session.objects.get(deroulement__action=action)
    return session, f"/formations/{action.reference}/sessions/{session.reference}/"


def test_les_dates_se_modifient_et_vivent_aussitot(client):
    action = en_diffusion()
    session, adresse = _session_de(action)
    client.force_login(membre(action.organisme))
    fin = session.fin + timedelta(days=7)
    assert client.post(adresse, envoi_de_session(session, fin=fin.isoformat())).status_code == 302
    assert Session.objects.get(pk=session.pk).fin == fin
    assert Session.objects.get(pk=session.pk).statut == "en_diffusion"


def test_contacts_reunions_et_inscription_s_ecrivent_sans_perdre_le_reste(client):
    action = fiche_prete()
    session, adresse = _session_de(action)
    session.contacts = [
        {
            "@tag": "principal",
            "type-contact": "3",
            "coordonnees": {"nom": "Diallo", "web": {"urlweb": ["https://x.exemple"]}},
        }
    ]
    session.recrutements = [{"modalite-recrutement": "3", "commentaire": "Dossier"}]
    session.save()
    client.force_login(membre(action.organisme))
    jour = timezone.localdate() + timedelta(days=10)
    envoi = envoi_de_session(
        session,
        **{
            "contacts-TOTAL_FORMS": "2",
            "contacts-INITIAL_FORMS": "1",
            "contacts-0-rang": "0",
            "contacts-0-type_contact": "3",
            "contacts-0-nom": "Diallo",
            "contacts-0-telephone": "01 02 03 04 05",
            "contacts-1-nom": "Accueil",
            "reunions-TOTAL_FORMS": "1",
            "reunions-0-jour": jour.isoformat(),
            "reunions-0-heure_debut": "9:30",
            "reunions-0-nb_places": "20",
            "reunions-0-a_distance": "on",
            "inscription-ailleurs": "on",
            "inscription-rue": "3 place Jean-Jaurès",
            "inscription-code_postal": "93100",
            "inscription-ville": "Montreuil",
            "inscription_du": jour.isoformat(),
        },
    )
    reponse = client.post(adresse, envoi)
    assert reponse.status_code == 302, [p.errors for p in (reponse.context["contacts"], reponse.context["reunions"])]
    session.refresh_from_db()
    premier, second = session.contacts
    assert premier["@tag"] == "principal"
    assert premier["coordonnees"]["web"] == {"urlweb": ["https://x.exemple"]}
    assert premier["coordonnees"]["telfixe"] == {"numtel": ["01 02 03 04 05"]}
    assert second == {"coordonnees": {"nom": "Accueil"}}
    assert session.recrutements[0] == {"modalite-recrutement": "3", "commentaire": "Dossier"}
    reunion = session.recrutements[1]
    assert (reunion["modalite-recrutement"], reunion["heure-debut"], reunion["a-distance"]) == ("9", "9h30", "1")
    assert reunion["periode"] == {"debut": f"{jour:%Y%m%d}", "fin": f"{jour:%Y%m%d}"}
    assert session.adresse_inscription["codepostal"] == "93100"
    assert session.periode_inscription == {"debut": f"{jour:%Y%m%d}", "fin": "99999999"}
    assert [a.phrase for a in valider_arbre("session", contenu(session, "session")) if a.gravite == "erreur"] == []


def test_renvoyer_la_session_telle_quelle_ne_change_rien(client):
    action = fiche_prete()
    session, adresse = _session_de(action)
    session.recrutements = [
        {
            "modalite-recrutement": "9",
            "nb-places": "30",
            "periode": {"debut": "20200101", "fin": "20200102"},
            "heure-debut": "9h",
        }
    ]
    session.adresse_inscription = {"ligne": ["1 rue A"], "codepostal": "75020", "ville": "Paris", "@id": "z"}
    session.save()
    client.force_login(membre(action.organisme))
    page = client.get(adresse)
    envoi = envoi_de_session(session)
    for piece in (page.context["formulaire"], page.context["inscription"], *page.context["reunions"].forms):
        for champ in piece:
            valeur = champ.value()
            if valeur is not False and valeur not in (None, ""):
                envoi[champ.html_name] = valeur.isoformat() if hasattr(valeur, "isoformat") else valeur
    envoi |= {"reunions-TOTAL_FORMS": "1", "reunions-INITIAL_FORMS": "1"}
    assert client.post(adresse, envoi).status_code == 302
    apres = Session.objects.get(pk=session.pk)
    assert (apres.recrutements, apres.adresse_inscription, apres.edition) == (
        session.recrutements,
        session.adresse_inscription,
        session.edition,
    )


def test_une_session_annulee_dit_pourquoi_et_se_retablit(client):
    action = en_diffusion()
    session, adresse = _session_de(action)
    client.force_login(membre(action.organisme))
    assert client.post(f"{adresse}transition/annuler/", {}).status_code == 422
    assert client.post(f"{adresse}transition/annuler/", {"commentaire": "Trop peu d'inscrits"}).status_code == 302
    session.refresh_from_db()
    assert (session.statut, session.annulee_le) == ("annulee", timezone.localdate())
    assert client.post(f"{adresse}transition/retablir/", {}).status_code == 302
    session.refresh_from_db()
    assert (session.statut, session.annulee_le) == ("en_diffusion", None)


def test_une_session_jamais_diffusee_se_supprime(client):
    action = fiche_prete()
    session, adresse = _session_de(action)
    client.force_login(membre(action.organisme))
    assert client.get(f"{adresse}transition/supprimer/").status_code == 200
    assert client.post(f"{adresse}transition/supprimer/").status_code == 302
    assert not Session.objects.filter(pk=session.pk).exists()


def test_un_financement_non_conventionne_suit_l_action_a_l_antenne(client):
    action = en_diffusion()
    lieu = action.deroulements.get()
    client.force_login(membre(action.organisme))
    cpf = Dispositif.objects.get(code="cpf")
    adresse = f"/formations/{action.reference}/sessions/lieu/{lieu.pk}/financement/nouveau/"
    assert client.post(adresse, {"dispositif": str(cpf.pk), "code_financeur": "", "places": ""}).status_code == 302
    neuf = Financement.objects.get(dispositif=cpf)
    assert (neuf.statut, neuf.code_financeur) == ("en_diffusion", "0")


def test_un_membre_ne_choisit_pas_de_dispositif_conventionne(client):
    action = fiche_prete()
    lieu = action.deroulements.get()
    client.force_login(membre(action.organisme))
    prfe = Dispositif.objects.get(code="prfe")
    adresse = f"/formations/{action.reference}/sessions/lieu/{lieu.pk}/financement/nouveau/"
    reponse = client.post(adresse, {"dispositif": str(prfe.pk)})
    assert reponse.status_code == 422
    assert "seules les documentalistes du CARIF" in reponse.content.decode()
    assert not Financement.objects.filter(dispositif=prfe).exists()


def test_modifier_un_financement_garde_ses_extras(client):
    action = fiche_prete()
    un = Financement.objects.get(deroulement__action=action)
    un.extras = [
        {"@info": "specificites", "contenu": [["extra", {"@info": "code-public-vise", "@ref": "V14", "#": "81022"}]]}
    ]
    un.save()
    client.force_login(membre(action.organisme))
    cpf = Dispositif.objects.get(code="cpf")
    adresse = f"/formations/{action.reference}/sessions/financement/{un.pk}/"
    assert client.post(adresse, {"dispositif": str(cpf.pk), "code_financeur": "16", "places": "12"}).status_code == 302
    apres = Financement.objects.get(pk=un.pk)
    assert (apres.dispositif, apres.code_financeur, apres.places, apres.extras) == (cpf, "16", 12, un.extras)


def test_enregistrer_une_session_sans_date_de_fin_la_confirme(client, dans_un_mois):
    action = fiche_prete()
    session, adresse = _session_de(action)
    session.deroulement.entrees_sorties = "1"
    session.deroulement.save()
    client.force_login(membre(action.organisme))
    assert client.post(adresse, envoi_de_session(session, fin="", fin_inconnue="on")).status_code == 302
    apres = Session.objects.get(pk=session.pk)
    assert (apres.fin, apres.confirmee_le) == (None, timezone.localdate())


def test_une_ligne_fautive_est_dite_en_tete_avec_un_lien_vers_son_champ(client, dans_un_mois):
    lieu = fiche_prete().deroulements.get()
    page = _dates(client, lieu, (dans_un_mois, dans_un_mois - timedelta(days=1))).content.decode()
    assert "data-dk-resume" in page
    assert 'href="#id_dates-0-fin"' in page


@pytest.mark.parametrize("fin", ["9999-12-31", "2100-01-01", "0001-01-01"])
def test_une_annee_impossible_est_refusee_et_la_saisie_reste(client, fin):
    session = Session.objects.get(deroulement__action=en_diffusion())
    avant = session.fin
    client.force_login(membre(session.deroulement.action.organisme))
    adresse = f"/formations/{session.deroulement.action.reference}/sessions/{session.reference}/"
    reponse = client.post(adresse, envoi_de_session(session, fin=fin))
    assert reponse.status_code == 422
    assert "Vérifiez l&#x27;année" in reponse.content.decode()
    assert f'value="{fin}"' in reponse.content.decode()
    session.refresh_from_db()
    assert session.fin == avant


def test_l_annee_9999_d_un_document_recu_n_empeche_pas_de_voir_les_sessions(client):
    session = Session.objects.get(deroulement__action=en_diffusion())
    Session.objects.filter(pk=session.pk).update(fin="9999-12-31")
    client.force_login(membre(session.deroulement.action.organisme))
    assert client.get(f"/formations/{session.deroulement.action.reference}/sessions/").status_code == 200


def test_un_nombre_de_lignes_absurde_ne_fait_pas_tomber_la_page(client, dans_un_mois):
    lieu = en_diffusion().deroulements.get()
    client.force_login(membre(lieu.action.organisme))
    envoi = {**envoi_de_dates((dans_un_mois, dans_un_mois)), "dates-TOTAL_FORMS": "9" * 5000, "ajouter-dates": "1"}
    reponse = client.post(f"/formations/{lieu.action.reference}/sessions/lieu/{lieu.pk}/dates/", envoi)
    assert reponse.status_code == 200


def test_un_octet_nul_dans_un_motif_n_empeche_pas_d_annuler(client):
    session = Session.objects.get(deroulement__action=en_diffusion())
    client.force_login(membre(session.deroulement.action.organisme))
    adresse = f"/formations/{session.deroulement.action.reference}/sessions/{session.reference}/transition/annuler/"
    assert client.post(adresse, {"commentaire": "Salle\0 indisponible"}).status_code == 302
    assert Evenement.objects.de(session).get(transition="annuler").commentaire == "Salle indisponible"
