"""Une session : ses dates, son recrutement, comment on s'y inscrit, ses blocs de compétences."""

from datetime import date
from typing import Any

from django import forms

from dokelio.lheo.grammaire import TABLES
from dokelio.referentiels.models import Bloc
from formations.models import Action
from sessions.forms.adresse import AdresseForm
from sessions.forms.arbres import ecrire, lire
from sessions.forms.dates import DateChamp, PeriodeMixin
from sessions.forms.reserves import ReservesMixin
from sessions.models import Session

VALIDATIONS = TABLES["dict-type-validation-blocs"].entrees
INCONNUES = ("", "00000000", "99999999")


class SessionForm(ReservesMixin, PeriodeMixin, forms.ModelForm):
    """Les champs d'une session, hors adresse, contacts et réunions ; ne s'enregistre pas lui-même."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)
    debut = DateChamp("Date de début")
    fin = DateChamp("Date de fin")
    fin_inconnue = forms.BooleanField(label="Date de fin inconnue", required=False)
    inscription_du = DateChamp("Inscriptions du")
    inscription_au = DateChamp("au")
    validation_blocs = forms.ChoiceField(
        label="Validation des blocs", required=False, choices=[("", "Sans objet"), *VALIDATIONS]
    )
    blocs = forms.MultipleChoiceField(label="Blocs de compétences", required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Session
        fields = ("debut", "fin", "etat_recrutement", "modalites_inscription")

    field_order = (
        "edition", "debut", "fin", "fin_inconnue", "etat_recrutement", "inscription_du", "inscription_au",
        "modalites_inscription", "validation_blocs", "blocs",
    )  # fmt: skip

    def __init__(self, *args: Any, reserves: frozenset[str] = frozenset(), **options: Any) -> None:
        super().__init__(*args, **options)
        session = self.instance
        self.permanentes = session.deroulement.entrees_sorties == "1"
        periode = session.periode_inscription
        self.initial = dict(self.initial) | {
            "edition": session.edition,
            "fin_inconnue": session.fin is None,
            "inscription_du": jour_lu(lire(periode, "debut")),
            "inscription_au": jour_lu(lire(periode, "fin")),
        }
        if not self.permanentes and session.fin is not None:
            del self.fields["fin_inconnue"]
        else:
            self.fields["fin_inconnue"].help_text = (
                "Enregistrer confirme qu'elle se tient toujours : à refaire tous les six mois, sinon elle compte comme "
                "terminée."
            )
        self._proposer_les_blocs()
        for nom, champ in self.fields.items():
            if nom not in ("edition", "validation_blocs", "blocs", "modalites_inscription"):
                champ.colonnes = 3  # type: ignore[attr-defined]
        self.verrouiller(reserves)

    def _proposer_les_blocs(self) -> None:
        """Les blocs des certifications de la fiche, d'après le référentiel ; aucun : la question ne se pose pas."""
        action: Action = self.instance.deroulement.action
        codes = [c.code_rncp or c.code_rs for c in action.certifications.all() if not c.retiree]
        self.blocs_connus = list(
            Bloc.objects.filter(certification__code__in=[c for c in codes if c]).select_related("certification")
        )
        if not self.blocs_connus:
            del self.fields["blocs"], self.fields["validation_blocs"]
            return
        champ: Any = self.fields["blocs"]
        champ.choices = [(bloc.code, f"{bloc.code} {bloc.libelle}") for bloc in self.blocs_connus]
        premier = (self.instance.blocs or [{}])[0]
        self.initial["validation_blocs"] = lire(premier, "validation-blocs")
        dits = [
            lire(un, "code-bloc") for groupe in self.instance.blocs or [] for un in groupe.get("bloc-competences", [])
        ]
        self.initial["blocs"] = dits

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        self.refuser_les_valeurs_forgees()
        if "debut" not in self.motifs_verrou:
            self.verifier_periode()
        du, au = donnees.get("inscription_du"), donnees.get("inscription_au")
        if du and au and au < du:
            self.add_error("inscription_au", "Les inscriptions finissent avant de commencer. Corrigez l'une des dates.")
        if self.blocs_connus and donnees.get("blocs") and not donnees.get("validation_blocs"):
            self.add_error("validation_blocs", "Dites si la session vise certains blocs seulement, ou tous.")
        return donnees

    def _post_clean(self) -> None:
        """Les contraintes de la base sont déjà dites champ par champ ; l'instance n'est pas écrite ici."""

    def valeurs(self) -> dict[str, Any]:
        """Valeurs de la Session, sans ce qui est verrouillé ; les arbres gardent ce que la page ne montre pas."""
        donnees = self.cleaned_data
        valeurs = {nom: donnees[nom] for nom in self.Meta.fields}
        periode = self.instance.periode_inscription
        for nom, cle, inconnue in (("inscription_du", "debut", "00000000"), ("inscription_au", "fin", "99999999")):
            ancien = self.initial[nom]
            if donnees[nom] != ancien:
                periode = ecrire(periode, (cle,), f"{donnees[nom]:%Y%m%d}" if donnees[nom] else inconnue)
        if periode and not donnees["inscription_du"] and not donnees["inscription_au"]:
            periode = periode if periode == self.instance.periode_inscription else None
        elif periode:
            periode = {"debut": "00000000", "fin": "99999999"} | periode
        valeurs["periode_inscription"] = periode
        if self.blocs_connus:
            valeurs["blocs"] = self._blocs()
        verrou = {"periode_inscription": "inscription_du"}
        return {n: v for n, v in valeurs.items() if verrou.get(n, n) not in self.motifs_verrou}

    def _blocs(self) -> list[dict[str, Any]]:
        donnees, actuels = self.cleaned_data, list(self.instance.blocs or [])
        inchanges = donnees["validation_blocs"] == self.initial["validation_blocs"]
        if inchanges and sorted(donnees["blocs"]) == sorted(self.initial["blocs"]):
            return actuels
        if not donnees["blocs"]:
            return []
        groupes: dict[str, Any] = {}
        for bloc in self.blocs_connus:
            if bloc.code in donnees["blocs"]:
                groupes.setdefault(bloc.certification.code, []).append(
                    {"libelle-bloc": bloc.libelle[:500], "code-bloc": bloc.code}
                )
        return [_groupe(code, blocs, donnees["validation_blocs"], actuels) for code, blocs in groupes.items()]


