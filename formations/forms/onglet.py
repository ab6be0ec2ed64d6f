"""Ce que partagent les formulaires des onglets de la fiche : champs tirés du modèle, aides, remarques, lecture.

Un champ laissé vide n'empêche jamais d'enregistrer : ce qui manque se dit à côté, et n'arrête que la soumission.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.forms.models import fields_for_model
from django.utils.datastructures import MultiValueDict

from dokelio.lheo.grammaire import element
from dokelio.socle.lheo import BooleenLheo, ChampLheo, CodeLheo, TexteLheo
from formations.forms.aides import AIDES
from formations.forms.champs import ChampCodes, ChampOuiNon, ChampTexte
from formations.forms.lignes import LignesBase
from formations.models import Action

# Là où le nom du champ, dans la grammaire, est trop long pour une étiquette.
LIBELLES = {
    "niveau_entree_obligatoire": "Niveau à l'entrée obligatoire",
    "prise_en_charge_possible": "Prise en charge des frais possible",
    "identifiant_module": "Référence de module",
}
# Codes d'une table qu'on ne propose plus, mais qu'on garde s'ils ont été reçus.
CODES_PERIMES = {
    "niveau_entree": frozenset("2345678"),
    "niveau_sortie": frozenset("2345678"),
    "objectif_general": frozenset("1"),
}


@dataclass(frozen=True, slots=True)
class Partie:
    """Une section d'un onglet : son titre, sa phrase, ses champs, ou les lignes d'un formset."""

    titre: str
    intro: str = ""
    champs: tuple[str, ...] = ()
    lignes: str = ""
    ajout: str = ""
    titre_ligne: str = ""


@dataclass(frozen=True, slots=True)
class LigneLue:
    """Une valeur qui se lit : l'ancre du champ, son libellé, son texte, les remarques qui le visent."""

    nom: str
    libelle: str
    texte: str
    remarques: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """Une partie prête à montrer."""

    partie: Partie
    champs: list[forms.BoundField]
    formset: LignesBase | None = None
    remarques: list[Any] = field(default_factory=list)
    lecture: list[LigneLue] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"section-{self.partie.lignes or self.partie.champs[0]}"


def obligatoire_pour_lheo(nom: str) -> bool:
    """Vrai si LHEO impose l'élément que tient ce champ du modèle."""
    champ = Action._meta.get_field(nom)
    if not isinstance(champ, ChampLheo) or len(champ.chemin) != 2:
        return False
    return any(e.nom == champ.chemin[1] and e.mini > 0 for e in element(champ.niveau).enfants)


