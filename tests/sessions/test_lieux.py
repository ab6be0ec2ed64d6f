"""Créer un lieu, le modifier pour toutes ses sessions ou pour une seule ; ce que la page ne montre pas demeure."""

from datetime import timedelta

import pytest

from dokelio.lheo.validation import valider_arbre
from dokelio.publication.refus import Refus
from formations.models import Action
from sessions.actions import ecriture
from sessions.actions.lieux import SaisieDeLieu, enregistrer_lieu
from sessions.models import Deroulement, Session
from sessions.publication.visibilite import premiere_cause
from structures.models import Etablissement, Formateur
from tests.fabriques import ActionFabrique, SessionFabrique, coordonnees, en_diffusion, fiche_prete, membre, siret
from tests.sessions.conftest import envoi_de_dates, envoi_de_lieu

pytestmark = pytest.mark.django_db
FINANCEMENT = {"financement-dispositif": "", "financement-code_financeur": ""}


def _creer(client, action, dispositif=None, dates=(), **autres):
    from conventionne.models import Dispositif

    client.force_login(membre(action.organisme))
    pk = (dispositif or Dispositif.objects.get(code="non-conv")).pk
    donnees = envoi_de_lieu(**envoi_de_dates(*dates), **{"financement-dispositif": str(pk)}, **autres)
    return client.post(f"/formations/{action.reference}/sessions/lieu/nouveau/", donnees), donnees


def _erreurs(reponse):
    return {nom: list(phrases) for nom, phrases in reponse.context["formulaire"].errors.items()}


def test_un_lieu_nait_avec_ses_sessions_son_financement_et_son_formateur(client, dans_un_mois):
    action = ActionFabrique()
    dates = [(dans_un_mois, dans_un_mois + timedelta(days=60)), (dans_un_mois + timedelta(days=90),) * 2]
    reponse, _ = _creer(client, action, dates=dates)
    assert reponse.status_code == 302, _erreurs(reponse)
    lieu = action.deroulements.get()
    assert (lieu.code_postal, lieu.ville, lieu.heures_total, lieu.conventionnement) == (
        "93100",
        "Montreuil",
        420,
        False,
    )
    premiere, seconde = lieu.sessions.order_by("pk")
    assert premiere.statut == seconde.statut == "brouillon"
    assert lieu.numero == f"{action.reference}_{premiere.reference}"
    assert [str(f) for f in lieu.financements.all()] == ["Non conv"]
    assert lieu.interventions.get().formateur.siret == action.organisme.siret
    fautes = [a.phrase for a in valider_arbre("lieu-de-formation", lieu.lieux[0]) if a.gravite == "erreur"]
    assert fautes == []


def test_une_fiche_completee_par_ces_pages_se_soumet_s_accepte_et_ses_sessions_partent(client, dans_un_mois):
    action = ActionFabrique()
    reponse, _ = _creer(client, action, dates=[(dans_un_mois, dans_un_mois + timedelta(days=60))])
    assert reponse.status_code == 302
    en_diffusion(action)
    session = Session.objects.get(deroulement__action=action)
    assert session.statut == "en_diffusion"
    assert premiere_cause(session, dans_un_mois) is None


def test_envoyer_deux_fois_le_meme_formulaire_ne_cree_qu_un_lieu(client, dans_un_mois):
    action = ActionFabrique()
    _, donnees = _creer(client, action, dates=[(dans_un_mois, dans_un_mois)])
    assert client.post(f"/formations/{action.reference}/sessions/lieu/nouveau/", donnees).status_code == 302
    assert action.deroulements.count() == 1
    assert Session.objects.count() == 1


def test_une_action_a_l_antenne_emmene_le_lieu_neuf_aussitot(client, dans_un_mois):
    action = en_diffusion()
    reponse, _ = _creer(client, action, dates=[(dans_un_mois, dans_un_mois)])
    assert reponse.status_code == 302
    lieu = action.deroulements.order_by("-pk").first()
    assert lieu.sessions.get().statut == "en_diffusion"
    assert lieu.financements.get().statut == "en_diffusion"


