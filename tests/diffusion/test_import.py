"""Ce qu'un import crée, met à jour, laisse et refuse, selon l'état de ce qu'il retrouve."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from diffusion.imports.depot import importer_en_transaction
from diffusion.imports.fiche import Portee
from diffusion.imports.rapport import Rapport
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer
from formations.models import Action, EtatAction
from sessions.models import Deroulement, EtatSession, Financement, Intervention, Session
from structures.models import Contact, EtatOrganisme, Formateur, Organisme, Origine
from tests.diffusion.documents import action, document, formation, organisme, session
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, en_diffusion, membre, siret, soumise

pytestmark = pytest.mark.django_db


def importer(*formations: dict[str, Any], **portee: Any) -> Rapport:
    """Importe un document de ces formations."""
    return importer_en_transaction(io.BytesIO(document(*formations)), Portee(**portee), False)


def codes(rapport: Rapport) -> set[str]:
    """Les codes des lignes du compte rendu."""
    return {ligne.code for ligne in rapport.lignes}


def ligne(rapport: Rapport, code: str) -> Any:
    """La seule ligne de ce code."""
    (une,) = [une for une in rapport.lignes if une.code == code]
    return une


# ------------------------------------------------------------------ ce qui naît


def test_un_siret_inconnu_cree_l_organisme_en_demande_et_ses_actions_en_brouillon() -> None:
    rapport = importer(formation())
    of, af = Organisme.objects.get(), Action.objects.get()
    lieu, se = Deroulement.objects.get(), Session.objects.get()
    assert (of.statut, of.origine, of.numero_emetteur) == (EtatOrganisme.DEMANDE, Origine.IMPORT, "ORG1")
    assert (af.statut, af.organisme, af.intitule) == (EtatAction.BROUILLON, of, "CAP ébéniste")
    assert (se.statut, str(se.debut), str(se.fin)) == (EtatSession.BROUILLON, "2027-01-04", "2027-06-30")
    assert lieu.numero == f"{af.reference}_{se.reference}"
    assert (lieu.code_postal, lieu.ville, str(lieu.prix_total)) == ("75020", "Paris", "1250.50")
    assert Contact.objects.get().organisme == of
    assert Formateur.objects.get().siret == siret(900_002)
    assert Financement.objects.get().places == 12
    assert Intervention.objects.get().reste_lheo == {"@tag": "principal"}
    assert af.certifications.get().cle == "RNCP37679"
    assert rapport.bilan()["formations"] == {"crees": 1, "modifies": 0, "inchanges": 0, "refuses": 0}
    assert Evenement.objects.get(objet_type="formations.Action").transition == "creer"


def test_une_formation_conforme_entre_sans_rien_qui_bloque() -> None:
    rapport = importer(formation())
    assert rapport.par_gravite["blocage"] == rapport.par_gravite["refus"] == 0


def test_un_organisme_connu_garde_ce_qu_il_dit_et_la_difference_est_gardee_avec_la_fiche() -> None:
    of = OrganismeFabrique(siret=siret(900_001), nom="Notre nom", raison_sociale="LES ATELIERS SARL")
    rapport = importer(formation())
    of.refresh_from_db()
    assert of.nom == "Notre nom"
    recu = Action.objects.get().organisme_recu
    assert recu["nom-organisme"] == "Les Ateliers"
    assert "raison-sociale" not in recu
    assert "le nom" in ligne(rapport, "organisme-different").phrase
    assert of.reference in ligne(rapport, "organisme-different").phrase


def test_un_formateur_cite_deux_fois_autrement_est_une_ligne_et_une_difference() -> None:
    autre = action("A2", session("S2"))
    autre["organisme-formateur"] = [{**autre["organisme-formateur"][0], "raison-sociale-formateur": "Autrement dit"}]
    rapport = importer(formation("F1", action(), autre))
    assert Formateur.objects.count() == 1
    recus = Intervention.objects.order_by("deroulement__rang").values_list("recu", flat=True)
    assert list(recus) == [None, {"raison-sociale-formateur": "Autrement dit"}]
    assert "formateur-different" in codes(rapport)


def test_deux_formations_de_meme_numero_sont_deux_actions_distinguees_par_leur_rang() -> None:
    importer(formation(), formation("F1", **{"intitule-formation": "Autre", "certification": []}))
    assert list(Action.objects.order_by("rang_emetteur").values_list("rang_emetteur", "intitule")) == [
        (1, "CAP ébéniste"),
        (2, "Autre"),
    ]


def test_une_action_qui_differe_de_la_premiere_porte_ses_derogations() -> None:
    autre = action("A2", session("S2"), **{"conditions-specifiques": "Permis B"})
    del autre["restauration"]
    importer(formation("F1", action(), autre))
    derogations = Deroulement.objects.order_by("rang").values_list("derogations", flat=True)
    assert list(derogations) == [{}, {"conditions-specifiques": "Permis B", "restauration": None}]


def test_une_fin_avant_le_debut_entre_et_bloque() -> None:
    rapport = importer(formation("F1", action("A1", session("S1", "20270630", "20270104"))))
    se = Session.objects.get()
    assert (str(se.debut), se.fin) == ("2027-06-30", None)
    assert se.reste_lheo["periode"]["fin"]["#"] == "20270104"
    assert ligne(rapport, "fin-avant-debut").gravite == "blocage"


# ------------------------------------------------------------------ ce qui revient


def test_le_meme_document_ne_change_rien_et_ne_coute_que_la_reconnaissance_du_lot() -> None:
    formations = [formation(f"F{n}", certification=[]) for n in range(5)]
    importer(*formations)
    avant = list(Action.objects.values_list("edition", "modifie_le", "empreinte_import"))
    with CaptureQueriesContext(connection) as requetes:
        rapport = importer(*formations)
    assert rapport.comptes["formations"].inchanges == 5
    assert list(Action.objects.values_list("edition", "modifie_le", "empreinte_import")) == avant
    utiles = [r for r in requetes.captured_queries if "SAVEPOINT" not in r["sql"]]
    assert len(utiles) <= 5


@pytest.mark.parametrize("connues", [False, True])
def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_formations(connues: bool) -> None:
    def cout(nombre: int, numero: str) -> int:
        def formations(titre: str) -> list[dict[str, Any]]:
            return [
                formation(
                    f"{numero}{n}",
                    action("A", session("S1"), session("S2")),
                    action("B", session("S3")),
                    **{"intitule-formation": titre, "certification": [{"code-RNCP": f"RNCP{numero}{n}"}]},
                    **{"organisme-formation-responsable": organisme(f"O{n}", 900_000 + 100 * int(numero) + n)},
                )
                for n in range(nombre)
            ]

        if connues:
            importer(*formations("Avant"))
        with CaptureQueriesContext(connection) as requetes:
            rapport = importer(*formations("Après"))
        assert rapport.refusees == 0
        return len(requetes)

    assert cout(2, "1") == cout(12, "2")


def test_un_brouillon_connu_est_recrit() -> None:
    importer(formation())
    avant = Action.objects.get()
    change = formation(
        "F1",
        action("A1", session("S1", fin="20270731"), **{"prix-total-TTC": "990"}),
        **{"intitule-formation": "CAP menuisier", "certification": [{"code-RNCP": "RNCP1"}]},
    )
    rapport = importer(change)
    af, se = Action.objects.get(), Session.objects.get()
    assert (af.reference, af.intitule, af.edition) == (avant.reference, "CAP menuisier", avant.edition + 1)
    assert (str(se.fin), str(se.deroulement.prix_total)) == ("2027-07-31", "990.00")
    assert [c.cle for c in af.certifications.all()] == ["RNCP1"]
    assert rapport.comptes["formations"].modifies == 1


def test_une_session_de_plus_est_ajoutee_et_les_autres_restent_les_memes() -> None:
    importer(formation())
    premiere = Session.objects.get().reference
    importer(formation("F1", action("A1", session("S0"), session("S1"))))
    assert dict(Session.objects.values_list("numero_emetteur", "reference"))["S1"] == premiere
    assert Session.objects.count() == 2


def test_un_brouillon_de_session_disparu_du_document_s_efface() -> None:
    importer(formation("F1", action("A1", session("S1"), session("S2"))))
    importer(formation("F1", action("A1", session("S2"))))
    assert Session.objects.get().numero_emetteur == "S2"


def test_sans_numero_la_seule_fiche_de_la_meme_certification_est_retrouvee() -> None:
    importer(formation())
    sans_numero = formation(**{"intitule-formation": "Nouveau titre"})
    del sans_numero["@numero"]
    importer(sans_numero)
    af = Action.objects.get()
    assert (af.intitule, af.numero_emetteur) == ("Nouveau titre", "F1")


def test_sans_numero_ni_certification_le_meme_contenu_ne_se_dedouble_pas() -> None:
    sans_numero = formation(certification=[])
    del sans_numero["@numero"]
    importer(sans_numero)
    rapport = importer(sans_numero)
    assert Action.objects.count() == 1
    assert rapport.comptes["formations"].inchanges == 1


def test_un_doublon_de_certification_entre_et_nomme_la_fiche_existante() -> None:
    importer(formation("F1"))
    rapport = importer(formation("F2"))
    premiere = Action.objects.get(numero_emetteur="F1").reference
    assert premiere in ligne(rapport, "doublon-certification").phrase
    assert ligne(rapport, "doublon-certification").gravite == "blocage"
    assert Action.objects.count() == 2


def test_hors_region_entre_et_bloque() -> None:
    ailleurs = {"ligne": ["1 rue"], "codepostal": "68300", "ville": "Saint-Louis"}
    lieu = [{"coordonnees": {"adresse": ailleurs}}]
    rapport = importer(formation("F1", action("A1", **{"lieu-de-formation": lieu})))
    assert "68300 Saint-Louis" in ligne(rapport, "hors-perimetre").phrase
    a_distance = action("A1", **{"lieu-de-formation": lieu, "modalites-enseignement": "2"})
    assert "hors-perimetre" not in codes(importer(formation("F2", a_distance, certification=[])))


# ------------------------------------------------------------------ portée d'un organisme


def test_dans_l_import_d_un_organisme_la_formation_d_un_autre_est_refusee() -> None:
    of = OrganismeFabrique()
    rapport = importer(formation(), organisme=of, carif=False)
    refus = ligne(rapport, "autre-organisme")
    assert refus.gravite == "refus"
    assert of.siret in refus.phrase
    assert Action.objects.count() == 0


def test_dans_l_import_d_un_organisme_ses_formations_sont_a_lui_et_retrouvees() -> None:
    of = OrganismeFabrique(siret=siret(900_001))
    importer(formation(), organisme=of, carif=False)
    rapport = importer(formation(), organisme=of, carif=False)
    assert Action.objects.get().organisme == of
    assert rapport.comptes["formations"].inchanges == 1


def test_seul_le_carif_importe_du_conventionne() -> None:
    of = OrganismeFabrique(siret=siret(900_001))
    conventionnee = formation("F1", action("A1", conventionnement="1"))
    rapport = importer(conventionnee, organisme=of, carif=False)
    assert Action.objects.get().conventionnee is False
    assert ligne(rapport, "conventionnement-par-organisme").gravite == "blocage"
    importer({**conventionnee, "@numero": "F2"})
    assert Action.objects.get(numero_emetteur="F2").conventionnee is True


@pytest.mark.parametrize("conventionnement", ["0", "1"])
def test_une_documentaliste_n_importe_pas_sur_une_fiche_hors_de_sa_portee(conventionnement: str) -> None:
    hors_portee = UtilisateurFabrique(documentaliste=conventionnement == "1", conventionne=conventionnement == "0")
    dans_la_portee = UtilisateurFabrique(documentaliste=conventionnement == "0", conventionne=conventionnement == "1")
    lue = formation("F1", action("A1", conventionnement=conventionnement))
    importer(lue)
    avant = Action.objects.get()
    changee = {**lue, "intitule-formation": "Un autre intitulé"}
    refus = ligne(importer(changee, auteur=hors_portee), "fiche-hors-portee")
    assert (refus.gravite, Action.objects.get().intitule) == ("refus", avant.intitule)
    importer(changee, auteur=dans_la_portee)
    assert Action.objects.get().intitule == "Un autre intitulé"


def test_un_organisme_ne_cree_plus_rien_une_fois_en_cessation() -> None:
    of = OrganismeFabrique(siret=siret(900_001))
    effectuer(of, "cesser", UtilisateurFabrique(administrateur=True), "Fermeture")
    rapport = importer(formation(), organisme=of, carif=False)
    assert "en cessation" in ligne(rapport, "organisme-ferme").phrase
    assert not Action.objects.exists()
    assert ligne(importer(formation()), "organisme-ferme").gravite == "blocage"


# ------------------------------------------------------------------ fiches vivantes


def connue(fiche: Action) -> dict[str, Any]:
    """Fait comme si cette fiche venait d'un import, et rend le document qui la dit."""
    from diffusion.correspondances.formation import fiche_vers_arbre

    arbre = fiche_vers_arbre(fiche)
    arbre["@numero"] = "F1"
    for lieu in arbre["action"]:
        lieu["@numero"] = "A1"
        for une in lieu["session"]:
            une["@numero"] = "S1"
    Action.objects.filter(pk=fiche.pk).update(numero_emetteur="F1")
    Deroulement.objects.filter(action=fiche).update(numero_emetteur="A1")
    Session.objects.filter(deroulement__action=fiche).update(numero_emetteur="S1")
    return arbre


