"""La lecture : en flux, sans surprise, et un refus clair pour ce qui n’est pas un document LHEO."""

from __future__ import annotations

import gc
import re
import tracemalloc
import zlib
from io import BytesIO, RawIOBase
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dokelio.lheo.arbre import vers_element
from dokelio.lheo.ecriture import Redacteur
from dokelio.lheo.grammaire import ESPACE, ESPACE_22, ESPACE_EDOF
from dokelio.lheo.lecture import DocumentRefuse, Lecture, lire
from tests.lheo.strategies import documents

FORMATION = "<formation numero='%s'><intitule-formation>%s</intitule-formation></formation>"


def _document(intitule: str = "CAP", espace: str = ESPACE) -> str:
    return f'<lheo xmlns="{espace}"><offres>{FORMATION % ("F1", intitule)}</offres></lheo>'


def _lire(octets: bytes, **options: Any) -> tuple[Lecture, list[Any]]:
    lecture = lire(BytesIO(octets), **options)
    return lecture, [formation.arbre([]) for formation in lecture.formations()]


def _c14n(octets: bytes) -> bytes:
    """La forme canonique, sans les blancs entre éléments que le rédacteur choisit."""
    racine = etree.fromstring(octets)
    for elt in racine.iter(f"{{{ESPACE}}}*"):
        if len(elt) and not (elt.tag.endswith("}extra") or list(elt.iterancestors(f"{{{ESPACE}}}extra"))):
            elt.text = (elt.text or "").strip() or None
            for fils in elt:
                fils.tail = (fils.tail or "").strip() or None
    return etree.tostring(racine, method="c14n2")


@settings(max_examples=80, deadline=None)
@given(documents())
def test_un_document_lu_puis_recrit_est_le_meme(document: Any) -> None:
    octets = document.xml()
    lecture, formations = _lire(octets)
    assert formations == list(document.formations)
    assert lecture.enveloppe == document.enveloppe
    assert lecture.rebuts == []
    sortie = BytesIO()
    with Redacteur(sortie, lecture.enveloppe) as redacteur:
        for formation in formations:
            redacteur.formation(formation)
    assert sortie.getvalue() == octets


@pytest.mark.partage
def test_les_exemples_reecrits_ont_le_meme_contenu(dossier_partage: Path) -> None:
    for nom in ("certificat-fle", "intercarif-2025", "construit-cycle-blocs-recrutement"):
        octets = (dossier_partage / "lheo" / "exemples" / f"{nom}.xml").read_bytes()
        lecture, formations = _lire(octets)
        sortie = BytesIO()
        with Redacteur(sortie, lecture.enveloppe) as redacteur:
            for formation in formations:
                redacteur.formation(formation)
        assert _c14n(sortie.getvalue()) == _c14n(octets)


@pytest.mark.partage
def test_un_exemple_2_2_ressort_en_2_3(dossier_partage: Path) -> None:
    with (dossier_partage / "lheo" / "exemples" / "bts-onisep-2.2.xml").open("rb") as fichier:
        lecture = lire(fichier)
        (formation,) = lecture.formations()
    assert lecture.version == "2.2"
    assert formation.ligne == 4
    assert {etree.QName(elt).namespace for elt in formation.element.iter()} == {ESPACE}
    assert formation.element[1].sourceline > 4


def test_un_document_2_2_ou_prefixe_et_le_meme_en_2_3_ont_la_meme_empreinte() -> None:
    extra = '<extras><extra><nom>x</nom><z xmlns=""/></extra></extras></formation>'
    neuf = _document().replace("</formation>", extra)
    vieux = neuf.replace(ESPACE, ESPACE_22)
    prefixe = re.sub(r"<(/?)(?=[a-y])", r"<\1l:", neuf).replace('xmlns="http', 'xmlns:l="http').replace(' xmlns=""', "")
    empreintes, arbres = [], []
    for texte in (neuf, vieux, prefixe):
        formation = next(lire(BytesIO(texte.encode())).formations())
        empreintes.append(formation.empreinte())
        arbres.append(formation.arbre())
    assert empreintes[0] == empreintes[1] == empreintes[2]
    assert arbres[0] == arbres[1] == arbres[2]


