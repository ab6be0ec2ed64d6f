"""Les documents entiers : fautifs nommés ligne par ligne, 2.2, encodages, refus en une phrase, mémoire bornée."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from dokelio.lheo.encodage import DocumentRefuse
from dokelio.lheo.validation import document as validation_document
from dokelio.lheo.validation import valider_arbre, valider_document, valider_formation
from tests.lheo.documents import octets, rapport


def _erreurs(contenu: bytes) -> list[tuple[int | None, str, str]]:
    return sorted(
        (faute.ligne, faute.code, faute.champ) for faute in rapport(contenu).anomalies if faute.gravite == "erreur"
    )


def _avertissements(contenu: bytes) -> set[tuple[str, str]]:
    return {(a.code, a.chemin.rpartition("/offres/")[2]) for a in rapport(contenu).anomalies if a.gravite != "erreur"}


def test_le_cours_fautif_donne_chacune_de_ses_fautes() -> None:
    assert _erreurs(octets("cours-fautif.xml")) == [
        (33, "texte-vide", "rythme-formation"),
        (37, "texte-vide", "info-public-vise"),
        (41, "element-hors-ordre", "duree-indicative"),
        (47, "texte-vide", "denomination"),
    ]
    assert rapport(octets("cours-fautif.xml")).refusees == 1


def test_les_trois_formations_fautives_donnent_chacune_de_leurs_fautes() -> None:
    contenu = octets("trois-formations-fautives.xml")
    lignes = contenu.decode().splitlines()
    fautes = _erreurs(contenu)
    assert [(code, champ) for _, code, champ in fautes] == [
        ("element-hors-ordre", "duree-indicative"),
        ("date-forme", "fin"),
        ("texte-vide", "urlweb"),
        ("texte-vide", "rythme-formation"),
        ("texte-vide", "modalites-alternance"),
        ("element-hors-ordre", "duree-indicative"),
        ("texte-vide", "modalites-inscription"),
        ("texte-vide", "nom"),
        ("texte-vide", "prenom"),
    ]
    for ligne, _, champ in fautes:
        assert f"<{champ}>" in lignes[(ligne or 0) - 1]
    compte_rendu = rapport(contenu)
    assert (compte_rendu.formations, compte_rendu.lisibles, compte_rendu.refusees) == (3, 1, 2)
    assert compte_rendu.par_code["numero-action-double"] == 2
    assert {"insee-commune-mere", "telephone-forme", "geolocalisation-lointaine"} <= set(compte_rendu.par_code)


def test_la_date_a_neuf_chiffres_dit_combien_en_garder() -> None:
    faute = next(f for f in rapport(octets("trois-formations-fautives.xml")).anomalies if f.code == "date-forme")
    assert "202606703" in faute.phrase
    assert "9 chiffres" in faute.remede
    assert faute.chemin == "/lheo/offres/formation[2]/action[1]/session[1]/periode/fin"


def test_l_element_hors_ordre_dit_ou_le_placer() -> None:
    faute = next(f for f in rapport(octets("cours-fautif.xml")).anomalies if f.code == "element-hors-ordre")
    assert "après «\u00a0acces-handicapes\u00a0» et avant «\u00a0conventionnement\u00a0»" in faute.remede


@pytest.mark.partage
def test_le_cours_fautif_partage_donne_chacune_de_ses_fautes(dossier_partage: Path) -> None:
    contenu = (dossier_partage / "lheo/exemples/cours-fle-fautif.xml").read_bytes()
    assert _erreurs(contenu) == [
        (51, "texte-vide", "rythme-formation"),
        (53, "texte-vide", "info-public-vise"),
        (65, "element-hors-ordre", "duree-indicative"),
        (71, "texte-vide", "denomination"),
    ]
    responsable = "formation[1]/organisme-formation-responsable/coordonnees-organisme/coordonnees/adresse"
    assert _avertissements(contenu) >= {
        ("code-postal-fictif", "formation[1]/action[1]/session[1]/adresse-inscription/adresse/codepostal"),
        ("insee-forme", "formation[1]/action[1]/session[1]/adresse-inscription/adresse/code-INSEE-commune"),
        ("certification-vide", "formation[1]/certification[1]"),
        ("nda-fictif", "formation[1]/organisme-formation-responsable/numero-activite"),
        ("departement-incoherent", f"{responsable}/departement"),
        ("insee-code-postal", f"{responsable}/code-INSEE-commune"),
        ("region-incoherente", f"{responsable}/region"),
        ("geolocalisation-lointaine", f"{responsable}/geolocalisation"),
    }


@pytest.mark.partage
def test_les_trois_formations_partagees_donnent_chacune_de_leurs_fautes(dossier_partage: Path) -> None:
    contenu = (dossier_partage / "lheo/exemples/trois-formations-fautives.xml").read_bytes()
    assert _erreurs(contenu) == [
        (215, "element-hors-ordre", "duree-indicative"),
        (240, "date-forme", "fin"),
        (388, "texte-vide", "urlweb"),
        (391, "texte-vide", "rythme-formation"),
        (395, "texte-vide", "modalites-alternance"),
        (397, "element-hors-ordre", "duree-indicative"),
        (433, "texte-vide", "modalites-inscription"),
        (444, "texte-vide", "nom"),
        (445, "texte-vide", "prenom"),
    ]
    doubles = [(a.ligne, a.phrase) for a in rapport(contenu).anomalies if a.code == "numero-action-double"]
    assert [ligne for ligne, _ in doubles] == [207, 390]
    assert all("ligne 32" in phrase for _, phrase in doubles)
    assert ("telephone-forme", 265) in {(a.code, a.ligne) for a in rapport(contenu).anomalies}
    assert ("insee-commune-mere", 408) in {(a.code, a.ligne) for a in rapport(contenu).anomalies}


@pytest.mark.partage
@pytest.mark.parametrize(
    "nom", ["intercarif-2025.xml", "certificat-fle.xml", "construit-cycle-blocs-recrutement.xml", "bts-onisep-2.2.xml"]
)
def test_les_exemples_partages_valides_n_ont_aucune_erreur(nom: str, dossier_partage: Path) -> None:
    compte_rendu = rapport((dossier_partage / "lheo/exemples" / nom).read_bytes())
    assert (compte_rendu.erreurs, compte_rendu.refusees, compte_rendu.formations) == (0, 0, 1)


def test_un_document_2_2_est_valide_comme_du_2_3() -> None:
    compte_rendu = rapport(octets("formation-2.2.xml"))
    assert (compte_rendu.version, compte_rendu.erreurs) == ("2.2", 0)
    assert {"version-2.2", "region-ancienne", "niveau-ancien", "bouche-trou", "url-forme", "nda-fictif"} <= set(
        compte_rendu.par_code
    )
    assert next(a for a in compte_rendu.anomalies if a.code == "nda-fictif").ligne == 118


def test_une_faute_d_un_document_2_2_garde_sa_ligne() -> None:
    contenu = octets("formation-2.2.xml").replace(b"<debut>20250901</debut>", b"<debut>demain</debut>", 1)
    faute = next(a for a in rapport(contenu).anomalies if a.gravite == "erreur")
    assert (faute.code, faute.ligne) == ("date-forme", 63)


def test_l_encodage_annonce_a_tort_est_dit_et_ne_gate_rien() -> None:
    compte_rendu = rapport(octets("prologue-faux.xml"))
    assert compte_rendu.par_code["repare-prologue"] == 1
    assert "encodage-douteux" not in compte_rendu.par_code
    assert rapport(octets("iso-8859-1.xml")).par_code["repare-prologue"] == 0


@pytest.mark.parametrize(
    ("contenu", "code"),
    [
        (b"", "vide"),
        (b"  \n ", "vide"),
        (b"bonjour", "pas-xml"),
        (b"\x00" * 5000, "pas-xml"),
        (gzip.compress(octets("complet-2.3.xml")), "compresse"),
        (octets("doctype.xml"), "doctype"),
        (octets("doctype-externe.xml"), "doctype"),
        (octets("edof.xml"), "espace-edof"),
        (octets("complet-2.3.xml").replace(b"http://lheo.gouv.fr/2.3", b"http://exemple.fr", 1), "espace-de-noms"),
        (octets("complet-2.3.xml")[:6000], "tronque"),
        (octets("complet-2.3.xml").replace(b"</nom>", b"</non>", 1), "mal-forme"),
        (octets("complet-2.3.xml").replace("é".encode(), b"\xe9", 1), "encodage-faux"),
        (b'<formation xmlns="http://lheo.gouv.fr/2.3"/>', "racine"),
    ],
)
def test_ce_qui_n_est_pas_un_document_lheo_est_refuse_en_une_phrase(contenu: bytes, code: str) -> None:
    with pytest.raises(DocumentRefuse) as refus:
        rapport(contenu)
    assert refus.value.code == code
    assert refus.value.phrase.endswith(".")
    assert "\n" not in refus.value.phrase


def test_le_rapport_se_met_en_json() -> None:
    donnees = json.loads(json.dumps(rapport(octets("trois-formations-fautives.xml")).en_json()))
    assert (donnees["erreurs"], donnees["anomalies_tues"]) == (9, 0)
    assert {"code", "gravite", "ligne", "chemin", "phrase", "remede", "champ", "famille"} == set(
        donnees["anomalies"][0]
    )


def test_les_fautes_de_l_enveloppe_sont_dites() -> None:
    contenu = octets("complet-2.3.xml").decode()
    contenu = contenu.replace("<offres>\n", "<offres>\nbonjour\n<bidule/>\n", 1).replace(
        "</lheo-plus>", "<lheo/></lheo-plus>"
    )
    codes = {(f.code, f.chemin) for f in rapport(contenu.encode()).anomalies if f.gravite == "erreur"}
    assert codes == {
        ("texte-interdit", "/lheo-plus/lheo/offres"),
        ("element-inconnu", "/lheo-plus/lheo/offres/bidule[1]"),
        ("element-hors-ordre", "/lheo-plus/lheo[2]"),
        ("element-en-trop", "/lheo-plus/lheo[2]"),
        ("element-manquant", "/lheo-plus/lheo[2]/offres"),
    }


def test_une_formation_mal_nommee_est_refusee_et_son_contenu_examine() -> None:
    contenu = octets("flux-national-2.3.xml").decode().replace("<formation ", "<Formation ")
    contenu = contenu.replace("</formation>", "</Formation>").replace("<fin>20260703<", "<fin>20230703<")
    compte_rendu = rapport(contenu.encode())
    assert (compte_rendu.formations, compte_rendu.refusees) == (1, 1)
    assert sorted(f.code for f in compte_rendu.anomalies if f.gravite == "erreur") == [
        "element-inconnu",
        "fin-avant-debut",
    ]


def test_une_formation_seule_et_un_arbre_se_valident() -> None:
    from lxml import etree

    from dokelio.lheo.arbre import vers_arbre

    racine = etree.fromstring(octets("cours-fautif.xml"))
    formation = racine[0][0]
    codes = sorted(f.code for f in valider_formation(formation) if f.illisible)
    assert codes == ["element-hors-ordre", "texte-vide", "texte-vide", "texte-vide"]
    del formation[:]
    arbre = vers_arbre(etree.fromstring(octets("complet-2.3.xml")).find(".//{*}session"))
    assert valider_arbre("session", arbre) == []
    assert isinstance(arbre, dict)
    arbre["periode"]["debut"] = "20270101"
    (faute,) = valider_arbre("session", arbre)
    assert (faute.code, faute.ligne, faute.chemin) == ("fin-avant-debut", None, "/session/periode/fin")


class _Repete(io.RawIOBase):
    """Un document de `nombre` formations, produit à mesure."""

    def __init__(self, nombre: int) -> None:
        texte = octets("trois-formations-fautives.xml").decode()
        debut, fin = texte.index("\t\t<formation "), texte.rindex("</formation>") + len("</formation>")
        self._morceaux = self._produire(texte[:debut], texte[debut:fin], texte[fin:], nombre)
        self._reste = b""

    @staticmethod
    def _produire(tete: str, formation: str, queue: str, nombre: int) -> Iterator[bytes]:
        yield tete.encode()
        for _ in range(nombre):
            yield formation.encode()
        yield queue.encode()

    def readable(self) -> bool:
        return True

    def read(self, taille: int = -1) -> bytes:
        while len(self._reste) < taille and (morceau := next(self._morceaux, b"")):
            self._reste += morceau
        rendu, self._reste = self._reste[:taille], self._reste[taille:]
        return rendu


def test_les_anomalies_gardees_sont_bornees_et_les_totaux_exacts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation_document, "ANOMALIES_GARDEES", 10)
    compte_rendu = valider_document(cast(BinaryIO, _Repete(20)))
    assert compte_rendu.formations == 60
    assert compte_rendu.erreurs == 9 * 20
    assert len(compte_rendu.anomalies) == 20
    assert compte_rendu.tues == compte_rendu.erreurs + compte_rendu.avertissements - 20


def test_la_memoire_ne_suit_pas_la_taille_du_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation_document, "ANOMALIES_GARDEES", 10)

    def sommet(nombre: int) -> int:
        tracemalloc.start()
        valider_document(cast(BinaryIO, _Repete(nombre)))
        _, haut = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return haut

    sommet(5)
    assert sommet(60) < sommet(15) * 1.5


def test_au_dela_de_la_borne_les_doublons_ne_sont_plus_promis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation_document, "IDENTIFIANTS_GARDES", 1)
    assert rapport(octets("complet-2.3.xml")).par_code["verifications-bornees"] == 1


def test_les_lignes_restent_justes_dans_un_tres_long_document() -> None:
    texte = octets("flux-national-2.3.xml").decode()
    debut, fin = texte.index("\t\t<formation "), texte.index("</formation>") + len("</formation>\n")
    milieu = texte[debut:fin] * 520
    fautive = (
        texte[debut:fin].replace("<fin>20260703</fin>", "<fin>20260231</fin>").replace("<ville>", "<ville/><ville>", 1)
    )
    contenu = texte[:debut] + milieu + fautive + texte[fin:]
    lignes = contenu.splitlines()
    fautes = [f for f in rapport(contenu.encode()).anomalies if f.gravite == "erreur"]
    assert {f.code for f in fautes} >= {"date-impossible", "element-en-trop"}
    for faute in fautes:
        assert (faute.ligne or 0) > 65535
        assert f"<{faute.champ}" in lignes[(faute.ligne or 0) - 1]


def test_un_refus_que_la_marche_n_explique_pas_est_dit_par_le_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    from dokelio.lheo.validation.structure import Marche

    monkeypatch.setattr(Marche, "verifier", lambda *arguments, **options: None)
    compte_rendu = rapport(octets("cours-fautif.xml"))
    assert (compte_rendu.par_code["refus-du-schema"], compte_rendu.refusees) == (1, 1)
