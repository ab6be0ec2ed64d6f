"""Chargeurs de référentiels : tolérance, comptes, idempotence, refus d'une phrase."""

import io
import zipfile
from pathlib import Path

import pytest

from dokelio.referentiels.chargement import charger, charger_chemin
from dokelio.referentiels.chargeurs.versement import FichierRefuse, Rapport
from dokelio.referentiels.models import (
    Bloc,
    Certificateur,
    Certification,
    CertifInfo,
    Commune,
    Formacode,
    ImportReferentiel,
    Nsf,
    PartenaireHabilite,
    Remplacement,
    Rome,
)

pytestmark = pytest.mark.django_db
DONNEES = Path(__file__).resolve().parents[1] / "donnees" / "referentiels"


def _charge(source: str, nom: str, version: str = "", *, simulation: bool = False) -> Rapport:
    return charger_chemin(source, DONNEES / nom, version=version, simulation=simulation)


def _zip(sauf: tuple[str, ...] = (), remplace: dict[str, str] | None = None) -> io.BytesIO:
    flux = io.BytesIO()
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED) as archive:
        for chemin in sorted((DONNEES / "certifications").iterdir()):
            if not any(mot in chemin.name for mot in sauf):
                contenu = chemin.read_bytes().decode("utf-8")
                for avant, apres in (remplace or {}).items():
                    contenu = contenu.replace(avant, apres)
                archive.writestr(chemin.name, contenu)
    flux.seek(0)
    return flux


def test_le_zip_de_france_competences_se_charge_avec_toutes_ses_tables() -> None:
    rapport = charger("certifications", _zip(), "export-fiches-csv-2026-01-03.zip")
    fiche = Certification.objects.get(code="RNCP90001")
    assert fiche.intitule == 'Jardinier "bio" des villes'
    assert (fiche.niveau, fiche.actif, str(fiche.fin_enregistrement)) == (4, True, "2030-08-31")
    assert (fiche.codes_nsf, fiche.codes_rome, fiche.formacodes) == (["214"], ["A1203"], ["21046"])
    assert fiche.voies_acces == ["CA", "VAE"]
    assert [(bloc.code, bloc.libelle) for bloc in fiche.blocs.all()] == [
        ("01", "Arroser"),
        ("RNCP90001BC01", "Planter, tailler"),
    ]
    assert Bloc.objects.filter(code="01").count() == 2
    assert Certificateur.objects.get(certification=fiche).siret == "11004301500012"
    assert Certificateur.objects.get(nom="ZERO PERDU").siret == "01004301500012"
    assert list(fiche.partenaires.a_former().values_list("siret", flat=True)) == ["82815245400033"]
    assert [f.code for f in Certification.objects.get(code="RNCP90002").remplacantes()] == ["RNCP90001"]
    assert Certification.objects.get(code="RNCP90002").niveau is None
    assert Certification.objects.get(code="RS90003").fin_enregistrement is None
    assert (rapport.tables["certification"].crees, rapport.total("modifies")) == (3, 0)


def test_chaque_ligne_ecartee_dit_son_fichier_sa_ligne_et_sa_raison() -> None:
    rapport = charger("certifications", _zip(), "x.zip")
    motifs = {(e.fichier, e.ligne): e.motif for e in rapport.ecartees}
    assert motifs["Standard", 6] == "« 90004 » n'est pas un numéro de fiche".replace("« ", "«\u00a0").replace(
        " »", "\u00a0»"
    )
    assert "intitulé" in motifs["Standard", 7]
    assert "déjà donné" in motifs["Standard", 8]
    assert "inconnue" in motifs["certificateurs", 4]
    assert "SIRET" in motifs["partenaires", 4]
    assert rapport.nombre_ecartees == len(rapport.ecartees) == 8


def test_recharger_le_meme_fichier_ne_change_rien() -> None:
    premier = charger("certifications", _zip(), "x.zip")
    second = charger("certifications", _zip(), "x.zip")
    assert (second.total("crees"), second.total("modifies"), second.total("supprimes")) == (0, 0, 0)
    assert second.total("inchanges") == premier.total("crees")