def test_une_fiche_en_diffusion_dont_le_contenu_change_se_rouvre_et_sa_version_reste_a_l_antenne() -> None:
    fiche = en_diffusion()
    auteur = membre(fiche.organisme)
    arbre = connue(fiche) | {"intitule-formation": "Titre du document"}
    importer(arbre, auteur=auteur, organisme=fiche.organisme, carif=False)
    fiche.refresh_from_db()
    assert (fiche.statut, fiche.intitule) == (EtatAction.EN_REDACTION, "Titre du document")
    assert fiche.version_en_diffusion is not None
    assert fiche.version_en_diffusion.contenu["formation"]["intitule-formation"] != "Titre du document"
    assert Evenement.objects.de(fiche).filter(transition="modifier", auteur=auteur).count() == 1


def test_une_session_de_plus_sur_une_fiche_en_diffusion_parait_sans_la_rouvrir() -> None:
    fiche = en_diffusion()
    arbre = connue(fiche)
    arbre["action"][0]["session"].append(session("S2", "20280103", "20280630"))
    rapport = importer(arbre, auteur=membre(fiche.organisme), organisme=fiche.organisme, carif=False)
    fiche.refresh_from_db()
    assert "fiche-en-diffusion" not in codes(rapport)
    assert fiche.statut == EtatAction.EN_DIFFUSION
    assert Session.objects.get(numero_emetteur="S2").statut == EtatSession.EN_DIFFUSION


