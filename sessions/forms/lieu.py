"""Le lieu et ses modalités : où, comment, combien d'heures, à quel prix, avec quel formateur."""

from typing import Any

from django import forms

from dokelio.socle.identifiants import normaliser_code, valider_siret
from dokelio.socle.typographie import lieu_texte
from sessions.forms.adresse import CHAMPS, AdresseForm, departement_de
from sessions.forms.arbres import ecrire, lire
from sessions.forms.reserves import ReservesMixin
from sessions.models import Deroulement
from structures.models import DEPARTEMENTS_REGION, Formateur, Organisme

SAISIE, SIEGE = "adresse", "siege"
SOI, AUTRE = "soi", "autre"
A_DISTANCE = "2"
SIMPLES = (
    "modalites_enseignement",
    "entrees_sorties",
    "rythme",
    "heures_centre",
    "heures_entreprise",
    "heures_total",
    "duree_indicative",
    "prix_total",
    "frais_restants",
)
_COLONNES = {
    "modalites_enseignement": 6, "entrees_sorties": 6, "heures_centre": 4, "heures_entreprise": 4, "heures_total": 4,
    "duree_indicative": 6, "prix_total": 4, "frais_restants": 8, "lieu": 12, "formateur": 6, "siret": 3,
    "raison_sociale": 3,
}  # fmt: skip
_AIDES = {
    "rythme": "Temps plein, temps partiel, cours du soir… et les jours de la semaine.",
    "heures_total": "Centre et entreprise ensemble.",
    "duree_indicative": "En clair : 6 mois, 24 semaines…",
    "prix_total": "Par personne, en euros, toutes taxes comprises.",
    "frais_restants": "Ce que la personne paie encore, une fois le financement déduit.",
}


_OBLIGATOIRES = {
    "modalites_enseignement": "Dites si la formation se tient en présence, à distance, ou les deux.",
    "entrees_sorties": "Dites si l'on entre à dates fixes ou à tout moment.",
    "rythme": "Donnez le rythme : temps plein, cours du soir…",
}


