"""Les pages du conventionné : à qui elles s'ouvrent, ce qu'elles enregistrent, les dispositifs livrés."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from conventionne.models import Convention, Dispositif, Financeur
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, membre

pytestmark = pytest.mark.django_db

ADRESSES = [
    "/conventionne/",
    "/conventionne/dispositifs/nouveau/",
    "/conventionne/dispositifs/prfe/",
    "/conventionne/dispositifs/prfe/regles/nouvelle/",
    "/conventionne/financeurs/",
    "/conventionne/financeurs/nouveau/",
    "/conventionne/conventions/",
    "/conventionne/conventions/nouvelle/",
    "/conventionne/actions/nouvelle/",
]


@pytest.mark.parametrize("adresse", ADRESSES)
def test_ces_pages_sont_aux_documentalistes_du_conventionne_et_aux_administrateurs(client, adresse):
    for personne, statut in (
        (UtilisateurFabrique(conventionne=True), 200),
        (UtilisateurFabrique(administrateur=True), 200),
        (UtilisateurFabrique(documentaliste=True), 404),
        (UtilisateurFabrique(financeur=True), 404),
        (membre(OrganismeFabrique()), 404),
    ):
        client.force_login(personne)
        assert client.get(adresse).status_code == statut, personne.role_carif


def test_les_dispositifs_de_la_region_sont_livres_avec_leur_regle():
    noms = set(Dispositif.objects.values_list("nom", flat=True))
    attendus = {
        "Non conv",
        "CPF",
        "AIF possible",
        "Transitions Pro",
        "PRFE",
        "PRFT",
        "E-learning",
        "Sanitaire et social",
    }
    assert attendus | {"AFC", "FOAD", "POEC", "PDI 93"} <= noms
    sans_regle = Dispositif.objects.filter(conventionne=True, regles__isnull=True)
    assert not sans_regle.exists()
    assert Dispositif.objects.get(code="prfe").financeur.code_lheo == "2"
    assert not Dispositif.objects.get(code="aif").conventionne


def test_une_regle_vaut_a_partir_de_son_jour(client):
    client.force_login(UtilisateurFabrique(conventionne=True))
    demain = timezone.localdate() + timedelta(days=1)
    envoi = {"a_partir_du": demain.isoformat(), "dates_par": "organisme", "champs_libres": ["prix", "rythme"]}
    adresse = "/conventionne/dispositifs/prfe/regles/nouvelle/"
    assert client.post(adresse, envoi).status_code == 302
    prfe = Dispositif.objects.get(code="prfe")
    assert prfe.regle_au(timezone.localdate()).dates_par == "documentaliste"
    assert prfe.regle_au(demain).champs_libres == ["prix", "rythme"]
    deux_fois = client.post(adresse, envoi)
    assert deux_fois.status_code == 422
    assert "déjà une règle" in deux_fois.content.decode()


def test_une_convention_s_enregistre_et_ses_dates_se_verifient(client):
    client.force_login(UtilisateurFabrique(conventionne=True))
    organisme = OrganismeFabrique()
    envoi = {
        "organisme_reference": organisme.reference,
        "dispositif": str(Dispositif.objects.get(code="afc").pk),
        "numero": "FT-2026-7",
        "lot": "3",
        "debut": "2026-09-01",
        "fin": "2026-08-01",
        "places": "12",
    }
    fautive = client.post("/conventionne/conventions/nouvelle/", envoi)
    assert fautive.status_code == 422
    assert "La fin précède le début" in fautive.content.decode()
    assert "FT-2026-7" in fautive.content.decode()
    assert client.post("/conventionne/conventions/nouvelle/", envoi | {"fin": "2027-08-01"}).status_code == 302
    une = Convention.objects.get()
    assert (une.organisme, une.fin, une.places) == (organisme, date(2027, 8, 1), 12)
    assert client.post("/conventionne/conventions/nouvelle/", envoi | {"fin": "2027-08-01"}).status_code == 422
    inconnu = client.post(f"/conventionne/conventions/{une.pk}/", envoi | {"organisme_reference": "OF_0000000000"})
    assert "Aucun organisme" in inconnu.content.decode()


def test_un_dispositif_et_un_financeur_s_ajoutent(client):
    client.force_login(UtilisateurFabrique(administrateur=True))
    envoi = {"nom": "Ville de Créteil", "sigle": "", "code_lheo": "9", "actif": "on"}
    assert client.post("/conventionne/financeurs/nouveau/", envoi).status_code == 302
    creteil = Financeur.objects.get(nom="Ville de Créteil")
    envoi = {
        "nom": "PLIE",
        "code": "plie-94",
        "programme": "PLIE",
        "financeur": str(creteil.pk),
        "conventionne": "on",
        "debut": "2026-01-01",
        "fin": "",
    }
    assert client.post("/conventionne/dispositifs/nouveau/", envoi).status_code == 302
    assert Dispositif.objects.get(code="plie-94").financeur == creteil
    page = client.get("/conventionne/").content.decode()
    assert "sans règle" in page.replace("\u00a0", " ")


def test_la_liste_des_conventions_coute_autant_pour_une_que_pour_cinquante(client, django_assert_max_num_queries):
    client.force_login(UtilisateurFabrique(conventionne=True))
    organisme, dispositif = OrganismeFabrique(), Dispositif.objects.get(code="afc")

    def ajouter(rangs):
        Convention.objects.bulk_create(
            Convention(organisme=organisme, dispositif=dispositif, numero=f"N{r}", debut="2026-01-01", fin="2027-01-01")
            for r in rangs
        )

    def requetes():
        with django_assert_max_num_queries(8) as compte:
            assert client.get("/conventionne/conventions/").status_code == 200
        return len(compte)

    ajouter([0])
    une = requetes()
    ajouter(range(1, 49))
    assert requetes() == une
