"""Le registre des exécutions : une ligne d'abord, un document mis en place d'un coup, ce qui chute trop est retenu."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from diffusion.exports import execution as module
from diffusion.exports.execution import demander, executer, executer_flux, executer_les_flux, publier_quand_meme
from diffusion.models import EtatExecution, Execution, Flux
from sessions.models import Financement, Session
from tests.fabriques import UtilisateurFabrique, en_diffusion

pytestmark = pytest.mark.django_db

AU = timezone.localdate()


def sans_l_heure(octets: bytes) -> bytes:
    return re.sub(rb'<extra info="heure-export">\d{6}', b"", octets)


def test_l_execution_dit_ce_qui_est_parti(flux: Flux) -> None:
    en_diffusion()
    execution = executer_flux(flux, AU)
    assert execution.etat == EtatExecution.PUBLIE
    octets = flux.publie.read_bytes()
    assert execution.taille == len(octets)
    assert execution.sha256 == hashlib.sha256(octets).hexdigest()
    assert (execution.formations, execution.actions, execution.sessions, execution.organismes) == (1, 1, 1, 1)
    assert execution.duree is not None
    assert execution.chemin is not None
    assert execution.chemin.read_bytes() == octets


def test_deux_executions_le_meme_jour_disent_la_meme_chose(flux: Flux) -> None:
    for _ in range(2):
        en_diffusion()
    premiere = executer_flux(flux, AU)
    avant = flux.publie.read_bytes()
    seconde = executer_flux(flux, AU)
    assert premiere.pk != seconde.pk
    assert sans_l_heure(flux.publie.read_bytes()) == sans_l_heure(avant)
    assert Session.objects.filter(premiere_diffusion=AU).count() == 2


def test_la_premiere_diffusion_se_date_une_fois(flux: Flux) -> None:
    en_diffusion()
    executer_flux(flux, AU)
    nouvelle = en_diffusion()
    executer_flux(flux, AU + timedelta(days=1))
    dates = set(Session.objects.values_list("premiere_diffusion", flat=True))
    assert dates == {AU, AU + timedelta(days=1)}
    assert nouvelle.deroulements.get().sessions.get().premiere_diffusion == AU + timedelta(days=1)


def test_demander_deux_fois_ne_fait_qu_une_execution(flux: Flux) -> None:
    assert demander(flux, AU).pk == demander(flux, AU).pk
    assert Execution.objects.count() == 1


def test_executer_deux_fois_la_meme_ligne_ne_fait_rien_de_plus(flux: Flux) -> None:
    en_diffusion()
    execution = executer(demander(flux, AU))
    fin = execution.fin
    assert executer(Execution.objects.get(pk=execution.pk)).fin == fin


def test_une_execution_abandonnee_en_cours_est_notee_interrompue(flux: Flux) -> None:
    abandonnee = demander(flux, AU)
    Execution.objects.filter(pk=abandonnee.pk).update(etat=EtatExecution.EN_COURS, debut=timezone.now())
    suivante = demander(flux, AU)
    abandonnee.refresh_from_db()
    assert suivante.pk != abandonnee.pk
    assert abandonnee.etat == EtatExecution.ECHEC
    assert "interrompue" in abandonnee.message


def retenue(flux: Flux) -> Execution:
    """Trois formations publiées, puis une seule : l'exécution retenue."""
    actions = [en_diffusion() for _ in range(3)]
    executer_flux(flux, AU)
    Session.objects.update(premiere_diffusion=None)
    Financement.objects.filter(deroulement__action__in=actions[1:]).delete()
    return executer_flux(flux, AU)


def test_une_chute_de_plus_d_un_tiers_est_retenue_et_l_ancien_document_reste(flux: Flux) -> None:
    execution = retenue(flux)
    assert execution.etat == EtatExecution.RETENU
    assert "67\u00a0%" in execution.message
    assert flux.publie.read_bytes().count(b"</formation>") == 3
    assert execution.chemin is not None
    assert execution.chemin.read_bytes().count(b"</formation>") == 1
    assert not Session.objects.filter(premiere_diffusion__isnull=False).exists()


def test_le_seuil_est_un_reglage_du_flux(flux: Flux) -> None:
    flux.seuil_baisse = 70
    flux.save()
    assert retenue(flux).etat == EtatExecution.PUBLIE


def test_publier_quand_meme_met_en_place_le_document_retenu(flux: Flux) -> None:
    execution = retenue(flux)
    auteur = UtilisateurFabrique(administrateur=True)
    assert publier_quand_meme(execution, auteur)
    execution.refresh_from_db()
    assert (execution.etat, execution.publiee_par) == (EtatExecution.PUBLIE, auteur)
    assert flux.publie.read_bytes().count(b"</formation>") == 1
    assert Session.objects.filter(premiere_diffusion=AU).count() == 1
    assert not publier_quand_meme(execution, auteur)