class OngletForm(forms.Form):
    """Un onglet de la fiche.

    `CHAMPS` : champs du modèle saisis tels quels ; `PORTE` : champ du formulaire → champ du modèle ; `LIGNES` : champs
    du modèle dont chaque élément est une ligne. `remarques`, `avertissements`, `motifs_verrou` : tables par nom de
    champ, que lit le composant du champ.
    """

    CHAMPS: ClassVar[tuple[str, ...]] = ()
    PORTE: ClassVar[Mapping[str, str]] = {}
    LARGEURS: ClassVar[Mapping[str, int]] = {}
    LIGNES: ClassVar[tuple[str, ...]] = ()
    parties: ClassVar[tuple[Partie, ...]] = ()

    def __init__(self, data: Any = None, *, action: Action, **options: Any) -> None:
        self.action = action
        super().__init__(data, initial=self.depart(action), **options)
        self.fields = fields_for_model(Action, self.CHAMPS, formfield_callback=_champ_de_saisie)
        self.fields |= self.champs_propres()
        self.formsets: dict[str, LignesBase] = self.composer_lignes(data)
        self.remarques: dict[str, list[Any]] = {}
        self.avertissements: dict[str, str] = {}
        self.motifs_verrou: dict[str, str] = {}
        for nom, champ in self.fields.items():
            self._habiller(nom, champ)
        self._preparer_les_codes()

    # ------------------------------------------------------------------ à dire par chaque onglet

    def depart(self, action: Action) -> dict[str, Any]:
        """Valeurs de départ, champs directs compris."""
        return {nom: getattr(action, nom) for nom in self.CHAMPS}

    def champs_propres(self) -> dict[str, Any]:
        """Les champs qui ne se tirent pas tels quels du modèle."""
        return {}

    def composer_lignes(self, data: Any) -> dict[str, LignesBase]:
        """Les formsets de l'onglet, par nom de champ du modèle."""
        return {}

    def composer(self) -> dict[str, Any]:
        """Valeurs des champs du modèle qui ne se saisissent pas tels quels."""
        return {}

    def avertir(self) -> None:
        """Remplit `avertissements` d'après ce que le formulaire montre."""

    # ------------------------------------------------------------------ commun

    @property
    def noms_du_modele(self) -> tuple[str, ...]:
        """Champs contrôlés que cet onglet tient."""
        return tuple(dict.fromkeys((*self.CHAMPS, *self.PORTE.values(), *self.LIGNES)))

    def is_valid(self) -> bool:
        lignes = [formset.is_valid() for formset in self.formsets.values()]
        return super().is_valid() and all(lignes)

    def valeurs(self) -> dict[str, Any]:
        """Ce qu'il faut écrire, par champ du modèle ; un texte que la saisie n'a pas changé reste tel quel."""
        directes = {}
        for nom in self.CHAMPS:
            avant = getattr(self.action, nom)
            saisi = self.cleaned_data[nom]
            inchange = isinstance(avant, str) and avant.replace("\r\n", "\n").strip() == saisi
            directes[nom] = avant if inchange else saisi
        lignes = {nom: self.formsets[nom].composer(getattr(self.action, nom)) for nom in self.LIGNES}
        return {**directes, **self.composer(), **lignes}

    def champ_de(self, nom_du_modele: str) -> str:
        """Champ du formulaire qui porte ce champ du modèle."""
        return next((f for f, m in self.PORTE.items() if m == nom_du_modele), nom_du_modele)

    def valeur_montree(self, nom: str) -> Any:
        """Ce que la page montre dans un champ : la saisie refusée, sinon la valeur de départ."""
        return self[nom].value()

    def liste_fautifs(self) -> list[forms.BoundField]:
        """Champs en erreur, ceux des lignes compris, pour le résumé en tête."""
        formulaires: list[forms.BaseForm] = [self]
        for formset in self.formsets.values():
            formulaires += formset.forms
        return [champ for formulaire in formulaires for champ in formulaire if champ.errors]

    def a_des_erreurs(self) -> bool:
        """Vrai s'il y a quelque chose à corriger, ici ou dans une ligne."""
        return bool(self.errors) or any(not formset.is_valid() for formset in self.formsets.values())

    def sections(self) -> list[Section]:
        """Les parties de l'onglet, prêtes à montrer."""
        return [self._section(partie) for partie in self.parties]

    def _section(self, partie: Partie) -> Section:
        champs = [self[nom] for nom in partie.champs]
        formset = self.formsets.get(partie.lignes)
        lecture = [
            LigneLue(champ.name, str(champ.label), self.lire(champ.name), self.remarques.get(champ.name, []))
            for champ in champs
        ]
        for rang, ligne in enumerate(formset.forms if formset is not None else [], start=1):
            if couples := ligne.lecture():
                texte = " · ".join(valeur for _, valeur in couples)
                lecture.append(LigneLue(f"{partie.lignes}-{rang}", f"{partie.titre_ligne} {rang}", texte))
        return Section(partie, champs, formset, self.remarques.get(partie.lignes, []), lecture)

    def lire(self, nom: str) -> str:
        """La valeur d'un champ, telle qu'on la lit sans la modifier."""
        champ, valeur = self.fields[nom], self.initial.get(nom)
        if isinstance(champ, ChampCodes):
            return ", ".join(champ.nomenclature.texte(cle, champ.connues) for cle in valeur or [])
        if isinstance(valeur, bool):
            return "Oui" if valeur else "Non"
        choix = getattr(champ, "choices", None)
        if isinstance(valeur, list):
            return ", ".join(str(dict(choix or ()).get(un, un)) for un in valeur)
        return str(dict(choix).get(valeur, valeur or "") if choix and valeur else valeur or "")

    def lire_le_modele(self, nom: str) -> str:
        """La valeur d'un champ du modèle en clair, qu'un ou plusieurs champs du formulaire la portent."""
        porteurs = [champ for champ, modele in self.PORTE.items() if modele == nom and champ in self.fields]
        if nom in self.formsets:
            return " ; ".join(" · ".join(v for _, v in une.lecture()) for une in self.formsets[nom].forms)
        return " ; ".join(filter(None, (self.lire(champ) for champ in porteurs or [nom])))

    def libelle_de(self, nom: str) -> str:
        """Nom d'une partie à lignes, pour une phrase."""
        titres = (partie.titre for partie in self.parties if partie.lignes == nom)
        return next(titres, nom)

    def _habiller(self, nom: str, champ: Any) -> None:
        aide = AIDES.get(nom)
        if aide is not None:
            champ.aide = aide.longue
            champ.help_text = aide.courte
            if aide.exemple:
                champ.widget.attrs["placeholder"] = aide.exemple
        champ.obligatoire_lheo = self._demande(nom)
        if nom in self.LARGEURS:
            champ.colonnes = self.LARGEURS[nom]
        perimes = CODES_PERIMES.get(nom)
        if perimes:
            garde = self.initial.get(nom)
            champ.choices = [(code, libelle) for code, libelle in champ.choices if code not in perimes or code == garde]

    def _demande(self, nom: str) -> bool:
        return nom in self.CHAMPS and obligatoire_pour_lheo(nom)

    def _preparer_les_codes(self) -> None:
        for nom, champ in self.fields.items():
            if isinstance(champ, ChampCodes):
                recues = list(self.initial.get(nom) or [])
                montrees = self.valeur_montree(nom) or []
                champ.preparer(recues, montrees)


def _champ_de_saisie(champ: Any, **options: Any) -> Any:
    """Le champ de formulaire d'un champ lié à la grammaire."""
    libelle = LIBELLES.get(champ.name) or str(champ.verbose_name)
    libelle = libelle[:1].upper() + libelle[1:]
    if isinstance(champ, BooleenLheo):
        return ChampOuiNon(label=libelle)
    if isinstance(champ, CodeLheo):
        return forms.ChoiceField(label=libelle, required=False, choices=[("", "Choisir"), *champ.flatchoices])
    if isinstance(champ, TexteLheo):
        saisie: Any = champ.formfield(form_class=ChampTexte, label=libelle, required=False, **options)
        if (champ.max_length or 0) >= 200 and champ.name != "intitule":
            saisie.widget = forms.Textarea(attrs={"rows": 5 if (champ.max_length or 0) > 600 else 3})
        return saisie
    return champ.formfield(**options)


def avec_une_ligne_de_plus(data: Any, prefixes: Iterable[str]) -> Any:
    """Les données d'un envoi par « Ajouter », sans script : une ligne de plus au formset demandé ; `None` sinon."""
    for prefixe in prefixes:
        if f"ajouter-{prefixe}" in data:
            copie: MultiValueDict[str, str] = data.copy()
            total = copie.get(f"{prefixe}-TOTAL_FORMS") or "0"
            copie[f"{prefixe}-TOTAL_FORMS"] = str(int(total) + 1 if total.isdecimal() and len(total) < 6 else 1)
            return copie
    return None
