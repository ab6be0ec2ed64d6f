"""Rien ne se perd : lire, ranger dans la base, récrire rend chaque élément, attribut et texte à sa place."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from diffusion.management.commands.aller_retour_lheo import aller_retour
from dokelio.lheo.grammaire import ESPACE, ESPACE_XSI
from dokelio.lheo.schema import schema
from dokelio.socle.commandes import Renoncement
from formations.models import Action
from structures.models import Organisme
from tests.diffusion.comparaison import differences, lire
from tests.lheo.strategies import Document, documents, formations

DOSSIER = Path(__file__).resolve().parents[1] / "donnees" / "lheo"
FIDELES = ("complet-2.3.xml", "flux-national-2.3.xml", "formation-2.2.xml", "index-2.3.xml", "iso-8859-1.xml")

pytestmark = pytest.mark.django_db


def revenu(octets: bytes) -> bytes:
    """Le document récrit depuis la base."""
    sortie = io.BytesIO()
    aller_retour(io.BytesIO(octets), sortie)
    return sortie.getvalue()


def verifier(octets: bytes) -> None:
    """Le document revient entier, et valide au schéma s'il l'était."""
    retour = revenu(octets)
    assert differences(lire(octets), lire(retour)) == []
    assert schema().validate(etree.fromstring(retour))


@pytest.mark.parametrize("nom", FIDELES)
def test_les_documents_du_produit_reviennent_entiers(nom: str) -> None:
    verifier((DOSSIER / nom).read_bytes())


def test_les_types_annonces_par_xsi_type_restent_resolus() -> None:
    """Partout où le schéma l'admet : un préfixe perdu rendrait la formation invalide, donc absente du flux."""
    document = etree.fromstring((DOSSIER / "complet-2.3.xml").read_bytes())
    racine = etree.Element(document.tag, nsmap={"l": document.nsmap[None], "xsi": ESPACE_XSI})
    racine.extend(document)
    for elt in racine.iter(f"{{{ESPACE}}}*"):
        if not any(parent.tag == f"{{{ESPACE}}}extra" for parent in elt.iterancestors()):
            elt.set(f"{{{ESPACE_XSI}}}type", f"l:{etree.QName(elt).localname}-type")
    assert schema().validate(racine)
    verifier(etree.tostring(racine))


@pytest.mark.partage
def test_les_exemples_officiels_valides_reviennent_entiers(dossier_partage: Path) -> None:
    officiel = etree.XMLSchema(etree.parse(str(dossier_partage / "lheo" / "lheo-2.3.xsd")))
    vus = 0
    for chemin in sorted((dossier_partage / "lheo" / "exemples").glob("*.xml")):
        octets = chemin.read_bytes()
        en_23 = etree.fromstring(octets.replace(b"http://www.lheo.org/2.2", b"http://lheo.gouv.fr/2.3"))
        if officiel.validate(en_23):
            vus += 1
            retour = revenu(octets)
            assert differences(lire(octets), lire(retour)) == [], chemin.name
            assert officiel.validate(etree.fromstring(retour)), chemin.name
    assert vus >= 4


@given(document=documents())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_tout_document_de_la_grammaire_revient_entier(document: Document) -> None:
    verifier(document.xml())


@st.composite
def documents_serres(draw: st.DrawFn) -> Document:
    """Plusieurs formations qui se ressemblent : mêmes numéros, mêmes organismes, un détail changé."""
    premiere = draw(formations())
    autres = []
    for _ in range(draw(st.integers(1, 3))):
        autre = draw(st.sampled_from([premiere, draw(formations())]))
        autre = {**autre, "@numero": draw(st.sampled_from(["", "A1", "A2"]))}
        responsable = {**premiere["organisme-formation-responsable"]}
        if draw(st.booleans()):
            responsable["nom-organisme"] = draw(st.sampled_from(["Autre nom", "Encore un"]))
            responsable.pop("potentiel", None)
        if draw(st.booleans()):
            responsable["SIRET-organisme-formation"] = {"SIRET": draw(st.sampled_from(["11111111111111", "0" * 14]))}
        autre["organisme-formation-responsable"] = responsable
        autre["action"] = [{**a, "@numero": draw(st.sampled_from(["", "B"]))} for a in autre["action"] * 2]
        autres.append(autre)
    return Document({"racine": "lheo", "arbre": {"offres": {}}}, (premiere, *autres))


@given(document=documents_serres())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_des_formations_qui_se_ressemblent_restent_chacune_la_leur(document: Document) -> None:
    verifier(document.xml())


@pytest.mark.long
@given(document=st.one_of(documents(), documents_serres()))
@settings(
    max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_long_tout_document_de_la_grammaire_revient_entier(document: Document) -> None:
    verifier(document.xml())


def test_un_document_deja_importe_et_modifie_revient_entier() -> None:
    """L'aller-retour ne touche pas aux actions que la base connaît déjà, et n'en dépend pas."""
    chemin = DOSSIER / "complet-2.3.xml"
    call_command("importer_lheo", str(chemin), "--json", stdout=io.StringIO())
    Action.objects.update(intitule="Changé depuis", empreinte_import="")
    Organisme.objects.update(nom="Nom corrigé par l'organisme", renseignements="")
    avant = Action.objects.count(), Organisme.objects.count()
    verifier(chemin.read_bytes())
    assert (Action.objects.count(), Organisme.objects.count()) == avant


def test_la_commande_ecrit_le_document_et_ne_laisse_rien(tmp_path: Path) -> None:
    sortie = tmp_path / "sortie.xml"
    call_command("aller_retour_lheo", str(DOSSIER / "complet-2.3.xml"), "--sortie", str(sortie))
    assert differences(lire((DOSSIER / "complet-2.3.xml").read_bytes()), lire(sortie.read_bytes())) == []
    assert Action.objects.count() == 0
    assert list(tmp_path.iterdir()) == [sortie]


def test_la_commande_dit_ce_qui_est_refuse_et_rend_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sortie = tmp_path / "sortie.xml"
    with pytest.raises(SystemExit) as fin:
        call_command("aller_retour_lheo", str(DOSSIER / "trois-formations-fautives.xml"), "--sortie", str(sortie))
    assert fin.value.code == 1
    assert "texte-vide" in capsys.readouterr().err
    assert sortie.exists()


def test_un_document_refuse_n_ecrit_pas_de_sortie(tmp_path: Path) -> None:
    sortie = tmp_path / "sortie.xml"
    with pytest.raises(Renoncement) as erreur:
        call_command("aller_retour_lheo", str(DOSSIER / "doctype.xml"), "--sortie", str(sortie))
    assert erreur.value.code == 2
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Renoncement, match="dossier"):
        call_command(
            "aller_retour_lheo", str(DOSSIER / "complet-2.3.xml"), "--sortie", str(tmp_path / "absent" / "sortie.xml")
        )