def test_une_habilitation_retiree_du_fichier_l_est_aussi_ici() -> None:
    charger("certifications", _zip(), "x.zip")
    ligne = '"RNCP90001";"ÉCOLE VERTE";"\t82815245400033";"HABILITATION_ORGA_FORM"\r\n'
    rapport = charger("certifications", _zip(remplace={ligne: ""}), "x.zip")
    assert rapport.tables["partenairehabilite"].supprimes == 1
    assert not PartenaireHabilite.objects.filter(siret="82815245400033").exists()


def test_une_table_absente_ne_retire_rien() -> None:
    charger("certifications", _zip(), "x.zip")
    rapport = charger("certifications", _zip(sauf=("Partenaires", "Blocs", "Nsf")), "x.zip")
    assert rapport.total("supprimes") == 0
    assert Certification.objects.get(code="RNCP90001").codes_nsf == ["214"]


def test_le_xml_donne_les_memes_fiches_que_le_csv() -> None:
    charger("certifications", _zip(), "x.zip")
    rapport = _charge("certifications", "fiches_v4_1.xml")
    assert rapport.tables["certification"].modifies == 0
    assert rapport.tables["certification"].inchanges == 1
    assert rapport.nombre_ecartees == 1
    assert Remplacement.objects.filter(ancienne="RNCP90002", nouvelle="RNCP90001").count() == 1


def test_une_simulation_dit_ce_qui_changerait_et_ne_change_rien() -> None:
    rapport = _charge("formacode", "formacode_v14.csv", "V13", simulation=True)
    assert rapport.total("crees") == 2
    assert not Formacode.objects.filter(version="V13").exists()
    assert not ImportReferentiel.objects.filter(source="formacode").exists()


def test_certifinfo_en_windows_1252_reunit_les_lignes_repetees_et_complete_les_fiches() -> None:
    rapport = _charge("certifinfo", "certif_info.csv")
    code = CertifInfo.objects.get(code="900001")
    assert code.libelle == 'Titre professionnel jardinier "bio"'
    assert code.fiches == ["RNCP37875", "RS6506"]
    assert code.codes_rome == ["A1203", "A1200", "M1700"]
    fiche = Certification.objects.get(code="RS6506")
    assert (fiche.codes_certifinfo, fiche.codes_cfd) == (["900001"], ["46T21401"])
    assert fiche.formacodes == ["42742"], "un Formacode donné par le fonds n'est pas remplacé"
    assert (rapport.nombre_ecartees, rapport.ecartees[0].ligne) == (1, 4)
    assert _charge("certifinfo", "certif_info.csv").total("modifies") == 0


def test_le_kit_apprentissage_rend_le_zero_de_tete_et_ouvre_l_apprentissage() -> None:
    rapport = _charge("kit-apprentissage", "kit_apprentissage.csv")
    fiche = Certification.objects.get(code="RNCP42480")
    assert (fiche.codes_cfd, fiche.en_apprentissage) == (["01022106"], True)
    assert rapport.nombre_ecartees == 2


def test_un_meme_code_public_dit_autre_chose_selon_la_version() -> None:
    _charge("formacode", "formacode_v14.csv")
    _charge("fcod", "fcod_v8.csv")
    assert Formacode.objects.get(version="V14", code="80006").libelle == "Demandeur d’emploi"
    assert Formacode.objects.get(version="V8", code="80006").libelle == "cadre d'entreprise"
    assert Formacode.objects.version("v8").modalites().get().code == "96009"
    assert Formacode.objects.get(version="V8", code="11029").synonymes == "enquête panel"
    assert not Formacode.objects.filter(version="V14", code="80011").exists()


def test_le_rome_se_lit_a_la_virgule_au_point_virgule_et_en_xml() -> None:
    assert _charge("rome", "rome_v4.csv").nombre_ecartees == 1
    _charge("rome", "rome_v4_point_virgule.csv")
    _charge("rome", "rome_v3.xml")
    assert Rome.objects.get(version="V4", code="A1201").parent == "A1201"
    assert Rome.objects.filter(version="V4", code="A1202").exists()
    assert Rome.objects.get(version="V3", code="A1201").libelle == "Bûcheronnage et élagage"


