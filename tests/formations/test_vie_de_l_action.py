"""La vie d'une action : soumission, contrôle, versions, retrait, archive."""

import pytest

from dokelio.messagerie.models import Courriel, Notification
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer, verifier
from dokelio.publication.refus import TransitionInterdite, TransitionRefusee
from formations.actions.versions import contenu_controle, empreinte
from formations.models import EtatRemarque, Remarque
from tests.fabriques import (
    CertificationFabrique,
    UtilisateurFabrique,
    en_diffusion,
    fiche_prete,
    membre,
    soumise,
)

pytestmark = pytest.mark.django_db


def _valider(action, auteur):
    return effectuer(action, "valider", auteur, empreinte=empreinte(contenu_controle(action)))


def test_une_fiche_complete_fait_le_tour_jusqu_a_la_diffusion():
    action = fiche_prete()
    redactrice = membre(action.organisme)
    effectuer(action, "soumettre", redactrice)
    assert action.statut == "a_controler"

    documentaliste = UtilisateurFabrique(documentaliste=True)
    effectuer(action, "prendre_en_charge", documentaliste)
    _valider(action, documentaliste)

    action.refresh_from_db()
    assert action.statut == "en_diffusion"
    assert action.version_en_diffusion.numero == 1
    assert action.version_en_diffusion.contenu["formation"]["intitule-formation"] == action.intitule
    lieu = action.deroulements.get()
    assert lieu.sessions.get().statut == "en_diffusion"
    assert lieu.financements.get().statut == "en_diffusion"
    assert [e.transition for e in Evenement.objects.de(action).order_by("id")] == [
        "soumettre",
        "prendre_en_charge",
        "valider",
    ]
    assert Courriel.objects.filter(destinataire=redactrice.email, sujet__contains="acceptée").count() == 1
    assert Notification.objects.filter(utilisateur=redactrice).count() == 1


def test_sans_session_ni_financement_la_soumission_dit_tout_ce_qui_manque():
    action = fiche_prete()
    action.deroulements.get().financements.all().delete()
    champs = {refus.champ for refus in verifier(action, "soumettre", membre(action.organisme))}
    assert "financements" in champs
    action.deroulements.all().delete()
    assert "sessions" in {refus.champ for refus in verifier(action, "soumettre", membre(action.organisme))}


def test_un_lieu_hors_region_est_refuse_a_la_soumission():
    action = fiche_prete()
    lieu = action.deroulements.get()
    lieu.lieux = [{"coordonnees": {"adresse": {"ligne": ["1 rue"], "codepostal": "69001", "ville": "Lyon"}}}]
    lieu.save()
    with pytest.raises(TransitionRefusee) as leve:
        effectuer(action, "soumettre", membre(action.organisme))
    assert any("Île-de-France" in refus.phrase for refus in leve.value.refus)


def test_un_lecteur_et_un_etranger_ne_soumettent_pas():
    action = fiche_prete()
    for personne in (
        membre(action.organisme, "lecteur"),
        UtilisateurFabrique(),
        UtilisateurFabrique(documentaliste=True),
    ):
        with pytest.raises(TransitionInterdite):
            effectuer(action, "soumettre", personne)


def test_la_documentaliste_renvoie_avec_une_remarque_attachee_a_un_champ():
    action = soumise()
    documentaliste = UtilisateurFabrique(documentaliste=True)
    with pytest.raises(TransitionRefusee):
        effectuer(action, "demander_correction", documentaliste)
    Remarque.objects.create(
        action=action, champ="objectif", texte="Dites ce qui sera su à la fin.", auteur=documentaliste
    )
    effectuer(action, "demander_correction", documentaliste)
    assert action.statut == "en_redaction"
    assert action.remarques.get().etat == EtatRemarque.ENVOYEE
    courriel = Courriel.objects.latest("pk")
    assert "Objectif" in courriel.texte
    assert "Dites ce qui sera su" in courriel.texte

    effectuer(action, "soumettre", membre(action.organisme))
    assert action.remarques.get().etat == EtatRemarque.TRAITEE


