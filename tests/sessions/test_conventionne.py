"""L'offre conventionnée : pré-créée par le CARIF, à la main de l'organisme pour ce que son dispositif lui rend."""

from datetime import timedelta

import pytest

from conventionne.models import RegleDispositif
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import TransitionInterdite
from formations.models import Action
from sessions.actions.dates import ajouter_des_dates
from sessions.actions.ecriture import EcritureRefusee
from sessions.actions.fiche_session import enregistrer_session
from sessions.actions.precreation import Preaction, precreer
from sessions.models import Financement, Session
from tests.fabriques import ActionFabrique, UtilisateurFabrique, membre
from tests.sessions.conftest import envoi_de_dates, envoi_de_lieu, envoi_de_session

pytestmark = pytest.mark.django_db
PHRASE = "Les dates de ce dispositif sont modifiées par les documentalistes du CARIF"


def test_la_pre_creation_ecrit_l_action_son_lieu_ses_dates_et_son_financement(offre_conventionnee, convention):
    action = offre_conventionnee
    assert (action.conventionnee, action.convention, action.statut) == (True, convention, "brouillon")
    lieu = action.deroulements.get()
    assert (lieu.conventionnement, lieu.duree_conventionnee) == (True, 400)
    assert lieu.sessions.get().statut == "brouillon"
    financement = lieu.financements.get()
    assert (financement.statut, financement.convention, financement.places) == ("en_redaction", convention, 24)
    assert action.certifications.get().cle == "RNCP278"


def test_la_documentaliste_pre_cree_depuis_la_page(client, convention, documentaliste, dans_un_mois):
    client.force_login(documentaliste)
    adresse = f"/conventionne/actions/nouvelle/?convention={convention.pk}"
    assert client.get("/conventionne/actions/nouvelle/").status_code == 200
    assert client.get(adresse).status_code == 200
    envoi = envoi_de_lieu(
        **envoi_de_dates((dans_un_mois, dans_un_mois + timedelta(days=50))), intitule="Agent", places="10"
    )
    assert client.post(adresse, envoi).status_code == 302
    assert client.post(adresse, envoi).status_code == 302  # double clic
    action = Action.objects.get()
    assert (action.organisme, action.conventionnee) == (convention.organisme, True)
    assert action.deroulements.get().financements.get().places == 10


def test_un_lot_n_a_qu_une_action_par_certification(offre_conventionnee, convention, documentaliste):
    with pytest.raises(EcritureRefusee) as refus:
        precreer(Preaction(convention, "La même", "RNCP278"), documentaliste)
    assert offre_conventionnee.reference in str(refus.value)
    assert Action.objects.count() == 1


@pytest.mark.parametrize("personne", ["membre", "documentaliste du non conventionné", "financeur"])
def test_personne_d_autre_ne_cree_de_conventionne_ni_par_la_page_ni_par_le_moteur(client, convention, personne):
    auteur = {
        "membre": lambda: membre(convention.organisme, role="gestionnaire"),
        "documentaliste du non conventionné": lambda: UtilisateurFabrique(documentaliste=True),
        "financeur": lambda: UtilisateurFabrique(financeur=True),
    }[personne]()
    client.force_login(auteur)
    adresse = f"/conventionne/actions/nouvelle/?convention={convention.pk}"
    assert client.get(adresse).status_code == 404
    assert client.post(adresse, envoi_de_lieu(**envoi_de_dates(), intitule="Forgée")).status_code == 404
    with pytest.raises(TransitionInterdite):
        precreer(Preaction(convention, "Forgée"), auteur)
    with pytest.raises(TransitionInterdite):
        effectuer(Action(organisme=convention.organisme, conventionnee=True, intitule="Forgée"), "creer", auteur)
    assert not Action.objects.exists()


def test_un_membre_qui_forge_la_creation_n_obtient_que_du_non_conventionne(client, convention):
    client.force_login(membre(convention.organisme))
    envoi = {
        "certifiante": "0",
        "intitule": "Forgée",
        "jeton": "3f6f0a52-6f1e-4a63-9d0f-0d4d1d6d8f01",
        "conventionnee": "on",
        "convention": str(convention.pk),
    }
    client.post("/formations/nouvelle/", envoi)
    assert not Action.objects.filter(conventionnee=True).exists()


def test_le_membre_voit_l_offre_et_lit_que_ses_dates_sont_au_carif(client, offre_conventionnee):
    action = offre_conventionnee
    client.force_login(membre(action.organisme))
    page = client.get(f"/formations/{action.reference}/sessions/").content.decode()
    assert PHRASE in page
    assert "PRFE" in page
    assert "Ajouter des dates" not in page
    session = Session.objects.get()
    fiche = client.get(f"/formations/{action.reference}/sessions/{session.reference}/")
    assert PHRASE in fiche.content.decode()
    assert fiche.context["formulaire"].fields["debut"].disabled
    assert not fiche.context["formulaire"].fields["etat_recrutement"].disabled


def test_un_envoi_force_de_dates_reservees_est_refuse(client, offre_conventionnee):
    session = Session.objects.get()
    personne = membre(offre_conventionnee.organisme)
    client.force_login(personne)
    adresse = f"/formations/{offre_conventionnee.reference}/sessions/{session.reference}/"
    fin = session.fin + timedelta(days=30)
    reponse = client.post(adresse, envoi_de_session(session, fin=fin.isoformat()))
    assert reponse.status_code == 422
    assert PHRASE in reponse.context["formulaire"].errors["fin"][0]
    with pytest.raises(EcritureRefusee, match="documentalistes"):
        enregistrer_session(session, personne, {"fin": fin}, None)
    assert Session.objects.get().fin == session.fin