def test_l_empreinte_ne_depend_que_de_la_formation() -> None:
    def empreintes(enveloppe: Any) -> list[str]:
        sortie = BytesIO()
        with Redacteur(sortie, enveloppe) as redacteur:
            redacteur.formation({"@numero": "1", "intitule-formation": "a"})
            redacteur.formation({"@numero": "1", "intitule-formation": "b"})
        return [f.empreinte() for f in lire(BytesIO(sortie.getvalue())).formations()]

    nue = empreintes(None)
    assert nue == empreintes(
        {"racine": "lheo-plus", "arbre": {"lheo": {"@datemaj": "x", "offres": {"@{urn:x}a": "1"}, "extras": [{}]}}}
    )
    assert nue[0] != nue[1]


def test_les_rangs_et_les_lignes_sont_ceux_du_fichier() -> None:
    texte = '<?xml version="1.0"\n encoding="utf-8"?>\n' + _document().replace("<formation", "\n<formation") + "\n"
    assert [(f.rang, f.ligne) for f in lire(BytesIO(texte.encode())).formations()] == [(1, 4)]
    loin = texte.replace("<offres>", "<offres>" + "\n" * 70_000)
    assert [f.ligne for f in lire(BytesIO(loin.encode())).formations()] == [70_004]


def test_une_formation_dans_un_extra_n_est_pas_une_formation_du_document() -> None:
    interne = "<extras><extra>" + FORMATION % ("dedans", "x") + "</extra></extras></formation>"
    _, formations = _lire(_document().replace("</formation>", interne).encode())
    assert [f["@numero"] for f in formations] == ["F1"]


def test_lheo_index_est_tout_entier_dans_l_enveloppe() -> None:
    texte = f'<lheo-index xmlns="{ESPACE}" datemaj="20250101"><resumes-offres/></lheo-index>'
    lecture, formations = _lire(texte.encode())
    assert formations == []
    assert lecture.enveloppe == {"racine": "lheo-index", "arbre": {"@datemaj": "20250101", "resumes-offres": {}}}


def test_ce_que_l_enveloppe_ne_peut_pas_retenir_est_dit() -> None:
    texte = _document().replace("</offres>", "<offre-speciale/></offres>")
    lecture, _ = _lire(texte.encode())
    assert [(r.chemin, r.xml[:15]) for r in lecture.rebuts] == [("lheo/offres", "<offre-speciale")]


def test_l_enveloppe_attend_la_fin_de_la_lecture_qui_ne_se_fait_qu_une_fois() -> None:
    lecture = lire(BytesIO(_document().encode()))
    with pytest.raises(RuntimeError):
        _ = lecture.enveloppe
    assert len(list(lecture.formations())) == 1
    with pytest.raises(RuntimeError):
        list(lecture.formations())


DTD = '<!DOCTYPE lheo [<!ENTITY a "b">]>'

REFUS = {
    "vide": [b"", b" \n "],
    "pas-xml": [b"bonjour", b'{"a": 1}', b"numero;intitule\n", b"\0" * 64, b"%PDF-1.7"],
    "compresse": [zlib.compress(b"a", wbits=31), b"PK\x03\x04", b"BZh9", b"\x28\xb5\x2f\xfd"],
    "tronque": [_document()[:n].encode() for n in (1, 8, 45, 60, 100, len(_document()) - 3)],
    "encodage-inconnu": [
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<?xml version='1.0' encoding='UTF-7'?><a/>",
    ],
    "encodage-faux": [_document("été").encode("latin-1"), _document("été").encode("utf-16")[:-1]],
    "doctype": [
        (DTD + _document()).encode(),
        ("<!-- a -->\n<?pi?>" + DTD + _document()).encode(),
        b"<!DOCTYPE html><html/>",
        (f'<?xml version="1.0" encoding="UTF-16"?><!doctype lheo SYSTEM "http://x/">{_document()}').encode("utf-16"),
        ("<!--" + "a" * 100_000 + "-->" + DTD + _document()).encode(),
    ],
    "espace-edof": [_document(espace=ESPACE_EDOF).encode()],
    "espace-de-noms": [_document(espace="http://lheo.gouv.fr/2.1").encode(), b"<lheo/>"],
    "racine": [b"<html></html>", f'<formation xmlns="{ESPACE}"/>'.encode(), f'<a:b xmlns:a="{ESPACE}"/>'.encode()],
    "mal-forme": [
        _document("a & b").encode(),
        _document("&nbsp;").encode(),
        _document("&inconnue;").encode(),
        _document("<br>").encode(),
        _document("\x01").encode(),
        _document("&#0;").encode(),
        _document("<x:y/>").encode(),
        (_document() + "<a/>").encode(),
        ('<?xml version="9"?>' + _document()).encode(),
        _document("<a b='1' b='2'/>").encode(),
    ],
    "trop-profond": [_document("<a>" * 300 + "</a>" * 300).encode()],
}


