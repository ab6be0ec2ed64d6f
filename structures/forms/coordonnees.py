"""Ce que partagent les formulaires qui tiennent des coordonnées LHEO : champs, limites, verrou optimiste."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms

from dokelio.lheo.ecriture import nettoyer
from dokelio.lheo.grammaire import element
from structures.actions import coordonnees

# champ : libellé, élément de la grammaire, colonnes, attributs du contrôle
PRESENTATION: Mapping[str, tuple[str, str, int, dict[str, str]]] = {
    "civilite": ("Civilité", "civilite", 3, {"autocomplete": "off"}),
    "prenom": ("Prénom", "prenom", 3, {"autocomplete": "off"}),
    "nom": ("Nom ou service", "nom", 6, {"autocomplete": "off"}),
    "courriel": ("Email", "courriel", 6, {"autocomplete": "off"}),
    "telephone": ("Téléphone", "numtel", 3, {"inputmode": "tel", "autocomplete": "off"}),
    "portable": ("Portable", "numtel", 3, {"inputmode": "tel", "autocomplete": "off"}),
    "web": ("Page web", "urlweb", 6, {"inputmode": "url", "autocomplete": "off"}),
    "denomination": ("Bâtiment, service ou nom du lieu", "denomination", 12, {"autocomplete": "off"}),
    "lignes": ("Adresse", "ligne", 6, {"rows": "3", "autocomplete": "off"}),
    "code_postal": ("Code postal", "codepostal", 3, {"inputmode": "numeric", "autocomplete": "off"}),
    "ville": ("Ville", "ville", 3, {"autocomplete": "off"}),
}


def champ_de_coordonnees(nom: str, requis: bool) -> forms.Field:
    """Le champ de formulaire d'une part de coordonnées, avec la limite de LHEO."""
    libelle, balise, colonnes, attributs = PRESENTATION[nom]
    limite = element(balise).lgmax
    champ: forms.Field
    if nom == "lignes":
        champ = forms.CharField(label=libelle, widget=forms.Textarea(attrs=attributs))
        champ.help_text = "Numéro et rue, une ligne de 50 caractères au plus par retour à la ligne, quatre au plus."
    elif nom == "courriel":
        champ = forms.EmailField(
            label=libelle,
            max_length=limite,
            widget=forms.EmailInput(attrs=attributs),
            error_messages={"invalid": "Cette adresse ne s'écrit pas ainsi : contact@organisme.fr."},
        )
    elif nom == "code_postal":
        champ = forms.RegexField(
            r"^\d{5}$",
            label=libelle,
            widget=forms.TextInput(attrs=attributs),
            error_messages={"invalid": "Un code postal compte cinq chiffres : 75020."},
        )
    else:
        champ = forms.CharField(label=libelle, max_length=limite, widget=forms.TextInput(attrs=attributs))
    champ.required = requis
    champ.error_messages["required"] = f"Renseignez « {libelle} »."
    champ.colonnes = colonnes  # type: ignore[attr-defined]
    return champ


class CoordonneesForm(forms.Form):
    """Un formulaire dont certains champs sont ceux d'un arbre `coordonnees`.

    `edition` (caché) est l'empreinte de ce que la personne a lu : si l'objet a changé depuis, l'envoi est refusé une
    fois, avec les valeurs d'aujourd'hui dites à côté de ce qu'elle a saisi.
    """

    COORDONNEES: ClassVar[tuple[str, ...]] = ()
    OBLIGATOIRES: ClassVar[frozenset[str]] = frozenset()

    edition = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, arbre: Any, initial: Mapping[str, Any] | None = None, **options: Any) -> None:
        self.arbre = arbre
        lues = coordonnees.lire(arbre)
        valeurs = {**{nom: lues[nom] for nom in self.COORDONNEES}, **(initial or {})}
        options["initial"] = valeurs
        super().__init__(*args, **options)
        for nom in self.COORDONNEES:
            self.fields[nom] = champ_de_coordonnees(nom, nom in self.OBLIGATOIRES)
        self.empreinte = empreinte(valeurs)
        self.initial["edition"] = self.empreinte
        self.avertissements: dict[str, str] = {}

    def clean_lignes(self) -> str:
        """Quatre lignes de cinquante caractères, comme LHEO les veut."""
        lignes = [ligne.strip() for ligne in self.cleaned_data["lignes"].splitlines() if ligne.strip()]
        if len(lignes) > 4:
            raise forms.ValidationError("L'adresse tient en quatre lignes au plus.")
        limite = element("ligne").lgmax or 50
        for rang, ligne in enumerate(lignes, start=1):
            if len(ligne) > limite:
                raise forms.ValidationError(
                    f"La ligne {rang} compte {len(ligne)} caractères, LHEO en admet {limite}. Coupez-la en deux."
                )
        return "\n".join(lignes)

    def clean(self) -> dict[str, Any]:
        """Refuse d'écraser ce que quelqu'un d'autre vient d'écrire."""
        donnees: dict[str, Any] = super().clean() or {}
        # Un texte collé peut porter des caractères invisibles que XML refuse : LHEO ne saurait pas les dire.
        donnees.update({nom: nettoyer(texte) for nom, texte in donnees.items() if isinstance(texte, str)})
        lue = donnees.get("edition", "")
        if lue and lue != self.empreinte:
            self._dire_le_conflit()
        return donnees

    def _dire_le_conflit(self) -> None:
        differents = [nom for nom in self.changed_data if nom != "edition" and nom in self.initial]
        for nom in differents:
            actuelle = lisible(self.initial[nom])
            self.avertissements[nom] = f"Valeur enregistrée entre-temps : {actuelle or 'rien'}."
        noms = ", ".join(str(self.fields[nom].label) for nom in differents)
        suite = f" Comparez : {noms}." if noms else ""
        self.add_error(
            None,
            "Quelqu'un a modifié ces informations pendant votre saisie ; rien de la vôtre n'est perdu."
            f"{suite} Enregistrez de nouveau pour garder ce que vous avez écrit.",
        )
        # L'envoi suivant part de ce qui vient d'être montré.
        donnees: Any = self.data
        self.data = donnees = donnees.copy()
        donnees[self.add_prefix("edition")] = self.empreinte

    @property
    def changes(self) -> list[str]:
        """Champs de coordonnées dont la valeur a changé."""
        return [nom for nom in self.COORDONNEES if nom in self.changed_data]

    def arbre_modifie(self) -> Any:
        """L'arbre `coordonnees` après la saisie ; le même objet si rien n'y a changé."""
        if not self.changes:
            return self.arbre
        return coordonnees.ecrire(self.arbre, self.cleaned_data, self.changes)


def empreinte(valeurs: Mapping[str, Any]) -> str:
    """Empreinte courte des valeurs lues, pour le verrou optimiste."""
    texte = json.dumps(valeurs, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(texte.encode()).hexdigest()[:20]


def lisible(valeur: Any) -> str:
    """Une valeur de formulaire en quelques mots."""
    if valeur is True:
        return "oui"
    if valeur is False:
        return "non"
    if isinstance(valeur, Iterable) and not isinstance(valeur, str):
        return ", ".join(str(une) for une in valeur)
    return "" if valeur is None else str(valeur)
