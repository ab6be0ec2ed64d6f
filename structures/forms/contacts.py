"""Les formulaires d'un contact et d'un lieu connu."""

from typing import Any

from django import forms

from dokelio.socle.identifiants import normaliser_code
from structures.forms.coordonnees import CoordonneesForm
from structures.forms.organisme import verifier_uai
from structures.models import Contact, Etablissement


class ContactForm(CoordonneesForm):
    """Une personne ou un service à joindre ; ce que le formulaire ne montre pas de ses coordonnées est gardé."""

    COORDONNEES = (
        *("civilite", "prenom", "nom", "courriel", "telephone", "portable", "web"),
        *("denomination", "lignes", "code_postal", "ville"),
    )
    field_order = ("type", "fonction", *COORDONNEES, "diffuse")

    def __init__(self, *args: Any, contact: Contact, **options: Any) -> None:
        self.contact = contact
        initial = {"type": contact.type, "fonction": contact.fonction, "diffuse": contact.diffuse}
        super().__init__(*args, arbre=contact.coordonnees, initial=initial, **options)
        choix = [("", "Choisir"), *(Contact._meta.get_field("type").flatchoices)]
        self.fields["type"] = forms.ChoiceField(label="Rôle", choices=choix, required=False)
        self.fields["fonction"] = forms.CharField(label="Fonction", max_length=100, required=False)
        self.fields["diffuse"] = forms.BooleanField(
            label="Diffusé sur les sites partenaires",
            required=False,
            help_text="Sinon, ce contact ne sert qu'au CARIF.",
        )
        self.fields["type"].colonnes = self.fields["fonction"].colonnes = 6  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Un contact se nomme et se joint ; une adresse est entière ou absente."""
        donnees = super().clean()
        if not (donnees.get("nom") or donnees.get("prenom")):
            self.add_error("nom", "Nommez la personne ou le service à joindre.")
        joignable = any(donnees.get(nom) for nom in ("courriel", "telephone", "portable"))
        if not joignable and not {"courriel", "telephone", "portable"} & self.errors.keys():
            self.add_error("courriel", "Donnez au moins un email ou un numéro de téléphone.")
        adresse = {nom: donnees.get(nom) for nom in ("lignes", "code_postal", "ville")}
        if any(adresse.values()) or donnees.get("denomination"):
            for nom, valeur in adresse.items():
                if not valeur and nom not in self.errors:
                    self.add_error(nom, "Complétez l'adresse (rue, code postal, ville), ou videz-la.")
        return donnees

    def valeurs(self) -> dict[str, Any]:
        """Les champs du modèle, hors coordonnées."""
        return {nom: self.cleaned_data[nom] for nom in ("type", "fonction", "diffuse")}


class LieuForm(CoordonneesForm):
    """Un lieu de formation connu, proposé quand on choisit où se tient une session."""

    COORDONNEES = ("denomination", "lignes", "code_postal", "ville", "telephone", "courriel")
    OBLIGATOIRES = frozenset({"lignes", "code_postal", "ville"})
    field_order = ("nom", *COORDONNEES, "siret", "uai", "actif")

    def __init__(self, *args: Any, lieu: Etablissement, **options: Any) -> None:
        self.lieu = lieu
        self.du_modele = ("nom", "siret", "uai", "actif")
        super().__init__(
            *args, arbre=lieu.coordonnees, initial={nom: getattr(lieu, nom) for nom in self.du_modele}, **options
        )
        self.fields["nom"] = forms.CharField(
            label="Nom du lieu", max_length=255, help_text="Pour le reconnaître dans vos listes."
        )
        self.fields["nom"].error_messages["required"] = "Donnez un nom à ce lieu : « Atelier de Montreuil »."
        self.fields["siret"] = forms.CharField(label="SIRET du lieu", required=False, max_length=25)
        self.fields["uai"] = forms.CharField(label="UAI du lieu", required=False, max_length=12)
        self.fields["actif"] = forms.BooleanField(label="Proposé pour de nouvelles sessions", required=False)
        for nom in ("siret", "uai"):
            self.fields[nom].colonnes = 4  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def clean_siret(self) -> str:
        """Quatorze chiffres."""
        siret = normaliser_code(self.cleaned_data["siret"])
        if siret and siret != self.lieu.siret and (len(siret) != 14 or not siret.isdecimal()):
            raise forms.ValidationError(f"Un SIRET compte quatorze chiffres ; il y en a {len(siret)} ici.")
        return siret

    def clean_uai(self) -> str:
        """Sept chiffres et une lettre."""
        return verifier_uai(self.cleaned_data["uai"])

    def valeurs(self) -> dict[str, Any]:
        """Les champs du modèle, hors coordonnées."""
        return {nom: self.cleaned_data[nom] for nom in self.du_modele}