@pytest.mark.parametrize(("code", "octets"), [(code, octets) for code, cas in REFUS.items() for octets in cas])
def test_un_document_illisible_est_refuse_en_une_phrase(code: str, octets: bytes) -> None:
    with pytest.raises(DocumentRefuse) as refus:
        _lire(octets)
    assert refus.value.code == code
    assert re.fullmatch(r"[A-ZÀ-Ý].*\.", refus.value.phrase)
    assert " :" not in refus.value.phrase.replace("\u00a0:", "")


def test_le_refus_dit_ce_qu_il_a_vu_et_ou() -> None:
    with pytest.raises(DocumentRefuse, match="0xE9 de la ligne 3"):
        _lire(_document("\n\né").encode("latin-1"))
    with pytest.raises(DocumentRefuse, match="klingon"):
        _lire(REFUS["encodage-inconnu"][0])
    with pytest.raises(DocumentRefuse, match=r"lheo.gouv.fr/2\.1"):
        _lire(REFUS["espace-de-noms"][0])
    with pytest.raises(DocumentRefuse, match="ligne 2") as refus:
        _lire(_document("\n&nbsp;").encode())
    assert refus.value.ligne == 2


def test_les_formations_qui_precedent_une_faute_sont_lues() -> None:
    texte = _document().replace("</offres>", FORMATION % ("F2", "<br>") + "</offres>")
    formations = lire(BytesIO(texte.encode())).formations()
    assert next(formations).rang == 1
    with pytest.raises(DocumentRefuse):
        next(formations)


@pytest.mark.parametrize(
    ("annonce", "octets", "lu", "particularites"),
    [
        ("UTF-8", "été €", "utf-8", 0),
        ("ISO-8859-1", "été", "iso-8859-1", 0),
        ("ISO-8859-1", "été’", "utf-8", 1),
        ("iso-8859-1", "ete", "iso-8859-1", 0),
        ("ISO-8859-1", "été’", "windows-1252", 1),
        ("windows-1252", "été’", "windows-1252", 0),
        ("ISO-8859-15", "été €", "iso-8859-15", 0),
        ("UTF-16", "été 👩", "utf-16", 0),
    ],
)
def test_l_encodage_vrai_est_reconnu(annonce: str, octets: str, lu: str, particularites: int) -> None:
    texte = f'<?xml version="1.0" encoding="{annonce}"?>\n' + _document(octets)
    lecture, formations = _lire(texte.encode(lu))
    assert formations[0]["intitule-formation"] == octets
    assert lecture.encodage.startswith(lu)
    assert len(lecture.particularites) == particularites


def test_une_marque_d_ordre_des_octets_ne_gene_pas() -> None:
    assert _lire(_document("é").encode("utf-8-sig"))[1][0]["intitule-formation"] == "é"
    assert _lire(_document("é").encode("utf-16"))[1][0]["intitule-formation"] == "é"


@pytest.mark.parametrize("encodage", ["UTF-16LE", "UTF-16BE"])
def test_de_l_utf_16_sans_marque_est_lu_d_apres_ses_premiers_octets(encodage: str) -> None:
    texte = f'<?xml version="1.0" encoding="{encodage}"?>\n' + _document("été 👩")
    assert _lire(texte.encode(encodage))[1][0]["intitule-formation"] == "été 👩"


def test_un_caractere_a_cheval_sur_deux_morceaux_est_lu() -> None:
    texte = "é" * 200_000
    for decalage in ("", "a"):
        assert _lire(_document(decalage + texte).encode())[1][0]["intitule-formation"] == decalage + texte


class Canal(RawIOBase):
    """Un flux qui ne se rembobine pas."""

    def __init__(self, octets: bytes) -> None:
        self.reste = BytesIO(octets)

    def readable(self) -> bool:
        return True

    def read(self, taille: int = -1) -> bytes:
        return self.reste.read(taille)


