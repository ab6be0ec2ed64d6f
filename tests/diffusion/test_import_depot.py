"""Le dépôt : une ligne d'abord, un travail ensuite, un compte rendu dans tous les cas."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from diffusion.imports import deposer, executer
from diffusion.models import EtatImport, Import
from diffusion.tasks import balayer_imports, executer_import
from formations.models import Action
from tests.diffusion.documents import document, formation
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, membre, siret

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fichiers(settings: Any, tmp_path: Path) -> None:
    """Les documents déposés vont dans un dossier de l'essai."""
    settings.MEDIA_ROOT = tmp_path


def depot(contenu: bytes, auteur: Any = None, **options: Any) -> Import:
    """Un document déposé."""
    return deposer(ContentFile(contenu, name="offre.xml"), auteur, **options)


def test_deposer_garde_le_document_et_attend() -> None:
    un = depot(document(formation()))
    assert (un.etat, un.nom, len(un.sha256)) == (EtatImport.EN_ATTENTE, "offre.xml", 64)
    assert un.taille == len(document(formation()))
    assert Action.objects.count() == 0


def test_executer_fait_entrer_le_document_et_garde_le_bilan_les_lignes_et_l_enveloppe() -> None:
    auteur = UtilisateurFabrique(documentaliste=True)
    un = executer(depot(document(formation("F1"), formation("F2")), auteur))
    assert un.etat == EtatImport.TERMINE
    assert un.bilan["formations"]["crees"] == 2
    assert un.enveloppe == {"racine": "lheo", "arbre": {"offres": {}}}
    ligne = un.lignes.get(code="doublon-certification", rang=2)
    assert ligne.action == Action.objects.get(numero_emetteur="F2")
    assert Action.objects.first().cree_par == auteur


def test_un_document_refuse_ne_laisse_que_sa_phrase() -> None:
    un = executer(depot(b"ceci n'est pas du XML"))
    assert un.etat == EtatImport.REFUSE
    assert un.message.endswith(".")
    assert Action.objects.count() == 0


def test_une_erreur_inattendue_ne_laisse_rien_et_le_dit(monkeypatch: pytest.MonkeyPatch) -> None:
    def casser(*_: Any, **__: Any) -> None:
        raise RuntimeError("imprévu")

    monkeypatch.setattr("diffusion.imports.lot.ecrire_lieux", casser)
    un = executer(depot(document(formation())))
    assert (un.etat, Action.objects.count()) == (EtatImport.ECHEC, 0)
    assert "rien n'a été écrit" in un.message


def test_un_import_fini_ne_se_refait_pas() -> None:
    un = executer(depot(document(formation())))
    Action.objects.all().update(intitule="Saisi depuis", empreinte_import="")
    executer_import(un.pk)
    assert Action.objects.get().intitule == "Saisi depuis"


def test_une_simulation_garde_son_compte_rendu_et_rien_d_autre() -> None:
    un = executer(depot(document(formation("F1"), formation("F2")), simulation=True))
    assert (un.etat, un.bilan["formations"]["crees"], Action.objects.count()) == (EtatImport.TERMINE, 2, 0)
    assert un.lignes.exists()


def test_le_balayage_reprend_ce_qui_attend_et_ce_qui_a_perdu_son_executant() -> None:
    attend, perdu, recent = (depot(document(formation(nom))) for nom in ("F1", "F2", "F3"))
    il_y_a = timezone.now() - timedelta(hours=7)
    Import.objects.filter(pk=attend.pk).update(depose_le=il_y_a)
    Import.objects.filter(pk=perdu.pk).update(etat=EtatImport.EN_COURS, debut=il_y_a)
    Import.objects.filter(pk=recent.pk).update(etat=EtatImport.EN_COURS, debut=timezone.now())
    assert balayer_imports() == 2
    assert set(Import.objects.filter(etat=EtatImport.TERMINE)) == {attend, perdu}


def test_le_depot_d_un_membre_reste_chez_son_organisme() -> None:
    of = OrganismeFabrique(siret=siret(900_001))
    un = executer(depot(document(formation()), membre(of), organisme=of))
    assert Action.objects.get().organisme == of
    assert set(Import.objects.visibles_par(membre(of))) == {un}
    assert not Import.objects.visibles_par(membre(OrganismeFabrique())).exists()
