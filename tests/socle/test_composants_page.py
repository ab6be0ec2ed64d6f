"""La page `/composants/` et les pages d'erreur."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.template import loader
from django.test import RequestFactory
from django.test.signals import template_rendered

from dokelio.accueil.views.composants import composants

GABARITS = Path(__file__).resolve().parents[2] / "templates"
STATIQUES = GABARITS.parent / "static"


def demande() -> HttpRequest:
    """La demande d'un visiteur sans compte."""
    request = RequestFactory().get("/composants/")
    request.user = AnonymousUser()
    return request


@pytest.fixture
def vue_rendue(settings: object) -> tuple[str, set[str]]:
    """Le HTML de la page et les gabarits qu'elle a rendus."""
    settings.DEBUG = True  # type: ignore[attr-defined]
    vus: set[str] = set()

    def noter(template: object, **_: object) -> None:
        vus.add(getattr(template, "name", "") or "")

    template_rendered.connect(noter)
    try:
        html = composants(demande()).content.decode()
    finally:
        template_rendered.disconnect(noter)
    return html, vus


def test_la_page_des_composants_n_existe_qu_en_developpement(settings: object) -> None:
    settings.DEBUG = False  # type: ignore[attr-defined]
    with pytest.raises(Http404):
        composants(demande())


def test_chaque_composant_est_montre_sur_la_page(vue_rendue: tuple[str, set[str]]) -> None:
    ailleurs = {
        "composants/messages.html",
        "composants/erreur_page.html",
    }  # messages : en tête ; erreur : pages d'erreur
    tous = {f"composants/{fichier.name}" for fichier in (GABARITS / "composants").glob("*.html")}
    assert tous - vue_rendue[1] <= ailleurs


def test_ni_script_ni_style_dans_la_page_ni_rien_d_exterieur(vue_rendue: tuple[str, set[str]]) -> None:
    html = vue_rendue[0]
    assert re.findall(r'\sstyle="', html) == []
    assert "<style" not in html
    assert all(" src=" in balise for balise in re.findall(r"<script[^>]*>", html))
    assert re.findall(r"\son\w+=", html) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []


def test_chaque_identifiant_de_la_page_est_unique(vue_rendue: tuple[str, set[str]]) -> None:
    html = re.sub(r"<template.*?</template>", "", vue_rendue[0], flags=re.S)
    identifiants = re.findall(r'\sid="([^"]+)"', html)
    assert sorted({i for i in identifiants if identifiants.count(i) > 1}) == []


def test_tout_composant_dit_ses_variables_en_tete() -> None:
    for fichier in (GABARITS / "composants").glob("*.html"):
        entete = fichier.read_text().split("{% endcomment %}")[0]
        assert "Variable" in entete or "appelée par la balise" in entete, fichier.name


def test_la_page_500_se_rend_sans_requete_ni_base() -> None:
    html = loader.get_template("500.html").render()
    assert "une panne" in html
    assert "<script" not in html


@pytest.mark.parametrize("gabarit", ["403.html", "404.html", "403_csrf.html"])
def test_les_pages_d_erreur_se_rendent_sans_compte(gabarit: str) -> None:
    html = loader.get_template(gabarit).render({})
    assert "dk-seuil" in html
    assert "Revenir à l’accueil" in html


def test_les_couleurs_ne_sont_nommees_que_dans_les_jetons() -> None:
    for feuille in (STATIQUES / "css").glob("*.css"):
        if feuille.name != "jetons.css":
            sans_image = re.sub(r"url\([^)]*\)", "", feuille.read_text())
            assert re.findall(r"#[0-9a-f]{3,8}\b(?=[;\s,)])", sans_image) == [], feuille.name