def test_un_flux_qui_ne_se_rembobine_pas_se_lit_aussi() -> None:
    lecture = lire(Canal(_document("é").encode()))  # type: ignore[arg-type]
    assert [f.rang for f in lecture.formations()] == [1]
    with pytest.raises(DocumentRefuse, match="dépasse"):
        list(lire(Canal(_document("é" * 200_000).encode()), taille_max=100_000).formations())  # type: ignore[arg-type]


def test_un_fichier_de_deux_gigaoctets_est_refuse_sans_etre_lu(tmp_path: Path) -> None:
    chemin = tmp_path / "trou.xml"
    with chemin.open("wb") as fichier:
        fichier.truncate(2 * 2**30)
    with chemin.open("rb") as fichier:
        with pytest.raises(DocumentRefuse, match="1024\u00a0Mo") as refus:
            lire(fichier)
        assert refus.value.code == "trop-gros"
        assert fichier.tell() == 0
        with pytest.raises(DocumentRefuse) as refus:
            lire(fichier, taille_max=None)
        assert refus.value.code == "pas-xml"


class Generateur(RawIOBase):
    """Un grand document fabriqué à la lecture."""

    def __init__(self, nombre: int) -> None:
        corps = "\n" + FORMATION % ("F", "é" * 200 + "<!-- c -->") + "\n"
        self.morceaux = chain([f'<lheo xmlns="{ESPACE}"><offres>'], repeat(corps, nombre), ["</offres></lheo>"])
        self.tampon = b""

    def readable(self) -> bool:
        return True

    def read(self, taille: int = -1) -> bytes:
        while len(self.tampon) < taille and (morceau := next(self.morceaux, "")):
            self.tampon += morceau.encode()
        rendu, self.tampon = self.tampon[:taille], self.tampon[taille:]
        return rendu


def _memoire_native() -> int:
    """La mémoire résidente du processus, en Kio : libxml2 n’est pas vu de tracemalloc."""
    statut = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmRSS:\s+(\d+)", statut)[0])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="/proc n’existe pas ici")
def test_la_memoire_ne_croit_pas_avec_le_document() -> None:
    def pic(nombre: int) -> tuple[int, int]:
        gc.collect()
        tracemalloc.start()
        depart, plus_haut, lues = _memoire_native(), 0, 0
        for formation in lire(Generateur(nombre)).formations():  # type: ignore[arg-type]
            lues += 1
            if lues % 2000 == 0:
                plus_haut = max(plus_haut, _memoire_native() - depart)
            formation.element.get("numero")
        python = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert lues == nombre
        return python, plus_haut

    pic(2000)
    petit, _ = pic(4000)
    grand, natif = pic(40_000)
    assert grand < petit * 1.5
    assert natif < 8 * 1024


def test_l_ecriture_ne_garde_rien() -> None:
    class Puits(RawIOBase):
        def write(self, octets: Any) -> int:
            return len(octets)

    def pic(nombre: int) -> int:
        tracemalloc.start()
        with Redacteur(Puits()) as redacteur:  # type: ignore[arg-type]
            for rang in range(nombre):
                redacteur.formation({"@numero": str(rang), "intitule-formation": "é" * 200})
        sommet = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return sommet

    pic(500)
    assert pic(10_000) < pic(1000) * 1.5


def test_vers_element_ne_depend_pas_du_document() -> None:
    _, (formation,) = _lire(_document("é").encode())
    elt = vers_element("formation", formation)
    assert elt.tag == f"{{{ESPACE}}}formation"


@settings(max_examples=150, deadline=None)
@given(
    document=documents(),
    coups=st.lists(
        st.tuples(st.integers(0, 100_000), st.sampled_from([b"", b"<", b">", b"&", b"\0", b"\xff", b"</a>"]))
    ),
    fin=st.integers(0, 100_000),
)
def test_un_document_abime_est_lu_ou_refuse_jamais_autre_chose(document: Any, coups: Any, fin: int) -> None:
    octets = document.xml()
    for place, coup in coups[:3]:
        octets = octets[: place % len(octets)] + coup + octets[place % len(octets) + 1 :]
    octets = octets[: fin % (len(octets) * 2)]
    try:
        lecture, formations = _lire(octets)
    except DocumentRefuse as refus:
        assert refus.code in REFUS  # noqa: PT017
    else:
        sortie = BytesIO()
        with Redacteur(sortie, lecture.enveloppe) as redacteur:
            for formation in formations:
                redacteur.formation(formation)
        assert _lire(sortie.getvalue())[1] == formations
