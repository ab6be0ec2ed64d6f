"""Les correspondances disent ce que tient la base : changer un champ ne change que son nœud."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from lxml import etree

from diffusion.correspondances.defauts import completer
from diffusion.correspondances.financement import specifier
from diffusion.correspondances.formation import charger, ecrire_formation, fiche_vers_arbre, lire_formation
from diffusion.correspondances.numerotation import NumerotationDokelio, NumerotationEmetteur
from diffusion.imports.fiche import Portee
from diffusion.imports.moteur import importer
from diffusion.management.commands.aller_retour_lheo import relire
from dokelio.lheo.arbre import vers_element
from dokelio.lheo.validation import valider_arbre
from formations.models import Action, ActionCertification
from sessions.models import Deroulement, EtatSession, Financement, Intervention, Session
from structures.models import Contact, Formateur, Organisme
from tests.diffusion.comparaison import differences
from tests.diffusion.documents import ADRESSE, action, document, formation, organisme, session
from tests.fabriques import OrganismeFabrique, fiche_prete

pytestmark = pytest.mark.django_db
COMPLET = Path(__file__).resolve().parents[1] / "donnees" / "lheo" / "complet-2.3.xml"


def entrer(octets: bytes) -> list[int]:
    """Importe un document ; rend ses actions, dans l'ordre."""
    actions: list[int] = []
    importer(io.BytesIO(octets), Portee(neuf=True), lambda rang, cle: actions.append(cle))
    return actions


def ecrit(actions: list[int]) -> list[Any]:
    """Les éléments `formation` que la base tient."""
    from array import array

    return [vers_element("formation", arbre) for arbre in relire(array("q", actions))]


# (modèle, champ, valeur, fin du chemin du seul nœud qui change)
CHANGEMENTS: list[tuple[type[models.Model], str, Any, str]] = [
    (Action, "intitule", "Un autre titre", "formation/intitule-formation"),
    (Action, "certifiante", False, "formation/certifiante"),
    (Action, "niveau_entree", "12", "formation/code-niveau-entree"),
    (Action, "restauration", "Panier repas", "action/restauration"),
    (Action, "conditions_specifiques", "Permis B", "action/conditions-specifiques"),
    (Action, "public_vise", [{"@ref": "V14", "#": "82056"}], "action/code-public-vise"),
    (ActionCertification, "code_rncp", "RNCP1", "certification/code-RNCP"),
    (Deroulement, "prix_total", Decimal("990"), "action/prix-total-TTC"),
    (Deroulement, "entrees_sorties", "1", "action/modalites-entrees-sorties"),
    (Deroulement, "heures_total", 77, "action/*"),
    (Session, "fin", "2027-07-31", "periode/fin"),
    (Session, "etat_recrutement", "2", "session/etat-recrutement"),
    (Organisme, "nom", "Nouveau nom", "organisme-formation-responsable/nom-organisme"),
    (Organisme, "nda", "11755555576", "organisme-formation-responsable/numero-activite"),
    (Contact, "coordonnees", {"nom": "Autre"}, "contact-organisme/coordonnees/nom"),
    (Formateur, "raison_sociale", "Autre formateur", "organisme-formateur/raison-sociale-formateur"),
    (Formateur, "siret", "12345678200010", "SIRET-formateur/SIRET"),
    (Intervention, "reste_lheo", {"@tag": "secondaire"}, "organisme-formateur/@"),
    (Financement, "places", 3, "organisme-financeur/nb-places-financees"),
    (Financement, "code_financeur", "5", "organisme-financeur/code-financeur"),
]


