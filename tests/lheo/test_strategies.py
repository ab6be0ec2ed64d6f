"""Les stratégies tirent tout ce que la grammaire admet, et rien d’autre."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dokelio.lheo.arbre import vers_arbre, vers_element
from dokelio.lheo.grammaire import ELEMENTS, RACINES, element
from dokelio.lheo.schema import erreurs_de
from tests.lheo.strategies import arbres


def test_tout_element_est_atteignable_depuis_une_racine() -> None:
    atteints, reste = set(RACINES), list(RACINES)
    while reste:
        nouveaux = {e.nom for e in element(reste.pop()).enfants} - atteints
        atteints |= nouveaux
        reste += nouveaux
    assert atteints == set(ELEMENTS)


@pytest.mark.parametrize("nom", sorted(set(ELEMENTS) - {*RACINES, "offres", "formation", "action"}))
def test_tout_element_tire_seul_est_valide_et_se_relit(nom: str) -> None:
    @settings(
        max_examples=8, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.data())
    def eprouver(donnees: Any) -> None:
        arbre = donnees.draw(arbres(nom, avec_id=True))
        elt = vers_element(nom, arbre)
        assert erreurs_de(elt) == []
        assert vers_arbre(elt) == arbre

    eprouver()
