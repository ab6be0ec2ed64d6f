"""Ce qui se répète dans une session : ses contacts, ses informations collectives ; le reste de leurs arbres demeure."""

import re
from typing import Any

from django import forms
from django.utils import timezone

from dokelio.lheo.grammaire import TABLES, element
from sessions.forms.adresse import AdresseForm
from sessions.forms.arbres import Chemin, ecrire_tout, lire
from sessions.forms.dates import DateChamp
from sessions.forms.session import jour_lu

INFORMATION_COLLECTIVE = "9"
MAXIMUM = 3
_HEURE = re.compile(r"([01]?\d|2[0-3])\s*(?:[hH:]\s*([0-5]\d)?)?")


def _champ(label: str, nom: str, colonnes: int, **options: Any) -> forms.CharField:
    champ = forms.CharField(label=label, required=False, max_length=element(nom).lgmax, **options)
    champ.colonnes = colonnes  # type: ignore[attr-defined]
    return champ


class LigneForm(forms.Form):
    """Une ligne liée à un nœud de la liste par son `rang` ; sans rang, c'est une ligne neuve."""

    rang = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    noeuds: list[Any] = []
    indispensables: tuple[str, ...] = ()

    @property
    def noeud(self) -> dict[str, Any] | None:
        rang = self.cleaned_data.get("rang")
        return self.noeuds[rang] if rang is not None and rang < len(self.noeuds) else None

    @property
    def vide(self) -> bool:
        return not any(self.cleaned_data.get(nom) for nom in self.indispensables)

    def arbre(self) -> dict[str, Any]:
        raise NotImplementedError