def test_une_fiche_a_controler_garde_son_contenu_et_prend_ses_sessions() -> None:
    fiche = soumise()
    titre = fiche.intitule
    arbre = connue(fiche) | {"intitule-formation": "Titre du document"}
    arbre["action"][0]["session"].append(session("S2", "20280103", "20280630"))
    rapport = importer(arbre, auteur=membre(fiche.organisme), organisme=fiche.organisme, carif=False)
    fiche.refresh_from_db()
    assert (fiche.statut, fiche.intitule) == (EtatAction.A_CONTROLER, titre)
    assert fiche.reference in ligne(rapport, "fiche-en-controle").phrase
    assert Session.objects.filter(numero_emetteur="S2").exists()


def test_une_fiche_archivee_refuse_l_import() -> None:
    fiche = en_diffusion()
    arbre = connue(fiche)
    effectuer(fiche, "archiver", None)
    rapport = importer(arbre)
    assert fiche.reference in ligne(rapport, "fiche-archivee").phrase
    assert rapport.refusees == 1


def test_une_session_en_diffusion_absente_du_document_est_gardee_et_signalee() -> None:
    fiche = en_diffusion()
    arbre = connue(fiche)
    arbre["action"][0]["session"] = [session("S9", "20280103", "20280630")]
    rapport = importer(arbre, auteur=membre(fiche.organisme), organisme=fiche.organisme, carif=False)
    assert Session.objects.filter(numero_emetteur="S1", statut=EtatSession.EN_DIFFUSION).exists()
    assert "session-absente" in codes(rapport)