def test_on_n_accepte_que_ce_qu_on_a_lu():
    action = soumise()
    vue = empreinte(contenu_controle(action))
    action.intitule = "Autre chose"
    action.save()
    with pytest.raises(TransitionRefusee) as leve:
        effectuer(action, "valider", UtilisateurFabrique(documentaliste=True), empreinte=vue)
    assert "a changé" in leve.value.refus[0].phrase


def test_modifier_laisse_la_version_en_diffusion_et_abandonner_y_revient():
    action = en_diffusion()
    CertificationFabrique(action=action)
    action.certifications.all().delete()
    redactrice = membre(action.organisme)
    ancien = action.intitule
    effectuer(action, "modifier", redactrice)
    action.intitule = "Nouveau titre"
    action.save()
    assert action.version_en_diffusion.contenu["formation"]["intitule-formation"] == ancien
    effectuer(action, "abandonner", redactrice)
    action.refresh_from_db()
    assert (action.statut, action.intitule) == ("en_diffusion", ancien)


def test_une_seconde_validation_ferme_la_premiere_version():
    action = en_diffusion()
    redactrice = membre(action.organisme)
    effectuer(action, "modifier", redactrice)
    action.intitule = "Nouveau titre"
    action.save()
    effectuer(action, "soumettre", redactrice)
    assert action.est_en_diffusion
    _valider(action, UtilisateurFabrique(documentaliste=True))
    premiere, seconde = action.versions.order_by("numero")
    assert premiere.jusqu_a is not None
    assert seconde.jusqu_a is None
    assert action.version_en_diffusion == seconde


def test_retirer_ote_de_l_antenne_et_demande_un_motif():
    action = en_diffusion()
    documentaliste = UtilisateurFabrique(documentaliste=True)
    with pytest.raises(TransitionRefusee):
        effectuer(action, "retirer", documentaliste)
    effectuer(action, "retirer", documentaliste, "Habilitation perdue.")
    assert action.statut == "en_redaction"
    assert not action.est_en_diffusion


def test_une_certification_n_a_qu_une_action_par_organisme():
    premiere = fiche_prete()
    CertificationFabrique(action=premiere)
    en_diffusion(premiere)
    seconde = fiche_prete(organisme=premiere.organisme)
    CertificationFabrique(action=seconde, code_rncp="37679")
    with pytest.raises(TransitionRefusee) as leve:
        effectuer(seconde, "soumettre", membre(premiere.organisme))
    assert premiere.reference in str(leve.value)

    effectuer(premiere, "archiver", membre(premiere.organisme))
    effectuer(seconde, "soumettre", membre(premiere.organisme))
    assert seconde.statut == "a_controler"


def test_une_fiche_prise_ne_se_reprend_plus_et_lapse_apres_quatre_heures():
    action = soumise()
    redactrice = membre(action.organisme)
    effectuer(action, "prendre_en_charge", UtilisateurFabrique(documentaliste=True))
    with pytest.raises(TransitionRefusee):
        effectuer(action, "reprendre", redactrice)
    from datetime import timedelta

    action.prise_le -= timedelta(hours=4, minutes=1)
    action.save(update_fields=["prise_le"])
    effectuer(action, "reprendre", redactrice)
    assert action.statut == "brouillon"


def test_une_documentaliste_du_conventionne_ne_controle_pas_le_reste():
    action = soumise()
    with pytest.raises(TransitionInterdite):
        effectuer(action, "prendre_en_charge", UtilisateurFabrique(conventionne=True))


def test_supprimer_ne_vaut_que_pour_un_brouillon_jamais_soumis():
    action = fiche_prete()
    redactrice = membre(action.organisme)
    effectuer(action, "soumettre", redactrice)
    effectuer(action, "reprendre", redactrice)
    with pytest.raises(TransitionRefusee):
        effectuer(action, "supprimer", redactrice)
    autre = fiche_prete(organisme=action.organisme)
    cle = autre.pk
    effectuer(autre, "supprimer", redactrice)
    assert not type(autre).objects.filter(pk=cle).exists()
