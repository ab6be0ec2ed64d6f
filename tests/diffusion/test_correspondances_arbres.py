"""Répartir un arbre entre des champs et un reste, refondre, comparer : ce qui fait que rien ne se perd."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dokelio.socle.arbres import appliquer, contenu, ecarts, joindre_restes, repartir, reste_de
from formations.models import Action
from sessions.models import Deroulement, Session
from structures.models import Organisme
from tests.lheo.strategies import arbres


def aller_retour(modele: Any, niveau: str, arbre: Any) -> Any:
    """L'arbre réparti dans une instance, puis rassemblé."""
    valeurs, reste = repartir(modele, niveau, arbre)
    return contenu(modele(**valeurs, reste_lheo=joindre_restes(modele, {niveau: reste})), niveau)


@pytest.mark.parametrize(
    ("modele", "niveau"),
    [
        (Action, "formation"),
        (Action, "action"),
        (Deroulement, "action"),
        (Session, "session"),
        (Organisme, "organisme-formation-responsable"),
    ],
)
def test_repartir_puis_rassembler_rend_l_arbre(modele: Any, niveau: str) -> None:
    @given(arbre=arbres(niveau))
    @settings(max_examples=40, deadline=None)
    def propriete(arbre: Any) -> None:
        if modele is Action:
            arbre.pop("action", None)  # les actions d'une formation sont d'autres lignes
        avant = copy.deepcopy(arbre)
        assert aller_retour(modele, niveau, arbre) == avant
        assert arbre == avant

    propriete()


def test_chaque_niveau_d_un_modele_a_son_reste() -> None:
    reste = joindre_restes(Action, {"formation": {"@ref": "1"}, "action": {"restauration": {"@info": "x", "=": "y"}}})
    assert reste_de(Action, reste, "formation") == {"@ref": "1"}
    assert reste_de(Action, reste, "action") == {"restauration": {"@info": "x", "=": "y"}}
    assert joindre_restes(Action, {"formation": {}, "action": {}}) == {}


@pytest.mark.parametrize(
    ("recu", "garde"),
    [
        ("20270104", None),
        ("20270100", "20270100"),
        ("99999999", "99999999"),
        (" 20270104", " 20270104"),
        ("20270231", "20270231"),
    ],
)
def test_une_date_que_le_champ_ecrirait_autrement_va_au_reste(recu: str, garde: str | None) -> None:
    _, reste = repartir(Session, "session", {"periode": {"debut": recu, "fin": "99999999"}})
    tenu = reste.get("periode", {}).get("debut")
    assert (tenu["#"] if tenu else None) == garde


@pytest.mark.parametrize("texte", ["007", "+4", "-3", " 5 ", "123456", "9" * 5000, "٣"])
def test_un_entier_que_le_champ_ecrirait_autrement_va_au_reste(texte: str) -> None:
    arbre = {"nombre-heures-total": texte}
    valeurs, reste = repartir(Deroulement, "action", arbre)
    assert reste["nombre-heures-total"]["#"] == texte
    assert valeurs["heures_total"] is None or 0 <= valeurs["heures_total"] <= 99999
    assert aller_retour(Deroulement, "action", arbre) == arbre


def test_un_siret_en_chiffres_arabes_ou_fictif_n_est_pas_tenu_par_le_champ() -> None:
    for siret in ("١" * 14, "00000000000000"):
        arbre = {"SIRET-organisme-formation": {"@info": "i", "SIRET": siret}}
        valeurs, _ = repartir(Organisme, "organisme-formation-responsable", arbre)
        assert valeurs["siret"] == ""
        assert aller_retour(Organisme, "organisme-formation-responsable", arbre) == arbre


def test_un_contenant_vide_recu_vide_reste_vide() -> None:
    arbre: dict[str, Any] = {"domaine-formation": {}, "restauration": ""}
    assert aller_retour(Action, "formation", {"domaine-formation": {}}) == {"domaine-formation": {}}
    assert aller_retour(Action, "action", {"restauration": ""}) == {"restauration": arbre["restauration"]}


def _sequences() -> st.SearchStrategy[Any]:
    """Deux arbres du même élément."""
    return st.sampled_from(["coordonnees", "organisme-formateur", "organisme-formation-responsable"]).flatmap(
        lambda nom: st.tuples(arbres(nom), arbres(nom))
    )


@given(_sequences())
@settings(max_examples=80, deadline=None)
def test_appliquer_des_ecarts_rend_l_arbre_compare(paire: tuple[Any, Any]) -> None:
    base, arbre = paire
    avant = copy.deepcopy(base)
    assert appliquer(base, ecarts(base, arbre)) == arbre
    assert base == avant
    assert ecarts(arbre, arbre) == {}


def test_un_ecart_laisse_passer_ce_qui_change_ailleurs() -> None:
    ecart = ecarts({"nom": "A", "adresse": {"ville": "Paris"}}, {"nom": "A", "adresse": {"ville": "Lyon"}})
    assert appliquer({"nom": "B", "adresse": {"ville": "Paris", "pays": "FR"}}, ecart) == {
        "nom": "B",
        "adresse": {"ville": "Lyon", "pays": "FR"},
    }


def test_un_ecart_d_absence_ne_cree_pas_de_contenant_vide() -> None:
    ecart = ecarts({"adresse": {"ville": "Paris", "pays": "FR"}}, {"adresse": {"ville": "Paris"}})
    assert appliquer({"nom": "B"}, ecart) == {"nom": "B"}