def test_un_lieu_hors_region_est_refuse_en_presence(client, dans_un_mois):
    reponse, _ = _creer(client, ActionFabrique(), dates=[(dans_un_mois,) * 2], code_postal="45000", ville="Orléans")
    assert reponse.status_code == 422
    assert "Hors région" in _erreurs(reponse)["code_postal"][0]


def test_a_distance_le_siege_sert_de_rattachement(client, dans_un_mois):
    action = ActionFabrique()
    reponse, _ = _creer(
        client,
        action,
        dates=[(dans_un_mois,) * 2],
        modalites_enseignement="2",
        lieu="siege",
        rue="",
        code_postal="",
        ville="",
    )
    assert reponse.status_code == 302, _erreurs(reponse)
    assert action.deroulements.get().code_postal == "75020"


def test_un_lieu_connu_de_l_organisme_se_choisit(client, dans_un_mois):
    action = ActionFabrique()
    connu = Etablissement.objects.create(
        organisme=action.organisme,
        nom="Halle du Bois",
        siret=siret(9),
        coordonnees=coordonnees("Melun", "77000", "2 rue"),
    )
    reponse, _ = _creer(
        client, action, dates=[(dans_un_mois,) * 2], lieu=str(connu.pk), rue="", code_postal="", ville=""
    )
    assert reponse.status_code == 302, _erreurs(reponse)
    lieu = action.deroulements.get()
    assert lieu.code_postal == "77000"
    assert lieu.lieux[0]["SIRET-lieu-formation"] == {"SIRET": siret(9)}


def test_un_autre_formateur_demande_un_siret_juste(client, dans_un_mois):
    action = ActionFabrique()
    faux, _ = _creer(client, action, dates=[(dans_un_mois,) * 2], formateur="autre", siret="123", raison_sociale="X")
    assert "siret" in _erreurs(faux)
    reponse, _ = _creer(
        client, action, dates=[(dans_un_mois,) * 2], formateur="autre", siret=siret(77), raison_sociale="Compagnons"
    )
    assert reponse.status_code == 302
    assert Formateur.objects.get(siret=siret(77)).interventions.count() == 1


def test_le_code_postal_et_la_ville_s_accordent_sur_une_commune(client, dans_un_mois):
    from dokelio.referentiels.donnees import charger_socle_referentiels

    charger_socle_referentiels()
    action = ActionFabrique()
    faux, _ = _creer(client, action, dates=[(dans_un_mois,) * 2], ville="Bobigny")
    assert "Montreuil" in _erreurs(faux)["ville"][0]
    reponse, _ = _creer(client, action, dates=[(dans_un_mois,) * 2], ville="")
    assert reponse.status_code == 302, _erreurs(reponse)
    adresse = action.deroulements.get().lieux[0]["coordonnees"]["adresse"]
    assert (adresse["ville"], adresse["code-INSEE-commune"], adresse["departement"], adresse["region"]) == (
        "Montreuil",
        "93048",
        "93",
        "11",
    )


def _modifier(client, lieu, personne=None, **changements):
    """Renvoie le formulaire du lieu tel qu'il s'affiche, avec ces changements."""
    adresse = f"/formations/{lieu.action.reference}/sessions/lieu/{lieu.pk}/"
    client.force_login(personne or membre(lieu.action.organisme))
    formulaire = client.get(adresse).context["formulaire"]
    donnees = {champ.name: champ.value() for champ in formulaire}
    donnees = {nom: "" if valeur is None else valeur for nom, valeur in donnees.items()} | changements
    return client.post(adresse, donnees)


