"""Ce que l'organisme soumet est exactement ce qui peut partir : la garde dit chaque faute comme à une personne."""

from __future__ import annotations

from typing import Any

import pytest

from dokelio.publication.moteur import effectuer, verifier
from dokelio.publication.refus import TransitionRefusee
from formations.actions.versions import contenu_controle, empreinte
from formations.models import Action
from sessions.actions.ecriture import EcritureRefusee, ecriture_libre
from sessions.models import Deroulement, Session
from structures.models import Organisme
from tests.fabriques import (
    DeroulementFabrique,
    SessionFabrique,
    UtilisateurFabrique,
    en_diffusion,
    fiche_prete,
    membre,
    soumise,
)

pytestmark = pytest.mark.django_db


def refus(action: Action) -> dict[tuple[str, str], str]:
    """Ce que *soumettre* reproche : (champ, phrase) → lien."""
    relue = Action.objects.get(pk=action.pk)
    return {
        (un.champ, un.phrase.replace("\u00a0", " ")): un.lien
        for un in verifier(relue, "soumettre", membre(relue.organisme))
    }


def test_une_fiche_prete_n_a_rien_a_se_reprocher() -> None:
    assert refus(fiche_prete()) == {}


@pytest.mark.parametrize(
    ("valeurs", "champ", "phrase", "onglet"),
    [
        ({"objectif": ""}, "objectif", "Il manque l'objectif de la formation.", "informations"),
        (
            {"contacts": [], "_sans_contact": True},
            "contacts",
            "Il manque un contact pour cette formation.",
            "informations",
        ),
        ({"domaine": None}, "domaine", "Il manque le domaine de la formation.", "indexation"),
        (
            {"prise_en_charge_possible": None},
            "prise_en_charge_possible",
            "Il manque la réponse à « Prise en charge des frais possible ».",
            "informations",
        ),
        (
            {"niveau_entree": "99"},
            "niveau_entree",
            "Le niveau à l'entrée : « 99 » n'est pas dans la liste. Choisissez une valeur proposée.",
            "informations",
        ),
        (
            {"public_vise": ["83056"]},
            "public_vise",
            "Le public visé est donné sans la version de sa nomenclature. Choisissez-le de nouveau dans la liste.",
            "informations",
        ),
        (
            {"contacts": [{"coordonnees": {"adresse": {"ligne": ["1 rue Dupin"], "codepostal": "75006"}}}]},
            "contacts",
            "Contacts : il manque la ville.",
            "informations",
        ),
        (
            {"reste_lheo": {"objectif-formation": {"#": "x" * 3001, "=": None}}, "objectif": ""},
            "objectif",
            "L'objectif de la formation compte 3001 caractères ; 3000 au plus. Raccourcissez ce texte de 1 caractère.",
            "informations",
        ),
    ],
)
def test_chaque_faute_de_la_fiche_est_dite_et_mene_a_son_onglet(
    valeurs: dict[str, Any], champ: str, phrase: str, onglet: str
) -> None:
    action = fiche_prete()
    if valeurs.pop("_sans_contact", False):
        action.organisme.contacts.all().delete()
    Action.objects.filter(pk=action.pk).update(**valeurs)
    assert refus(action)[champ, phrase] == f"/formations/{action.reference}/{onglet}/"


def test_une_faute_du_lieu_dit_lequel() -> None:
    action = fiche_prete()
    Deroulement.objects.filter(action=action).update(rythme="")
    assert refus(action) == {
        ("rythme", "Lieu « 75020 Paris » : il manque le rythme."): f"/formations/{action.reference}/sessions/"
    }


def test_une_faute_de_session_dit_laquelle() -> None:
    action = fiche_prete()
    session = action.deroulements.get().sessions.get()
    reste = {"periode": {"fin": {"#": "20261301", "=": "99999999"}}}
    Session.objects.filter(pk=session.pk).update(fin=None, reste_lheo=reste)
    ((champ, phrase),) = refus(action)
    assert champ == "fin"
    assert phrase.startswith(f"Session {session.reference} : la date de fin vaut 20261301, qui n’est pas un jour")


def test_une_faute_de_l_organisme_mene_a_sa_page() -> None:
    action = fiche_prete()
    Organisme.objects.filter(pk=action.organisme_id).update(nda="", coordonnees={"adresse": {"ligne": ["1 rue"]}})
    dits = refus(action)
    assert set(dits) == {
        ("nda", "Il manque le numéro de déclaration d'activité."),
        ("coordonnees", "Coordonnées : il manque le code postal."),
        ("coordonnees", "Coordonnées : il manque la ville."),
    }
    assert set(dits.values()) == {f"/structure/{action.organisme.reference}/"}


def test_une_faute_que_chaque_lieu_repete_est_dite_une_fois() -> None:
    action = fiche_prete()
    SessionFabrique(deroulement=DeroulementFabrique(action=action))
    Action.objects.filter(pk=action.pk).update(public_vise=[])
    assert [champ for champ, _ in refus(action)] == ["public_vise"]


def test_les_silences_honnetes_ne_sont_pas_des_fautes() -> None:
    """Sans alternance, sans prérequis, s'inscrire chez l'organisme : rien n'est demandé."""
    action = fiche_prete()
    Action.objects.filter(pk=action.pk).update(modalites_alternance="", conditions_specifiques="", contacts=[])
    assert refus(action) == {}


def test_accepter_demande_la_meme_validite() -> None:
    action = soumise()
    Deroulement.objects.filter(action=action).update(rythme="")
    with pytest.raises(TransitionRefusee) as refusee:
        effectuer(
            action,
            "valider",
            UtilisateurFabrique(administrateur=True),
            empreinte=empreinte(contenu_controle(action)),
        )
    assert [un.champ for un in refusee.value.refus] == ["rythme"]


def test_une_ecriture_libre_ne_rend_pas_fausse_l_offre_a_l_antenne() -> None:
    action = en_diffusion()
    lieu = action.deroulements.get()
    with pytest.raises(EcritureRefusee) as refusee, ecriture_libre(action):
        Deroulement.objects.filter(pk=lieu.pk).update(rythme="")
    assert [un.champ for un in refusee.value.refus] == ["rythme"]
    lieu.refresh_from_db()
    assert lieu.rythme == "Temps plein"


def test_une_ecriture_libre_juste_passe_meme_si_la_ligne_en_cours_est_incomplete() -> None:
    """La vérification porte sur la version à l'antenne, pas sur la fiche qu'on récrit."""
    action = en_diffusion()
    effectuer(action, "modifier", membre(action.organisme))
    Action.objects.filter(pk=action.pk).update(objectif="")
    with ecriture_libre(action):
        Deroulement.objects.filter(action=action).update(rythme="Soirs et week-ends")
    assert action.deroulements.get().rythme == "Soirs et week-ends"