def test_sans_aucune_formation_rien_n_est_publie(flux: Flux) -> None:
    execution = executer_flux(flux, AU)
    assert execution.etat == EtatExecution.RETENU
    assert "sans offre" in execution.message
    assert not flux.publie.exists()
    assert list((flux.publie.parent / flux.slug).iterdir()) == []


def test_un_echec_d_ecriture_est_dit_et_laisse_l_ancien_document(flux: Flux, monkeypatch: Any) -> None:
    en_diffusion()
    executer_flux(flux, AU)
    avant = flux.publie.read_bytes()

    def disque_plein(*args: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "exporter", disque_plein)
    execution = executer_flux(flux, AU)
    assert execution.etat == EtatExecution.ECHEC
    assert "No space left on device" in execution.message
    assert flux.publie.read_bytes() == avant
    assert not [p for p in flux.publie.parent.rglob("*") if p.name.endswith(".partiel")]


def test_seuls_les_derniers_documents_sont_gardes(flux: Flux, monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "DOCUMENTS_GARDES", 2)
    en_diffusion()
    for _ in range(4):
        executer_flux(flux, AU)
    assert len(list((flux.publie.parent / flux.slug).iterdir())) == 2
    assert Execution.objects.exclude(fichier="").count() == 2
    assert Execution.objects.count() == 4


def test_la_nuit_ecrit_les_flux_actifs_et_continue_apres_un_echec(flux: Flux, monkeypatch: Any) -> None:
    en_diffusion()
    Flux.objects.create(slug="vide", nom="Rien", conventionne=True)
    Flux.objects.create(slug="eteint", nom="Éteint", actif=False)
    bilan = executer_les_flux(AU)
    assert {slug: un["etat"] for slug, un in bilan.items()} == {"intercarif": "publie", "vide": "retenu"}


# ------------------------------------------------------------------ la commande


def lancer(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    code = 0
    try:
        call_command("exporter_lheo", *arguments)
    except SystemExit as fin:
        code = int(fin.code or 0)
    capture = capsys.readouterr()
    return code, capture.out, capture.err


def test_la_commande_ecrit_le_document_et_rend_0(flux: Flux, tmp_path: Path, capsys: Any) -> None:
    en_diffusion()
    sortie = tmp_path / "flux.xml"
    code, dit, _ = lancer(capsys, "--flux", "intercarif", "--sortie", str(sortie), "--json")
    compte_rendu = json.loads(dit)
    assert code == 0
    assert compte_rendu["formations"] == 1
    assert compte_rendu["sha256"] == hashlib.sha256(sortie.read_bytes()).hexdigest()
    execution = Execution.objects.get()
    assert execution.etat == EtatExecution.A_PART
    assert (execution.formations, execution.sha256) == (1, compte_rendu["sha256"])
    assert execution.duree is not None
    assert not flux.publie.exists()
    assert not Session.objects.filter(premiere_diffusion__isnull=False).exists()


def test_la_commande_rend_1_quand_une_formation_fautive_reste(flux: Flux, tmp_path: Path, capsys: Any) -> None:
    en_diffusion()
    fautive = en_diffusion()
    fautive.deroulements.update(rythme="")
    code, dit, _ = lancer(capsys, "--flux", "intercarif", "--sortie", str(tmp_path / "flux.xml"))
    assert code == 1
    assert fautive.reference in dit


def test_une_fiche_sans_session_ne_fait_pas_rendre_1(flux: Flux, tmp_path: Path, capsys: Any) -> None:
    en_diffusion()
    Session.objects.filter(deroulement__action=en_diffusion()).update(fin=date(2020, 1, 1), debut=date(2019, 1, 1))
    code, dit, _ = lancer(capsys, "--flux", "intercarif", "--sortie", str(tmp_path / "flux.xml"))
    assert code == 0
    assert "session diffusable : 1" in dit


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["--flux", "inconnu", "--sortie", "{tmp}/f.xml"], "inconnu"),
        (["--flux", "intercarif", "--sortie", "{tmp}/absent/f.xml"], "n'existe pas"),
        (["--flux", "intercarif", "--sortie", "{tmp}"], "dossier"),
        (["--flux", "intercarif", "--sortie", "{tmp}/f.xml", "--au", "hier"], "hier"),
        (["--flux", "intercarif", "--sortie", "{tmp}/f.xml"], "sans offre"),
    ],
)
def test_ce_qui_ne_peut_pas_se_faire_tient_en_une_ligne_et_rend_2(
    flux: Flux, tmp_path: Path, capsys: Any, arguments: list[str], phrase: str
) -> None:
    code, dit, erreur = lancer(capsys, *(un.format(tmp=tmp_path) for un in arguments))
    assert code == 2
    assert phrase in erreur
    assert len(erreur.strip().splitlines()) == 1
    assert dit == ""
    assert not (tmp_path / "f.xml").exists()