def test_ce_que_le_formulaire_ne_montre_pas_demeure(client):
    action = fiche_prete()
    lieu = action.deroulements.get()
    lieu.lieux = [
        {
            "@tag": "principal",
            "coordonnees": {
                "adresse": {
                    "ligne": ["36 rue des Vignoles", "Cour B", "Porte 3"],
                    "codepostal": {"@id": "cp", "#": "75020"},
                    "ville": "Paris",
                    "geolocalisation": {"latitude": "48.85", "longitude": "2.40"},
                },
                "telfixe": {"numtel": ["01 00 00 00 00"]},
            },
            "extras": [{"@info": "acces", "contenu": [["extra", "métro"]]}],
        },
        {"coordonnees": {"adresse": {"ligne": ["2 rue B"], "codepostal": "93100", "ville": "Montreuil"}}},
    ]
    lieu.reste_lheo = {"extras": [{"@info": "dispositif", "contenu": []}]}
    lieu.save()
    reponse = _modifier(client, lieu, rue="38 rue des Vignoles", prix_total="9100")
    assert reponse.status_code == 302, _erreurs(reponse)
    lieu.refresh_from_db()
    attendu = [dict(lieu.lieux[0]), dict(lieu.lieux[1])]
    assert attendu[0]["coordonnees"]["adresse"]["ligne"] == ["38 rue des Vignoles", "Cour B", "Porte 3"]
    assert attendu[0]["coordonnees"]["adresse"]["codepostal"] == {"@id": "cp", "#": "75020"}
    assert attendu[0]["coordonnees"]["adresse"]["geolocalisation"]["latitude"] == "48.85"
    assert attendu[0]["coordonnees"]["telfixe"]
    assert attendu[0]["extras"]
    assert attendu[0]["@tag"] == "principal"
    assert attendu[1]["coordonnees"]["adresse"]["ville"] == "Montreuil"
    assert lieu.prix_total == 9100
    assert lieu.reste_lheo == {"extras": [{"@info": "dispositif", "contenu": []}]}


def test_une_saisie_fait_oublier_l_empreinte_du_dernier_import(client):
    action = fiche_prete(empreinte_import="abc")
    edition = action.edition
    _modifier(client, action.deroulements.get(), rythme="Cours du soir")
    action.refresh_from_db()
    assert (action.empreinte_import, action.edition) == ("", edition)


def test_des_heures_qui_ne_s_additionnent_pas_avertissent_sans_bloquer(client):
    lieu = fiche_prete().deroulements.get()
    adresse = f"/formations/{lieu.action.reference}/sessions/"
    assert _modifier(client, lieu, heures_centre="100", heures_entreprise="20", heures_total="840").status_code == 302
    assert "ne font pas 840" in client.get(adresse).content.decode()


def test_deux_personnes_sur_le_meme_lieu_la_seconde_apprend_ce_qui_a_change(client):
    lieu = fiche_prete().deroulements.get()
    Deroulement.objects.filter(pk=lieu.pk).update(rythme="Temps partiel", edition=lieu.edition + 1)
    reponse = _modifier(client, lieu, rythme="Cours du soir", edition=str(lieu.edition))
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert "Cours du soir" in page
    assert "Temps partiel" in page
    assert Deroulement.objects.get(pk=lieu.pk).rythme == "Temps partiel"
    forte = _modifier(client, lieu, rythme="Cours du soir")
    assert forte.status_code == 302
    assert Deroulement.objects.get(pk=lieu.pk).rythme == "Cours du soir"


def _changer_pour_une(client, session, portee, **changements):
    action = session.deroulement.action
    adresse = f"/formations/{action.reference}/sessions/{session.reference}/lieu/"
    client.force_login(membre(action.organisme))
    formulaire = client.get(adresse).context["formulaire"]
    donnees = {champ.name: "" if champ.value() is None else champ.value() for champ in formulaire}
    return client.post(adresse, donnees | {"portee": portee} | changements)


AILLEURS = {"rue": "14 rue de la Fraternité", "complement": "", "code_postal": "93100", "ville": "Montreuil"}


