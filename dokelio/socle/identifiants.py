"""Identifiants nationaux : normalisation, validateurs aux phrases françaises, champs de modèle, contraintes SQL.

Les formes et les clés elles-mêmes sont dans `dokelio.lheo.identifiants`."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from dokelio.lheo import identifiants as formes
from dokelio.lheo.identifiants import (
    DEPARTEMENTS_IDF,
    bien_forme,
    cle_luhn,
    cle_siren_valide,
    cle_siret_valide,
    cle_uai_valide,
    nda_bien_forme,
    nda_coherent,
    nda_fictif,
    siret_bien_forme,
    siret_fictif_connu,
    uai_bien_formee,
)

__all__ = [
    "DEPARTEMENTS_IDF", "NdaField", "SiretField", "UaiField", "avertissements_nda", "avertissements_siret",
    "bien_forme", "cle_siren_valide", "cle_siret_valide", "cle_uai_valide", "contrainte_nda", "contrainte_siret",
    "contrainte_uai", "formater_nda", "formater_siret", "formater_telephone", "nda_bien_forme", "nda_coherent",
    "nda_fictif", "nda_pour_demonstration", "normaliser_code", "normaliser_courriel", "siren_fictif",
    "siret_bien_forme", "siret_fictif", "siret_fictif_connu", "uai_bien_formee", "uai_pour_demonstration",
    "valider_bloc", "valider_certifinfo", "valider_nda", "valider_rncp", "valider_rs", "valider_siren",
    "valider_siret", "valider_uai",
]  # fmt: skip

_SEPARATEURS = re.compile(r"[\s.\-_/\u2010-\u2015]+")


def normaliser_code(texte: str) -> str:
    """Le code sans espaces (même insécables), points ni tirets, en capitales : « 778 972 851-00068 » → 14 chiffres."""
    return _SEPARATEURS.sub("", unicodedata.normalize("NFKC", texte)).upper()


def normaliser_courriel(texte: str) -> str:
    """L'adresse en minuscules, sans espaces autour ni caractères de largeur nulle : une personne, une adresse."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", texte) if unicodedata.category(c) not in {"Cf", "Cc"})
    return visible.strip().lower()


def formater_telephone(texte: str) -> str:
    """« 0153855385 », « +33 1 53 85 53 85 » → « 01 53 85 53 85 » ; un autre numéro est rendu tel quel."""
    chiffres = re.sub(r"[\s.\-()\u2010-\u2015]+", "", unicodedata.normalize("NFKC", texte))
    national = re.sub(r"^(?:\+33|0033)0?", "0", chiffres)
    if not re.fullmatch(r"0[1-9][0-9]{8}", national, re.ASCII):
        return texte.strip()
    return " ".join(national[rang : rang + 2] for rang in range(0, 10, 2))


def formater_siret(siret: str) -> str:
    """« 77897285100068 » → « 778 972 851 00068 » (espaces insécables) ; une autre forme est rendue telle quelle."""
    if not siret_bien_forme(siret):
        return siret
    return "\u00a0".join((siret[:3], siret[3:6], siret[6:9], siret[9:]))


def formater_nda(nda: str) -> str:
    """« 11755205675 » → « 11 75 52056 75 » (espaces insécables) ; une autre forme est rendue telle quelle."""
    if not nda_bien_forme(nda):
        return nda
    return "\u00a0".join((nda[:2], nda[2:4], nda[4:9], nda[9:]))


# --- validateurs -----------------------------------------------------------------------------------------------------


def valider_siret(valeur: str) -> None:
    """Refuse un SIRET mal formé ou dont la clé est fausse (domaine, règle 1 ; exception de La Poste admise)."""
    if not siret_bien_forme(valeur):
        raise ValidationError(
            "Un SIRET compte 14\u00a0chiffres\u00a0: celui-ci en compte %(nombre)s%(reste)s. "
            "Recopiez-le depuis l'avis de situation de l'Insee.",
            code="siret_forme",
            params={
                "nombre": sum(c in "0123456789" for c in valeur),
                "reste": "" if valeur.isdecimal() else " et d'autres caractères",
            },
        )
    if not cle_siret_valide(valeur):
        raise ValidationError(
            "La clé de ce SIRET est fausse\u00a0: un chiffre a sans doute été mal recopié. "
            "Vérifiez-le sur l'avis de situation de l'Insee.",
            code="siret_cle",
        )