class InscriptionForm(AdresseForm):
    """Où l'on s'inscrit : à l'adresse de l'organisme, ou ailleurs."""

    prefixe = "inscription"
    ailleurs = forms.BooleanField(label="On s'inscrit à une autre adresse que celle de l'organisme", required=False)
    field_order = ("ailleurs",)

    def __init__(self, *args: Any, session: Session, fermee: bool = False, **options: Any) -> None:
        super().__init__(*args, prefix="inscription", **options)
        self.adresse_de_depart = session.adresse_inscription
        self.fermee = fermee
        self.initial = dict(self.initial) | {
            "ailleurs": bool(session.adresse_inscription),
            **self.initiales(session.adresse_inscription),
        }
        if fermee:
            for champ in self.fields.values():
                champ.disabled = True

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        self.commune = None
        voulue = not self.fermee and donnees.get("ailleurs")
        if voulue and (self.adresse_changee() or not self.adresse_de_depart):
            self.verifier_adresse()
        return donnees

    def adresse(self) -> dict[str, Any] | None:
        """L'arbre voulu ; `None` : celle de l'organisme."""
        if not self.cleaned_data.get("ailleurs"):
            return None
        if not self.adresse_changee():
            return self.adresse_de_depart
        return self.composer_adresse()


def _groupe(code: str, blocs: list[dict[str, Any]], validation: str, actuels: list[Any]) -> dict[str, Any]:
    """Les blocs d'une certification ; son groupe d'avant garde ses attributs et ses extras."""
    cle = "reference-code-RNCP" if code.startswith("RNCP") else "reference-code-RS"
    ancien: dict[str, Any] = next((g for g in actuels if lire(g, "reference-certification", cle) == code), {})
    connus = {lire(b, "code-bloc"): b for b in ancien.get("bloc-competences", [])}
    return dict(ancien) | {
        "validation-blocs": validation,
        "reference-certification": ancien.get("reference-certification") or {cle: code},
        "bloc-competences": [connus.get(b["code-bloc"], b) for b in blocs],
    }


def jour_lu(texte: str) -> date | None:
    """Date d'une feuille LHEO ; `None` si elle est inconnue ou partielle."""
    try:
        return None if texte in INCONNUES else date(int(texte[:4]), int(texte[4:6]), int(texte[6:8]))
    except ValueError:
        return None