class LieuForm(ReservesMixin, AdresseForm, forms.ModelForm):
    """Un lieu et ses modalités (`Deroulement`), une adresse, un formateur ; ne s'enregistre pas lui-même."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    lieu = forms.ChoiceField(label="Lieu")
    formateur = forms.ChoiceField(label="Organisme formateur")
    siret = forms.CharField(label="SIRET de l'autre formateur", required=False, max_length=40)
    raison_sociale = forms.CharField(label="Sa raison sociale", required=False, max_length=250)

    class Meta:
        model = Deroulement
        fields = SIMPLES

    def __init__(
        self, *args: Any, organisme: Organisme, reserves: frozenset[str] = frozenset(), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.organisme = organisme
        self.adresse_de_depart = _premiere_adresse(self.instance.lieux)
        self.initial = dict(self.initial) | {"edition": self.instance.edition, **self.initiales(self.adresse_de_depart)}
        for nom, phrase in _OBLIGATOIRES.items():
            self.fields[nom].required = True
            self.fields[nom].error_messages["required"] = phrase
        for nom in ("modalites_enseignement", "entrees_sorties"):
            choix: Any = self.fields[nom]
            choix.choices = [("", "Choisissez…"), *[(code, nom) for code, nom in choix.choices if code]]
        self._proposer_les_lieux()
        self._proposer_les_formateurs()
        self.fields["rythme"].widget.attrs["rows"] = 2
        for nom, colonnes in _COLONNES.items():
            self.fields[nom].colonnes = colonnes  # type: ignore[attr-defined]
        for nom, aide in _AIDES.items():
            self.fields[nom].help_text = aide
        self.verrouiller(reserves)

    # ------------------------------------------------------------------ choix

    def _proposer_les_lieux(self) -> None:
        self.lieux_connus = {str(un.pk): un for un in self.organisme.etablissements.actifs()}
        choix = [(cle, _decrire(un.nom, _premiere_adresse([{"coordonnees": un.coordonnees or {}}])))
                 for cle, un in self.lieux_connus.items()]  # fmt: skip
        siege = (self.organisme.coordonnees or {}).get("adresse")
        if siege:
            choix.append((SIEGE, _decrire(f"Siège de {self.organisme}", siege)))
        self.siege = siege
        saisie = "L'adresse actuelle, ci-dessous" if self.adresse_de_depart else "Une autre adresse, saisie ci-dessous"
        champ: Any = self.fields["lieu"]
        champ.choices = [*choix, (SAISIE, saisie)]
        self.initial["lieu"] = SAISIE if self.adresse_de_depart else champ.choices[0][0]
        champ.help_text = "Entièrement à distance : l'adresse du siège sert de rattachement."

    def _proposer_les_formateurs(self) -> None:
        connus = list(self.organisme.formateurs.all())
        soi = next((f for f in connus if f.siret and f.siret == self.organisme.siret), None)
        self.formateurs_connus = {str(f.pk): f for f in connus}
        self.soi = soi
        choix = [(SOI, f"{self.organisme} (votre organisme)")]
        choix += [
            (cle, f"{f} ({f.siret})" if f.siret else str(f)) for cle, f in self.formateurs_connus.items() if f != soi
        ]
        champ: Any = self.fields["formateur"]
        champ.choices = [*choix, (AUTRE, "Un autre organisme")]
        actuelle = None
        if self.instance.pk:
            actuelle = min(self.instance.interventions.all(), key=lambda i: (i.rang, i.pk), default=None)
        lui_meme = actuelle is None or (soi is not None and actuelle.formateur_id == soi.pk)
        self.initial["formateur"] = SOI if lui_meme else str(actuelle.formateur_id)  # type: ignore[union-attr]
        self.sans_formateur = actuelle is None

    # ------------------------------------------------------------------ vérifier

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        self.refuser_les_valeurs_forgees()
        self._verifier_le_lieu(donnees)
        if donnees.get("formateur") == AUTRE:
            self._verifier_le_formateur(donnees)
        return donnees

    def _verifier_le_lieu(self, donnees: dict[str, Any]) -> None:
        self.commune = None
        a_distance = donnees.get("modalites_enseignement") == A_DISTANCE
        if "lieu" in self.motifs_verrou:
            return
        if a_distance and not self.organisme.est_francilien and "modalites_enseignement" in self.changed_data:
            self.add_error(
                "modalites_enseignement",
                "Entièrement à distance, elle n'est admise que si le siège de l'organisme est en Île-de-France.",
            )
        if donnees.get("lieu") != SAISIE:
            if self.adresse_changee():
                self.add_error(
                    "lieu", "Vous avez saisi une adresse : choisissez « l'adresse ci-dessous », ou effacez-la."
                )
        elif self.adresse_changee() or not (a_distance or self.adresse_de_depart):
            self.verifier_adresse()
        if not a_distance and {"lieu", "modalites_enseignement", *CHAMPS} & set(self.changed_data):
            self._verifier_le_perimetre()

    def _verifier_le_perimetre(self) -> None:
        """En présence ou mixte, le lieu est dans la région (conception §5)."""
        code = lire(self.lieux(), 0, "coordonnees", "adresse", "codepostal") if not self.errors else ""
        if code and departement_de(code) not in DEPARTEMENTS_REGION:
            champ = "code_postal" if self.cleaned_data["lieu"] == SAISIE else "lieu"
            self.add_error(
                champ,
                f"Hors région : le {departement_de(code)} n'est pas en Île-de-France. Dokelio+ n'admet en présence que "
                "des lieux franciliens.",
            )

    def _verifier_le_formateur(self, donnees: dict[str, Any]) -> None:
        siret = normaliser_code(donnees.get("siret", ""))
        donnees["siret"] = siret
        try:
            valider_siret(siret)
        except forms.ValidationError as faux:
            self.add_error("siret", faux)
        if not donnees.get("raison_sociale"):
            self.add_error("raison_sociale", "Donnez la raison sociale de l'organisme formateur.")

    # ------------------------------------------------------------------ rendre

    def lieux(self) -> list[dict[str, Any]]:
        """L'arbre `lieu-de-formation` voulu ; les autres lieux et ce que la page ne montre pas demeurent."""
        actuels = list(self.instance.lieux or [])
        choisi, modalite = self.cleaned_data["lieu"], self.cleaned_data.get("modalites_enseignement")
        devenue_distante = modalite == A_DISTANCE and "modalites_enseignement" in self.changed_data
        if choisi == SAISIE and not (devenue_distante and not self.adresse_changee()):
            if not self.adresse_changee():
                return actuels
            premier = actuels[0] if actuels else {}
            coordonnees = dict(premier.get("coordonnees") or {}) | {"adresse": self.composer_adresse()}
            return [dict(premier) | {"coordonnees": coordonnees}, *actuels[1:]]
        if modalite == A_DISTANCE or choisi == SIEGE:
            return [{"coordonnees": {"adresse": self.siege}}, *actuels[1:]] if self.siege else actuels
        return [_arbre_du_lieu(self.lieux_connus[choisi]), *actuels[1:]]

    def valeurs(self) -> dict[str, Any]:
        """Valeurs des champs du Deroulement, lieux compris, sans ce qui est verrouillé."""
        valeurs = {nom: self.cleaned_data[nom] for nom in SIMPLES if nom not in self.motifs_verrou}
        if "lieu" not in self.motifs_verrou:
            valeurs["lieux"] = self.lieux()
        return valeurs

    def formateur_voulu(self) -> Formateur | None:
        """Le formateur choisi ; non enregistré quand il est nouveau ; `None` s'il n'a pas changé."""
        if "formateur" in self.motifs_verrou:
            return None
        choisi = self.cleaned_data["formateur"]
        if not self.sans_formateur and choisi == self.initial["formateur"]:
            return None
        if choisi in self.formateurs_connus:
            return self.formateurs_connus[choisi]
        if choisi == SOI and self.soi is not None:
            return self.soi
        if choisi == SOI:
            nom = self.organisme.raison_sociale or self.organisme.nom
            return Formateur(
                organisme=self.organisme, structure=self.organisme, siret=self.organisme.siret, raison_sociale=nom
            )
        siret = self.cleaned_data["siret"]
        connu = next((f for f in self.formateurs_connus.values() if f.siret == siret), None)
        nouveau = Formateur(organisme=self.organisme, siret=siret, raison_sociale=self.cleaned_data["raison_sociale"])
        return connu or nouveau

    def avertissements_d_heures(self) -> list[str]:
        """Heures incohérentes : cela étonne, cela n'empêche pas (domaine §6.1, 9)."""
        centre, entreprise, total = (self.cleaned_data.get(f"heures_{n}") for n in ("centre", "entreprise", "total"))
        if total is None:
            return ["Le total d'heures n'est pas dit : les financeurs le demandent."]
        if (centre is not None or entreprise is not None) and (centre or 0) + (entreprise or 0) != total:
            return [f"{centre or 0} h en centre et {entreprise or 0} h en entreprise ne font pas {total} h."]
        return []


def _premiere_adresse(lieux: Any) -> dict[str, Any] | None:
    premier = lieux[0] if lieux else {}
    adresse: dict[str, Any] | None = (premier.get("coordonnees") or {}).get("adresse")
    return adresse


def _decrire(nom: str, adresse: dict[str, Any] | None) -> str:
    ou = lieu_texte(lire(adresse, "codepostal"), lire(adresse, "ville"))
    return ", ".join(filter(None, (nom, lire(adresse, "ligne", 0), ou)))


def _arbre_du_lieu(etablissement: Any) -> dict[str, Any]:
    """`lieu-de-formation` d'un lieu connu : ses coordonnées, son SIRET et son UAI."""
    arbre: Any = {"coordonnees": etablissement.coordonnees or {}}
    if etablissement.nom:
        arbre = ecrire(arbre, ("coordonnees", "adresse", "denomination"), etablissement.nom)
    arbre = ecrire(arbre, ("SIRET-lieu-formation", "SIRET"), etablissement.siret)
    arbre = ecrire(arbre, ("code-UAI-lieu-formation", "code-UAI"), etablissement.uai)
    rendu: dict[str, Any] = arbre
    return rendu
