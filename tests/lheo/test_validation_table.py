"""Chaque ligne de la table des anomalies a un document qui la provoque, elle et rien d’autre."""

# ruff: noqa: E501  (table de cas : une ligne par cas)
from __future__ import annotations

from collections import Counter

import pytest

from dokelio.lheo.anomalies import ANOMALIES
from tests.lheo.documents import altere, ligne_de, octets, rapport

COMPLET = "complet-2.3.xml"
# code, (texte remplacé, remplaçant)…, repère de la ligne attendue dans le document altéré (vide : non vérifiée)
CAS: tuple[tuple[str, tuple[tuple[str, str], ...], str], ...] = (
    ("element-inconnu", (("<session numero=\"SE_0000002001\"", "<date-limite>20260101</date-limite>\n<session numero=\"SE_0000002001\""),), "<date-limite>"),
    ("element-inconnu", (("<coordonnees>\n<nom>Plateau", "<coordonneFs>\n<nom>Plateau"), ("</adresse>\n</coordonnees>\n</lieu", "</adresse>\n</coordonneFs>\n</lieu")), "<coordonneFs>"),
    ("element-deplace", (("<date-information>", "<nom>ici</nom>\n<date-information>"),), "<nom>ici"),
    ("element-etranger", (("<transport>", "<x:gare xmlns:x=\"urn:x\"/>\n<transport>"),), "<x:gare"),
    ("element-hors-ordre", (("<duree-indicative>5 mois</duree-indicative>\n", ""), ("<conditions-specifiques>", "<duree-indicative>5 mois</duree-indicative>\n<conditions-specifiques>")), "<duree-indicative>"),
    ("element-manquant", (("<rythme-formation>Temps plein, du lundi au vendredi</rythme-formation>\n", ""),), "<action "),
    ("element-manquant", (("<adresse-inscription><adresse><ligne>12 rue des Maraîchers</ligne><codepostal>93100</codepostal><ville>Montreuil</ville></adresse></adresse-inscription></session>", "</session>"),), "<session numero=\"SE_0000002002\""),
    ("element-en-trop", (("<duree-cycle>1</duree-cycle>", "<duree-cycle>1</duree-cycle>\n<duree-cycle>2</duree-cycle>"),), "<duree-cycle>2"),
    ("texte-vide", (("<transport>Métro 9, Mairie de Montreuil<", "<transport><"),), "<transport>"),
    ("texte-trop-court", (("<courriel>accueil@saveurs-est.exemple<", "<courriel>a<"),), "<courriel>a<"),
    ("texte-trop-long", (("<ligne>Bureau 12<", f"<ligne>{'Bureau 12 '*6}x<"),), "<ligne>Bureau"),
    ("code-hors-table", (("<parcours-de-formation>4<", "<parcours-de-formation>04<"),), "<parcours-de-formation>"),
    ("entier-invalide", (("<nb-places>30<", "<nb-places>trente<"),), "<nb-places>"),
    ("date-forme", (("<date>20260120<", "<date>2026-01-20<"),), "<date>"),
    ("texte-interdit", (("<restauration>", "midi<restauration>"),), "<action "),
    ("enfant-interdit", (("<prix-total-TTC>5700<", "<prix-total-TTC><b>5700</b><"),), "<prix-total-TTC>"),
    ("attribut-inconnu", (("<transport>", "<transport langue=\"fr\">"),), "<transport"),
    ("attribut-etranger", (("<transport>", "<transport xml:lang=\"fr\">"),), "<transport"),
    ("identifiant-invalide", (("id=\"f1\"", "id=\"1\""),), "<formation "),
    ("identifiant-double", (("<positionnement>", "<positionnement id=\"f1\">"),), "<positionnement"),
    ("identifiant-double", (("<organisme-formation-responsable numero=\"14_OF_0000000011\"", "<organisme-formation-responsable id=\"f1\" numero=\"14_OF_0000000011\""),), "14_OF_0000000011"),
    ("horodatage-invalide", (("2026-01-05T17:30:00.250+01:00", "05/01/2026"),), "<formation "),
    ("uri-invalide", (("urn:formation:1001", "http://["),), "<formation "),
    ("ref-manquant", (("<code-public-vise ref=\"V14\">80006</code-public-vise>\n", "<code-public-vise>80006</code-public-vise>\n"),), "<code-public-vise>"),
    ("ref-manquant", (("<code-FORMACODE ref=\"V14\">31749", "<code-FORMACODE ref=\"\">31749"),), "31749"),
    ("date-impossible", (("<date>20260120<", "<date>20260230<"),), "<date>"),
    ("date-impossible", (("<date>20260120<", "<date>20261320<"),), "<date>"),
    ("fin-avant-debut", (("<fin>20260731<", "<fin>20260200<"),), "<fin>20260200"),
    ("siret-forme", (("<SIRET>90112233300015<", "<SIRET>9011223330001A<"),), "9011223330001A"),
    ("entier-hors-bornes", (("<nb-places>30<", "<nb-places>-3<"),), "<nb-places>"),
    ("idref-pendant", (("idref=\"contact-accueil\"", "idref=\"personne\""),), "idref="),
    ("siret-fictif", (("<SIRET>90112233300015<", "<SIRET>00000000000000<"),), "00000000000000"),
    ("siret-cle", (("<SIRET>90112233300015<", "<SIRET>90112233300016<"),), "90112233300016"),
    ("nda-fictif", (("<numero-activite>11930999993<", "<numero-activite>99999999999<"),), "99999999999"),
    ("nda-forme", (("<numero-activite>11930999993<", "<numero-activite>1193099999 <"),), "1193099999 "),
    ("uai-forme", (("<code-UAI>0939902H<", "<code-UAI>093990HH<"),), "093990HH"),
    ("uai-cle", (("<code-UAI>0939902H<", "<code-UAI>0939902A<"),), "0939902A"),
    ("certification-vide", (("<code-type-formation><code-CPF>CPF207</code-CPF><code-ELU>ELU1001</code-ELU></code-type-formation>", "<code-type-formation/>"),), "<code-type-formation/>"),
    ("domaine-vide", (("<code-FORMACODE ref=\"V14\" tag=\"principal\">31715</code-FORMACODE>\n<code-FORMACODE ref=\"V14\">31749</code-FORMACODE>\n", ""),), "<domaine-formation>"),
    ("certifiante-sans-code", (("<certification>\n<code-RNCP>RNCP37859</code-RNCP>\n<code-CERTIFINFO>84321</code-CERTIFINFO>\n<code-RS>RS5080</code-RS>\n<code-CPF>CPF206</code-CPF>\n<reference-code-FORMACODE>31715</reference-code-FORMACODE>\n</certification>\n", ""),), "<formation "),
    ("certification-forme", (("<code-RNCP>RNCP37859<", "<code-RNCP>RNCP<"),), "<code-RNCP>RNCP<"),
    ("nomenclature-forme", (("<code-ROME ref=\"V4\">G1602<", "<code-ROME ref=\"V4\">G16O2<"),), "G16O2"),
    ("nomenclature-fictive", ((">31749<", ">00000<"),), ">00000<"),
    ("ref-forme", (("<code-FORMACODE ref=\"V14\">31749", "<code-FORMACODE ref=\"14\">31749"),), "31749"),
    ("principal-second", ((" tag=\"principal\">31715", ">31715"), (">31749", " tag=\"principal\">31749")), "31749"),
    ("principal-double", ((">31749", " tag=\"principal\">31749"),), "31749"),
    ("code-obsolete", (("<objectif-general-formation>6<", "<objectif-general-formation>1<"),), "<objectif-general-formation>"),
    ("code-obsolete", (("<code-financeur>2<", "<code-financeur>1<"),), "<code-financeur>"),
    ("niveau-ancien", (("<code-niveau-sortie>13<", "<code-niveau-sortie>4<"),), "<code-niveau-sortie>"),
    ("financeur-16-superflu", (("<code-financeur>2<", "<code-financeur>16<"), ("<enseignement>", "<organisme-financeur><code-financeur>10</code-financeur></organisme-financeur>\n<enseignement>")), "<code-financeur>16"),
    ("code-postal-forme", (("<codepostal>93100</codepostal>\n<ville>Montreuil</ville>\n<departement>", "<codepostal>9310O</codepostal>\n<ville>Montreuil</ville>\n<departement>"),), "9310O"),
    ("code-postal-fictif", (("<codepostal>93100</codepostal>\n<ville>Montreuil</ville>\n<departement>", "<codepostal>11111</codepostal>\n<ville>Montreuil</ville>\n<departement>"),), "11111"),
    ("insee-forme", (("<code-INSEE-commune>75110<", "<code-INSEE-commune>7511X<"),), "7511X"),
    ("insee-code-postal", (("<code-INSEE-commune>75110<", "<code-INSEE-commune>93048<"),), "8 quai de Valmy"),
    ("arrondissement-code-postal", (("<code-INSEE-commune>75110<", "<code-INSEE-commune>75111<"),), "75111"),
    ("insee-commune-mere", (("<code-INSEE-commune>75110<", "<code-INSEE-commune>75056<"),), "75056"),
    ("departement-incoherent", (("<departement>93<", "<departement>94<"),), "<departement>94"),
    ("region-ancienne", (("<region>11<", "<region>23<"),), "<region>"),
    ("region-inconnue", (("<region>11<", "<region>12<"),), "<region>"),
    ("region-incoherente", (("<region>11<", "<region>84<"),), "<region>"),
    ("pays-forme", (("<pays>FR<", "<pays>fr<"),), "<pays>"),
    ("langue-forme", (("<langue-formation>fr<", "<langue-formation>FR<"),), "<langue-formation>"),
    ("geolocalisation-forme", (("<latitude>48.8638<", "<latitude>48,8638<"),), "<latitude>"),
    ("geolocalisation-lointaine", (("<latitude>48.8638<", "<latitude>21.57773<"),), "<latitude>"),
    ("telephone-forme", (("<numtel>01 70 00 00 01<", "<numtel>01-70-00-00-01<"),), "01-70"),
    ("telephone-tronque", (("<numtel>01 70 00 00 01<", "<numtel>11 11<"),), "11 11"),
    ("telephone-long", (("<numtel>01 70 00 00 01<", "<numtel>0170000001 0170000002<"),), "0170000001"),
    ("courriel-forme", (("<courriel>accueil@saveurs-est.exemple<", "<courriel>accueil.saveurs-est.exemple<"),), "accueil.saveurs"),
    ("url-forme", (("<urlweb>https://saveurs-est.exemple/s/2001<", "<urlweb>saveurs-est.exemple/s/2001<"),), "/s/2001"),
    ("heures-incoherentes", (("<nombre-heures-total>600<", "<nombre-heures-total>700<"),), "<nombre-heures-total>"),
    ("prix-forme", (("<prix-horaire-TTC>9.50<", "<prix-horaire-TTC>9,50<"),), "9,50"),
    ("heure-forme", (("<heure-fin>11h30<", "<heure-fin>25h<"),), "25h"),
    ("html-echappe", (("<restauration>Restaurant", "<restauration>&lt;b&gt;Restaurant"),), "<restauration>"),
    ("encodage-douteux", (("<transport>Métro", "<transport>MÃ©tro"),), "<transport>"),
    ("bouche-trou", (("<modalites-alternance>Deux périodes de stage de quatre semaines<", "<modalites-alternance>Non renseigné<"),), "<modalites-alternance>"),
    ("blancs-superflus", (("<nom>Lopez<", "<nom>Lopez <"),), "Lopez "),
    ("titre-capitales", (("<intitule-formation>Titre professionnel cuisinier en restauration collective<", "<intitule-formation>CUISINIER EN RESTAURATION<"),), "<intitule-formation>"),
    ("datemaj-forme", (("<lheo datemaj=\"20260105\"", "<lheo datemaj=\"00000000\""),), "<lheo datemaj"),
    ("datemaj-forme", (("_SE_0000002001\" datemaj=\"20260105\"", "_SE_0000002001\" datemaj=\"05/01/26\""),), "<action "),
    ("date-suspecte", (("<date>20260120<", "<date>02260120<"),), "<date>"),
    ("date-inconnue-inversee", (("<date>20260120<", "<date>99999999<"),), "<date>"),
    ("numero-vide", (("<session numero=\"SE_0000002002\"", "<session numero=\"\""),), "<session numero=\"\""),
    ("numero-action-absent", (("<action numero=\"14_AF_0000001001_SE_0000002001\"", "<action"),), "<action "),
    ("numero-partage", (("<action numero=\"14_AF_0000001001_SE_0000002001\"", "<action numero=\"14_AF_0000001001\""), ("<session numero=\"SE_0000002001\"", "<session numero=\"14_AF_0000001001\"")), "<action "),
    ("schema-location", (("<lheo-plus xmlns", "<lheo-plus xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://lheo.gouv.fr/2.3\" xmlns"),), "<lheo-plus"),
    ("action-sans-lieu", (("<lieu-de-formation tag=\"principal\">", "<!--"), ("</lieu-de-formation>", "-->")), "<action "),
    ("action-sans-formateur", (("<organisme-formateur numero", "<!-- <organisme-formateur numero"), ("</organisme-formateur>", "-->")), "<action "),
)  # fmt: skip
AILLEURS = {"numero-action-double", "version-2.2", "verifications-bornees", "refus-du-schema", "repare-prologue"}
"""Les codes éprouvés par un autre essai de ce dossier."""


