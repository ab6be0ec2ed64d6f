"""Une transition : qui, d'où, sous quelles conditions, avec quelles suites, et tout ou rien."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from dokelio.publication.contexte import un_geste
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer, transitions_possibles, verifier
from dokelio.publication.naissances import naitre_en_lot
from dokelio.publication.refus import EtatChange, TransitionInterdite, TransitionRefusee
from tests.publication.appli.models import Avis, Etat, Fiche

pytestmark = pytest.mark.django_db


def personne(nom: str) -> Any:
    return get_user_model().objects.create(email=f"{nom}@dokelio.exemple", prenom=nom.capitalize(), nom="Essai")


@pytest.fixture
def membre() -> Any:
    return personne("membre")


@pytest.fixture
def carif() -> Any:
    return personne("carif")


@pytest.fixture
def fiche() -> Fiche:
    return Fiche.objects.create(titre="Anglais", fin=date(2026, 3, 31))


def test_une_transition_change_l_etat_et_ecrit_un_evenement_avec_son_auteur(fiche: Fiche, membre: Any) -> None:
    rendu = effectuer(fiche, "soumettre", membre, "  Merci  ", au=date(2026, 1, 2))
    assert fiche.statut == Etat.A_CONTROLER
    assert Fiche.objects.get().statut == Etat.A_CONTROLER
    evenement = Evenement.objects.get()
    assert evenement == rendu
    assert (evenement.objet_type, evenement.objet_id) == ("appli_publication.Fiche", fiche.pk)
    assert (evenement.reference, evenement.avant, evenement.apres) == (fiche.reference, "brouillon", "a_controler")
    assert (evenement.auteur, evenement.commentaire, evenement.au) == (membre, "Merci", date(2026, 1, 2))
    assert evenement.instant.utcoffset() is not None
    assert evenement.phrase == f"{membre} a soumis la fiche au contrôle."


def test_tous_les_refus_viennent_ensemble_chacun_sur_son_champ(membre: Any) -> None:
    vide = Fiche.objects.create()
    with pytest.raises(TransitionRefusee) as faute:
        effectuer(vide, "soumettre", membre)
    assert [refus.champ for refus in faute.value.refus] == ["titre", "fin"]
    assert vide.statut == Etat.BROUILLON
    assert not Evenement.objects.exists()


def test_le_motif_obligatoire_manquant_s_ajoute_aux_refus_des_gardes(fiche: Fiche, membre: Any, carif: Any) -> None:
    effectuer(fiche, "soumettre", membre)
    Fiche.objects.update(titre="")
    with pytest.raises(TransitionRefusee) as faute:
        effectuer(fiche, "demander_une_correction", carif, "   ")
    assert [refus.champ for refus in faute.value.refus] == ["commentaire", "titre"]
    assert "Demander une correction" in faute.value.refus[0].phrase


def test_un_etat_qui_a_change_entre_temps_se_dit_en_une_phrase(fiche: Fiche, membre: Any) -> None:
    vieille = Fiche.objects.get()
    effectuer(fiche, "soumettre", membre)
    with pytest.raises(EtatChange, match="À contrôler"):
        effectuer(vieille, "soumettre", membre)
    assert Evenement.objects.count() == 1


def test_qui_n_a_pas_le_droit_est_arrete(fiche: Fiche, membre: Any) -> None:
    effectuer(fiche, "soumettre", membre)
    with pytest.raises(TransitionInterdite):
        effectuer(fiche, "valider", membre)


def test_le_systeme_ne_fait_que_ce_que_la_table_lui_permet(fiche: Fiche, membre: Any) -> None:
    with pytest.raises(TransitionInterdite):
        effectuer(fiche, "soumettre", None)
    effectuer(fiche, "soumettre", membre)
    assert effectuer(fiche, "signaler", None).auteur is None


def test_une_transition_reservee_au_systeme_se_refuse_aux_personnes(fiche: Fiche, membre: Any, carif: Any) -> None:
    effectuer(fiche, "soumettre", membre)
    with pytest.raises(TransitionInterdite):
        effectuer(fiche, "signaler", carif)


def test_un_effet_qui_echoue_annule_tout_et_rend_ses_valeurs_a_l_objet(fiche: Fiche, membre: Any, carif: Any) -> None:
    effectuer(fiche, "soumettre", membre)
    with pytest.raises(ZeroDivisionError):
        effectuer(fiche, "valider", carif, casse=True)
    assert (fiche.statut, fiche.version) == (Etat.A_CONTROLER, None)
    fiche.refresh_from_db()
    assert (fiche.statut, fiche.version) == (Etat.A_CONTROLER, None)
    assert Evenement.objects.count() == Avis.objects.count() == 1


def test_une_estampille_pose_ses_colonnes_avec_l_etat(fiche: Fiche, membre: Any, carif: Any) -> None:
    avant = fiche.modifie_le
    effectuer(fiche, "soumettre", membre)
    evenement = effectuer(fiche, "valider", carif, version=3)
    assert (fiche.statut, fiche.version) == (Etat.EN_DIFFUSION, 3)
    assert evenement.donnees == {"version": 3}
    assert evenement.phrase.endswith("a accepté la version 3.")
    assert Fiche.objects.get().modifie_le > avant


def test_une_contrainte_de_la_base_qui_a_une_phrase_devient_un_refus(fiche: Fiche, membre: Any, carif: Any) -> None:
    effectuer(fiche, "soumettre", membre)
    with pytest.raises(TransitionRefusee, match="a une version"):
        effectuer(fiche, "valider", carif, version=None)
    assert fiche.statut == Etat.A_CONTROLER


def test_l_appelant_ne_transmet_pas_ce_qu_il_n_a_pas_enregistre(fiche: Fiche, membre: Any) -> None:
    fiche.titre = "Jamais enregistré"
    effectuer(fiche, "soumettre", membre)
    assert fiche.titre == Fiche.objects.get().titre == "Anglais"


@pytest.mark.parametrize("chemin", [[], ["soumettre", "demander_une_correction"]])
def test_reprendre_ramene_la_ou_l_on_etait(fiche: Fiche, membre: Any, carif: Any, chemin: list[str]) -> None:
    for nom in chemin:
        effectuer(fiche, nom, carif, "motif")
    origine = fiche.statut
    effectuer(fiche, "soumettre", membre)
    effectuer(fiche, "prendre_en_charge", carif)
    assert fiche.statut == Etat.A_CONTROLER
    effectuer(fiche, "reprendre", membre)
    assert fiche.statut == origine


def test_le_meme_jeton_ne_fait_la_chose_qu_une_fois(fiche: Fiche, membre: Any) -> None:
    jeton = uuid4()
    premier = effectuer(fiche, "soumettre", membre, jeton=jeton)
    second = effectuer(Fiche.objects.get(), "soumettre", membre, jeton=jeton)
    assert premier == second
    assert Avis.objects.count() == 1


def test_un_jeton_ne_sert_pas_a_autre_chose(fiche: Fiche, membre: Any) -> None:
    jeton = uuid4()
    effectuer(fiche, "soumettre", membre, jeton=jeton)
    with pytest.raises(TransitionRefusee, match="rechargez"):
        effectuer(fiche, "reprendre", membre, jeton=jeton)


def test_supprimer_efface_l_objet_et_garde_son_evenement(fiche: Fiche, membre: Any) -> None:
    cle, jeton = fiche.pk, uuid4()
    jumelle = Fiche.objects.get()
    effectuer(fiche, "supprimer", membre, jeton=jeton)
    assert not Fiche.objects.exists()
    evenement = Evenement.objects.get(objet_id=cle)
    assert (evenement.avant, evenement.apres) == ("brouillon", "")
    assert effectuer(jumelle, "supprimer", membre, jeton=jeton) == evenement
    with pytest.raises(EtatChange, match="n’existe plus"):
        effectuer(jumelle, "soumettre", membre)


def test_la_naissance_passe_aussi_par_le_moteur(membre: Any) -> None:
    neuve = Fiche(titre="Neuve")
    evenement = effectuer(neuve, "creer", membre)
    assert Fiche.objects.get() == neuve
    assert (evenement.avant, evenement.apres, evenement.objet_id) == ("", "brouillon", neuve.pk)
    assert evenement.reference == neuve.reference
    with pytest.raises(TransitionRefusee, match="existe déjà"):
        effectuer(neuve, "creer", membre)


def test_une_naissance_au_jeton_deja_servi_ne_cree_rien(membre: Any) -> None:
    jeton = uuid4()
    premiere = effectuer(Fiche(titre="Neuve"), "creer", membre, jeton=jeton)
    seconde = Fiche(titre="Neuve")
    assert effectuer(seconde, "creer", membre, jeton=jeton) == premiere
    assert (Fiche.objects.count(), seconde.pk) == (1, None)


def test_un_geste_reunit_ses_evenements(membre: Any) -> None:
    with un_geste() as geste:
        for titre in ("Un", "Deux"):
            effectuer(Fiche(titre=titre), "creer", membre)
    assert set(Evenement.objects.values_list("geste", flat=True)) == {geste}
    effectuer(Fiche(titre="Trois"), "creer", membre)
    assert Evenement.objects.values("geste").distinct().count() == 2


def test_la_demonstration_date_ses_evenements(membre: Any) -> None:
    hier = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    effectuer(Fiche(titre="Vieille"), "creer", membre, maintenant=hier)
    evenement = Evenement.objects.get()
    assert (evenement.instant, evenement.au) == (hier, date(2026, 1, 1))


def test_les_boutons_viennent_de_la_table(fiche: Fiche, membre: Any, carif: Any) -> None:
    assert [p.transition.nom for p in transitions_possibles(fiche, membre)] == ["soumettre", "supprimer"]
    effectuer(fiche, "soumettre", membre)
    assert [p.transition.nom for p in transitions_possibles(fiche, membre)] == ["soumettre", "reprendre"][1:]
    assert [p.transition.nom for p in transitions_possibles(fiche, carif)] == [
        "reprendre",
        "prendre_en_charge",
        "valider",
        "demander_une_correction",
    ]
    assert [p.transition.nom for p in transitions_possibles(fiche, None)] == ["signaler", "rendre"]


def test_les_gardes_ne_tournent_pour_les_boutons_que_si_on_le_demande(membre: Any) -> None:
    vide = Fiche.objects.create()
    sans, avec = (transitions_possibles(vide, membre, avec_gardes=g)[0] for g in (False, True))
    assert sans.refus == []
    assert [refus.champ for refus in avec.refus] == ["titre", "fin"]


def test_verifier_dit_ce_qui_manque_sans_rien_changer(membre: Any) -> None:
    vide = Fiche.objects.create()
    assert [refus.champ for refus in verifier(vide, "soumettre", membre)] == ["titre", "fin"]
    assert "Brouillon" in verifier(vide, "valider", membre)[0].phrase
    assert not Evenement.objects.exists()


def test_une_transition_simple_coute_peu_de_requetes(
    fiche: Fiche, membre: Any, carif: Any, django_assert_num_queries: Any
) -> None:
    effectuer(fiche, "soumettre", membre)
    with django_assert_num_queries(4):  # point de reprise, verrou, événement, fin : rien d'autre ne change
        effectuer(fiche, "prendre_en_charge", carif)


@pytest.mark.django_db(transaction=True)
def test_deux_clics_simultanes_ne_font_qu_une_transition() -> None:
    membre, fiche = personne("membre"), Fiche.objects.create(titre="Anglais", fin=date(2026, 3, 31))
    jeton, rendus, pret = uuid4(), [], threading.Barrier(2)

    def cliquer() -> None:
        copie = Fiche.objects.get(pk=fiche.pk)
        pret.wait(5)
        try:
            rendus.append(effectuer(copie, "soumettre", membre, jeton=jeton).pk)
        finally:
            connection.close()

    fils = [threading.Thread(target=cliquer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(20)
    assert len(rendus) == 2
    assert len(set(rendus)) == 1
    assert Evenement.objects.count() == Avis.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_deux_naissances_simultanees_au_meme_jeton_n_en_font_qu_une() -> None:
    membre, jeton, pret = personne("membre"), uuid4(), threading.Barrier(2)
    rendus: list[int] = []

    def creer() -> None:
        pret.wait(5)
        try:
            rendus.append(effectuer(Fiche(titre="Neuve"), "creer", membre, jeton=jeton).pk)
        finally:
            connection.close()

    fils = [threading.Thread(target=creer) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(20)
    assert len(rendus) == 2
    assert len(set(rendus)) == 1
    assert Fiche.objects.count() == 1


def test_une_naissance_en_lot_vaut_autant_de_naissances(membre: Any, django_assert_max_num_queries: Any) -> None:
    neuves = [Fiche(titre=str(rang)) for rang in range(30)]
    with django_assert_max_num_queries(4):
        evenements = naitre_en_lot(neuves, "creer", membre)
    assert [e.objet_id for e in evenements] == [f.pk for f in neuves]
    assert [e.reference for e in evenements] == [f.reference for f in neuves]
    assert {e.apres for e in Evenement.objects.all()} == {"brouillon"}
    assert Evenement.objects.values("geste").distinct().count() == 1


def test_une_naissance_en_lot_est_toute_ou_rien(membre: Any) -> None:
    with pytest.raises(TransitionInterdite):
        naitre_en_lot([Fiche(titre="x")], "creer", None)
    with pytest.raises(TransitionRefusee, match="existe déjà"):
        naitre_en_lot([Fiche(titre="x"), Fiche.objects.create()], "creer", membre)
    assert Fiche.objects.count() == 1


def test_un_evenement_ne_se_change_ni_ne_s_efface(fiche: Fiche, membre: Any) -> None:
    evenement = effectuer(fiche, "soumettre", membre)
    for geste in (lambda: Evenement.objects.update(commentaire="autre"), evenement.delete):
        with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
            geste()
