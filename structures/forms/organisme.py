"""Les formulaires d'un organisme : ce qu'il change lui-même, ce que seul le CARIF change, son justificatif."""

from typing import Any

from django import forms

from dokelio.socle.identifiants import normaliser_code
from structures.forms.coordonnees import CoordonneesForm
from structures.models import SIRET_FICTIFS, Organisme

PROTEGES = ("siret", "nda", "raison_sociale")
POURQUOI_PROTEGE = (
    "Identifie l'organisme auprès de l'État et des financeurs : demandez le changement au CARIF, "
    "à dokelio@carif.exemple."
)
TAILLE_JUSTIFICATIF = 1024 * 1024
TROP_GROS = "Ce fichier dépasse 1 Mo. Réduisez-le, ou n'en gardez que les pages utiles."


def _identifiant(texte: str) -> str:
    return normaliser_code(texte) if texte else ""


class OrganismeForm(CoordonneesForm):
    """L'identité, l'adresse et ce que l'organisme dit de lui ; les champs protégés ne s'ouvrent qu'à qui le peut."""

    COORDONNEES = ("denomination", "lignes", "code_postal", "ville", "telephone", "courriel", "web")
    OBLIGATOIRES = frozenset({"lignes", "code_postal", "ville"})
    LIBRES = ("nom", "renseignements", "uai", "est_cfa", "qualiopi", "qualiopi_jusqu_au")

    def __init__(self, *args: Any, organisme: Organisme, protege: bool, carif: bool, **options: Any) -> None:
        self.organisme, self.protege, self.carif = organisme, protege, carif
        self.du_modele = (*PROTEGES, *self.LIBRES, *(("note_interne",) if carif else ()))
        initial = {nom: getattr(organisme, nom) for nom in self.du_modele}
        super().__init__(*args, arbre=organisme.coordonnees, initial=initial, **options)
        self.motifs_verrou: dict[str, str] = {}
        for nom in self.du_modele:
            self.fields[nom] = self._champ(nom)
        self._presenter()
        if protege:
            self.motifs_verrou = dict.fromkeys(PROTEGES, POURQUOI_PROTEGE)

    def _champ(self, nom: str) -> forms.Field:
        if nom == "qualiopi":
            categories: Any = Organisme._meta.get_field("qualiopi")
            return forms.MultipleChoiceField(
                label="Catégories certifiées Qualiopi",
                choices=categories.base_field.choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        champ: Any = Organisme._meta.get_field(nom).formfield()  # type: ignore[union-attr]
        if nom in PROTEGES:
            champ.disabled = self.protege
        return champ

    def _presenter(self) -> None:
        colonnes = {"siret": 4, "nda": 4, "raison_sociale": 8, "nom": 8, "uai": 4, "est_cfa": 4, "qualiopi_jusqu_au": 4}
        for nom, largeur in colonnes.items():
            self.fields[nom].colonnes = largeur  # type: ignore[attr-defined]
        self.fields["siret"].max_length = self.fields["nda"].max_length = None  # type: ignore[attr-defined]
        self.fields["siret"].validators = self.fields["nda"].validators = self.fields["uai"].validators = []
        self.fields["nda"].label = "Numéro de déclaration d'activité"
        self.fields["nom"].required = True
        self.fields["nom"].error_messages["required"] = "Donnez le nom sous lequel le public vous connaît."
        self.fields["est_cfa"].label = "Centre de formation d'apprentis (CFA)"
        self.fields["renseignements"].widget.attrs["rows"] = "4"
        self.fields["qualiopi_jusqu_au"].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        if "note_interne" in self.fields:
            self.fields["note_interne"].widget.attrs["rows"] = "3"
            self.fields["note_interne"].help_text = "Lue par le CARIF seul."

    def clean_siret(self) -> str:
        """Quatorze chiffres, et celui de personne d'autre."""
        siret = _identifiant(self.cleaned_data["siret"])
        if not siret or siret == self.organisme.siret:
            return siret
        if len(siret) != 14 or not siret.isdecimal() or siret in SIRET_FICTIFS:
            raise forms.ValidationError(f"Un SIRET compte quatorze chiffres ; il y en a {len(siret)} ici.")
        autre = Organisme.objects.filter(siret=siret).exclude(pk=self.organisme.pk).first()
        if autre is not None:
            raise forms.ValidationError(f"Ce SIRET est déjà celui de {autre} ({autre.reference}).")
        return siret

    def clean_nda(self) -> str:
        """Onze chiffres."""
        nda = _identifiant(self.cleaned_data["nda"])
        if nda and (len(nda) != 11 or not nda.isdecimal()):
            raise forms.ValidationError("Un numéro de déclaration d'activité compte onze chiffres.")
        return nda

    def clean_uai(self) -> str:
        """Sept chiffres et une lettre."""
        return verifier_uai(self.cleaned_data["uai"])

    def valeurs(self) -> dict[str, Any]:
        """Champs du modèle qui ont changé, avec leur nouvelle valeur."""
        changes = [nom for nom in self.du_modele if nom in self.changed_data and not self.fields[nom].disabled]
        return {nom: self.cleaned_data[nom] for nom in changes}


def verifier_uai(texte: str) -> str:
    """L'UAI en capitales ; refuse une autre forme que sept chiffres et une lettre."""
    uai = _identifiant(texte)
    if uai and not (len(uai) == 8 and uai[:7].isdecimal() and uai[7].isalpha()):
        raise forms.ValidationError("Une UAI compte sept chiffres et une lettre : 0751234A.")
    return uai


class JustificatifForm(forms.Form):
    """Une convention de formation citant un lieu francilien : un vrai PDF, strictement sous un mégaoctet."""

    justificatif = forms.FileField(
        label="Convention de formation",
        help_text="PDF de moins de 1 Mo, citant un lieu en Île-de-France.",
        widget=forms.FileInput(
            attrs={
                "accept": "application/pdf",
                "data-dk-taille-max": str(TAILLE_JUSTIFICATIF - 1),
                "data-dk-trop-gros": TROP_GROS,
            }
        ),
        error_messages={
            "required": "Choisissez le fichier à joindre.",
            "empty": "Ce fichier est vide. Choisissez le PDF de la convention.",
        },
    )
    masque = forms.BooleanField(
        label="J'ai masqué les données personnelles du document",
        error_messages={"required": "Masquez les noms et coordonnées des stagiaires, puis cochez cette case."},
    )

    def clean_justificatif(self) -> Any:
        """Le type est lu dans le fichier, jamais dans son nom."""
        fichier = self.cleaned_data["justificatif"]
        if fichier.size >= TAILLE_JUSTIFICATIF:
            raise forms.ValidationError(TROP_GROS)
        contenu = fichier.read()
        fichier.seek(0)
        if not contenu.startswith(b"%PDF-") or b"%%EOF" not in contenu[-2048:]:
            raise forms.ValidationError("Ce fichier n'est pas un PDF. Enregistrez la convention au format PDF.")
        return fichier
