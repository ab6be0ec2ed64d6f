"""Pagination par clé : ordre total, sens, absences, curseurs abîmés, nombre de requêtes."""

import base64
import datetime
import json
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from dokelio.referentiels.models import Bloc, Certification, Commune, ImportReferentiel
from dokelio.socle.pagination import PageParCle

pytestmark = pytest.mark.django_db
ORDRE = ("-niveau", "fin_enregistrement", "-code")


@pytest.fixture
def fiches() -> None:
    Certification.objects.all().delete()
    Certification.objects.bulk_create(
        Certification(
            code=f"RS{n}",
            repertoire="RS",
            intitule=f"Fiche {n % 4}",
            niveau=None if n % 5 == 0 else n % 3 + 3,
            fin_enregistrement=None if n % 7 == 0 else datetime.date(2027, 1, 1 + n % 4),
        )
        for n in range(1, 48)
    )


def _suite(page: PageParCle[Any], lien: str | None) -> QueryDict:
    assert lien is not None
    return QueryDict(lien.removeprefix("?"))


def _toutes(ordre: tuple[str, ...], taille: int) -> list[PageParCle[Certification]]:
    pages = [PageParCle(Certification.objects.all(), ordre, QueryDict(""), taille=taille)]
    while pages[-1].suivant:
        parametres = _suite(pages[-1], pages[-1].suivant)
        pages.append(PageParCle(Certification.objects.all(), ordre, parametres, taille=taille))
    return pages


@pytest.mark.usefixtures("fiches")
@pytest.mark.parametrize(
    "ordre", [("code",), ("-code",), ORDRE, ("niveau", "-fin_enregistrement", "pk"), ("intitule", "-niveau", "id")]
)
@pytest.mark.parametrize("taille", [1, 7, 47, 50])
def test_les_pages_bout_a_bout_donnent_tout_une_fois_absences_en_dernier(ordre: tuple[str, ...], taille: int) -> None:
    pages = _toutes(ordre, taille)
    lues = [fiche.pk for page in pages for fiche in page]
    assert len(lues) == len(set(lues)) == 47
    assert all(page.compte == 47 and not page.compte_plafonne for page in pages)
    if ordre[0].lstrip("-") == "niveau":
        niveaux = [fiche.niveau for page in pages for fiche in page]
        absents = niveaux.count(None)
        assert niveaux[-absents:] == [None] * absents


@pytest.mark.usefixtures("fiches")
@pytest.mark.parametrize("ordre", [ORDRE, ("niveau", "-fin_enregistrement", "pk")])
def test_revenir_en_arriere_redonne_les_memes_pages(ordre: tuple[str, ...]) -> None:
    pages = _toutes(ordre, 7)
    page = pages[-1]
    for attendue in reversed(pages[:-1]):
        page = PageParCle(Certification.objects.all(), ordre, _suite(page, page.precedent), taille=7)
        assert [f.pk for f in page] == [f.pk for f in attendue]
    assert page.precedent is None


@pytest.mark.usefixtures("fiches")
def test_une_page_coute_deux_requetes_sans_offset() -> None:
    premiere = PageParCle(Certification.objects.all(), ORDRE, QueryDict(""), taille=7)
    with CaptureQueriesContext(
        connection,
    ) as requetes:
        PageParCle(Certification.objects.all(), ORDRE, _suite(premiere, premiere.suivant), taille=7)
    assert len(requetes) == 2
    assert not any("OFFSET" in requete["sql"] for requete in requetes)


@pytest.mark.usefixtures("fiches")
def test_une_liste_qui_tient_en_une_page_ne_se_compte_pas_a_part() -> None:
    with CaptureQueriesContext(connection) as requetes:
        page = PageParCle(Certification.objects.all(), ("code",), {}, taille=50)
    assert len(requetes) == 1
    assert (page.compte, page.precedent, page.suivant) == (47, None, None)


def test_le_compte_s_arrete_a_mille() -> None:
    page = PageParCle(Commune.objects.all(), ("cle", "code_insee"), QueryDict(""), taille=20)
    assert (page.compte, page.compte_plafonne, page.compte_texte) == (1000, True, "plus de 1\u00a0000")
    assert page.debut is None


