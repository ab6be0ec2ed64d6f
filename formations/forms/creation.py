"""Créer une action : l'intitulé et la certification suffisent ; le doublon se dit dès la première ligne."""

from typing import Any
from uuid import uuid4

from django import forms

from dokelio.lheo.grammaire import element
from dokelio.publication.models import Evenement
from dokelio.referentiels.models import Certification
from dokelio.socle.recherche import reconnaitre
from formations.models import Action, ActionCertification
from formations.reactions import autre_action
from structures.models import Organisme


class CreationForm(forms.Form):
    """Intitulé, et code RNCP ou RS si la formation est certifiante."""

    certifiante = forms.TypedChoiceField(
        label="Formation certifiante",
        choices=[("1", "Oui"), ("0", "Non")],
        coerce=lambda valeur: valeur == "1",
        widget=forms.RadioSelect,
        initial="1",
    )
    code = forms.CharField(
        label="Certification",
        required=False,
        max_length=20,
        help_text="Le code de la fiche de France compétences : RNCP38431, RS5080…",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "RNCP…"}),
    )
    intitule = forms.CharField(
        label="Intitulé",
        max_length=element("intitule-formation").lgmax,
        help_text="Ce que lira le public. Sans date, sans lieu, sans nom de financeur.",
    )
    jeton = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisme: Organisme, **options: Any) -> None:
        super().__init__(*args, **options)
        self.organisme = organisme
        self.initial.setdefault("jeton", uuid4())

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        if donnees.get("certifiante") and "code" in donnees:
            self._verifier_le_code(donnees)
        return donnees

    def _verifier_le_code(self, donnees: dict[str, Any]) -> None:
        saisi = donnees["code"].strip()
        if not saisi:
            self.add_error(
                "code", "Donnez le code RNCP ou RS, ou répondez « Non » : la formation n'est pas certifiante."
            )
            return
        code = next((c for c in reconnaitre(saisi) if c.nature in ("rncp", "rs")), None)
        if code is None:
            self.add_error(
                "code", f"« {saisi} » n'est pas un code de certification. Écrivez RNCP ou RS, puis les chiffres."
            )
            return
        donnees["certification"] = code
        une = ActionCertification(cle=code.valeur, rang=1)
        autre = autre_action(Action(organisme=self.organisme), une)
        if autre is not None:
            self.doublon = autre.action
            self.add_error(
                "code",
                f"{code.valeur} a déjà sa fiche, {autre.action.reference}. Une certification = une seule action de "
                "formation : ajoutez vos sessions à cette fiche.",
            )

    def composer(self) -> Action:
        """L'action à créer, pas encore enregistrée, avec les défauts honnêtes d'une fiche neuve."""
        return Action(
            organisme=self.organisme,
            intitule=self.cleaned_data["intitule"],
            certifiante=self.cleaned_data["certifiante"],
            modalites_alternance="Sans alternance.",
            conditions_specifiques="Aucun prérequis.",
            niveau_entree_obligatoire=False,
            contacts=self._contacts(),
        )

    def _contacts(self) -> list[dict[str, Any]]:
        """Le premier contact diffusé de l'organisme, à garder ou à changer."""
        contact = self.organisme.contacts.filter(diffuse=True).first()
        if contact is None or not contact.coordonnees:
            return []
        role = {"type-contact": contact.type} if contact.type else {}
        return [{**role, "coordonnees": contact.coordonnees}]

    def completer(self, action: Action) -> None:
        """Rattache la certification demandée à l'action créée."""
        code = self.cleaned_data.get("certification")
        if code is not None:
            champ = "code_rncp" if code.nature == "rncp" else "code_rs"
            ActionCertification.objects.create(
                action=action,
                organisme=action.organisme,
                certification=Certification.objects.filter(code=code.valeur).first(),
                **{champ: code.valeur},
            )

    def deja_creee(self) -> Action:
        """L'action que ce même formulaire a déjà créée (double clic)."""
        evenement = Evenement.objects.get(jeton=self.cleaned_data["jeton"])
        action: Action = Action.objects.get(pk=evenement.objet_id)
        return action
