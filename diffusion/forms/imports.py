"""Déposer un document LHEO : ce qui ne peut pas en être un est dit tout de suite, en une phrase."""

from typing import Any
from uuid import uuid4

from django import forms

from dokelio.lheo.encodage import TAILLE_MAX
from dokelio.lheo.lecture import DocumentRefuse, lire
from structures.actions.rattachements import organisme_designe

TROP_GROS = "Ce fichier dépasse 1 Go. Coupez le document en plusieurs."
# L'enveloppe d'un envoi de formulaire s'ajoute au fichier.
ENVOI_MAX = TAILLE_MAX + 1024 * 1024


class DepotForm(forms.Form):
    """Un document ; pour le CARIF, l'organisme chez qui tout ranger s'il n'y en a qu'un."""

    fichier = forms.FileField(
        label="Document LHEO",
        help_text="XML au format LHEO 2.3 ou 2.2, non compressé, 1 Go au plus.",
        widget=forms.FileInput(
            attrs={
                "accept": ".xml,text/xml,application/xml",
                "data-dk-taille-max": str(TAILLE_MAX),
                "data-dk-trop-gros": TROP_GROS,
            }
        ),
        error_messages={
            "required": "Choisissez le document à importer.",
            "empty": "Ce fichier est vide.",
            "missing": "Choisissez le document à importer.",
        },
    )
    jeton = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, carif: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("jeton", uuid4())
        if carif:
            self.fields["organisme"] = forms.CharField(
                label="Organisme",
                required=False,
                max_length=40,
                help_text="OF_ ou SIRET, pour tout ranger chez lui. Vide : chaque formation va chez le sien.",
            )

    def clean_fichier(self) -> Any:
        """Ouvre le document : ni gzip, ni tableur, ni autre XML, ni DOCTYPE."""
        fichier = self.cleaned_data["fichier"]
        if fichier.size > TAILLE_MAX:
            raise forms.ValidationError(TROP_GROS)
        try:
            lire(fichier.file)
        except DocumentRefuse as refus:
            raise forms.ValidationError(refus.phrase) from None
        finally:
            fichier.seek(0)
        return fichier

    def clean_organisme(self) -> Any:
        """L'organisme désigné, ou rien."""
        texte = self.cleaned_data["organisme"].strip()
        return organisme_designe(texte) if texte else None
