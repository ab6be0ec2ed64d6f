"""Les lignes répétées d'une fiche (contacts, équipements, modules…) : chacune montre une part d'un élément LHEO.

Ce qu'une ligne ne montre pas de son élément (adresse, attributs, extensions) est gardé tel quel.
"""

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.forms.formsets import BaseFormSet

from dokelio.lheo.grammaire import TABLES, element
from formations.actions.edition import marque
from formations.forms.arbres import Chemin, changer, lire
from formations.forms.champs import ChampTexte

TELEPHONE = re.compile(r"[0-9+() .-]{4,25}")


def texte(nom: str, libelle: str, colonnes: int = 6, **options: Any) -> ChampTexte:
    """Champ d'une feuille de texte : sa longueur vient de la grammaire."""
    champ = ChampTexte(label=libelle, required=False, max_length=element(nom).lgmax, **options)
    champ.error_messages["max_length"] = (
        "%(show_value)s caractères pour %(limit_value)s admis par LHEO : raccourcissez."
    )
    champ.colonnes = colonnes  # type: ignore[attr-defined]
    return champ


def choix(nom: str, libelle: str, colonnes: int = 6, vide: str = "Choisir") -> forms.ChoiceField:
    """Liste d'une table de LHEO."""
    table = TABLES[element(nom).table or ""]
    champ = forms.ChoiceField(label=libelle, required=False, choices=[("", vide), *table.entrees])
    champ.colonnes = colonnes  # type: ignore[attr-defined]
    return champ


class LigneForm(forms.Form):
    """Une ligne, liée à son élément par `CHEMINS` : nom de champ → chemin de sa feuille."""

    CHEMINS: ClassVar[dict[str, Chemin]] = {}
    # L'élément d'où vient la ligne : son rang et son empreinte, pour le retrouver si la liste a bougé.
    origine = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def montrer(cls, rang: int, arbre: Any) -> dict[str, str]:
        """Valeurs de départ d'une ligne."""
        return {nom: lire(arbre, chemin) for nom, chemin in cls.CHEMINS.items()} | {
            "origine": f"{rang}-{marque(arbre)}"
        }

    def composer(self, arbre: Any) -> Any:
        """L'élément de la ligne, d'après celui d'où elle vient ; `None` s'il n'en reste rien."""
        for nom, chemin in self.CHEMINS.items():
            saisi = self.cleaned_data.get(nom, "")
            avant = lire(arbre, chemin)
            if saisi != avant.replace("\r\n", "\n").strip():
                arbre = changer(arbre, chemin, saisi)
        return arbre or None

    def montre_dit_autre_chose(self, nom: str) -> bool:
        """Vrai si la saisie d'un champ diffère de ce qui a été montré : ce qui a été reçu et gardé n'est pas jugé."""
        return nom in self.changed_data

    def lecture(self) -> list[tuple[str, str]]:
        """Couples libellé, valeur, des champs remplis."""
        couples = []
        for champ in self.visible_fields():
            valeur = str(self.initial.get(champ.name, "") or "")
            if valeur and champ.name in self.CHEMINS:
                valeur = dict(getattr(champ.field, "choices", ())).get(valeur, valeur)
                couples.append((str(champ.label), valeur))
        return couples


class LignesBase(BaseFormSet):
    """Les lignes d'un champ de la fiche."""

    def composer(self, anciens: list[Any]) -> list[Any]:
        """Les éléments LHEO de ces lignes, dans leur ordre ; ceux que rien ne change sont rendus tels quels."""
        restants = dict(enumerate(anciens))
        composes = []
        for ligne in self.forms:
            if not hasattr(ligne, "cleaned_data") or ligne.cleaned_data.get("DELETE"):
                _reprendre(restants, ligne.data.get(ligne.add_prefix("origine"), ""))
                continue
            origine = ligne.cleaned_data.get("origine", "")
            if not origine and not ligne.has_changed():
                continue
            composes.append(ligne.composer(_reprendre(restants, origine)))
        return [un for un in composes if un is not None]


def _reprendre(restants: dict[int, Any], origine: str) -> Any:
    """L'élément d'où vient une ligne : même empreinte, à défaut même rang, sinon un élément neuf."""
    rang, _, empreinte = origine.partition("-")
    for place, arbre in restants.items():
        if empreinte and marque(arbre) == empreinte and (str(place) == rang or len(restants) == 1):
            return restants.pop(place)
    for place, arbre in restants.items():
        if empreinte and marque(arbre) == empreinte:
            return restants.pop(place)
    return restants.pop(int(rang), {}) if rang.isdecimal() and rang.isascii() and len(rang) < 5 else {}


