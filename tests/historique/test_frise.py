"""L'histoire d'un objet : ce qui a changé, par qui, et ce que les transitions en racontent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

from dokelio.historique.contexte import contexte_historique
from dokelio.historique.middleware import HistoriqueMiddleware
from dokelio.historique.querysets import pour
from dokelio.historique.suivi import suivi_des_changements
from dokelio.publication.moteur import effectuer
from tests.publication.appli.models import Avis, Fiche

pytestmark = pytest.mark.django_db

Historique: Any = Fiche._meta.get_field("changements").related_model


@pytest.fixture
def claire() -> Any:
    return get_user_model().objects.create(email="carif@dokelio.exemple", prenom="Claire", nom="Essai")


def test_un_changement_garde_la_valeur_d_avant_et_son_auteur(claire: Any) -> None:
    fiche = Fiche.objects.create(titre="Anglais")
    with contexte_historique(claire):
        fiche.titre, fiche.genre, fiche.fin = "Anglais débutant", "l", date(2026, 3, 1)
        fiche.save()
    (entree,) = pour(fiche)
    assert entree.phrase == f"{claire} a modifié la fiche."
    assert [(e.libelle, e.avant, e.apres) for e in entree.ecarts] == [
        ("Titre", "Anglais", "Anglais débutant"),
        ("Genre", "court", "long"),
        ("Fin", "", "01/03/2026"),
    ]


def test_une_creation_et_un_chargement_n_ecrivent_rien() -> None:
    Fiche.objects.bulk_create([Fiche(titre=str(rang)) for rang in range(50)])
    assert not Historique.objects.exists()


def test_une_mise_a_jour_en_masse_est_gardee_et_ce_qui_ne_change_pas_ne_l_est_pas() -> None:
    Fiche.objects.bulk_create([Fiche(titre=str(rang)) for rang in range(50)])
    Fiche.objects.filter(titre="7").update(titre="sept")
    assert Fiche.objects.update(genre="c") == 50
    assert Historique.objects.count() == 1
    Fiche.objects.update(genre="l")
    assert Historique.objects.count() == 51


def test_le_bruit_exclu_n_est_pas_garde(claire: Any) -> None:
    fiche = Fiche.objects.create(titre="Anglais")
    fiche.save()
    assert not Historique.objects.exists()


def test_une_suppression_garde_la_derniere_ligne(claire: Any) -> None:
    Fiche.objects.create(titre="Anglais").delete()
    ligne = Historique.objects.get()
    assert (ligne.pgh_label, ligne.titre) == ("suppression", "Anglais")


def test_l_historique_ne_se_change_pas() -> None:
    Fiche.objects.create(titre="Anglais").delete()
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        Historique.objects.update(titre="autre")


def test_les_modifications_rapprochees_d_une_personne_n_en_font_qu_une(claire: Any) -> None:
    fiche = Fiche.objects.create(titre="A")
    for titre, genre in (("B", "l"), ("C", "c")):
        with contexte_historique(claire):
            fiche.titre, fiche.genre = titre, genre
            fiche.save()
    (entree,) = pour(fiche)
    assert [(e.avant, e.apres) for e in entree.ecarts] == [("A", "C")]


def test_ce_qu_une_transition_change_lui_est_joint(claire: Any) -> None:
    fiche = Fiche.objects.create(titre="Anglais", fin=date(2026, 3, 31))
    effectuer(fiche, "soumettre", claire)
    effectuer(fiche, "valider", claire, version=2)
    validation, soumission = pour(fiche)
    assert validation.phrase == f"{claire} a accepté la version 2."
    assert [(e.libelle, e.avant, e.apres) for e in validation.ecarts] == [("Version en diffusion", "", "2")]
    assert soumission.phrase == f"{claire} a soumis la fiche au contrôle."
    assert soumission.ecarts == []


def test_un_aller_retour_disparait_mais_une_transition_reste(claire: Any) -> None:
    fiche = Fiche.objects.create(titre="A", fin=date(2026, 3, 31))
    for titre in ("B", "A"):
        with contexte_historique(claire):
            fiche.titre = titre
            fiche.save()
    assert pour(fiche) == []
    effectuer(fiche, "soumettre", claire)
    effectuer(fiche, "prendre_en_charge", claire)
    assert [entree.ecarts for entree in pour(fiche)] == [[], []]


def test_l_histoire_coute_trois_requetes(claire: Any, django_assert_num_queries: Any) -> None:
    fiche = Fiche.objects.create(titre="0", fin=date(2026, 3, 31))
    for rang in range(10):
        with contexte_historique(claire):
            fiche.titre = str(rang)
            fiche.save()
    effectuer(fiche, "soumettre", claire)
    with django_assert_num_queries(3):
        pour(fiche)


def test_un_objet_sans_suivi_n_a_que_ses_transitions() -> None:
    assert pour(Avis(pk=1)) == []


def test_une_requete_signe_ses_changements_sans_garder_son_adresse(claire: Any) -> None:
    fiche = Fiche.objects.create(titre="A")

    def vue(request: HttpRequest) -> HttpResponse:
        fiche.titre = "B"
        fiche.save()
        return HttpResponse()

    requete = RequestFactory().post("/lien/a-usage-unique/")
    requete.user = claire
    HistoriqueMiddleware(vue)(requete)
    assert Historique.objects.get().pgh_context == {"user": claire.pk}


def test_la_frise_echappe_et_dit_le_vide(claire: Any) -> None:
    fiche = Fiche.objects.create(titre="<b>A</b>")
    with contexte_historique(claire):
        fiche.titre = ""
        fiche.save()
    rendu = render_to_string("historique/frise.html", {"entrees": pour(fiche)})
    assert "<del>&lt;b&gt;A&lt;/b&gt;</del>" in rendu
    assert "vide" in rendu
    assert "1 champ modifié" in rendu
    assert "Rien ne s’est encore passé." in render_to_string("historique/frise.html", {"entrees": []})


def test_exclure_un_champ_qui_n_existe_pas_est_refuse() -> None:
    with pytest.raises(ValueError, match="absent"):
        suivi_des_changements(exclure=("absent",))(Fiche)