@pytest.mark.parametrize(("code", "remplacements", "repere"), CAS, ids=[f"{c[0]}-{r}" for r, c in enumerate(CAS)])
def test_une_faute_donne_une_anomalie_et_une_seule(
    code: str, remplacements: tuple[tuple[str, str], ...], repere: str
) -> None:
    contenu = altere(COMPLET, *remplacements)
    compte_rendu = rapport(contenu)
    assert compte_rendu.par_code == Counter({code: 1}), [a.phrase for a in compte_rendu.anomalies]
    faute = compte_rendu.anomalies[0]
    assert faute.gravite == ANOMALIES[code].gravite
    if code == "geolocalisation-lointaine":
        assert faute.chemin.endswith("/geolocalisation")
    assert faute.ligne == ligne_de(contenu, repere)
    assert faute.phrase.endswith((".", "?")) or "« " in faute.phrase
    assert "{" not in faute.phrase + faute.remede
    assert faute.chemin.startswith("/lheo-plus")
    assert compte_rendu.refusees == int(faute.illisible and "/formation[1]" in faute.chemin)


def test_chaque_code_de_la_table_est_eprouve() -> None:
    eprouves = {code for code, *_ in CAS} | AILLEURS
    reparations = {code for code, modele in ANOMALIES.items() if modele.famille == "reparation"}
    assert set(ANOMALIES) - reparations - eprouves == set()
    assert eprouves - set(ANOMALIES) == set()


def test_le_document_complet_n_a_aucune_anomalie() -> None:
    assert rapport(octets(COMPLET)).par_code == Counter()


def test_les_phrases_ont_leurs_espaces_insecables() -> None:
    for modele in ANOMALIES.values():
        for texte in (modele.phrase, modele.remede):
            assert not any(f" {signe}" in texte for signe in ":;?!»"), texte
            assert "« " not in texte