def test_une_fiche_vivante_ne_prend_pas_la_certification_d_une_autre() -> None:
    premiere = en_diffusion()
    importer(formation("F9", **{"organisme-formation-responsable": organisme(rang=900_777)}))
    Organisme.objects.filter(siret=siret(900_777)).update(nom="X")
    from tests.fabriques import CertificationFabrique, fiche_prete

    CertificationFabrique(action=premiere)
    seconde = en_diffusion(fiche_prete(premiere.organisme))
    arbre = connue(seconde) | {"certification": [{"code-RNCP": "RNCP37679"}]}
    rapport = importer(arbre, auteur=membre(seconde.organisme), organisme=seconde.organisme, carif=False)
    assert premiere.reference in ligne(rapport, "certification-occupee").phrase
    assert not seconde.certifications.exists()


# ------------------------------------------------------------------ tout ou rien


def test_une_simulation_dit_tout_et_ne_garde_rien() -> None:
    rapport = importer_en_transaction(io.BytesIO(document(formation())), Portee(), True)
    assert rapport.comptes["formations"].crees == 1
    assert Action.objects.count() == Organisme.objects.count() == 0


def test_une_formation_illisible_est_refusee_seule_avec_ses_raisons_et_ses_lignes() -> None:
    octets = document(formation(), formation("F2", certification=[]))
    fautif = octets.replace(b"<intitule-formation>CAP", b"<intitule-formation></intitule-formation><x>CAP", 1)
    fautif = fautif.replace(b"niste</intitule-formation>", b"niste</x>", 1)
    rapport = importer_en_transaction(io.BytesIO(fautif), Portee(), False)
    assert Action.objects.get().numero_emetteur == "F2"
    assert rapport.refusees == 1
    refus = [une for une in rapport.lignes if une.gravite == "refus"]
    assert {une.code for une in refus} >= {"texte-vide", "element-inconnu"}
    attendue = fautif[: fautif.index(b"<x>")].count(b"\n") + 1
    assert attendue in {une.ligne for une in refus}


def test_une_formation_reparable_entre_reparee_et_le_dit() -> None:
    octets = document(formation()).replace(b"<certifiante>1<", b"<certifiante>true<")
    rapport = importer_en_transaction(io.BytesIO(octets), Portee(), False)
    assert Action.objects.get().certifiante is True
    assert ligne(rapport, "repare-booleen").gravite == "avertissement"


def test_un_document_tronque_ne_laisse_rien_meme_apres_plusieurs_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    from dokelio.lheo.lecture import DocumentRefuse

    monkeypatch.setattr("diffusion.imports.moteur.TAILLE_LOT", 1)
    octets = document(formation(), formation("F2"), formation("F3"))
    with pytest.raises(DocumentRefuse), transaction.atomic():
        importer_en_transaction(io.BytesIO(octets[: octets.rindex(b"<action")]), Portee(), False)
    assert Action.objects.count() == Organisme.objects.count() == 0
