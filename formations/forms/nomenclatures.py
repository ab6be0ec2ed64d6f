"""Les nomenclatures qu'une fiche cite : d'une clé « V14:45554 » à son libellé, et d'une clé à son élément LHEO.

Une clé porte la version, car un même code change de sens de l'une à l'autre ; sans version, elle commence par « : ».
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model, Q
from django.urls import reverse

from dokelio.referentiels.models import Certification, Formacode, Nsf, Rome
from dokelio.socle.arbres import texte_de
from dokelio.socle.recherche import reconnaitre
from formations.forms.arbres import lire
from formations.models.certification import cle_de


class Nomenclature:
    """Une table de codes et sa version courante. `source` : l'adresse de recherche ; `type` : la liste Formacode."""

    libre = False

    def __init__(
        self,
        nom: str,
        modele: type[Model],
        motif: str,
        *,
        version: str = "",
        source: str = "",
        type: str = "",
        **reste: Any,
    ) -> None:
        self.nom = nom
        self.modele = modele
        self.motif = re.compile(motif, re.ASCII)
        self.version = version
        self.source = source
        self.type = type
        self.exemple: str = reste.get("exemple", "")
        self.en_entier: bool = reste.get("en_entier", False)

    def adresse(self) -> str:
        """Adresse de la recherche instantanée."""
        suite = f"?type={self.type}" if self.type else ""
        return reverse(f"referentiels:{self.source}") + suite

    def cle(self, noeud: Any) -> str:
        """Clé d'un élément LHEO."""
        ref = noeud.get("@ref", "") if isinstance(noeud, dict) else ""
        return f"{ref}:{texte_de(noeud)}"

    def neuf(self, cle: str) -> Any:
        """Élément LHEO d'une clé choisie ici."""
        version, _, code = cle.partition(":")
        return {"@ref": version, "#": code} if version else code

    def canoniques(self, recus: Iterable[str]) -> list[str]:
        """Clés sans doublon de ce que le navigateur envoie : une clé, ou le code seul (de la version courante)."""
        cles = (recu.replace("\0", "").strip()[:60] for recu in recus)
        return list(dict.fromkeys(self._canonique(cle) for cle in cles if cle))

    def _canonique(self, recu: str) -> str:
        return recu if ":" in recu else f"{self.version}:{recu.upper()}"

    def libelles(self, cles: Iterable[str]) -> dict[str, str]:
        """Libellé des clés connues du référentiel (toutes, si la liste s'offre en entier) ; une requête."""
        codes = {cle.partition(":")[2] for cle in cles}
        condition = Q(code__in=codes)
        if self.en_entier:
            condition |= Q(version=self.version, type=self.type)
        elif not codes:
            return {}
        lignes = self.modele._default_manager.filter(condition)
        if not self.version:
            return {f":{code}": libelle for code, libelle in lignes.values_list("code", "libelle")}
        if self.type:
            lignes = lignes.filter(type=self.type)
        return {
            f"{version}:{code}": libelle
            for version, code, libelle in lignes.order_by("cle").values_list("version", "code", "libelle")
        }

    def texte(self, cle: str, connues: Mapping[str, str]) -> str:
        """Ce que la page montre d'une clé : « Demandeur d'emploi · 80006 », la version si ce n'est pas la courante."""
        version, _, code = cle.partition(":")
        morceaux = [connues.get(cle, ""), code]
        if version != self.version:
            morceaux.append(f"version {version}" if version else "version non dite")
        return " · ".join(filter(None, morceaux))

    def toutes(self, connues: Mapping[str, str]) -> dict[str, str]:
        """Les choix offerts d'emblée : la version courante quand la liste est courte, sinon rien."""
        if not self.en_entier:
            return {}
        return {cle: self.texte(cle, connues) for cle in connues if cle.startswith(f"{self.version}:")}

    def faute(self, cle: str, connues: Mapping[str, str]) -> str:
        """Pourquoi une clé ajoutée ne convient pas ; vide si elle convient."""
        code = cle.partition(":")[2]
        if not self.motif.fullmatch(code):
            return f"« {code[:30]} » n'est pas un code {self.nom}{f', comme {self.exemple}' if self.exemple else ''}."
        if cle not in connues:
            return f"Le code {code} n'existe pas dans le {self.nom}. Cherchez-le par son libellé."
        return ""

    def noeuds(self, cles: list[str], anciens: list[Any]) -> list[Any]:
        """Éléments LHEO de ces clés ; un élément déjà là est rendu tel quel, attributs compris."""
        connus: dict[str, Any] = {}
        for noeud in anciens:
            connus.setdefault(self.cle(noeud), noeud)
        if cles == list(connus):
            return anciens
        return [connus[cle] if cle in connus else self.neuf(cle) for cle in cles]


class Certifications(Nomenclature):
    """Les certifications : une clé est RNCP38431, RS5080, CI52747, ou « sans code »."""

    libre = True
    CODES = ("code-RNCP", "code-RS", "code-CERTIFINFO", "code-CPF")

    def __init__(self) -> None:
        super().__init__(
            "répertoire", Certification, r"(RNCP|RS)[0-9]{1,6}", source="certifications", exemple="RNCP38431"
        )

    def cle(self, noeud: Any) -> str:
        codes = (lire(noeud, (nom,)) for nom in self.CODES)
        return cle_de(*codes) or f"sans code {lire(noeud, ('reference-code-FORMACODE',))}".strip()

    def neuf(self, cle: str) -> Any:
        return {"code-RS" if cle.startswith("RS") else "code-RNCP": cle}

    def _canonique(self, recu: str) -> str:
        codes = (code.valeur for code in reconnaitre(recu) if code.nature in ("rncp", "rs"))
        return next(codes, recu)

    def libelles(self, cles: Iterable[str]) -> dict[str, str]:
        codes = set(cles)
        if not codes:
            return {}
        self.fiches = {une.code: une for une in Certification.objects.filter(code__in=codes)}
        return {code: une.intitule_court for code, une in self.fiches.items()}

    def texte(self, cle: str, connues: Mapping[str, str]) -> str:
        return f"{connues[cle]} · {cle}" if cle in connues else cle

    def faute(self, cle: str, connues: Mapping[str, str]) -> str:
        if self.motif.fullmatch(cle):
            return ""
        return f"« {cle[:30]} » n'est pas un code de certification. Écrivez RNCP ou RS, puis les chiffres."


def formacode(type: str = "DOM", **options: Any) -> Nomenclature:
    """Le Formacode V14, domaines par défaut."""
    options.setdefault("source", "formacodes")
    options.setdefault("exemple", "45554")
    return Nomenclature("Formacode V14", Formacode, r"[0-9]{5}", version="V14", type=type, **options)


def publics() -> Nomenclature:
    """Les publics visés du Formacode V14, offerts en entier."""
    return formacode("PUB", en_entier=True, source="", exemple="80006")


def modalites() -> Nomenclature:
    """Les modalités pédagogiques du Formacode V14."""
    return formacode("MOD", exemple="96131")


def rome() -> Nomenclature:
    return Nomenclature("ROME V4", Rome, r"[A-N][0-9]{4}", version="V4", source="rome", exemple="H2207")


def nsf() -> Nomenclature:
    return Nomenclature("NSF", Nsf, r"[0-9]{3}[a-z]?", source="nsf", exemple="234")
