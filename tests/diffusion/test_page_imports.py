"""La page des imports : déposer à blanc ou pour de bon, lire le compte rendu, refuser en une phrase."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from kombu.exceptions import OperationalError

from diffusion.models import EtatImport, Gravite, Import, LigneImport
from diffusion.views import imports as vues
from formations.models import Action
from structures.models import Organisme
from tests.diffusion.documents import document, formation
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, membre

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fichiers(settings: Any, tmp_path: Path) -> None:
    """Les documents déposés vont dans un dossier de l'essai."""
    settings.MEDIA_ROOT = tmp_path


def entrer(personne: Any) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def deposer(client: Client, contenu: bytes, nom: str = "offre.xml", **saisie: Any) -> Any:
    fichier = SimpleUploadedFile(nom, contenu, content_type="text/xml")
    return client.post("/imports/", {"fichier": fichier, **saisie})


def test_une_documentaliste_importe_un_document_et_lit_son_compte_rendu() -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    reponse = deposer(client, document(formation("F1"), formation("F2")), importer="1")
    depot = Import.objects.get()
    assert reponse["Location"] == f"/imports/{depot.pk}/"
    assert depot.etat == EtatImport.TERMINE
    contenu = client.get(f"/imports/{depot.pk}/").content.decode()
    assert Action.objects.count() == 2
    ligne = depot.lignes.exclude(action=None).first()
    assert ligne.action.reference in contenu
    assert f"/formations/{ligne.action.reference}/" in contenu


def test_un_essai_a_blanc_ne_modifie_rien_puis_s_importe() -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    deposer(client, document(formation("F1")), essai="1")
    essai = Import.objects.get()
    assert essai.simulation
    assert Action.objects.count() == 0
    contenu = client.get(f"/imports/{essai.pk}/").content.decode()
    assert "Rien n’a encore été modifié" in contenu
    assert "Importer ce document" in contenu
    client.post(f"/imports/{essai.pk}/appliquer/")
    assert Action.objects.count() == 1
    vrai = Import.objects.exclude(pk=essai.pk).get()
    assert (vrai.simulation, vrai.nom) == (False, "offre.xml")


def test_un_import_deja_fait_ne_se_reapplique_pas() -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    deposer(client, document(formation("F1")))
    client.post(f"/imports/{Import.objects.get().pk}/appliquer/")
    assert Import.objects.count() == 1


def test_un_membre_importe_pour_sa_structure_seulement() -> None:
    organisme, autre = OrganismeFabrique(), OrganismeFabrique()
    client = entrer(membre(organisme))
    deposer(client, document(formation("F1")), organisme=autre.reference)
    assert Import.objects.get().organisme == organisme


def test_une_documentaliste_range_tout_chez_l_organisme_qu_elle_nomme() -> None:
    organisme = OrganismeFabrique()
    client = entrer(UtilisateurFabrique(documentaliste=True))
    deposer(client, document(formation("F1")), organisme=organisme.siret)
    assert Import.objects.get().organisme == organisme
    reponse = deposer(client, document(formation("F1")), organisme="OF_0000009999")
    assert "Aucun organisme" in reponse.context["form"].errors["organisme"][0]


def test_un_lecteur_lit_les_comptes_rendus_sans_deposer() -> None:
    organisme = OrganismeFabrique()
    deposer(entrer(membre(organisme)), document(formation("F1")), essai="1")
    depot = Import.objects.get()
    client = entrer(membre(organisme, "lecteur"))
    contenu = client.get("/imports/").content.decode()
    assert "offre.xml" in contenu
    assert "Essai à blanc</button>" not in contenu
    assert client.get(f"/imports/{depot.pk}/").status_code == 200
    assert deposer(client, document(formation("F1"))).status_code == 404
    assert client.post(f"/imports/{depot.pk}/appliquer/").status_code == 404


def test_qui_n_est_pas_concerne_ne_trouve_rien() -> None:
    deposer(entrer(membre(OrganismeFabrique())), document(formation("F1")), essai="1")
    adresse = f"/imports/{Import.objects.get().pk}/"
    for personne in (membre(OrganismeFabrique()), UtilisateurFabrique(financeur=True), UtilisateurFabrique()):
        client = entrer(personne)
        assert client.get(adresse).status_code == 404
        assert client.post(f"{adresse}appliquer/").status_code == 404
    assert entrer(UtilisateurFabrique(financeur=True)).get("/imports/").status_code == 404
    assert entrer(UtilisateurFabrique()).get("/imports/").status_code == 404


@pytest.mark.parametrize(
    ("contenu", "mot"),
    [
        (b"", "vide"),
        (b"bonjour", "XML"),
        (gzip.compress(b"<lheo/>"), "gzip"),
        (b"PK\x03\x04 classeur", ""),
        (b'<?xml version="1.0"?><!DOCTYPE lheo><lheo/>', "DOCTYPE"),
        (b"<rss/>", "rss"),
    ],
)
def test_ce_qui_n_est_pas_un_document_lheo_est_refuse_en_une_phrase(contenu: bytes, mot: str) -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    reponse = deposer(client, contenu)
    assert reponse.status_code == 422
    (phrase,) = reponse.context["form"].errors["fichier"]
    assert mot.lower() in phrase.lower()
    assert phrase.endswith(".")
    assert Import.objects.count() == 0
    assert Organisme.objects.count() == 0