def valider_siren(valeur: str) -> None:
    """Refuse un SIREN mal formé ou dont la clé est fausse."""
    if not bien_forme("siren", valeur):
        raise ValidationError(
            "Un SIREN compte 9\u00a0chiffres. Ce sont les neuf premiers du SIRET.", code="siren_forme"
        )
    if not cle_siren_valide(valeur):
        raise ValidationError(
            "La clé de ce SIREN est fausse\u00a0: vérifiez chaque chiffre sur l'avis de situation.", code="siren_cle"
        )


def valider_nda(valeur: str) -> None:
    """Refuse un numéro de déclaration d'activité qui n'a pas ses onze caractères, ou de remplissage."""
    if not nda_bien_forme(valeur):
        raise ValidationError(
            "Un numéro de déclaration d'activité compte 11\u00a0chiffres, par exemple 11\u00a075\u00a052056\u00a075. "
            "Il figure sur le récépissé de la préfecture de région.",
            code="nda_forme",
        )
    if nda_fictif(valeur):
        raise ValidationError(
            "Ce numéro de déclaration d'activité est un numéro de remplissage. Indiquez celui du récépissé.",
            code="nda_fictif",
        )


def valider_uai(valeur: str) -> None:
    """Refuse un code UAI mal formé ou dont la lettre-clé est fausse (domaine, règle 8)."""
    if not uai_bien_formee(valeur):
        raise ValidationError(
            "Un code UAI compte 7\u00a0chiffres et une lettre, par exemple 0750001D. "
            "Il se trouve dans l'annuaire de l'Éducation nationale.",
            code="uai_forme",
        )
    if not cle_uai_valide(valeur):
        raise ValidationError(
            "La lettre de ce code UAI ne correspond pas à ses chiffres\u00a0: vérifiez le code dans l'annuaire de "
            "l'Éducation nationale.",
            code="uai_cle",
        )


def _validateur(nature: str, phrase: str) -> Callable[[str], None]:
    def valider(valeur: str) -> None:
        if not bien_forme(nature, valeur):
            raise ValidationError(phrase, code=f"{nature}_forme")

    valider.__name__ = f"valider_{nature}"
    valider.__doc__ = f"Refuse un code « {nature} » mal formé."
    return valider


valider_rncp = _validateur("rncp", "Un code RNCP s'écrit RNCP suivi de chiffres, par exemple RNCP37674.")
valider_rs = _validateur("rs", "Un code du Répertoire spécifique s'écrit RS suivi de chiffres, par exemple RS5695.")
valider_bloc = _validateur(
    "bloc", "Un code de bloc s'écrit avec celui de sa fiche, BC et un numéro, par exemple RNCP37674BC01."
)
valider_certifinfo = _validateur("certifinfo", "Un code CertifInfo ne compte que des chiffres, dix au plus.")


def avertissements_siret(siret: str) -> list[str]:
    """Ce qui surprend dans un SIRET sans le faire refuser : celui d'un exemple."""
    if siret_fictif_connu(siret):
        return ["Ce SIRET est celui d'un exemple\u00a0: remplacez-le par le vrai."]
    return []


def avertissements_nda(nda: str, departement: str | None = None) -> list[str]:
    """Ce qui surprend dans un NDA bien formé : région et départements contraires, autre département que l'adresse."""
    if not nda_bien_forme(nda):
        return []
    if not nda_coherent(nda):
        phrase = (
            "Ce numéro de déclaration d'activité se contredit\u00a0: ses 2 premiers chiffres disent la région, les 2 "
            "suivants et les 2 derniers le même département. Vérifiez-le sur le récépissé."
        )
        return [phrase]
    if departement and nda[2:4] != departement[:2]:
        phrase = (
            f"Ce numéro a été délivré pour le département {nda[2:4]}, l'adresse est dans le {departement}. "
            "C'est possible après un déménagement\u00a0; sinon, vérifiez-le."
        )
        return [phrase]
    return []


# --- champs ----------------------------------------------------------------------------------------------------------


class ChampDeCode(forms.CharField):
    """Champ de formulaire qui accepte un code écrit avec des espaces, des points ou des tirets."""

    def to_python(self, value: Any) -> Any:
        texte = super().to_python(value)
        return normaliser_code(texte) if isinstance(texte, str) else texte