class ContactLigneForm(LigneForm):
    """Un contact de la session : LHEO `contact-session`."""

    type_contact = forms.ChoiceField(
        label="Rôle", required=False, choices=[("", "Non précisé"), *TABLES["dict-type-contact"].entrees]
    )
    prenom = _champ("Prénom", "prenom", 4)
    nom = _champ("Nom ou service", "nom", 4)
    telephone = _champ("Téléphone", "numtel", 4)
    courriel = forms.EmailField(label="Adresse e-mail", required=False, max_length=element("courriel").lgmax)

    indispensables = ("prenom", "nom", "telephone", "courriel")
    feuilles: dict[str, Chemin] = {
        "type_contact": ("type-contact",),
        "prenom": ("coordonnees", "prenom"),
        "nom": ("coordonnees", "nom"),
        "telephone": ("coordonnees", "telfixe", "numtel", 0),
        "courriel": ("coordonnees", "courriel"),
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["type_contact"].colonnes = 4  # type: ignore[attr-defined]
        self.fields["courriel"].colonnes = 8  # type: ignore[attr-defined]

    @classmethod
    def initiales_de(cls, noeud: Any) -> dict[str, Any]:
        return {nom: lire(noeud, *chemin) for nom, chemin in cls.feuilles.items()}

    def arbre(self) -> dict[str, Any]:
        saisi = {chemin: self.cleaned_data.get(nom) or "" for nom, chemin in self.feuilles.items()}
        rendu: dict[str, Any] = ecrire_tout(self.noeud or {}, saisi) or {}
        return {"coordonnees": {}} | rendu


class ReunionLigneForm(LigneForm, AdresseForm):
    """Une information collective : LHEO `recrutement`, modalité 9 ; Kairos y positionne les personnes."""

    jour = DateChamp("Date", colonnes=3)
    heure_debut = _champ("De", "heure-debut", 3, help_text="14h30")
    heure_fin = _champ("À", "heure-fin", 3)
    nb_places = forms.IntegerField(label="Places", required=False, min_value=0, max_value=99999)
    a_distance = forms.BooleanField(label="À distance (visioconférence)", required=False)
    commentaire = _champ("Précisions", "commentaire", 8)

    field_order = (
        "rang", "jour", "heure_debut", "heure_fin", "nb_places", "a_distance", "denomination", "rue", "complement",
        "code_postal", "ville", "commentaire",
    )  # fmt: skip
    indispensables = ("jour", "heure_debut", "heure_fin", "nb_places", "commentaire", "rue", "code_postal", "ville")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["nb_places"].colonnes = 3  # type: ignore[attr-defined]
        self.fields["a_distance"].colonnes = 12  # type: ignore[attr-defined]

    @classmethod
    def initiales_de(cls, noeud: Any) -> dict[str, Any]:
        return {
            "jour": jour_lu(lire(noeud, "periode", "debut")),
            "heure_debut": lire(noeud, "heure-debut"),
            "heure_fin": lire(noeud, "heure-fin"),
            "nb_places": lire(noeud, "nb-places"),
            "a_distance": lire(noeud, "a-distance") == "1",
            "commentaire": lire(noeud, "commentaire"),
            **cls.initiales(noeud.get("adresse")),
        }

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        self.commune = None
        if donnees.get("DELETE") or self.vide:
            return donnees
        self.adresse_de_depart = (self.noeud or {}).get("adresse")
        jour = donnees.get("jour")
        if jour is None and "jour" not in self.errors:
            self.add_error("jour", "Donnez la date de la réunion.")
        elif jour and "jour" in self.changed_data and jour < timezone.localdate():
            self.add_error("jour", "Cette date est passée. Choisissez un jour à venir.")
        for nom in ("heure_debut", "heure_fin"):
            self._verifier_l_heure(nom)
        if any(donnees.get(nom) for nom in ("rue", "code_postal", "ville")) and self.adresse_changee():
            self.verifier_adresse()
        return donnees

    def _verifier_l_heure(self, nom: str) -> None:
        texte = self.cleaned_data.get(nom, "")
        if not texte or nom not in self.changed_data:
            return
        lue = _HEURE.fullmatch(texte.strip())
        if lue is None:
            self.add_error(nom, "Écrivez l'heure ainsi : 14h30.")
        else:
            self.cleaned_data[nom] = f"{int(lue[1])}h{lue[2] or ''}"

    def arbre(self) -> dict[str, Any]:
        donnees = self.cleaned_data
        jour = f"{donnees['jour']:%Y%m%d}"
        feuilles: dict[Chemin, str] = {
            ("modalite-recrutement",): INFORMATION_COLLECTIVE,
            ("nb-places",): "" if donnees.get("nb_places") is None else str(donnees["nb_places"]),
            ("heure-debut",): donnees.get("heure_debut", ""),
            ("heure-fin",): donnees.get("heure_fin", ""),
            ("commentaire",): donnees.get("commentaire", ""),
        }
        if "jour" in self.changed_data:
            feuilles |= {("periode", "debut"): jour, ("periode", "fin"): jour}
        if "a_distance" in self.changed_data or self.noeud is None:
            feuilles[("a-distance",)] = "1" if donnees.get("a_distance") else "0"
        arbre: dict[str, Any] = ecrire_tout(self.noeud or {}, feuilles)
        if self.adresse_changee():
            adresse = self.composer_adresse() if donnees.get("rue") else {}
            arbre = {cle: v for cle, v in arbre.items() if cle != "adresse"} | ({"adresse": adresse} if adresse else {})
        return arbre


class ListeFormSet(forms.BaseFormSet):
    """Les lignes d'une liste d'arbres ; `choisir(noeud)` dit lesquelles la page montre, les autres restent en place."""

    def __init__(self, *args: Any, noeuds: list[Any], montres: list[int], **options: Any) -> None:
        self.noeuds, self.montres = list(noeuds or []), montres
        forme: Any = self.form
        options["initial"] = [{"rang": rang, **forme.initiales_de(self.noeuds[rang])} for rang in montres]
        super().__init__(*args, **options)

    def _construct_form(self, i: int, **options: Any) -> Any:
        formulaire = super()._construct_form(i, **options)  # type: ignore[misc]
        formulaire.noeuds = self.noeuds
        return formulaire

    def arbres(self) -> list[Any]:
        """La liste voulue : les nœuds montrés récrits ou retirés à leur place, les neufs à la fin."""
        rendus: dict[int, Any] = {rang: noeud for rang, noeud in enumerate(self.noeuds) if rang not in self.montres}
        neufs = []
        for formulaire in self.forms:
            if formulaire.cleaned_data.get("DELETE") or formulaire.vide:
                continue
            rang = formulaire.cleaned_data.get("rang")
            if rang is not None and rang in self.montres:
                rendus[rang] = formulaire.arbre() if formulaire.has_changed() else self.noeuds[rang]
            else:
                formulaire.cleaned_data["rang"] = None
                neufs.append(formulaire.arbre())
        return [rendus[rang] for rang in sorted(rendus)] + neufs


_OPTIONS: dict[str, Any] = {"formset": ListeFormSet, "extra": 0, "can_delete": True}
ContactsFactory: Any = forms.formset_factory(ContactLigneForm, max_num=10, absolute_max=30, **_OPTIONS)
ReunionsFactory: Any = forms.formset_factory(
    ReunionLigneForm, max_num=MAXIMUM, absolute_max=MAXIMUM + 5, validate_max=True, **_OPTIONS
)


def reunions_montrees(recrutements: list[Any]) -> list[int]:
    """Rangs des informations collectives parmi les recrutements."""
    return [
        r for r, noeud in enumerate(recrutements or []) if lire(noeud, "modalite-recrutement") == INFORMATION_COLLECTIVE
    ]
