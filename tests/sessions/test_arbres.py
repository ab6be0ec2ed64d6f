"""Récrire une feuille sans toucher au reste de l'arbre."""

from sessions.forms.arbres import ecrire, ecrire_tout, lire

LIEU = [
    {
        "@tag": "principal",
        "coordonnees": {
            "adresse": {
                "ligne": ["1 rue A", {"@id": "x", "#": "Bât. B"}, "3e étage"],
                "ville": {"@lang": "fr", "#": "Paris"},
            },
            "extras": [{"@info": "acces", "contenu": [["extra", "rampe"]]}],
        },
    }
]


def test_une_feuille_garde_ses_attributs_et_ses_voisines():
    neuf = ecrire(LIEU, (0, "coordonnees", "adresse", "ville"), "Montreuil")
    assert neuf[0]["coordonnees"]["adresse"]["ville"] == {"@lang": "fr", "#": "Montreuil"}
    assert neuf[0]["@tag"] == "principal"
    assert neuf[0]["coordonnees"]["extras"] == LIEU[0]["coordonnees"]["extras"]
    assert lire(LIEU, 0, "coordonnees", "adresse", "ville") == "Paris"


def test_un_texte_que_la_saisie_n_a_pas_change_laisse_l_arbre_tel_quel():
    arbre = {"nom": "  deux\r\nlignes "}
    assert ecrire(arbre, ("nom",), "deux\nlignes") is arbre


def test_des_lignes_videes_s_en_vont_sans_decaler_les_autres():
    adresse = LIEU[0]["coordonnees"]["adresse"]
    neuf = ecrire_tout(adresse, {("ligne", 0): "2 rue C", ("ligne", 1): ""})
    assert neuf["ligne"] == ["2 rue C", "3e étage"]


def test_un_contenant_vide_disparait_et_un_absent_se_cree():
    assert ecrire({"telfixe": {"numtel": ["01"]}}, ("telfixe", "numtel", 0), "") is None
    assert ecrire({}, ("telfixe", "numtel", 0), "02") == {"telfixe": {"numtel": ["02"]}}