class _CodeField(models.CharField):  # type: ignore[type-arg]
    """Texte court normalisé à l'écriture ; la base ne garde que le code nu, la contrainte CHECK en garde la forme."""

    longueur = 0
    valideur: Callable[[str], None] = staticmethod(valider_siret)
    clavier = "text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", self.longueur)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        nom, chemin, args, kwargs = super().deconstruct()
        if kwargs.get("max_length") == self.longueur:
            del kwargs["max_length"]
        return nom, chemin, args, kwargs

    @property
    def validators(self) -> list[Any]:
        """Le seul validateur du code : la longueur maximale dirait la même chose, moins bien."""
        return [self.valideur, *self._validators_propres()]

    def _validators_propres(self) -> list[Any]:
        return [v for v in self._validators if type(v).__name__ != "MaxLengthValidator"]  # type: ignore[attr-defined]

    def to_python(self, value: Any) -> Any:
        texte = super().to_python(value)
        return normaliser_code(texte) if isinstance(texte, str) else texte

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", ChampDeCode)
        kwargs["max_length"] = None
        champ = super().formfield(**kwargs)
        if champ is not None:
            champ.widget.attrs.setdefault("inputmode", self.clavier)
            champ.widget.attrs.setdefault("autocomplete", "off")
        return champ


class SiretField(_CodeField):
    """SIRET : 14 chiffres, clé vérifiée à la saisie (un import passe outre la clé, jamais la forme)."""

    description = "SIRET"
    longueur = 14
    valideur = staticmethod(valider_siret)
    clavier = "numeric"


class NdaField(_CodeField):
    """Numéro de déclaration d'activité : 11 caractères."""

    description = "Numéro de déclaration d'activité"
    longueur = 11
    valideur = staticmethod(valider_nda)
    clavier = "numeric"


class UaiField(_CodeField):
    """Code UAI : 7 chiffres et une lettre-clé."""

    description = "UAI"
    longueur = 8
    valideur = staticmethod(valider_uai)


def _contrainte(champ: str, nom: str, motif: str, phrase: str, vide_admis: bool) -> models.CheckConstraint:
    condition = models.Q(**{f"{champ}__regex": motif})
    if vide_admis:
        condition = models.Q(**{champ: ""}) | condition
    return models.CheckConstraint(condition=condition, name=nom, violation_error_message=phrase)


def contrainte_siret(champ: str, nom: str, *, vide_admis: bool = False) -> models.CheckConstraint:
    """CHECK de forme d'un SIRET (la clé reste une règle de saisie). NULL passe ; `vide_admis` accepte aussi ''."""
    return _contrainte(champ, nom, r"^[0-9]{14}$", "Un SIRET compte 14\u00a0chiffres.", vide_admis)


def contrainte_nda(champ: str, nom: str, *, vide_admis: bool = False) -> models.CheckConstraint:
    """CHECK de forme d'un NDA. NULL passe ; `vide_admis` accepte aussi ''."""
    motif = r"^[0-9]{2}([0-9]{2}|2[AB])[0-9]{5}([0-9]{2}|2[AB])$"
    return _contrainte(champ, nom, motif, "Un numéro de déclaration d'activité compte 11\u00a0chiffres.", vide_admis)


def contrainte_uai(champ: str, nom: str, *, vide_admis: bool = False) -> models.CheckConstraint:
    """CHECK de forme d'un UAI. NULL passe ; `vide_admis` accepte aussi ''."""
    return _contrainte(champ, nom, r"^[0-9]{7}[A-Z]$", "Un code UAI compte 7\u00a0chiffres et une lettre.", vide_admis)


# --- identifiants de démonstration -----------------------------------------------------------------------------------


def siren_fictif(graine: int) -> str:
    """Un SIREN à la clé juste que l'Insee n'attribue pas (il commence par 0) ; une graine sous 10^7, un SIREN."""
    debut = f"0{(graine * 7919 + 4512367) % 10_000_000:07d}"
    return debut + cle_luhn(debut)


def siret_fictif(graine: int, etablissement: int = 1) -> str:
    """Un SIRET à la clé juste sur un SIREN fictif ; `etablissement` (1 à 9999) distingue ceux d'un même SIREN."""
    debut = siren_fictif(graine) + f"{etablissement % 10_000:04d}"
    return debut + cle_luhn(debut)


def nda_pour_demonstration(graine: int, departement: str = "75") -> str:
    """Un NDA cohérent d'Île-de-France, dans la tranche 99 000 et plus."""
    return f"11{departement}{99_000 + graine % 1000:05d}{departement}"


def uai_pour_demonstration(graine: int, departement: str = "75") -> str:
    """Un UAI à la clé juste, dans une tranche haute du département."""
    chiffres = f"0{departement}{9000 + graine % 1000:04d}"
    return chiffres + formes.cle_uai(chiffres)