def test_les_agregats_de_la_bcn_ne_sont_pas_des_specialites() -> None:
    rapport = _charge("nsf", "nsf_bcn.csv")
    assert rapport.nombre_ecartees == 0
    assert "1 agrégats" in rapport.remarques[0]
    assert not Nsf.objects.filter(code="229").exists()


def test_les_communes_gardent_leurs_anciens_codes_et_les_villes_a_arrondissements_ne_sont_pas_proposees() -> None:
    rapport = _charge("communes", "communes.json")
    assert Commune.objects.pour_code_insee("93059").get().nom == "Saint-Denis"
    lyon = Commune.objects.get(code_insee="69381")
    assert (lyon.nom, lyon.ville, lyon.parente_id) == ("Lyon 1ᵉʳ", "Lyon", "69123")
    assert not Commune.objects.get(code_insee="69123").proposee
    assert rapport.nombre_ecartees == 1
    assert "1 communes déléguées" in rapport.remarques[0]


@pytest.mark.parametrize("nom", ["laposte_2018.csv", "laposte_2023.csv", "laposte_actuel.csv"])
def test_les_trois_en_tetes_de_la_poste_se_lisent(nom: str) -> None:
    Commune.objects.filter(code_insee="93066").update(latitude=None, longitude=None)
    _charge("codes-postaux", nom)
    commune = Commune.objects.get(code_insee="93066")
    assert "93200" in commune.codes_postaux
    assert (commune.latitude is None) == (nom == "laposte_actuel.csv")
    if nom == "laposte_2018.csv":
        assert "93211" in commune.codes_postaux
        assert str(commune.latitude) == "48.929570"


@pytest.mark.parametrize(
    ("source", "contenu", "mot"),
    [
        ("certifications", b"", "vide"),
        ("certifications", b"PK\x03\x04abime", "ZIP"),
        ("certifications", b"<FICHES><FICHE>", "tronqu"),
        ("certifications", b"<html/>", "aucune fiche"),
        ("certifications", b'<!DOCTYPE FICHES [<!ENTITY a "b">]><FICHES>&a;</FICHES>', "DOCTYPE"),
        ("certifications", b"a;b\r\n1;2", "colonnes"),
        ("certifinfo", b"\xff\xfea\x00", "UTF-16"),
        ("certifinfo", b"Code_Diplome;x\n", "colonnes"),
        ("formacode", b"\x1f\x8b\x08", "gzip"),
        ("formacode", b"\n", "noms de colonnes"),
        ("formacode", b"%PDF-1.4\x00\x01", "texte"),
        ("communes", b"pas du json", "JSON"),
        ("communes", b'{"a": 1}', "liste"),
        ("codes-postaux", b"Code_commune_INSEE;Code_postal\n13001;13100\n", "chargez d'abord"),
        ("rome", b"<ogr><item", "XML"),
        ("lunes", b"x", "n'existe pas"),
    ],
)
def test_un_mauvais_fichier_est_refuse_d_une_phrase_et_rien_ne_change(source: str, contenu: bytes, mot: str) -> None:
    avant = (Certification.objects.count(), ImportReferentiel.objects.count())
    with pytest.raises(FichierRefuse) as refus:
        charger(source, io.BytesIO(contenu), "f")
    assert mot in str(refus.value)
    assert str(refus.value).endswith(".")
    assert (Certification.objects.count(), ImportReferentiel.objects.count()) == avant


def test_un_refus_au_milieu_du_fichier_annule_tout() -> None:
    fiche = "<FICHE><NUMERO_FICHE>RNCP{n}</NUMERO_FICHE><INTITULE>x</INTITULE></FICHE>"
    document = "<FICHES>" + "".join(fiche.format(n=800_000 + n) for n in range(2500)) + "<FICHE>"
    with pytest.raises(FichierRefuse):
        charger("certifications", io.BytesIO(document.encode()), "f.xml")
    assert not Certification.objects.filter(code__startswith="RNCP800").exists()


def test_chaque_chargement_laisse_sa_trace() -> None:
    _charge("rome", "rome_v4.csv")
    trace = ImportReferentiel.objects.filter(source="rome").get()
    assert (trace.fichier, trace.crees, trace.ecartees, len(trace.sha256)) == ("rome_v4.csv", 1, 1, 64)