@pytest.mark.usefixtures("fiches")
@pytest.mark.parametrize(
    "curseur",
    [
        "x", "é", "====", "W10", "a" * 5000,
        base64.urlsafe_b64encode(json.dumps(["a", 1, 2, 3, 4]).encode()).decode(),
        base64.urlsafe_b64encode(b"[" * 1500).decode(),
        base64.urlsafe_b64encode(b'{"a":1}').decode(),
    ],
)  # fmt: skip
def test_un_curseur_qui_ne_veut_rien_dire_rend_la_premiere_page(curseur: str) -> None:
    parametres = QueryDict(mutable=True)
    parametres["page"] = curseur
    page = PageParCle(Certification.objects.all(), ORDRE, parametres, taille=7)
    temoin = PageParCle(Certification.objects.all(), ORDRE, {}, taille=7)
    assert [f.pk for f in page] == [f.pk for f in temoin]
    assert page.precedent is None


@given(
    st.lists(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())), max_size=4
    ),
    st.sampled_from(["a", "p"]),
)
def test_un_curseur_forge_a_la_bonne_marque_ne_casse_rien(valeurs: list[Any], sens: str) -> None:
    ordre = ("-niveau", "fin_enregistrement", "code")
    marque = PageParCle(Certification.objects.none(), ordre, {})._marque
    contenu = json.dumps([sens, marque, *valeurs], allow_nan=True)
    curseur = base64.urlsafe_b64encode(contenu.encode()).decode().rstrip("=")
    page = PageParCle(Certification.objects.all(), ordre, {"page": curseur}, taille=3)
    assert len(page) <= 3


@pytest.mark.usefixtures("fiches")
def test_le_curseur_d_un_autre_tri_rend_la_premiere_page() -> None:
    autre = PageParCle(Certification.objects.all(), ("code",), {}, taille=7)
    page = PageParCle(Certification.objects.all(), ("-code",), _suite(autre, autre.suivant), taille=7)
    assert page.precedent is None


@pytest.mark.usefixtures("fiches")
def test_les_filtres_de_l_adresse_suivent_les_liens() -> None:
    page = PageParCle(Certification.objects.all(), ("code",), QueryDict("q=a%26b&etat=1&etat=2"), taille=7)
    suite = _suite(page, page.suivant)
    assert suite["q"] == "a&b"
    assert suite.getlist("etat") == ["1", "2"]
    assert "page" not in QueryDict(page.premiere.removeprefix("?"))


@pytest.mark.usefixtures("fiches")
def test_une_page_dont_tout_a_disparu_rend_la_premiere() -> None:
    page = PageParCle(Certification.objects.all(), ("code",), {}, taille=40)
    parametres = _suite(page, page.suivant)
    Certification.objects.filter(code__gt=page.objets[-1].code).delete()
    apres = PageParCle(Certification.objects.all(), ("code",), parametres, taille=40)
    assert len(apres) == 40


@pytest.mark.usefixtures("fiches")
def test_un_chemin_et_une_annotation_ordonnent_aussi() -> None:
    fiche = Certification.objects.get(code="RS1")
    Bloc.objects.bulk_create(Bloc(certification=fiche, code=f"RS1BC{n:02d}", libelle="x") for n in range(5))
    blocs = Bloc.objects.all()
    page = PageParCle(blocs, ("certification__code", "-code"), {}, taille=2)
    suite = PageParCle(blocs, ("certification__code", "-code"), _suite(page, page.suivant), taille=2)
    assert [b.code for b in suite] == ["RS1BC02", "RS1BC01"]
    comptees = Certification.objects.annotate(nombre=Count("blocs"))
    page2 = PageParCle(comptees, ("-nombre", "code"), {}, taille=3)
    suite2 = PageParCle(comptees, ("-nombre", "code"), _suite(page2, page2.suivant), taille=3)
    assert page2.objets[0].code == "RS1"
    assert not {f.pk for f in page2} & {f.pk for f in suite2}


def test_un_instant_garde_ses_microsecondes_dans_le_curseur() -> None:
    ImportReferentiel.objects.all().delete()
    base = datetime.datetime(2026, 3, 29, 2, 30, tzinfo=datetime.UTC)
    for n in range(6):
        ImportReferentiel.objects.create(
            source="x", fichier="f", sha256="", fait_le=base + datetime.timedelta(microseconds=n)
        )
    page = PageParCle(ImportReferentiel.objects.all(), ("-fait_le", "id"), {}, taille=4)
    suite = PageParCle(ImportReferentiel.objects.all(), ("-fait_le", "id"), _suite(page, page.suivant), taille=4)
    assert [len(page), len(suite)] == [4, 2]
