"""Ce qui part dans un flux et ce qui n'y est pas ; un document valide, le même que celui de l'exporteur témoin."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from lxml import etree

from diffusion.exports.assemblage import formations
from diffusion.exports.document import FluxVide, exporter
from diffusion.exports.selection import ouvrir
from diffusion.imports.fiche import Portee
from diffusion.imports.moteur import importer
from dokelio.lheo.schema import schema
from dokelio.lheo.validation import valider_document
from dokelio.publication.moteur import effectuer
from dokelio.socle.fichiers import ecrit_a_cote
from formations.actions.versions import contenu_controle, empreinte
from formations.models import Action
from sessions.models import Deroulement, Financement, Session
from sessions.publication.visibilite import ToutPerimetre
from tests.diffusion import oracle
from tests.diffusion.exporte import NS, document, numeros, racine, tout_mettre_a_l_antenne
from tests.fabriques import UtilisateurFabrique, en_diffusion, fiche_prete, membre, soumise
from tests.lheo.strategies import Document, documents

pytestmark = pytest.mark.django_db

TRES_TOT = date(1900, 1, 1)


def canonique(octets: bytes) -> bytes:
    """La forme canonique, sans les blancs entre éléments."""
    lu = etree.fromstring(octets, etree.XMLParser(remove_blank_text=True))
    return etree.tostring(lu, method="c14n")


def arbres(au: date) -> list[Any]:
    with ouvrir(au) as selection:
        return [f.arbre for f in formations(selection) if f.arbre is not None]


# ------------------------------------------------------------------ valide, et le même que par les instances


def test_le_document_est_valide_et_sans_reproche() -> None:
    en_diffusion()
    octets, bilan = document()
    assert schema().validate(etree.fromstring(octets))
    assert [a for a in valider_document(io.BytesIO(octets)).anomalies if a.gravite == "erreur"] == []
    assert (bilan.formations, bilan.actions, bilan.sessions, bilan.organismes) == (1, 1, 1, 1)
    assert bilan.taille == len(octets)
    assert bilan.causes == {}


@pytest.mark.partage
def test_le_schema_officiel_accepte_le_document(dossier_partage: Path) -> None:
    officiel = etree.XMLSchema(etree.parse(str(dossier_partage / "lheo" / "lheo-2.3.xsd")))
    for _ in range(3):
        en_diffusion()
    assert officiel.validate(racine()), officiel.error_log


def test_le_document_dit_la_meme_chose_que_l_exporteur_temoin() -> None:
    for _ in range(3):
        en_diffusion()
    maintenant, au = timezone.now(), timezone.localdate()
    rapide, temoin = io.BytesIO(), io.BytesIO()
    exporter(rapide, au, maintenant=maintenant)
    assert oracle.exporter(temoin, au, maintenant) == 3
    assert canonique(rapide.getvalue()) == canonique(temoin.getvalue())


@given(tire=documents())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_sur_des_documents_au_hasard_les_deux_exporteurs_disent_la_meme_chose(tire: Document) -> None:
    with transaction.atomic():
        importer(io.BytesIO(tire.xml()), Portee(neuf=True))
        tout_mettre_a_l_antenne()
        assert arbres(TRES_TOT) == list(oracle.arbres(TRES_TOT))
        transaction.set_rollback(True)


def test_le_nombre_d_instructions_sql_ne_depend_pas_de_la_taille() -> None:
    en_diffusion()
    with CaptureQueriesContext(connection) as peu:
        document()
    for _ in range(6):
        en_diffusion()
    with CaptureQueriesContext(connection) as beaucoup:
        assert document()[1].formations == 7
    assert len(beaucoup) == len(peu) <= 12


# ------------------------------------------------------------------ ce qui part


def test_le_titre_change_ne_part_qu_une_fois_accepte() -> None:
    action = en_diffusion()
    ancien = action.intitule
    redactrice = membre(action.organisme)
    effectuer(action, "modifier", redactrice)
    Action.objects.filter(pk=action.pk).update(intitule="Un titre tout neuf")
    action.refresh_from_db()
    effectuer(action, "soumettre", redactrice)

    def titre() -> str:
        return str(racine().findtext(".//l:intitule-formation", namespaces=NS))

    assert titre() == ancien
    effectuer(
        action,
        "valider",
        UtilisateurFabrique(administrateur=True),
        empreinte=empreinte(contenu_controle(Action.objects.get(pk=action.pk))),
    )
    assert titre() == "Un titre tout neuf"


def test_une_derogation_changee_ne_part_qu_une_fois_acceptee() -> None:
    action = en_diffusion()
    Deroulement.objects.filter(action=action).update(derogations={"restauration": "Cantine"})
    assert racine().findtext(".//l:restauration", namespaces=NS) is None


def test_le_libre_part_aussitot() -> None:
    action = en_diffusion()
    Deroulement.objects.filter(action=action).update(prix_total="1234.50", heures_total=7)
    assert racine().findtext(".//l:prix-total-TTC", namespaces=NS) == "1234.50"
    assert racine().findtext(".//l:nombre-heures-total", namespaces=NS) == "7"


def test_soumise_archivee_retiree_ou_en_cessation_ne_partent_pas() -> None:
    presente = en_diffusion()
    soumise()
    archivee, retiree, cessee = en_diffusion(), en_diffusion(), en_diffusion()
    administrateur = UtilisateurFabrique(administrateur=True)
    effectuer(archivee, "archiver", administrateur, "Plus proposée.")
    effectuer(retiree, "retirer", administrateur, "Hors du périmètre.")
    effectuer(cessee.organisme, "cesser", administrateur, "Fermé.")
    assert numeros() == [presente.reference]


def test_seules_les_sessions_visibles_et_les_financements_diffuses_partent() -> None:
    action = en_diffusion()
    lieu = action.deroulements.get()
    lieu.sessions.create(debut=date(2030, 1, 1), fin=date(2030, 2, 1))
    lieu.financements.create(code_financeur="5")
    vide = Deroulement.objects.create(action=action, modalites_enseignement="0")
    vide.sessions.create(debut=date(2030, 1, 1))
    document_ = racine()
    visible = lieu.sessions.get(statut="en_diffusion")
    assert document_.xpath("//l:session/@numero", namespaces=NS) == [visible.reference]
    assert document_.xpath("//l:code-financeur/text()", namespaces=NS) == ["10"]
    assert len(document_.findall(".//l:action", NS)) == 1


def test_une_fiche_sans_session_diffusable_est_comptee_sans_etre_une_faute() -> None:
    en_diffusion()
    absente = en_diffusion()
    Financement.objects.filter(deroulement__action=absente).delete()
    _, bilan = document()
    assert bilan.causes == {"sans_session_diffusable": 1}
    assert bilan.laissees == [(absente.reference, "sans_session_diffusable", "")]
    assert bilan.invalides == 0


def test_le_perimetre_du_flux_borne_ce_qui_part() -> None:
    ici = en_diffusion()
    ailleurs = en_diffusion()
    lieu = ailleurs.deroulements.get()
    lieux = lieu.lieux
    lieux[0]["coordonnees"]["adresse"] |= {"codepostal": "92100", "ville": "Boulogne-Billancourt"}
    Deroulement.objects.filter(pk=lieu.pk).update(lieux=lieux)
    assert numeros(perimetre=ToutPerimetre(departements=("75",))) == [ici.reference]
    assert numeros(perimetre=ToutPerimetre(conventionne=False)) == [ici.reference, ailleurs.reference]
    with pytest.raises(FluxVide):
        document(perimetre=ToutPerimetre(conventionne=True))


def test_une_session_terminee_depuis_un_mois_ne_part_plus() -> None:
    action = en_diffusion()
    fin = action.deroulements.get().sessions.get().fin
    assert numeros(au=fin + timedelta(days=5)) == [action.reference]
    with pytest.raises(FluxVide):
        document(au=fin + timedelta(days=40))


# ------------------------------------------------------------------ ce qui est laissé de côté


def test_une_formation_invalide_est_laissee_de_cote_et_nommee() -> None:
    bonne = en_diffusion()
    mauvaise = en_diffusion()
    Deroulement.objects.filter(action=mauvaise).update(rythme="", modalites_enseignement="")
    octets, bilan = document()
    assert etree.fromstring(octets).xpath("//l:formation/@numero", namespaces=NS) == [f"14_{bonne.reference}"]
    ((reference, cause, detail),) = bilan.laissees
    assert (reference, cause) == (mauvaise.reference, "element-manquant")
    assert "rythme-formation" in detail
    assert "1\u00a0autre faute)" in detail
    assert bilan.invalides == bilan.causes["element-manquant"] == 1


@pytest.mark.parametrize(
    ("champ", "valeur", "cause"),
    [
        ("reste_lheo", {"date-information": []}, None),
        ("lieux", [{"SIRET-lieu-formation": {"SIRET": "1234567890123X"}, "coordonnees": {}}], "siret-forme"),
        ("reste_lheo", {"date-information": [{"date": "20260231"}]}, "date-impossible"),
        ("reste_lheo", {"nombre-heures-centre": {"#": "-4", "=": None}}, "entier-hors-bornes"),
        ("reste_lheo", {"langue-formation": ["fr"]}, None),
    ],
)
def test_une_valeur_impossible_que_le_schema_admet_ne_part_pas(champ: str, valeur: Any, cause: str | None) -> None:
    en_diffusion()
    autre = en_diffusion()
    Deroulement.objects.filter(action=autre).update(**{champ: valeur})
    _, bilan = document()
    assert list(bilan.causes) == ([cause] if cause else [])


def test_une_fin_avant_le_debut_venue_d_un_import_ne_part_pas() -> None:
    en_diffusion()
    autre = en_diffusion()
    reste = {"periode": {"fin": {"#": "20200101", "=": "99999999"}}}
    Session.objects.filter(deroulement__action=autre).update(fin=None, reste_lheo=reste)
    assert document()[1].causes == {"fin-avant-debut": 1}


def test_un_lieu_sans_numero_ne_part_pas() -> None:
    en_diffusion()
    Deroulement.objects.filter(action=en_diffusion()).update(numero=None)
    assert document()[1].causes == {"action_sans_numero": 1}


def test_les_caracteres_interdits_en_xml_sont_otes() -> None:
    action = en_diffusion()
    Deroulement.objects.filter(action=action).update(rythme="Temps\x0b plein\x01")
    assert racine().findtext(".//l:rythme-formation", namespaces=NS) == "Temps plein"


# ------------------------------------------------------------------ le fichier


def test_le_document_prend_la_place_de_l_ancien_d_un_coup(tmp_path: Path) -> None:
    cible = tmp_path / "flux.xml"
    cible.write_bytes(b"ancien")
    with ecrit_a_cote(cible) as sortie:
        sortie.write(b"nouveau")
        assert cible.read_bytes() == b"ancien"
    assert cible.read_bytes() == b"nouveau"
    assert list(tmp_path.iterdir()) == [cible]


def test_une_ecriture_interrompue_laisse_l_ancien_document(tmp_path: Path) -> None:
    cible = tmp_path / "flux.xml"
    cible.write_bytes(b"ancien")

    def interrompre() -> None:
        with ecrit_a_cote(cible) as sortie:
            sortie.write(b"nouv")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrompre()
    assert cible.read_bytes() == b"ancien"
    assert list(tmp_path.iterdir()) == [cible]


def test_une_fiche_prete_partirait_telle_quelle() -> None:
    """Ce qui part à l'antenne est ce que la garde a validé : mêmes éléments, aux numéros et aux dates près."""
    action = fiche_prete()
    en_diffusion(action)
    assert document()[1].causes == {}