def test_ce_que_le_dispositif_rend_libre_se_modifie(client, offre_conventionnee):
    session = Session.objects.get()
    client.force_login(membre(offre_conventionnee.organisme))
    adresse = f"/formations/{offre_conventionnee.reference}/sessions/{session.reference}/"
    envoi = {k: v for k, v in envoi_de_session(session, etat_recrutement="2").items() if k not in ("debut", "fin")}
    assert client.post(adresse, envoi).status_code == 302
    apres = Session.objects.get()
    assert (apres.etat_recrutement, apres.debut, apres.fin) == ("2", session.debut, session.fin)


def test_le_lieu_et_le_prix_que_la_convention_fixe_ne_changent_pas(client, offre_conventionnee):
    lieu = offre_conventionnee.deroulements.get()
    client.force_login(membre(offre_conventionnee.organisme))
    adresse = f"/formations/{offre_conventionnee.reference}/sessions/lieu/{lieu.pk}/"
    page = client.get(adresse)
    assert "conventionne.dokelio@iledefrance.fr" in page.content.decode()
    reponse = client.post(adresse, envoi_de_lieu(edition=str(lieu.edition)))
    assert reponse.status_code == 422
    assert {"rue", "prix_total", "heures_total"} <= set(reponse.context["formulaire"].errors)
    lieu.refresh_from_db()
    assert (lieu.code_postal, lieu.prix_total, lieu.heures_total) == ("75020", 0, 400)


def test_l_organisme_n_ajoute_ni_dates_ni_lieu_ni_financement(client, offre_conventionnee, dans_un_mois):
    action, lieu = offre_conventionnee, offre_conventionnee.deroulements.get()
    personne = membre(action.organisme)
    client.force_login(personne)
    racine = f"/formations/{action.reference}/sessions/"
    dates = client.post(f"{racine}lieu/{lieu.pk}/dates/", envoi_de_dates((dans_un_mois, dans_un_mois)))
    assert dates.status_code == 422
    assert PHRASE in dates.content.decode()
    with pytest.raises(EcritureRefusee):
        ajouter_des_dates(lieu, personne, [{"debut": dans_un_mois, "fin": dans_un_mois, "etat_recrutement": "1"}])
    assert client.post(f"{racine}lieu/nouveau/", envoi_de_lieu()).status_code == 404
    assert client.get(f"{racine}lieu/{lieu.pk}/financement/nouveau/").status_code == 404
    assert Session.objects.count() == 1


def test_une_regle_plus_recente_rend_les_dates_a_l_organisme(client, offre_conventionnee, convention, dans_un_mois):
    RegleDispositif.objects.create(
        dispositif=convention.dispositif, a_partir_du="2025-01-01", dates_par="organisme", champs_libres=["lieux"]
    )
    session = Session.objects.get()
    client.force_login(membre(offre_conventionnee.organisme))
    racine = f"/formations/{offre_conventionnee.reference}/sessions/"
    fin = session.fin + timedelta(days=5)
    envoi = envoi_de_session(session, fin=fin.isoformat())
    assert client.post(f"{racine}{session.reference}/", envoi).status_code == 302
    assert Session.objects.get().fin == fin


def test_seul_le_carif_met_un_financement_conventionne_en_diffusion(client, offre_conventionnee, documentaliste):
    financement = Financement.objects.get()
    personne = membre(offre_conventionnee.organisme, role="gestionnaire")
    with pytest.raises(TransitionInterdite):
        effectuer(financement, "mettre_en_diffusion", personne)
    racine = f"/formations/{offre_conventionnee.reference}/sessions/financement/{financement.pk}"
    adresse = f"{racine}/transition/mettre_en_diffusion/"
    client.force_login(personne)
    assert client.post(adresse).status_code == 404
    client.force_login(documentaliste)
    onglet = client.get(f"/formations/{offre_conventionnee.reference}/sessions/").content.decode()
    assert "mettre en diffusion" in onglet
    assert client.post(adresse).status_code == 302
    assert Financement.objects.get().statut == "en_diffusion"


def test_sur_une_action_ordinaire_un_financement_conventionne_reste_au_carif(convention):
    action = ActionFabrique(organisme=convention.organisme)
    lieu = action.deroulements.create()
    financement = Financement.objects.create(deroulement=lieu, dispositif=convention.dispositif, code_financeur="2")
    with pytest.raises(TransitionInterdite):
        effectuer(financement, "mettre_en_diffusion", membre(convention.organisme))


def test_l_onglet_d_une_offre_conventionnee_coute_autant_pour_vingt_sessions(
    client, offre_conventionnee, documentaliste, dans_un_mois, django_assert_max_num_queries
):
    client.force_login(membre(offre_conventionnee.organisme))

    def requetes():
        with django_assert_max_num_queries(12) as compte:
            assert client.get(f"/formations/{offre_conventionnee.reference}/sessions/").status_code == 200
        return len(compte)

    une = requetes()
    lignes = [
        {"debut": dans_un_mois, "fin": dans_un_mois + timedelta(days=i), "etat_recrutement": "1"} for i in range(19)
    ]
    ajouter_des_dates(offre_conventionnee.deroulements.get(), documentaliste, lignes)
    assert requetes() == une
