"""L'onglet « Informations complémentaires » : accueil, pédagogie, équipements, financement, codes et modules."""

from typing import Any

from django import forms

from dokelio.socle.arbres import texte_de
from formations.forms import avertissements, nomenclatures
from formations.forms.champs import ChampAdressesWeb, ChampCodes, ChampTexte
from formations.forms.langues import LANGUES
from formations.forms.lignes import (
    CodeTypeForm,
    EnseignementForm,
    EquipementForm,
    LignesBase,
    SousModuleForm,
    lignes,
)
from formations.forms.onglet import OngletForm, Partie
from formations.models import Action


class ComplementsForm(OngletForm):
    """Onglet « Informations complémentaires »."""

    CHAMPS = (
        *("acces_handicapes", "restauration", "hebergement", "transport", "modalites_pedagogiques"),
        *("perimetre_recrutement", "infos_perimetre", "detail_prise_en_charge", "identifiant_module"),
    )
    PORTE = {
        "langues": "langues",
        "codes_modalite_pedagogique": "codes_modalite_pedagogique",
        "adresses_web": "adresses_web",
        "references_prerequis": "modules_prerequis",
        "sous_modules": "sous_modules",
    }
    LIGNES = ("equipements", "codes_type", "enseignements")
    LARGEURS = {"perimetre_recrutement": 6, "infos_perimetre": 6}
    parties = (
        Partie(
            "Accueil",
            "Ce que la personne trouve sur place.",
            ("acces_handicapes", "restauration", "hebergement", "transport"),
        ),
        Partie(
            "Pédagogie",
            "Comment on apprend, et en quelle langue.",
            ("modalites_pedagogiques", "codes_modalite_pedagogique", "langues"),
        ),
        Partie(
            "Équipements à la charge des apprenants",
            "Ce que la personne doit apporter ou acheter.",
            lignes="equipements",
            ajout="Ajouter un équipement",
            titre_ligne="Équipement",
        ),
        Partie(
            "Recrutement et prise en charge",
            "D'où viennent les stagiaires, et qui peut payer.",
            ("perimetre_recrutement", "infos_perimetre", "detail_prise_en_charge"),
        ),
        Partie("Pages web", "Où en lire plus.", ("adresses_web",)),
        Partie(
            "Codes hors certification",
            "Pour une formation du compte personnel de formation ou des élus locaux, sans certification.",
            lignes="codes_type",
            ajout="Ajouter un code",
            titre_ligne="Code",
        ),
        Partie(
            "Enseignements",
            "Les matières, quand le parcours en propose au choix.",
            lignes="enseignements",
            ajout="Ajouter un enseignement",
            titre_ligne="Enseignement",
        ),
        Partie(
            "Modules",
            "À remplir seulement si la formation est découpée en modules qui ont chacun leur fiche.",
            ("identifiant_module", "references_prerequis"),
            lignes="sous_modules",
            ajout="Ajouter un sous-module",
            titre_ligne="Sous-module",
        ),
    )

    def __init__(self, data: Any = None, *, action: Action, **options: Any) -> None:
        super().__init__(data, action=action, **options)
        self.fields["adresses_web"].initial = self.initial["adresses_web"]
        module = self.fields["identifiant_module"]
        module.widget = forms.TextInput(attrs={k: v for k, v in module.widget.attrs.items() if k != "rows"})

    def champs_propres(self) -> dict[str, Any]:
        modalites = nomenclatures.modalites()
        return {
            "codes_modalite_pedagogique": ChampCodes(
                modalites, 5, "Ajouter une modalité", label="Codes de modalité pédagogique"
            ),
            "langues": _champ_langues(self.action),
            "adresses_web": ChampAdressesWeb(label="Pages web de la formation"),
            "references_prerequis": ChampTexte(
                label="Modules prérequis", required=False, widget=forms.Textarea(attrs={"rows": 2})
            ),
        }

    def depart(self, action: Action) -> dict[str, Any]:
        modalites = nomenclatures.modalites()
        return super().depart(action) | {
            "codes_modalite_pedagogique": [modalites.cle(noeud) for noeud in action.codes_modalite_pedagogique],
            "langues": [texte_de(noeud) for noeud in action.langues],
            "adresses_web": "\n".join(_textes(action.adresses_web, "urlweb")),
            "references_prerequis": "\n".join(_textes(action.modules_prerequis, "reference-module")),
        }

    def composer_lignes(self, data: Any) -> dict[str, LignesBase]:
        action = self.action
        sous_modules = (action.sous_modules or {}).get("sous-module") or []
        return {
            "equipements": lignes(EquipementForm, "equipements", action.equipements, data),
            "codes_type": lignes(CodeTypeForm, "codes_type", action.codes_type, data, maximum=5),
            "enseignements": lignes(EnseignementForm, "enseignements", action.enseignements, data),
            "sous_modules": lignes(SousModuleForm, "sous_modules", sous_modules, data),
        }

    def composer(self) -> dict[str, Any]:
        action, propre = self.action, self.cleaned_data
        modalites = nomenclatures.modalites()
        sous_modules = (action.sous_modules or {}).get("sous-module") or []
        return {
            "codes_modalite_pedagogique": modalites.noeuds(
                propre["codes_modalite_pedagogique"], action.codes_modalite_pedagogique
            ),
            "langues": _memes_noeuds(propre["langues"], action.langues),
            "adresses_web": _liste(action.adresses_web, "urlweb", propre["adresses_web"]),
            "modules_prerequis": _liste(action.modules_prerequis, "reference-module", propre["references_prerequis"]),
            "sous_modules": _enfants(
                action.sous_modules, "sous-module", self.formsets["sous_modules"].composer(sous_modules)
            ),
        }

    def avertir(self) -> None:
        for nom in ("acces_handicapes", "modalites_pedagogiques", "detail_prise_en_charge"):
            if phrase := avertissements.sur_texte(str(self.valeur_montree(nom) or "")):
                self.avertissements[nom] = phrase
        if not self.valeur_montree("acces_handicapes"):
            self.avertissements["acces_handicapes"] = (
                "Dites comment une personne handicapée est accueillie : c'est la première question posée."
            )


