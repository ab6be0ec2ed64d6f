"""Le fonds livré : ce qu'il contient, et qu'il n'écrase jamais un vrai fichier."""

import datetime

import pytest

from dokelio.referentiels.donnees import charger_socle_referentiels
from dokelio.referentiels.models import Certification, Commune, Departement, Formacode, ImportReferentiel, Nsf, Rome

pytestmark = pytest.mark.django_db


def test_l_ile_de_france_a_ses_1265_communes_et_ses_20_arrondissements() -> None:
    lieux = Commune.objects.d_ile_de_france()
    assert lieux.count() == 1285
    assert lieux.filter(type="arrondissement").count() == 20
    assert not lieux.filter(code_insee="75056").exists(), "Paris entier ne s'offre pas en plus de ses arrondissements"
    assert not lieux.filter(latitude=None).exists()
    assert not lieux.filter(codes_postaux=[]).exists()


def test_les_huit_departements_et_tous_les_autres_sont_connus() -> None:
    assert Departement.objects.d_ile_de_france().count() == 8
    assert Departement.objects.filter(region="11").count() == 8
    assert Departement.objects.exclude(region="").count() == 101


def test_les_publics_v14_sont_73_et_les_specialites_93() -> None:
    assert Formacode.objects.version("V14").publics().count() == 73
    assert Formacode.objects.get(version="V14", code="83056").libelle == "Tout public"
    assert Nsf.objects.count() == 93


def test_les_fiches_du_fonds_ne_citent_que_des_codes_connus() -> None:
    romes = set(Rome.objects.values_list("code", flat=True))
    formacodes = set(Formacode.objects.version("V14").values_list("code", flat=True))
    specialites = set(Nsf.objects.values_list("code", flat=True))
    for fiche in Certification.objects.all():
        assert set(fiche.codes_rome) <= romes, fiche.code
        assert set(fiche.formacodes) <= formacodes, fiche.code
        assert {code[:3] for code in fiche.codes_nsf} <= specialites, fiche.code


def test_le_fonds_montre_des_fiches_actives_echues_remplacees_et_a_blocs() -> None:
    jour = datetime.date(2026, 11, 23)
    actives = Certification.objects.actives_au(jour)
    assert actives.count() >= 40
    assert Certification.objects.count() > actives.count()
    assert [f.code for f in Certification.objects.get(code="RNCP19468").remplacantes()] == ["RS6117"]
    assert Certification.objects.get(code="RNCP37674").blocs.count() == 2


def test_charger_le_fonds_deux_fois_ne_fait_rien() -> None:
    assert charger_socle_referentiels() is None


def test_le_fonds_n_ecrase_pas_ce_qu_un_vrai_fichier_a_donne() -> None:
    Certification.objects.filter(code="RNCP37674").update(intitule="Intitulé officiel", actif=False)
    Commune.objects.filter(code_insee="93001").delete()
    ImportReferentiel.objects.all().delete()
    rapport = charger_socle_referentiels()
    assert rapport is not None
    assert Certification.objects.get(code="RNCP37674").intitule == "Intitulé officiel"
    assert (rapport.total("crees"), rapport.total("modifies")) == (1, 0)


def test_l_echeance_est_comprise_dans_la_validite() -> None:
    fiche = Certification.objects.get(code="RS6809")
    assert fiche.active_au(datetime.date(2027, 10, 1))
    assert not fiche.active_au(datetime.date(2027, 10, 2))
    assert Certification.objects.actives_au(datetime.date(2027, 10, 1)).filter(code="RS6809").exists()
    assert not Certification.objects.actives_au(datetime.date(2027, 10, 2)).filter(code="RS6809").exists()


def test_un_code_trop_long_ne_trouve_rien() -> None:
    assert Commune.objects.pour_code_postal("75020").get().nom == "Paris 20ᵉ"
    assert not Commune.objects.pour_code_postal("750201").exists()
    assert not Commune.objects.pour_code_insee("930591").exists()
    assert not Certification.objects.pour_certifinfo("11492000000").exists()
    assert Certification.objects.pour_certifinfo("114920").get() == Certification.objects.pour_code("37674").get()
