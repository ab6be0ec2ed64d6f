"""Une adresse saisie : rue, code postal, ville ; la commune retrouvée donne Insee, département et région."""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy

from dokelio.lheo.grammaire import element
from dokelio.referentiels.models import Commune, Departement
from dokelio.socle.recherche import cle_alphabetique
from sessions.forms.arbres import Chemin, ecrire_tout, lire

CHAMPS = ("denomination", "rue", "complement", "code_postal", "ville")
_FEUILLES: dict[str, Chemin] = {
    "denomination": ("denomination",),
    "rue": ("ligne", 0),
    "complement": ("ligne", 1),
    "code_postal": ("codepostal",),
    "ville": ("ville",),
}
PERIMEES = ("geolocalisation", "code-INSEE-canton")


def _texte(label: str, nom: str, colonnes: int, **options: Any) -> forms.CharField:
    champ = forms.CharField(label=label, max_length=element(nom).lgmax, required=False, **options)
    champ.colonnes = colonnes  # type: ignore[attr-defined]
    return champ


class AdresseForm(forms.Form):
    """Les champs d'une adresse ; `exigee` dit, à la validation, si elle doit être complète."""

    denomination = _texte("Nom du lieu", "denomination", 6, help_text="Halle du Bois, Campus des Métiers…")
    rue = _texte("Numéro et voie", "ligne", 6)
    complement = _texte("Complément", "ligne", 6, help_text="Bâtiment, étage, boîte postale.")
    code_postal = _texte("Code postal", "codepostal", 3)
    ville = _texte("Ville", "ville", 3)

    adresse_de_depart: dict[str, Any] | None = None
    adresse_exigee: bool = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code_postal"].widget.attrs.update(
            {
                "inputmode": "numeric",
                "autocomplete": "off",
                "data-dk-commune": str(reverse_lazy("referentiels:communes")),
            }
        )
        self.fields["ville"].widget.attrs.update({"autocomplete": "off", "data-dk-commune-ville": ""})

    @staticmethod
    def initiales(adresse: Any) -> dict[str, str]:
        """Ce que les champs montrent d'un arbre `adresse`."""
        return {nom: lire(adresse, *chemin) for nom, chemin in _FEUILLES.items()}

    def adresse_changee(self) -> bool:
        return any(nom in self.changed_data for nom in CHAMPS)

    def verifier_adresse(self) -> None:
        """Complète, code postal et ville d'accord ; retient la commune trouvée dans `self.commune`."""
        self.commune: Commune | None = None
        donnees = self.cleaned_data
        for nom, phrase in (("rue", "Donnez le numéro et la voie."), ("code_postal", "Donnez le code postal.")):
            if not donnees.get(nom) and nom not in self.errors:
                self.add_error(nom, phrase)
        code = donnees.get("code_postal", "")
        if code and not re.fullmatch(r"\d{5}", code, re.ASCII):
            self.add_error("code_postal", "Un code postal compte cinq chiffres.")
        elif code:
            self._trouver_la_commune(code, donnees.get("ville", ""))

    def _trouver_la_commune(self, code: str, ville: str) -> None:
        possibles = list(Commune.objects.pour_code_postal(code))
        if not possibles:
            if Commune.objects.filter(departement_id=departement_de(code)).exists():
                self.add_error("code_postal", f"Aucune commune n'a le code postal {code}. Vérifiez-le.")
            elif not ville:
                self.add_error("ville", "Donnez la ville.")
            return
        cle = cle_alphabetique(ville)
        justes = [c for c in possibles if cle in (c.cle, cle_alphabetique(c.ville))]
        if not cle and len(possibles) == 1:
            justes = possibles
            self.cleaned_data["ville"] = possibles[0].ville
        if justes:
            self.commune = justes[0]
            return
        noms = ", ".join(c.nom for c in possibles[:8])
        quoi = f"{code} est le code postal de {noms}." if len(possibles) == 1 else f"{code} dessert : {noms}."
        self.add_error("ville", f"{quoi} {'Choisissez la ville.' if not ville else 'Corrigez la ville ou le code.'}")

    def composer_adresse(self) -> dict[str, Any]:
        """L'arbre `adresse` saisi, posé sur celui de départ : ce que la page ne montre pas demeure."""
        depart = self.adresse_de_depart or {}
        saisi = {chemin: self.cleaned_data.get(nom, "") for nom, chemin in _FEUILLES.items()}
        adresse: dict[str, Any] = ecrire_tout(depart, saisi) or {}
        if any(lire(depart, cle) != lire(adresse, cle) for cle in ("codepostal", "ville")):
            adresse = {cle: noeud for cle, noeud in adresse.items() if cle not in PERIMEES}
            adresse = ecrire_tout(adresse, self._codes()) or {}
        return adresse

    def _codes(self) -> dict[Chemin, str]:
        departement = departement_de(self.cleaned_data["code_postal"])
        region = ""
        if self.commune is not None:
            departement = self.commune.departement_id
            connu = Departement.objects.filter(pk=departement).first()
            region = connu.region if connu else ""
        insee = self.commune.code_insee if self.commune else ""
        return {("departement",): departement, ("code-INSEE-commune",): insee, ("region",): region}


def departement_de(code_postal: str) -> str:
    """Deux chiffres, trois outre-mer (la Corse, 20, n'est pas départagée par le code postal)."""
    return code_postal[:3] if code_postal[:2] in ("97", "98") else code_postal[:2]