def _champ_langues(action: Action) -> forms.MultipleChoiceField:
    recues = [texte_de(noeud) for noeud in action.langues]
    connues = [*LANGUES, *((code, code) for code in recues if code not in dict(LANGUES))]
    devant = {code: rang for rang, code in enumerate(recues)}
    connues.sort(key=lambda une: devant.get(une[0], len(devant)))
    return forms.MultipleChoiceField(
        label="Langues de la formation",
        required=False,
        choices=connues,
        widget=forms.SelectMultiple(
            attrs={"data-dk-choix": True, "data-dk-maximum": 5, "data-dk-amorce": "Ajouter une langue"}
        ),
    )


def _textes(arbre: Any, nom: str) -> list[str]:
    """Textes des enfants répétés d'un élément."""
    return [texte_de(noeud) for noeud in (arbre or {}).get(nom) or []]


def _memes_noeuds(textes: list[str], anciens: list[Any]) -> list[Any]:
    """Les éléments de ces textes ; ceux qui y étaient déjà sont rendus tels quels, attributs compris."""
    connus: dict[str, Any] = {}
    for noeud in anciens:
        connus.setdefault(texte_de(noeud), noeud)
    if set(textes) == set(connus) and len(anciens) == len(textes):
        return anciens
    return [connus.get(texte, texte) for texte in textes]


def _liste(arbre: Any, nom: str, saisie: str) -> Any:
    """L'élément dont les enfants `nom` disent ces lignes, le reste gardé ; inchangé si elles y sont déjà."""
    lignes_ = [ligne.strip() for ligne in saisie.split("\n") if ligne.strip()]
    anciens = (arbre or {}).get(nom) or []
    if lignes_ == [texte_de(noeud).strip() for noeud in anciens]:
        return arbre
    connus = {texte_de(noeud): noeud for noeud in anciens}
    return _enfants(arbre, nom, [connus.get(ligne, ligne) for ligne in lignes_])


def _enfants(arbre: Any, nom: str, enfants: list[Any]) -> Any:
    """L'élément avec ces enfants ; `None` s'il n'en reste rien."""
    if enfants == ((arbre or {}).get(nom) or []):
        return arbre
    reste = {cle: v for cle, v in (arbre or {}).items() if cle != nom}
    return ({**reste, nom: enfants} if enfants else reste) or None
