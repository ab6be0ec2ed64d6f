"""L'état d'un objet ne s'écrit que par le moteur ; les références sont données par la base."""

import copy
import pickle

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from dokelio.publication.champs import EtatField, Publiable
from dokelio.publication.refus import EtatReserve
from tests.publication.appli.models import Etat, Fiche

pytestmark = pytest.mark.django_db


def test_affecter_l_etat_d_un_objet_enregistre_leve() -> None:
    fiche = Fiche.objects.create()
    with pytest.raises(EtatReserve):
        fiche.statut = Etat.EN_DIFFUSION
    assert fiche.statut == Etat.BROUILLON


def test_reaffecter_le_meme_etat_est_sans_effet() -> None:
    fiche = Fiche.objects.create(titre="x")
    fiche.statut = fiche.statut
    fiche.full_clean(exclude=["divers", "fin", "version"])
    fiche.save()
    assert Fiche.objects.get().statut == Etat.BROUILLON


def test_on_ne_nait_que_dans_l_etat_initial() -> None:
    with pytest.raises(EtatReserve), transaction.atomic():
        Fiche.objects.create(statut=Etat.ARCHIVE)
    with pytest.raises(EtatReserve), transaction.atomic():
        Fiche.objects.bulk_create([Fiche(), Fiche(statut=Etat.ARCHIVE)])
    Fiche.objects.bulk_create([Fiche(), Fiche()])
    assert Fiche.objects.filter(statut=Etat.BROUILLON).count() == 2


def test_une_ligne_existante_ne_s_ecrase_pas_sans_avoir_ete_lue() -> None:
    fiche = Fiche.objects.create()
    with pytest.raises(EtatReserve):
        Fiche(pk=fiche.pk, titre="écrasée").save()


def test_update_et_bulk_update_refusent_l_etat() -> None:
    fiche = Fiche.objects.create()
    with pytest.raises(EtatReserve):
        Fiche.objects.update(statut=Etat.ARCHIVE)
    with pytest.raises(EtatReserve), transaction.atomic():
        Fiche.objects.bulk_update([fiche], ["statut"])
    with pytest.raises(EtatReserve), transaction.atomic():
        Fiche.objects.bulk_create([fiche], update_conflicts=True, update_fields=["statut"], unique_fields=["id"])
    assert Fiche.objects.update(titre="libre") == 1


def test_la_relecture_la_copie_et_le_differe_restent_libres() -> None:
    fiche = Fiche.objects.create()
    with connection.cursor() as curseur:
        curseur.execute("UPDATE appli_publication_fiche SET statut = 'a_controler'")
    fiche.refresh_from_db()
    assert fiche.statut == Etat.A_CONTROLER
    assert Fiche.objects.defer("statut").get().statut == Etat.A_CONTROLER
    assert copy.deepcopy(fiche).statut == pickle.loads(pickle.dumps(fiche)).statut == Etat.A_CONTROLER


def test_la_base_refuse_un_etat_inconnu() -> None:
    Fiche.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("UPDATE appli_publication_fiche SET statut = 'ailleurs'")


def test_le_champ_d_etat_exige_un_modele_publiable_et_son_queryset() -> None:
    class Sauvage(models.Model):  # noqa: DJ008
        statut = EtatField(Etat)

        class Meta:
            app_label = "appli_publication"
            managed = False

    class SansQuerySet(Publiable):
        statut = EtatField(Etat)

        class Meta:
            app_label = "appli_publication"
            managed = False

    try:
        fautes = [faute.id for modele in (Sauvage, SansQuerySet) for faute in modele._meta.get_field("statut").check()]
    finally:
        for nom in ("sauvage", "sansqueryset"):
            del Fiche._meta.apps.all_models["appli_publication"][nom]
        Fiche._meta.apps.clear_cache()
    assert fautes == ["publication.E001", "publication.E002"]


def test_la_reference_vient_de_la_base_et_part_de_dix_puissance_neuf() -> None:
    seule = Fiche.objects.create()
    lot = Fiche.objects.bulk_create([Fiche(), Fiche()])
    references = [seule.reference, *(fiche.reference for fiche in lot)]
    assert len(set(references)) == 3
    assert all(reference >= "ZZ_1000000000" and len(reference) == 13 for reference in references)
    Fiche().full_clean(exclude=["titre", "divers", "fin", "version"])


def test_une_reference_reprise_garde_sa_forme() -> None:
    assert Fiche.objects.create(reference="ZZ_0000179492").reference == "ZZ_0000179492"
    with pytest.raises(ValidationError, match="dix chiffres"):
        Fiche(reference="ZZ_12").validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        Fiche.objects.create(reference="ZZ_12")