class ContactForm(LigneForm):
    """Un contact : LHEO `contact-formation`."""

    CHEMINS = {
        "type": ("type-contact",),
        "civilite": ("coordonnees", "civilite"),
        "prenom": ("coordonnees", "prenom"),
        "nom": ("coordonnees", "nom"),
        "telephone": ("coordonnees", "telfixe", "numtel", 0),
        "portable": ("coordonnees", "portable", "numtel", 0),
        "courriel": ("coordonnees", "courriel"),
    }

    type = choix("type-contact", "Rôle")
    civilite = texte("civilite", "Civilité", 6, widget=forms.TextInput(attrs={"placeholder": "Mme, M."}))
    prenom = texte("prenom", "Prénom")
    nom = texte("nom", "Nom ou service")
    telephone = texte("numtel", "Téléphone", 3, widget=forms.TextInput(attrs={"type": "tel"}))
    portable = texte("numtel", "Portable", 3, widget=forms.TextInput(attrs={"type": "tel"}))
    courriel = texte("courriel", "Courriel", 6, widget=forms.TextInput(attrs={"type": "email"}))

    def clean_courriel(self) -> str:
        courriel: str = self.cleaned_data["courriel"]
        if courriel and self.montre_dit_autre_chose("courriel"):
            EmailValidator("Cette adresse n'est pas complète : elle s'écrit comme accueil@organisme.fr.")(courriel)
        return courriel

    def clean_telephone(self) -> str:
        return self._numero("telephone")

    def clean_portable(self) -> str:
        return self._numero("portable")

    def _numero(self, nom: str) -> str:
        numero: str = self.cleaned_data[nom]
        if numero and self.montre_dit_autre_chose(nom):
            if not TELEPHONE.fullmatch(numero):
                raise ValidationError("Un numéro ne compte que des chiffres et des espaces, comme 01 43 00 00 12.")
            numero = " ".join(re.split(r"[ .-]+", numero)).strip()
        return numero

    def composer(self, arbre: Any) -> Any:
        compose = super().composer(arbre)
        return {"coordonnees": {}, **compose} if compose else None

    def lecture(self) -> list[tuple[str, str]]:
        couples = dict(super().lecture())
        qui = " ".join(filter(None, (couples.pop(nom, "") for nom in ("Civilité", "Prénom", "Nom ou service"))))
        return [("Contact", qui or "Non nommé"), *couples.items()]


class EquipementForm(LigneForm):
    """Un équipement à la charge des apprenants : LHEO `equipement`."""

    CHEMINS = {
        "type": ("type-equipement",),
        "cout": ("cout-indicatif-equipement",),
        "commentaire": ("commentaire",),
    }

    type = choix("type-equipement", "Équipement")
    cout = ChampTexte(label="Coût indicatif, en euros", required=False)
    commentaire = texte("commentaire", "Précisions", 12, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_cout(self) -> str:
        cout: str = self.cleaned_data["cout"]
        if cout and self.montre_dit_autre_chose("cout") and not re.fullmatch(r"[0-9]{1,5}", cout, re.ASCII):
            raise ValidationError("Un montant entier en euros, sans centimes : 120.")
        return cout


EquipementForm.base_fields["cout"].colonnes = 6  # type: ignore[attr-defined]


class CodeTypeForm(LigneForm):
    """Codes d'une formation hors certification : LHEO `code-type-formation`."""

    CHEMINS = {"cpf": ("code-CPF",), "elu": ("code-ELU",)}

    cpf = texte("code-CPF", "Code CPF", 6, widget=forms.TextInput(attrs={"placeholder": "CPF203"}))
    elu = texte("code-ELU", "Code ELU (élus locaux)", 6, widget=forms.TextInput(attrs={"placeholder": "ELU1001"}))

    def clean_cpf(self) -> str:
        return self._code("cpf", "CPF")

    def clean_elu(self) -> str:
        return self._code("elu", "ELU")

    def _code(self, nom: str, prefixe: str) -> str:
        code: str = self.cleaned_data[nom]
        if code and self.montre_dit_autre_chose(nom):
            code = code.upper().replace(" ", "")
            if not re.fullmatch(rf"{prefixe}[0-9]{{1,7}}", code, re.ASCII):
                raise ValidationError(f"Ce code s'écrit {prefixe} suivi de chiffres.")
        return code


class EnseignementForm(LigneForm):
    """Un enseignement : LHEO `enseignement`."""

    CHEMINS = {
        "libelle": ("libelle-enseignement",),
        "type": ("type-enseignement",),
        "obligatoire": ("obligatoire",),
        "commentaire": ("commentaire",),
    }

    libelle = texte("libelle-enseignement", "Enseignement", 12)
    type = choix("type-enseignement", "Nature")
    obligatoire = forms.ChoiceField(
        label="Obligatoire", required=False, choices=[("", "Choisir"), ("1", "Oui"), ("0", "Non")]
    )
    commentaire = texte("commentaire", "Précisions", 12)


EnseignementForm.base_fields["obligatoire"].colonnes = 6  # type: ignore[attr-defined]


class SousModuleForm(LigneForm):
    """Un sous-module : LHEO `sous-module`."""

    CHEMINS = {"reference": ("reference-module",), "type": ("type-module",)}

    reference = texte("reference-module", "Référence du sous-module")
    type = choix("type-module", "Nature")


def lignes(
    formulaire: type[LigneForm], prefixe: str, arbres: list[Any], data: Any = None, *, maximum: int = 50, vide: int = 0
) -> LignesBase:
    """Le formset d'une liste d'éléments ; `vide` : nombre de lignes offertes quand il n'y en a aucune."""
    fabrique = forms.formset_factory(
        formulaire,
        formset=LignesBase,
        extra=0 if arbres else vide,
        can_delete=True,
        max_num=max(maximum, len(arbres)),
        validate_max=True,
    )
    depart = [formulaire.montrer(rang, arbre) for rang, arbre in enumerate(arbres)]
    formset: Any = fabrique(data, prefix=prefixe, initial=depart)
    assert isinstance(formset, LignesBase)
    return formset
