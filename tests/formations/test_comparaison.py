"""Comparer deux contenus contrôlés : mot à mot, champ par champ, en clair."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from formations.actions.comparaison import ChampCompare, champs_compares
from formations.actions.lisible import codes_cites
from formations.actions.mots import mot_a_mot
from formations.models.libelles import libelle_de_cle

PUBLIC = {"@ref": "V14", "#": "83056"}


def contenu(derogations: dict[str, Any] | None = None, **formation: Any) -> dict[str, Any]:
    arbre = {nom.replace("_", "-"): noeud for nom, noeud in formation.items()}
    tout: dict[str, Any] = {"formation": {"intitule-formation": "CAP", **arbre}, "action": {}}
    return tout | ({"derogations": derogations} if derogations else {})


def change(avant: dict[str, Any], apres: dict[str, Any], **options: Any) -> ChampCompare:
    changes = [champ for champ in champs_compares(avant, apres, **options) if champ.change]
    assert len(changes) == 1, changes
    return changes[0]


def morceaux(champ: ChampCompare) -> list[tuple[str, str]]:
    return [(morceau.genre, morceau.texte) for morceau in champ.morceaux]


def test_le_titre_change_se_lit_mot_a_mot():
    apres = contenu(intitule_formation="CAP ébéniste, GRATUIT")
    assert morceaux(change(contenu(intitule_formation="CAP ébéniste"), apres)) == [
        ("egal", "CAP ébéniste"),
        ("ajoute", ", GRATUIT"),
    ]
    champ = change(contenu(intitule_formation="CAP ébéniste"), apres)
    assert (champ.cle, champ.libelle, champ.limite) == ("intitule", "Intitulé", 255)


def test_un_texte_tout_autre_est_dit_remplace_en_entier():
    avant, apres = "Niveau 4 exigé, test de logique.", "Aucune. Un entretien sert à adapter le parcours."
    assert [m.genre for m in mot_a_mot(avant, apres)] == ["retire", "ajoute"]


def test_un_petit_mot_garde_entre_deux_changements_ne_mite_pas_le_texte():
    decoupe = mot_a_mot(
        "Concevoir des sites pour le bois et le métal, puis les mettre en ligne.",
        "Concevoir des outils avec le verre et le métal, puis les mettre en ligne.",
    )
    assert [(m.genre, m.texte) for m in decoupe if m.genre != "egal"] == [
        ("retire", "sites pour le bois"),
        ("ajoute", "outils avec le verre"),
    ]


@settings(max_examples=80, deadline=None)
@given(st.text("ab .,\n’é", max_size=60), st.text("ab .,\n’é", max_size=60))
def test_les_morceaux_redonnent_exactement_les_deux_textes(avant, apres):
    decoupe = mot_a_mot(avant, apres)
    assert "".join(m.texte for m in decoupe if m.genre != "ajoute") == avant
    assert "".join(m.texte for m in decoupe if m.genre != "retire") == apres


def test_deux_textes_de_trois_mille_caracteres_se_comparent_sans_se_perdre():
    phrases = [f"La personne saura réaliser l'ouvrage numéro {n} en atelier." for n in range(52)]
    avant = " ".join(phrases)
    apres = " ".join([*phrases[:20], "Une visite de chantier est prévue.", *phrases[20:]])
    assert len(avant) > 2900
    decoupe = mot_a_mot(avant, apres)
    assert [m.texte.strip(" .") for m in decoupe if m.genre != "egal"] == ["Une visite de chantier est prévue"]


def test_les_champs_viennent_dans_l_ordre_de_la_grammaire_vides_compris():
    champs = champs_compares(None, contenu())
    cles = [champ.cle for champ in champs]
    assert cles.index("domaine") < cles.index("intitule") < cles.index("objectif") < cles.index("certification")
    assert cles.index("certification") < cles.index("public_vise") < cles.index("identifiant_module")
    assert [champ.cle for champ in champs if not champ.vide] == ["intitule"]


def test_une_premiere_soumission_n_a_rien_de_change():
    assert not any(champ.change for champ in champs_compares(None, contenu()))


def test_les_codes_se_lisent_avec_leur_libelle_et_leur_version():
    avant, apres = contenu(), contenu()
    avant["action"]["code-public-vise"] = [PUBLIC]
    apres["action"]["code-public-vise"] = [PUBLIC, {"@ref": "V8", "#": "83056"}]
    assert codes_cites(apres) == {("formacode", "V14", "83056"), ("formacode", "V8", "83056")}
    champ = change(avant, apres, libelles={("formacode", "V14", "83056"): "Tout public"})
    assert champ.avant == "Tout public (83056 V14)"
    assert champ.apres == "Tout public (83056 V14)\n83056 V8"


def test_un_contact_se_lit_sur_une_ligne():
    contact = {
        "type-contact": "3",
        "coordonnees": {
            "civilite": "Mme",
            "prenom": "Inès",
            "nom": "Roussel",
            "adresse": {"ligne": ["12 rue des Écoles"], "codepostal": "75020", "ville": "Paris"},
            "telfixe": {"numtel": ["01 47 00 00 00"]},
            "courriel": "ines@atelier.exemple",
        },
    }
    champ = change(contenu(), contenu(contact_formation=[contact]))
    assert champ.apres == (
        "Référent pédagogique : Mme Inès Roussel · 12 rue des Écoles, 75020 Paris 20ᵉ · 01 47 00 00 00 · "
        "ines@atelier.exemple"
    )


def test_une_derogation_dit_son_lieu_et_ce_que_dit_la_fiche_sinon():
    champ = change(contenu(), contenu({"12": {"info-public-vise": "Salariés"}}), lieux={"12": "75020 Paris 20ᵉ"})
    assert champ.cle == "lieu-12/info-public-vise"
    assert champ.libelle == "Lieu 75020 Paris 20ᵉ : précisions sur le public visé"
    assert (champ.avant, champ.apres) == ("Comme la fiche", "Salariés")


def test_une_derogation_qui_retire_un_element_le_dit():
    avant, apres = contenu({"3": {"restauration": "Oui"}}), contenu({"3": {"restauration": None}})
    assert change(avant, apres, lieux={"3": "93100 Montreuil"}).apres == "Rien pour ce lieu"


def test_ce_qui_est_recu_sans_champ_se_compare_aussi():
    champ = change(contenu(), contenu(extras=[{"@info": "région", "contenu": [["extra", {"@info": "k", "#": "v"}]]}]))
    assert champ.cle == "formation/extras"
    assert "v [info : k]" in champ.apres


def test_un_changement_d_espaces_seuls_est_dit():
    champ = change(contenu(objectif_formation="Un deux"), contenu(objectif_formation="Un\ndeux"))
    assert champ.detail_invisible


def test_chaque_cle_a_son_nom_en_francais():
    assert libelle_de_cle("public_vise") == "Public visé"
    assert libelle_de_cle("certification") == "Certification préparée"
    assert libelle_de_cle("lieu-12/restauration") == "Un lieu : Restauration"


def test_un_paragraphe_repete_ne_decale_pas_la_comparaison():
    paragraphe = "Le titulaire fabrique des meubles, de la lecture du plan à la pose chez le client. "
    apres = paragraphe.replace("chez le client", "sur un chantier") + paragraphe * 5
    assert [(m.genre, m.texte) for m in mot_a_mot(paragraphe * 6, apres) if m.genre != "egal"] == [
        ("retire", "chez le client"),
        ("ajoute", "sur un chantier"),
    ]


def test_deux_longs_textes_sans_rapport_sont_dits_remplaces():
    avant = " ".join(f"mot{n}" for n in range(400))
    apres = " ".join(f"terme{n}" for n in range(400))
    assert [m.genre for m in mot_a_mot(avant, apres)] == ["retire", "ajoute"]
