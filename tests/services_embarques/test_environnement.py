"""Lecture de l'environnement : chaque forme admise, et la phrase de chaque refus."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dokelio import environnement
from dokelio.environnement import EnvironnementIncorrect


@pytest.mark.parametrize(
    ("adresse", "hote", "base", "utilisateur", "port"),
    [
        ("postgres://u:p%40@h:5433/d", "h", "d", "u", "5433"),
        ("postgresql:///d?host=/tmp/Une%20Prise&user=u", "/tmp/Une Prise", "d", "u", ""),
        ("postgres://u@%2Ftmp%2FUnePrise/d", "/tmp/UnePrise", "d", "u", ""),
        ("postgres://u@/d?host=%2Ftmp%2Fx", "/tmp/x", "d", "u", ""),
    ],
)
def test_l_adresse_de_la_base_admet_reseau_et_prise(
    adresse: str, hote: str, base: str, utilisateur: str, port: str
) -> None:
    lue = environnement.base_de_donnees(adresse)
    assert (lue["HOST"], lue["NAME"], lue["USER"], lue["PORT"]) == (hote, base, utilisateur, port)
    assert lue["OPTIONS"] == {}


def test_les_options_de_connexion_passent_au_pilote() -> None:
    assert environnement.base_de_donnees("postgres://h/d?sslmode=require")["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("adresse", "cache", "celery"),
    [
        ("redis://h:6380/3", "redis://h:6380/3", "redis://h:6380/3"),
        ("rediss://:mot@h/1", "rediss://:mot@h/1", "rediss://:mot@h/1"),
        ("redis://h", "redis://h/0", "redis://h/0"),
        ("unix:///tmp/été/v.sock?db=2", "unix:///tmp/%C3%A9t%C3%A9/v.sock?db=2", None),
        (
            "redis+socket:///tmp/v.sock?virtual_host=1",
            "unix:///tmp/v.sock?db=1",
            "redis+socket:///tmp/v.sock?virtual_host=1",
        ),
    ],
)
def test_redis_s_ecrit_pour_le_cache_et_pour_celery(adresse: str, cache: str, celery: str | None) -> None:
    serveur = environnement.redis(adresse)
    assert serveur.pour_cache() == cache
    assert serveur.pour_celery() == (celery or "redis+socket:///tmp/%C3%A9t%C3%A9/v.sock?virtual_host=2")


def test_le_cache_a_sa_propre_base_sauf_adresse_donnee(monkeypatch: pytest.MonkeyPatch) -> None:
    taches = environnement.redis("redis://h/4")
    monkeypatch.delenv("REDIS_CACHE_URL", raising=False)
    assert environnement.redis_du_cache(taches).base == 5
    monkeypatch.setenv("REDIS_CACHE_URL", "redis://autre/0")
    assert environnement.redis_du_cache(taches).pour_cache() == "redis://autre/0"


@pytest.mark.parametrize(
    ("variable", "valeur", "lecture", "phrase"),
    [
        ("SECOND_FACTEUR", "jamais", lambda: environnement.second_facteur("exige"), "« exige » ou « propose »"),
        ("PORT", "huit", environnement.port_demande, "un nombre de 1 à 65535"),
        ("PORT", "70000", environnement.port_demande, "un nombre de 1 à 65535"),
        ("CI", "peut-être", environnement.integration_continue, "« oui » ou « non »"),
        ("CSRF_TRUSTED_ORIGINS", "dokelio.exemple", environnement.origines_de_confiance, "https://"),
        ("EMAIL_URL", "http://h", environnement.smtp, "smtps://"),
        ("SECRET_KEY", "courte", lambda: environnement.cle_secrete(exigee=True), "au moins 40 caractères"),
        ("SECRET_KEY", "", lambda: environnement.cle_secrete(exigee=True), "obligatoire"),
    ],
)
def test_une_valeur_incorrecte_est_refusee_d_une_phrase(
    monkeypatch: pytest.MonkeyPatch, variable: str, valeur: str, lecture: Callable[[], object], phrase: str
) -> None:
    monkeypatch.setenv(variable, valeur)
    with pytest.raises(EnvironnementIncorrect, match=phrase):
        lecture()


@pytest.mark.parametrize("adresse", ["mysql://h/d", "postgres://h/", "postgres://h:abc/d"])
def test_une_adresse_de_base_incomprise_est_refusee(adresse: str) -> None:
    with pytest.raises(EnvironnementIncorrect):
        environnement.base_de_donnees(adresse)


@pytest.mark.parametrize("adresse", ["amqp://h", "unix://", "redis://h/abc"])
def test_une_adresse_redis_incomprise_est_refusee(adresse: str) -> None:
    with pytest.raises(EnvironnementIncorrect):
        environnement.redis(adresse)


def test_le_serveur_de_courriel_se_lit_d_une_adresse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://moi:mot%40passe@smtp.exemple")
    lu = environnement.smtp()
    assert lu == environnement.Smtp("smtp.exemple", 587, "moi", "mot@passe", starttls=True, tls=False)


def test_le_navigateur_se_refuse_ou_se_choisit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NAVIGATEUR", "non")
    assert environnement.navigateur() is None
    programme = tmp_path / "chromium"
    programme.write_text("#!/bin/sh\n")
    programme.chmod(0o755)
    monkeypatch.setenv("NAVIGATEUR", str(programme))
    assert environnement.navigateur() == str(programme)
    monkeypatch.setenv("NAVIGATEUR", str(tmp_path / "absent"))
    assert environnement.navigateur() is None


def test_seul_ce_module_lit_l_environnement() -> None:
    """Exceptions : le choix des réglages, que Django et Celery lisent eux-mêmes, à l'entrée des programmes."""
    racine = Path(environnement.__file__).parents[1]
    fautifs = []
    for piece in ("dokelio", "structures", "conventionne", "formations", "sessions", "diffusion"):
        for fichier in (racine / piece).rglob("*.py"):
            for ligne in fichier.read_text("utf-8").splitlines():
                if ("os.environ" in ligne or "getenv(" in ligne) and "DJANGO_SETTINGS_MODULE" not in ligne:
                    fautifs.append(f"{fichier.relative_to(racine)} : {ligne.strip()}")
    autorise = os.path.join("dokelio", "environnement.py")
    assert [faute for faute in fautifs if not faute.startswith(autorise)] == []
