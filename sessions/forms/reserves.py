"""Les champs qu'une convention ferme à l'organisme : lecture seule, avec la raison ; une valeur forgée est refusée."""

from collections.abc import Mapping
from typing import Any

from django import forms

from conventionne.permissions import CHAMP_RESERVE, DATES_RESERVEES
from sessions.actions.edition import GROUPES as CHAMPS

GROUPES: Mapping[str, str] = CHAMPS | {
    "lieu": "lieux",
    "denomination": "lieux",
    "rue": "lieux",
    "complement": "lieux",
    "code_postal": "lieux",
    "ville": "lieux",
    "siret": "formateurs",
    "raison_sociale": "formateurs",
    "fin_inconnue": "dates",
    "inscription_ailleurs": "inscription",
    "inscription_rue": "inscription",
    "inscription_complement": "inscription",
    "inscription_code_postal": "inscription",
    "inscription_ville": "inscription",
    "inscription_du": "inscription",
    "inscription_au": "inscription",
    "validation_blocs": "blocs",
}
"""Groupe (`ChampOuvrable`, ou « dates ») de chaque champ des formulaires."""


SUITE = "Fixé par la convention."


def phrase_de(groupe: str) -> str:
    """Pourquoi ce point ne se change pas ici, et à qui l'écrire."""
    return DATES_RESERVEES if groupe == "dates" else CHAMP_RESERVE


class ReservesMixin(forms.Form):
    """Verrouille les champs des groupes réservés et refuse qu'un envoi les change."""

    motifs_verrou: dict[str, str]

    @property
    def tout_verrouille(self) -> bool:
        """Rien à enregistrer : la page n'offre pas de bouton."""
        visibles = [champ.name for champ in self.visible_fields()]
        return all(nom in self.motifs_verrou for nom in visibles)

    def verrouiller(self, reserves: frozenset[str], groupes: Mapping[str, str] = GROUPES) -> None:
        """À appeler en fin de construction."""
        self.motifs_verrou = {}
        dits = set()
        for nom, champ in self.fields.items():
            groupe = groupes.get(nom)
            if groupe in reserves:
                champ.disabled = True
                champ.required = False
                champ.help_text = ""
                self.motifs_verrou[nom] = SUITE if groupe in dits else phrase_de(groupe)
                dits.add(groupe)

    def refuser_les_valeurs_forgees(self) -> None:
        """Un champ verrouillé ne part pas du navigateur ; s'il revient changé, c'est un refus et non un silence."""
        for nom in self.motifs_verrou:
            champ: Any = self.fields[nom]
            recu = champ.widget.value_from_datadict(self.data, self.files, self.add_prefix(nom))
            if recu in (None, "", []) or isinstance(champ, forms.BooleanField):
                continue
            champ.disabled = False  # verrouillé, un champ Django dit n'avoir jamais changé
            if champ.has_changed(self.get_initial_for_field(champ, nom), recu):
                self.add_error(nom, phrase_de(GROUPES[nom]))
            champ.disabled = True