@pytest.mark.parametrize(("modele", "champ", "valeur", "noeud"), CHANGEMENTS)
def test_changer_un_champ_ne_change_que_son_noeud(modele: Any, champ: str, valeur: Any, noeud: str) -> None:
    """Rien n'est recopié du document reçu : ce qu'on change se voit, et rien d'autre ne bouge."""
    source = document(formation(**{"@ref": "x"}))
    actions = entrer(source)
    (avant,) = ecrit(actions)
    assert differences(etree.fromstring(source)[0][0], avant) == []
    modele.objects.update(**{champ: valeur})
    (apres,) = ecrit(actions)
    (difference,) = differences(avant, apres)
    assert difference.split(" : ")[0].endswith(noeud)


def test_une_feuille_a_attribut_garde_son_attribut_quand_son_texte_change() -> None:
    actions = entrer(document(formation()))
    Action.objects.update(restauration="Panier repas")
    (apres,) = ecrit(actions)
    feuille = apres.find(".//{*}restauration")
    assert (feuille.text, dict(feuille.attrib)) == ("Panier repas", {"info": "midi"})


def test_une_valeur_que_le_champ_ne_tient_pas_cede_quand_le_champ_change() -> None:
    douteux = action("A1", session("S1", "20270900", "20271200"), **{"prix-total-TTC": "1250,5"})
    actions = entrer(document(formation("F1", douteux)))
    (avant,) = ecrit(actions)
    assert avant.findtext(".//{*}prix-total-TTC") == "1250,5"
    assert (avant.findtext(".//{*}debut"), avant.findtext(".//{*}fin")) == ("20270900", "20271200")
    assert (str(Session.objects.get().debut), str(Session.objects.get().fin)) == ("2027-09-01", "2027-12-31")
    Deroulement.objects.update(prix_total=Decimal("1300"))
    Session.objects.update(debut="2027-09-15")
    (apres,) = ecrit(actions)
    assert apres.findtext(".//{*}prix-total-TTC") == "1300"
    assert (apres.findtext(".//{*}debut"), apres.findtext(".//{*}fin")) == ("20270915", "20271200")


def test_changer_chaque_titre_du_document_complet_ne_change_que_lui() -> None:
    actions = entrer(COMPLET.read_bytes())
    avant = ecrit(actions)
    Action.objects.update(intitule="Titre changé par le modèle")
    for un, autre in zip(avant, ecrit(actions), strict=True):
        (difference,) = differences(un, autre)
        assert difference.startswith("/formation/intitule-formation")


def test_charger_coute_le_meme_nombre_de_requetes_pour_une_fiche_et_pour_dix(
    django_assert_num_queries: Any,
) -> None:
    cles = entrer(document(*(formation(f"F{n}", action("A"), action("B")) for n in range(10))))
    for nombre in (1, 10):
        actions = list(Action.objects.filter(pk__in=cles[:nombre]))
        with django_assert_num_queries(8):
            charger(actions)
        with django_assert_num_queries(0):
            for une in actions:
                ecrire_formation(une, NumerotationEmetteur(), tel_que_recu=True)


# ------------------------------------------------------------------ ce qui partirait


def test_une_fiche_complete_qui_partirait_est_valide() -> None:
    arbre = fiche_vers_arbre(fiche_prete())
    assert [a for a in valider_arbre("formation", arbre) if a.gravite == "erreur"] == []


def test_ce_qui_partirait_porte_les_numeros_du_flux_national() -> None:
    from sessions.actions.numeros import donner_un_numero

    fiche = fiche_prete()
    se = Session.objects.select_related("deroulement__action").get()
    donner_un_numero(se.deroulement, se)
    fiche = Action.objects.get(pk=fiche.pk)
    arbre = fiche_vers_arbre(fiche)
    assert arbre["@numero"] == f"14_{fiche.reference}"
    assert arbre["action"][0]["@numero"] == f"14_{fiche.reference}_{se.reference}"
    assert arbre["action"][0]["session"][0]["@numero"] == se.reference
    assert arbre["organisme-formation-responsable"]["@numero"] == f"14_{fiche.organisme.reference}"
    assert len(arbre["@datemaj"]) == len(arbre["action"][0]["session"][0]["@datecrea"]) == 8