def test_une_session_prend_son_propre_lieu_et_garde_son_numero(client):
    action = en_diffusion()
    lieu = action.deroulements.get()
    lieu.reste_lheo = {"url-action": {"urlweb": ["https://exemple.fr"]}}
    lieu.save()
    session = lieu.sessions.get()
    autre = SessionFabrique(deroulement=lieu)
    assert _changer_pour_une(client, session, "seule", **AILLEURS).status_code == 302
    session.refresh_from_db()
    assert session.deroulement_id != lieu.pk
    neuf = Deroulement.objects.get(pk=session.deroulement_id)
    assert neuf.code_postal == "93100"
    assert (neuf.heures_total, neuf.reste_lheo) == (lieu.heures_total, lieu.reste_lheo)
    assert neuf.numero
    assert neuf.numero != Deroulement.objects.get(pk=lieu.pk).numero
    assert [f.statut for f in neuf.financements.all()] == ["en_diffusion"]
    assert neuf.interventions.get().formateur_id == lieu.interventions.get().formateur_id
    autre.refresh_from_db()
    assert autre.deroulement_id == lieu.pk
    assert Deroulement.objects.get(pk=lieu.pk).code_postal == "75020"


def test_ou_toutes_les_sessions_du_lieu_changent_ensemble(client):
    lieu = fiche_prete().deroulements.get()
    SessionFabrique(deroulement=lieu)
    assert _changer_pour_une(client, lieu.sessions.first(), "toutes", **AILLEURS).status_code == 302
    lieu.refresh_from_db()
    assert lieu.code_postal == "93100"
    assert lieu.sessions.count() == 2


def test_sans_choix_rien_ne_change(client):
    lieu = fiche_prete().deroulements.get()
    SessionFabrique(deroulement=lieu)
    assert _changer_pour_une(client, lieu.sessions.first(), "", **AILLEURS).status_code == 422
    lieu.refresh_from_db()
    assert lieu.code_postal == "75020"


def test_un_lieu_sans_session_se_retire_les_autres_non(client):
    lieu = fiche_prete().deroulements.get()
    client.force_login(membre(lieu.action.organisme))
    adresse = f"/formations/{lieu.action.reference}/sessions/lieu/{lieu.pk}/supprimer/"
    assert client.post(adresse).status_code == 422
    lieu.sessions.all().delete()
    assert client.post(adresse).status_code == 302
    assert not Deroulement.objects.filter(pk=lieu.pk).exists()


def test_une_ecriture_qui_rendrait_l_offre_fausse_est_refusee_a_cote_du_champ(client, monkeypatch):
    lieu = en_diffusion().deroulements.get()
    monkeypatch.setattr(ecriture, "_VERIFICATIONS", [lambda action: [Refus("rythme", "Rythme trop long.")]])
    reponse = _modifier(client, lieu, rythme="Cours du soir")
    assert reponse.status_code == 422
    assert _erreurs(reponse)["rythme"] == ["Rythme trop long."]
    assert Deroulement.objects.get(pk=lieu.pk).rythme == "Temps plein"


def test_a_l_antenne_un_lieu_ne_sort_pas_de_la_region(client):
    lieu = en_diffusion().deroulements.get()
    reponse = _modifier(client, lieu, rue="1 place du Martroi", code_postal="45000", ville="Orléans")
    assert reponse.status_code == 422
    assert Action.objects.get(pk=lieu.action_id).deroulements.get().code_postal == "75020"


def test_a_l_antenne_meme_un_appel_direct_ne_sort_pas_de_la_region():
    lieu = en_diffusion().deroulements.get()
    ailleurs = SaisieDeLieu({"lieux": [{"coordonnees": coordonnees("Orléans", "45000")}]})
    with pytest.raises(ecriture.EcritureRefusee, match="Hors région"):
        enregistrer_lieu(lieu, membre(lieu.action.organisme), ailleurs, None)
    lieu.refresh_from_db()
    assert lieu.code_postal == "75020"
