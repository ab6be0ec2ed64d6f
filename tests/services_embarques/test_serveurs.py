"""Les serveurs embarqués : démarrés à la demande, partagés, sans port, arrêtés avec le dernier."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from dokelio import environnement
from dokelio.services_embarques import ServiceIndisponible, postgres
from dokelio.services_embarques.__main__ import effacer
from dokelio.services_embarques.lieux import creer_prive, lieux
from tests.services_embarques.conftest import Chantier, attendre, lire, vivant


def interroger(adresse: str, question: str, *, resultat: bool = True) -> Any:
    """Première colonne de la première ligne."""
    base = environnement.base_de_donnees(adresse)
    with psycopg.connect(dbname=base["NAME"], user=base["USER"], host=base["HOST"], autocommit=True) as connexion:
        curseur = connexion.execute(question)
        ligne = curseur.fetchone() if resultat else None
        return ligne[0] if ligne else None


def test_postgresql_et_valkey_repondent_sans_aucun_port(chantier: Chantier) -> None:
    _, adresses = chantier.utiliser()
    serveur = redis.from_url(environnement.redis(adresses["redis"]).pour_cache())

    assert interroger(adresses["postgres"], "SHOW listen_addresses") == ""
    assert serveur.ping() is True
    assert serveur.config_get("port") == {"port": "0"}
    assert interroger(adresses["postgres"], "SELECT datlocale FROM pg_database WHERE datname = 'dokelio'") == (
        "PG_UNICODE_FAST"
    )
    assert interroger(adresses["postgres"], "SELECT upper('été') || lower('ÇÀ')") == "ÉTÉçà"


def test_rien_n_est_pose_dans_le_dossier_du_code_hors_des_donnees(chantier: Chantier) -> None:
    chantier.utiliser()
    presents = {chemin.name for chemin in chantier.racine.iterdir()}
    assert presents <= {".donnees"}
    assert not [chemin for chemin in chantier.racine.rglob("*") if chemin.is_socket()]


def test_les_dossiers_des_serveurs_sont_fermes_aux_autres_comptes(chantier: Chantier) -> None:
    chantier.utiliser()
    ou = chantier.lieux
    for dossier in (ou.execution, ou.execution.parent, ou.prises, ou.donnees):
        assert stat.S_IMODE(dossier.stat().st_mode) == 0o700, dossier


def test_en_root_postgresql_tourne_sous_nobody_et_aucun_parent_ne_change(chantier: Chantier, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("seul root est refusé par PostgreSQL")
    tmp_path.chmod(0o700)
    chantier.utiliser()
    proprietaire = Path(f"/proc/{chantier.pid_de_postgres()}").stat().st_uid
    assert chantier.lieux.compte is not None
    assert proprietaire == chantier.lieux.compte.uid
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_deux_utilisateurs_partagent_les_memes_serveurs(chantier: Chantier) -> None:
    _, premier = chantier.utiliser()
    pid = chantier.pid_de_postgres()
    _, second = chantier.utiliser()
    assert premier == second
    assert chantier.pid_de_postgres() == pid


def test_quatre_demarrages_en_meme_temps_ne_donnent_qu_un_serveur(chantier: Chantier) -> None:
    utilisateurs = [chantier.lancer() for _ in range(4)]
    adresses = [lire(utilisateur) for utilisateur in utilisateurs]
    assert all(adresse == adresses[0] for adresse in adresses)
    assert len(chantier.enfants_du_superviseur()) == 2


def test_les_serveurs_survivent_au_premier_et_s_arretent_avec_le_dernier(chantier: Chantier) -> None:
    premier, adresses = chantier.utiliser()
    second, _ = chantier.utiliser()
    pid = chantier.pid_de_postgres()
    premier.communicate("quitter\n")
    assert interroger(adresses["postgres"], "SELECT 1") == 1
    second.communicate("quitter\n")
    assert not vivant(pid), "quitter le dernier ne revient qu'une fois tout arrêté"


def test_un_utilisateur_tue_sans_preavis_ne_laisse_aucun_serveur(chantier: Chantier) -> None:
    utilisateur, _ = chantier.utiliser()
    serveurs = [*chantier.enfants_du_superviseur(), chantier.pid_du_superviseur()]
    assert len(serveurs) == 3
    utilisateur.kill()
    assert attendre(lambda: not any(vivant(pid) for pid in serveurs))


def test_un_superviseur_tue_sans_preavis_ne_laisse_aucun_serveur(chantier: Chantier) -> None:
    chantier.utiliser()
    serveurs = chantier.enfants_du_superviseur()
    assert len(serveurs) == 2
    os.kill(chantier.pid_du_superviseur(), signal.SIGKILL)
    assert attendre(lambda: not any(vivant(pid) for pid in serveurs))


def test_tout_tuer_ne_perd_ni_les_donnees_ni_le_redemarrage(chantier: Chantier) -> None:
    chantier.usage = "travail"
    utilisateur, adresses = chantier.utiliser()
    interroger(adresses["postgres"], "CREATE TABLE trace AS SELECT 7 AS n", resultat=False)
    interroger(adresses["postgres"], "CHECKPOINT", resultat=False)
    for pid in (chantier.pid_du_superviseur(), *chantier.enfants_du_superviseur(), utilisateur.pid):
        os.kill(pid, signal.SIGKILL)
    _, adresses = chantier.utiliser()
    assert interroger(adresses["postgres"], "SELECT n FROM trace") == 7


def test_un_postmaster_pid_repris_par_un_autre_programme_n_empeche_pas_de_demarrer(chantier: Chantier) -> None:
    utilisateur, _ = chantier.utiliser()
    utilisateur.communicate("quitter\n")
    perime = chantier.lieux.donnees / "postmaster.pid"
    perime.write_text(f"{os.getpid()}\n{chantier.lieux.donnees}\n0\n5432\n/tmp\n\n0 0\nready\n")
    if chantier.lieux.compte:
        os.chown(perime, chantier.lieux.compte.uid, chantier.lieux.compte.gid)
    _, adresses = chantier.utiliser()
    assert interroger(adresses["postgres"], "SELECT 1") == 1
    assert vivant(os.getpid())


def test_un_serveur_tenu_par_un_superviseur_vivant_n_est_pas_arrete(chantier: Chantier) -> None:
    chantier.utiliser()
    pid = chantier.pid_de_postgres()
    with pytest.raises(ServiceIndisponible, match="déjà servie"):
        postgres.arreter_un_orphelin(chantier.lieux)
    assert vivant(pid)


def test_demander_un_seul_service_n_en_demarre_qu_un(chantier: Chantier) -> None:
    _, adresses = chantier.utiliser("valkey")
    assert adresses["postgres"] == ""
    assert len(chantier.enfants_du_superviseur()) == 1


def test_sans_home_ni_langue_ni_environnement(chantier: Chantier) -> None:
    chantier.variables = {"LANG": "C"}
    _, adresses = chantier.utiliser()
    assert interroger(adresses["postgres"], "SELECT 1") == 1


def test_un_dossier_de_code_au_chemin_de_cent_cinquante_caracteres(tmp_path: Path) -> None:
    racine = tmp_path / ("l" * (150 - len(str(tmp_path))))
    racine.mkdir()
    ou = lieux("travail", racine)
    for prise in (ou.prises / ".s.PGSQL.5432.lock", ou.commande, ou.valkey):
        assert len(os.fsencode(prise)) <= 107
    effacer(racine)


def test_un_dossier_d_execution_pris_par_un_autre_compte_est_refuse_d_une_phrase(tmp_path: Path) -> None:
    (tmp_path / "ailleurs").mkdir()
    lien = tmp_path / "dokelio-abc"
    lien.symlink_to(tmp_path / "ailleurs")
    with pytest.raises(ServiceIndisponible, match="n'est pas à ce compte"):
        creer_prive(lien)


def test_les_serveurs_des_tests_et_du_travail_sont_distincts(tmp_path: Path) -> None:
    travail, tests = lieux("travail", tmp_path), lieux("tests", tmp_path)
    assert travail.donnees != tests.donnees
    assert travail.commande != tests.commande
    assert travail.prises != tests.prises
    effacer(tmp_path)


def test_un_serveur_qui_meurt_rompt_la_prise_de_ceux_qui_s_en_servent(chantier: Chantier) -> None:
    chantier.utiliser()
    superviseur = chantier.pid_du_superviseur()
    os.kill(chantier.pid_de_postgres(), signal.SIGKILL)
    assert attendre(lambda: not vivant(superviseur))


def test_la_commande_refuse_des_arguments_inconnus() -> None:
    fini = subprocess.run(
        [sys.executable, "-m", "dokelio.services_embarques", "danser"], capture_output=True, check=False
    )
    assert fini.returncode == 2
