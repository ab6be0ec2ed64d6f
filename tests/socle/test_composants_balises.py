"""Balises et champs : ce qu'une page écrit et ce que le thème en fait."""

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from dokelio.socle import etats, panneaux
from dokelio.socle.lheo import TexteLheo


def rendre(gabarit: str, **variables: Any) -> str:
    return Template("{% load dokelio %}" + gabarit).render(Context(variables))


class Fiche(forms.Form):
    """Un formulaire ordinaire ; ses champs portent ce qu'une fiche LHEO y ajouterait."""

    intitule = forms.CharField(label="Intitulé", max_length=10, required=False, help_text="Sans date.")
    accord = forms.BooleanField(label="D’accord")
    voie = forms.ChoiceField(label="Voie", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    pays = forms.ChoiceField(label="Pays", choices=[("fr", "France")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["intitule"].obligatoire_lheo = True  # type: ignore[attr-defined]
        self.fields["intitule"].aide = "Repris de la <certification>."  # type: ignore[attr-defined]


def test_une_icone_est_decorative_sauf_si_on_lui_donne_un_titre() -> None:
    assert 'aria-hidden="true"' in rendre('{% icone "check" %}')
    assert "visually-hidden" not in rendre('{% icone "check" %}')
    assert '<span class="visually-hidden">Fait</span>' in rendre('{% icone "check" titre="Fait" %}')


def test_une_icone_absente_se_dit_a_l_ecriture_de_la_page() -> None:
    with pytest.raises(TemplateSyntaxError, match="nexistepas"):
        rendre('{% icone "nexistepas" %}')


def test_toutes_les_icones_du_registre_existent() -> None:
    for genre, connus in etats.ETATS.items():
        for code in connus:
            assert connus[code].libelle in rendre("{% etat g c %}", g=genre, c=code)


def test_un_meme_mot_a_partout_la_meme_icone_et_le_meme_ton() -> None:
    vus: dict[str, tuple[str, str]] = {}
    for genre in ("action", "financement", "organisme"):
        for etat in etats.ETATS[genre].values():
            assert vus.setdefault(etat.libelle, (etat.icone, etat.ton)) == (etat.icone, etat.ton)


def test_un_etat_inconnu_s_affiche_sans_casser_la_page() -> None:
    assert "Jamais vu" in rendre('{% etat "action" "jamais_vu" %}')
    assert "ton-neutre" in rendre('{% etat "action" "" %}')


def test_une_reference_porte_sa_copie_et_une_reference_absente_rien() -> None:
    assert 'data-dk-copier="SE_0001120184"' in rendre('{% reference "SE_0001120184" %}')
    assert "pas encore connue" in rendre('{% reference "SE_0001120184" connue=False %}')
    assert rendre("{% reference r %}", r="").strip() == ""


def test_un_composant_recoit_son_contenu_ses_emplacements_et_rien_d_autre() -> None:
    rendu = rendre(
        '{% composant "carte" titre=t %}<p>{{ secret }}</p>{% emplacement pied %}<i>bas</i>{% endemplacement %}'
        "{% endcomposant %}",
        t="Offre <2026>",
        secret="corps",
        id="fuite",
    )
    assert "Offre &lt;2026&gt;" in rendu
    assert "<p>corps</p>" in rendu
    assert '<div class="dk-carte-pied"><i>bas</i></div>' in rendu
    assert "fuite" not in rendu


def test_un_champ_lheo_a_son_asterisque_son_aide_et_son_compteur_sans_couper_la_saisie() -> None:
    rendu = str(Fiche({"intitule": "x" * 12, "voie": "a", "pays": "fr"})["intitule"].as_field_group())
    assert 'class="obl"' in rendu
    assert "Repris de la &lt;certification&gt;." in rendu
    assert "12 / 10, 2 de trop" in rendu
    assert 'data-dk-compteur="10"' in rendu
    assert "maxlength" not in rendu


@pytest.mark.parametrize(("taille", "classe"), [(8, ""), (9, "proche"), (10, "proche"), (11, "depasse")])
def test_le_compteur_avertit_a_neuf_dixiemes_et_rougit_au_dela(taille: int, classe: str) -> None:
    assert f'class="dk-compteur {classe}"' in rendre("{% compteur t 10 %}", t=taille)


def test_une_erreur_est_sous_son_champ_et_le_controle_la_designe() -> None:
    rendu = str(Fiche({"voie": "a", "pays": "xx"})["pays"].as_field_group())
    assert 'id="id_pays_error"' in rendu
    assert 'aria-describedby="id_pays_error"' in rendu
    assert "is-invalid" in rendu
    assert "form-select" in rendu


def test_une_case_a_son_etiquette_apres_elle_et_des_boutons_radio_une_legende() -> None:
    fiche = Fiche()
    case = str(fiche["accord"].as_field_group())
    assert case.index("form-check-input") < case.index("form-check-label")
    radios = str(fiche["voie"].as_field_group())
    assert "<fieldset" in radios
    assert "<legend>Voie</legend>" in radios


def test_avertissements_verrous_et_remarques_viennent_du_formulaire() -> None:
    fiche = Fiche()
    fiche.avertissements = {"intitule": "Trop court ?"}  # type: ignore[attr-defined]
    fiche.motifs_verrou = {"intitule": "Réservé au CARIF."}  # type: ignore[attr-defined]
    fiche.remarques = {"intitule": [SimpleNamespace(auteur="Claire", texte="À revoir")]}  # type: ignore[attr-defined]
    rendu = str(fiche["intitule"].as_field_group())
    assert "Trop court\u00a0?" in rendu
    assert "Réservé au CARIF." in rendu
    assert "dk-remarque" in rendu
    assert "id_intitule_avert id_intitule_verrou id_intitule_compteur" in rendu


def test_le_resume_mene_a_chaque_champ_fautif() -> None:
    rendu = rendre(
        '{% include "composants/resume_erreurs.html" with formulaire=f only %}', f=Fiche({"voie": "zz", "pays": "fr"})
    )
    assert "2\u00a0champs à corriger." in rendu
    assert 'href="#id_accord"' in rendu


def test_les_panneaux_sortent_dans_leur_ordre_et_se_taisent_quand_ils_n_ont_rien(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(panneaux, "_inscrits", {})

    def panneau(nom: str, rang: int, contexte: dict[str, Any] | None) -> panneaux.Panneau:
        return panneaux.Panneau(nom, "composants/fil.html", lambda request, objet: contexte, rang)

    panneaux.inscrire("essai", panneau("second", 20, {"ici": "deux"}))
    panneaux.inscrire("essai", panneau("muet", 15, None))
    panneaux.inscrire("essai", panneau("premier", 10, {"ici": "un"}))
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    rendu = rendre('{% panneaux "essai" objet %}', request=request, objet=object())
    assert rendu.index(">un<") < rendu.index(">deux<")
    assert rendu.count("dk-fil") == 2
    with pytest.raises(ValueError, match="premier"):
        panneaux.inscrire("essai", panneau("premier", 99, {}))


def test_un_champ_de_modele_lie_a_lheo_montre_sa_limite_et_dit_le_depassement() -> None:
    champ = TexteLheo(chemin="formation/objectif-formation").formfield()

    class Saisie(forms.Form):
        objectif = champ

    rendu = str(Saisie({"objectif": "x" * 3001})["objectif"].as_field_group())
    assert "3\u202f001 / 3\u202f000, 1 de trop" in rendu
    assert "Ce texte compte 3001 caractères, LHEO en admet 3000." in rendu