def test_un_document_tronque_est_dit_dans_son_compte_rendu_et_n_ecrit_rien() -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    deposer(client, document(formation("F1"))[:-40])
    depot = Import.objects.get()
    assert depot.etat == EtatImport.REFUSE
    contenu = client.get(f"/imports/{depot.pk}/").content.decode()
    assert "Le document n’est pas entré" in contenu
    assert Action.objects.count() == 0


class Illisible(io.RawIOBase):
    """Un corps de requête qu'il est interdit de lire."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("le corps a été lu")


def test_un_envoi_de_deux_gigaoctets_est_refuse_sans_etre_lu() -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    reponse = client.generic(
        "POST", "/imports/", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(2 * 1024**3),
        **{"wsgi.input": Illisible()},
    )  # fmt: skip
    assert reponse.status_code == 413
    assert "dépasse 1 Go" in reponse.content.decode()
    assert Import.objects.count() == 0


def test_le_depot_exige_le_jeton_du_formulaire() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UtilisateurFabrique(documentaliste=True))
    assert deposer(client, document(formation("F1"))).status_code == 403
    assert Import.objects.count() == 0


def test_le_meme_formulaire_envoye_deux_fois_n_importe_qu_une_fois() -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    jeton = client.get("/imports/").context["form"]["jeton"].value()
    for _ in range(2):
        assert deposer(client, document(formation("F1")), jeton=jeton).status_code == 302
    assert Import.objects.count() == 1


def test_un_courtier_absent_ne_perd_pas_le_depot(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(vues.executer_import, "delay", absent)
    client = entrer(UtilisateurFabrique(documentaliste=True))
    reponse = deposer(client, document(formation("F1")))
    assert reponse.status_code == 302
    assert Import.objects.get().etat == EtatImport.EN_ATTENTE


def test_la_page_se_relit_seule_tant_que_l_import_court() -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    depot = Import.objects.create(nom="x.xml", etat=EtatImport.EN_COURS)
    contenu = client.get(f"/imports/{depot.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in contenu
    assert "Actualiser" in contenu
    Import.objects.update(etat=EtatImport.TERMINE)
    assert "hx-trigger" not in client.get(f"/imports/{depot.pk}/").content.decode().split("<main")[1]


def test_le_compte_rendu_se_filtre_par_gravite_et_dit_ce_qui_est_hors_region() -> None:
    bilan = {
        "formations": {"crees": 1, "modifies": 0, "inchanges": 0, "refuses": 1},
        "lignes": {"refus": 1, "blocage": 1},
    }
    depot = Import.objects.create(nom="x.xml", etat=EtatImport.TERMINE, bilan=bilan)
    communs = {"import_lheo": depot, "rang": 1, "remede": "Corrigez."}
    LigneImport.objects.create(gravite=Gravite.REFUS, code="dates", phrase="La fin précède le début.", **communs)
    LigneImport.objects.create(
        gravite=Gravite.BLOCAGE, code="hors-perimetre", phrase="Lyon est hors région.", **communs
    )
    client = entrer(UtilisateurFabrique(documentaliste=True))
    contenu = client.get(f"/imports/{depot.pk}/").content.decode()
    assert "hors d’Île-de-France" in contenu
    assert "Appliqué en partie" in contenu
    filtre = client.get(f"/imports/{depot.pk}/", {"gravite": "refus"}).content.decode()
    assert "La fin précède" in filtre
    assert "Lyon est hors" not in filtre


def test_une_liste_de_cinquante_imports_coute_autant_que_d_un(
    django_assert_max_num_queries: Any,
) -> None:
    client = entrer(UtilisateurFabrique(documentaliste=True))
    Import.objects.create(nom="x.xml")
    with django_assert_max_num_queries(8) as un:
        client.get("/imports/")
    Import.objects.bulk_create([Import(nom=f"{i}.xml") for i in range(48)])
    with django_assert_max_num_queries(len(un)):
        client.get("/imports/")


def test_un_compte_rendu_de_mille_lignes_reste_a_douze_requetes(django_assert_max_num_queries: Any) -> None:
    depot = Import.objects.create(nom="x.xml", etat=EtatImport.TERMINE, bilan={"lignes": {"blocage": 1000}})
    LigneImport.objects.bulk_create(
        LigneImport(import_lheo=depot, gravite=Gravite.BLOCAGE, code="x", phrase=f"Faute {i}") for i in range(1000)
    )
    client = entrer(UtilisateurFabrique(documentaliste=True))
    with django_assert_max_num_queries(12):
        reponse = client.get(f"/imports/{depot.pk}/")
    assert reponse.context["page"].suivant
