"""La table d'une machine : refusée au démarrage si elle est fausse, complétée par les pièces du dessus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dokelio.publication import machine as registre
from dokelio.publication.machine import (
    ORIGINE,
    Declaration,
    Effet,
    Estampille,
    Garde,
    Machine,
    Transition,
    machine,
    machine_de,
    machines,
)
from dokelio.publication.refus import Refus
from tests.publication.appli.models import Etat, Fiche

NOM = "appli_publication.Autre"


@pytest.fixture(autouse=True)
def registre_rendu() -> Iterator[None]:
    avant = dict(registre._REGISTRE)
    yield
    registre._REGISTRE.clear()
    registre._REGISTRE.update(avant)


def ligne(nom: str = "aller", **champs: Any) -> Transition:
    options: dict[str, Any] = {
        "libelle": "Aller",
        "sources": [Etat.BROUILLON],
        "cible": Etat.ARCHIVE,
        "phrase": "{auteur} est allé.",
        "systeme": True,
    } | champs
    return Transition(nom, **options)


def garde_b(objet: Any, contexte: Any) -> list[Refus]:
    return []


def garde_a(objet: Any, contexte: Any) -> list[Refus]:
    return []


def effet_muet(objet: Any, contexte: Any) -> None:
    return None


def test_les_machines_se_trouvent_par_leur_modele() -> None:
    assert machine_de(Fiche) is machine_de(Fiche()) is machine("appli_publication.Fiche")
    assert machine("appli_publication.Fiche") in machines()
    with pytest.raises(Declaration):
        machine("appli_publication.Avis")


@pytest.mark.parametrize(
    ("transitions", "phrase"),
    [
        ([ligne(), ligne()], "deux transitions"),
        ([ligne(sources=["ailleurs"])], "états inconnus"),
        ([ligne(cible="ailleurs")], "états inconnus"),
        ([ligne(sources=[])], "aucune source"),
        ([ligne(phrase="")], "ni libellé ni phrase"),
        ([ligne(systeme=False)], "personne"),
        ([ligne(sources=None, cible=ORIGINE)], "naissance"),
        ([ligne(cible=None, en_masse=True)], "en masse"),
        ([ligne(en_masse=True, gardes=[garde_a])], "sans jumelle SQL"),
        ([ligne(en_masse=True, estampilles=[effet_muet])], "sans jumelle SQL"),
        ([ligne(en_masse=True, effets=[effet_muet])], "sans jumelle SQL"),
        ([ligne(en_masse=True, effets=[Effet(effet_muet, {"maj": "SELECT 1"})])], "déjà pris"),
        ([ligne(en_masse=True, effets=[Effet(effet_muet, {"x": "DELETE FROM y"})])], "RETURNING"),
    ],
)
def test_une_table_fausse_est_refusee(transitions: list[Transition], phrase: str) -> None:
    with pytest.raises(Declaration, match=phrase):
        Machine(NOM, etats=Etat, transitions=transitions)


def test_un_modele_n_a_qu_une_machine() -> None:
    Machine(NOM, etats=Etat, transitions=[ligne()])
    with pytest.raises(Declaration, match="déjà"):
        Machine(NOM, etats=Etat, transitions=[ligne()])


def test_les_inscriptions_suivent_la_table_par_rang_puis_par_nom() -> None:
    def de_la_table(objet: Any, contexte: Any) -> list[Refus]:
        return []

    def premiere(objet: Any, contexte: Any) -> list[Refus]:
        return []

    table = Machine(NOM, etats=Etat, transitions=[ligne(gardes=[de_la_table])])
    table.inscrire_garde("aller", garde_b)
    table.inscrire_garde("aller", garde_a)
    table.inscrire_garde("aller", premiere, rang=10)
    ordre = [garde.fonction for garde in table.gardes("aller")]
    assert ordre == [de_la_table, premiere, garde_a, garde_b]


def test_s_inscrire_sur_une_transition_inconnue_ou_deux_fois_est_refuse() -> None:
    table = Machine(NOM, etats=Etat, transitions=[ligne()])
    with pytest.raises(Declaration, match="partir"):
        table.inscrire_effet("partir", effet_muet)
    table.inscrire_effet("aller", effet_muet)
    with pytest.raises(Declaration, match="déjà inscrite"):
        table.inscrire_effet("aller", effet_muet)


def test_s_inscrire_sans_jumelle_sur_une_transition_en_masse_est_refuse() -> None:
    table = Machine(NOM, etats=Etat, transitions=[ligne(en_masse=True)])
    table.inscrire_garde("aller", Garde(garde_a, "true"))
    table.inscrire_estampille("aller", Estampille(effet_muet, {}))
    for inscrire, fonction in ((table.inscrire_garde, garde_b), (table.inscrire_effet, effet_muet)):
        with pytest.raises(Declaration, match="sans jumelle SQL"):
            inscrire("aller", fonction)


def test_la_phrase_se_passe_d_une_trace_incomplete() -> None:
    recit = ligne(phrase="{auteur} a accepté la version {version}.")
    assert recit.raconter("Claire", {}) == "Claire a accepté la version …."
    assert ligne(phrase_systeme="Fait seul.").raconter("", {}) == "Fait seul."