def test_les_numeros_de_l_emetteur_ne_partent_pas_dans_notre_flux() -> None:
    actions = entrer(document(formation(**{"@datemaj": "20200101", "@href": "https://x.exemple"})))
    (une,) = Action.objects.filter(pk__in=actions)
    arbre = ecrire_formation(une, NumerotationDokelio("14"))
    assert arbre["@numero"] == f"14_{une.reference}"
    assert arbre["@datemaj"] != "20200101"
    assert "@numero" not in arbre["action"][0]["organisme-formateur"][0]


def test_ce_qui_partirait_ecrit_notre_organisme_et_non_celui_du_document() -> None:
    OrganismeFabrique(siret=organisme()["SIRET-organisme-formation"]["SIRET"], nom="Notre nom")
    (cle,) = entrer(document(formation()))
    une = Action.objects.get(pk=cle)
    assert fiche_vers_arbre(une)["organisme-formation-responsable"]["nom-organisme"] == "Notre nom"
    recu = ecrire_formation(une, NumerotationEmetteur(), tel_que_recu=True)["organisme-formation-responsable"]
    assert recu == organisme()


def test_une_session_annulee_et_un_lieu_sans_session_ne_partent_pas() -> None:
    (cle,) = entrer(document(formation("F1", action("A1", session("S1"), session("S2")), action("A2"))))
    par_numero = {s.numero_emetteur + s.deroulement.numero_emetteur: s for s in Session.objects.all()}
    from dokelio.publication.champs import ecriture_d_etat

    with ecriture_d_etat():
        for nom in ("S1A1", "S1A2"):
            une = par_numero[nom]
            une.statut = EtatSession.ANNULEE
            une.save()
    arbre = fiche_vers_arbre(Action.objects.get(pk=cle))
    assert [[s["@numero"] for s in a["session"]] for a in arbre["action"]] == [[par_numero["S2A1"].reference]]


def test_nos_silences_sont_combles_honnetement() -> None:
    responsable = organisme()
    arbre = completer(
        {
            "action": [{"modalites-enseignement": "2", "session": [{"periode": {"debut": "20270104"}}]}],
            "organisme-formation-responsable": responsable,
        }
    )
    (lieu,) = arbre["action"]
    assert lieu["modalites-alternance"] == "Sans alternance"
    assert lieu["conditions-specifiques"] == "Aucun prérequis"
    assert lieu["session"][0]["adresse-inscription"] == {"adresse": ADRESSE}
    assert lieu["lieu-de-formation"][0]["coordonnees"] == {"adresse": ADRESSE}
    siret = responsable["SIRET-organisme-formation"]
    assert lieu["organisme-formateur"][0]["SIRET-formateur"] == siret
    assert arbre["contact-formation"][0]["coordonnees"] == {"nom": "Accueil"}


def test_les_defauts_ne_touchent_pas_a_ce_qui_est_dit() -> None:
    dit = formation()
    assert completer(dit) == dit


def test_une_specificite_se_change_a_sa_place_et_les_autres_restent() -> None:
    extras = [
        {"@info": "autre"},
        {"@info": "specificites", "contenu": [["extra", "libre"], ["extra", {"@info": "p", "@ref": "r", "#": "ASL"}]]},
    ]
    change = specifier(extras, "p", "PRFE")
    assert change[1]["contenu"] == [["extra", "libre"], ["extra", {"@info": "p", "@ref": "r", "#": "PRFE"}]]
    assert specifier([], "p", "PRFE") == [
        {"@info": "specificites", "contenu": [["extra", {"@info": "p", "#": "PRFE"}]]}
    ]
    assert extras[1]["contenu"][1][1]["#"] == "ASL"


def test_lire_ne_modifie_pas_l_arbre_recu() -> None:
    import copy

    arbre = formation("F1", action("A1", session("S1", "20270630", "20270104")))
    avant = copy.deepcopy(arbre)
    lire_formation(arbre)
    assert arbre == avant
