"""Le tableau de bord : les chiffres, ce qui est à faire, le coût, les comptes sans structure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from diffusion.models import EtatNuit, Import, Nuit
from dokelio.messagerie.models import Notification
from dokelio.publication.moteur import effectuer
from formations.models import Remarque
from sessions.models import Financement
from tests.fabriques import (
    ActionFabrique,
    OrganismeFabrique,
    UtilisateurFabrique,
    en_diffusion,
    fiche_prete,
    membre,
    soumise,
)

pytestmark = pytest.mark.django_db


def entrer(personne: Any) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def lire(personne: Any) -> Any:
    return entrer(personne).get("/")


def titres(reponse: Any) -> list[str]:
    return [chose["titre"] for chose in reponse.context["choses"]]


def nombres(reponse: Any) -> list[int]:
    return [cle["nombre"] for cle in reponse.context["cles"]]


def test_les_trois_cartes_comptent_contacts_et_messages_non_lus() -> None:
    organisme = OrganismeFabrique()
    organisme.contacts.create(coordonnees={"nom": "Second"})
    personne = membre(organisme)
    for categorie in ("inscription", "controle", "archivage", "acces"):
        Notification.objects.create(utilisateur=personne, titre="x", categorie=categorie)
    Notification.objects.create(utilisateur=personne, titre="x", categorie="controle", lue_le=timezone.now())
    Notification.objects.create(utilisateur=membre(organisme), titre="x", categorie="controle")
    assert nombres(lire(personne))[:3] == [2, 1, 2]


def test_les_sessions_a_venir_et_celles_qui_se_voient() -> None:
    organisme = OrganismeFabrique()
    en_diffusion(organisme=organisme)
    fiche_prete(organisme=organisme)
    en_diffusion()
    reponse = lire(membre(organisme))
    venir = reponse.context["venir"]
    assert (venir.nombre, venir.visibles) == (2, 1)
    assert len(venir.prochaines) == 2


def test_une_session_sans_financement_en_diffusion_est_a_regler_avec_sa_cause() -> None:
    action = en_diffusion()
    financement = Financement.objects.get(deroulement__action=action)
    effectuer(financement, "retirer", UtilisateurFabrique(administrateur=True), "Convention close")
    (chose,) = lire(membre(action.organisme)).context["choses"]
    assert chose["titre"] == "Une session n'est pas visible"
    assert "aucun financement" in chose["detail"]
    assert chose["action"] == "Ajouter un financement"
    assert chose["url"] == f"/formations/{action.reference}/sessions/"


def test_la_session_d_un_brouillon_ne_demande_rien() -> None:
    action = fiche_prete()
    assert titres(lire(membre(action.organisme))) == [f"« {action} » attend d'être soumise"]


def test_les_corrections_demandees_sont_a_faire() -> None:
    action = soumise()
    documentaliste = UtilisateurFabrique(administrateur=True)
    for texte in ("Précisez.", "Reprenez."):
        Remarque.objects.create(action=action, champ="objectif", texte=texte, auteur=documentaliste)
    effectuer(action, "demander_correction", documentaliste)
    titre = titres(lire(membre(action.organisme)))[0]
    assert titre.replace("\u00a0", " ") == f"2 corrections demandées sur « {action} »"


def test_une_fiche_qui_s_archive_bientot_est_annoncee() -> None:
    aujourd_hui = timezone.localdate()
    action = en_diffusion(debut=aujourd_hui - timedelta(days=60), fin=aujourd_hui + timedelta(days=1))
    action.deroulements.get().sessions.update(fin=aujourd_hui - timedelta(days=20))
    titre = titres(lire(membre(action.organisme)))[0]
    assert "sera archivée" in titre
    lointaine = en_diffusion()
    assert titres(lire(membre(lointaine.organisme))) == []


def test_un_organisme_neuf_voit_par_ou_commencer() -> None:
    contenu = lire(membre(OrganismeFabrique())).content.decode()
    assert "Votre offre est vide" in contenu
    assert "Créer une action" in contenu


def test_un_lecteur_n_a_pas_de_bouton_de_creation() -> None:
    contenu = lire(membre(OrganismeFabrique(), "lecteur")).content.decode()
    assert "/formations/nouvelle/" not in contenu


def test_une_inscription_en_attente_est_la_premiere_chose_dite() -> None:
    organisme = OrganismeFabrique(accepte=False)
    effectuer(organisme, "demander_complement", UtilisateurFabrique(documentaliste=True), "Le NDA ?")
    assert titres(lire(membre(organisme)))[0] == "Le CARIF attend un complément à votre inscription"


def test_l_activite_recente_nomme_les_fiches_de_la_structure_seulement() -> None:
    action, autre = soumise(), soumise()
    contenu = lire(membre(action.organisme)).content.decode()
    assert action.intitule in contenu
    assert autre.intitule not in contenu


def test_sans_structure_la_page_dit_a_qui_ecrire() -> None:
    reponse = lire(UtilisateurFabrique())
    assert reponse.status_code == 200
    assert "dokelio@carif.exemple" in reponse.content.decode()


def test_le_tableau_coute_autant_avec_une_grande_offre(django_assert_max_num_queries: Any) -> None:
    organisme = OrganismeFabrique()
    personne = membre(organisme)
    client = entrer(personne)
    with django_assert_max_num_queries(12) as vide:
        client.get("/")
    en_diffusion(organisme=organisme)
    soumise(organisme=organisme)
    for _ in range(15):
        fiche_prete(organisme=organisme)
    ActionFabrique(organisme=organisme)
    with django_assert_max_num_queries(12) as pleine:
        client.get("/")
    assert len(pleine) == len(vide)


def test_la_documentaliste_voit_sa_file_selon_sa_portee() -> None:
    action = soumise()
    personne = UtilisateurFabrique(documentaliste=True)
    reponse = lire(personne)
    assert nombres(reponse)[:3] == [1, 1, 0]
    assert nombres(lire(UtilisateurFabrique(conventionne=True)))[:3] == [0, 0, 0]
    effectuer(action, "prendre_en_charge", personne)
    reponse = lire(personne)
    assert nombres(reponse)[:3] == [1, 0, 1]
    assert reponse.context["siennes"] == [action]
    assert nombres(lire(UtilisateurFabrique(administrateur=True)))[:3] == [1, 0, 0]


def test_le_carif_voit_demandes_imports_et_derniere_nuit() -> None:
    organisme = OrganismeFabrique(nom="Nouvelle école", accepte=False)
    Import.objects.create(nom="catalogue.xml")
    Nuit.objects.create(au=timezone.localdate(), etat=EtatNuit.ECHEC)
    contenu = lire(UtilisateurFabrique(documentaliste=True)).content.decode()
    assert str(organisme) in contenu
    assert "catalogue.xml" in contenu
    assert "en échec" in contenu
    assert "compte actif" not in contenu


def test_l_administrateur_voit_aussi_les_comptes() -> None:
    reponse = lire(UtilisateurFabrique(administrateur=True))
    # force_login note une connexion : ce compte-ci n'est pas de ceux qui n'en ont jamais eu.
    assert reponse.context["comptes"]["actifs"] == 1


def test_un_financeur_a_un_tableau_sans_file() -> None:
    reponse = lire(UtilisateurFabrique(financeur=True))
    assert reponse.status_code == 200
    assert "dans votre file" not in reponse.content.decode()


@pytest.mark.parametrize("trait", ["documentaliste", "administrateur", "financeur"])
def test_le_tableau_du_carif_tient_en_douze_requetes_de_pages(trait: str, django_assert_max_num_queries: Any) -> None:
    client = entrer(UtilisateurFabrique(**{trait: True}))
    for _ in range(8):
        OrganismeFabrique(accepte=False)
        Import.objects.create(nom="x.xml")
    with django_assert_max_num_queries(12):
        client.get("/")
