"""Le banc des parcours : Chromium, un serveur, des postes examinés, une capture de chaque échec."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, sync_playwright

from dokelio import environnement
from dokelio.comptes.models import Utilisateur
from tests.parcours.poste import BUREAU, Poste

Ouvrir = Callable[..., Poste]
RESULTAT = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Retient l'échec d'un essai, pour que son poste garde une capture avant de fermer."""
    rapport = yield
    if call.when == "call":
        item.stash[RESULTAT] = rapport.failed
    return rapport


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Un Chromium par fichier d'essais. Sans lui, omis à voix haute ; en intégration continue, échec."""
    programme = environnement.navigateur()
    if programme is None:
        phrase = "Chromium manque, ou NAVIGATEUR le refuse : parcours de navigateur omis"
        if environnement.integration_continue():
            pytest.fail(phrase.replace("omis", "impossibles"))
        pytest.skip(phrase)
    with pytest.MonkeyPatch.context() as variables:
        # Playwright fait tourner sa boucle dans ce fil : Django croirait être appelé par du code asynchrone.
        variables.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "oui")
        with sync_playwright() as moteur:
            navigateur = moteur.chromium.launch(
                executable_path=programme, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
            )
            yield navigateur
            navigateur.close()


@pytest.fixture
def ouvrir(
    chromium: Browser, live_server: Any, settings: Any, tmp_path: Any, request: pytest.FixtureRequest
) -> Iterator[Ouvrir]:
    """Ouvre un poste : `ouvrir(personne, taille=TELEPHONE, script=False)`. Aucune faute ne doit y être notée."""
    cache.clear()  # les limites d'essais de connexion vivent dans le cache
    settings.ADRESSE_PUBLIQUE = live_server.url
    settings.MEDIA_ROOT = tmp_path / "fichiers"
    settings.DOSSIER_FLUX = tmp_path / "flux"
    postes: list[Poste] = []

    def un_poste(personne: Utilisateur | None = None, taille: tuple[int, int] = BUREAU, script: bool = True) -> Poste:
        poste = Poste(chromium, live_server.url, taille, script)
        postes.append(poste)
        if personne is not None:
            poste.connaitre(personne)
        return poste

    yield un_poste
    fautes = []
    for rang, poste in enumerate(postes):
        if request.node.stash.get(RESULTAT, False) or poste.fautes:
            poste.capturer(f"{request.node.name}-{rang}")
        poste.fermer()
        fautes += poste.fautes
    assert not fautes, "\n".join(dict.fromkeys(fautes))
