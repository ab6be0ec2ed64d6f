"""Les questions que l'on pose aux référentiels."""

import datetime
import re
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db.models import Case, IntegerField, Model, Q, QuerySet, Value, When

from dokelio.lheo.identifiants import DEPARTEMENTS_IDF, bien_forme
from dokelio.socle.identifiants import normaliser_code
from dokelio.socle.recherche import cle_alphabetique, par_ressemblance, tous_les_mots

if TYPE_CHECKING:
    from dokelio.referentiels.models import (  # noqa: F401
        Bloc,
        Certification,
        CertifInfo,
        Commune,
        Departement,
        Formacode,
        Nsf,
        PartenaireHabilite,
        Remplacement,
        Rome,
    )

_M = TypeVar("_M", bound=Model)
_Q = TypeVar("_Q", bound="QuerySet[Any, Any]")


def chercher_par_code_ou_mots(queryset: _Q, texte: str, codes: Q) -> _Q:
    """Le début d'un code d'abord, puis tous les mots (sans accents) ; à défaut, ce qui y ressemble.

    `codes` est la condition « le code commence par ». Le modèle a une colonne-clé `cle`."""
    cle = cle_alphabetique(texte)
    if not cle:
        return queryset.none()
    rang = Case(
        When(codes, then=Value(0)),
        When(cle__startswith=cle, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    trouves = queryset.filter(codes | tous_les_mots("cle", texte)).annotate(rang=rang).order_by("rang", "cle", "pk")
    if len(cle) < 4 or trouves.exists():
        return trouves
    return par_ressemblance(queryset, "cle", texte)


class DepartementQuerySet(QuerySet["Departement"]):
    """Départements."""

    def d_ile_de_france(self) -> Self:
        """Les huit départements de la région."""
        return self.filter(code__in=DEPARTEMENTS_IDF)


class CommuneQuerySet(QuerySet["Commune"]):
    """Communes et arrondissements municipaux."""

    def proposees(self) -> Self:
        """Celles qu'une adresse peut citer : les arrondissements de Paris, Lyon et Marseille, non la ville entière."""
        return self.filter(proposee=True)

    def d_ile_de_france(self) -> Self:
        """Les communes proposées des huit départements de la région."""
        return self.proposees().filter(departement_id__in=DEPARTEMENTS_IDF)

    def pour_code_postal(self, code_postal: str) -> Self:
        """Celles que ce code postal dessert, par ordre alphabétique."""
        if not bien_forme("code_postal", code_postal):  # PostgreSQL tronquerait un code trop long
            return self.none()
        return self.proposees().filter(codes_postaux__contains=[code_postal]).order_by("cle", "code_insee")

    def pour_code_insee(self, code_insee: str) -> Self:
        """La commune de ce code, ou celle qui l'a absorbée (ancien code)."""
        if not bien_forme("insee", code_insee):
            return self.none()
        return self.filter(Q(code_insee=code_insee) | Q(anciens_codes__contains=[code_insee]))

    def chercher(self, texte: str) -> Self:
        """Par début de nom ou de code postal (« saint-den », « 932 »), sans accents."""
        chiffres = normaliser_code(texte)
        if chiffres.isdecimal() and chiffres.isascii():
            condition = Q(code_insee=chiffres) | Q(codes_postaux_texte__contains=" " + chiffres)
            return self.proposees().filter(condition).order_by("code_insee")
        mots = cle_alphabetique(texte)
        mots = re.sub(r"\bst\b", "saint", re.sub(r"\bste\b", "sainte", mots))
        return chercher_par_code_ou_mots(self.proposees(), mots, Q(code_insee__iexact=chiffres))


class FormacodeQuerySet(QuerySet["Formacode"]):
    """Descripteurs Formacode, toujours dans une version : un même code y change de sens."""

    def version(self, version: str) -> Self:
        """Ceux de cette version (« V14 »)."""
        return self.filter(version=version.upper())

    def publics(self) -> Self:
        """Les publics visés (liste PUB)."""
        return self.filter(type="PUB")

    def domaines(self) -> Self:
        """Les domaines de formation (liste DOM)."""
        return self.filter(type="DOM")

    def modalites(self) -> Self:
        """Les modalités pédagogiques."""
        return self.filter(type="MOD")

    def chercher(self, texte: str) -> Self:
        """Par début de code ou par mots du libellé et des synonymes."""
        return chercher_par_code_ou_mots(self, texte, Q(code__startswith=normaliser_code(texte)))


class RomeQuerySet(QuerySet["Rome"]):
    """Métiers du ROME."""

    def version(self, version: str) -> Self:
        """Ceux de cette version (« V4 », « V3 »)."""
        return self.filter(version=version.upper())

    def chercher(self, texte: str) -> Self:
        """Par début de code ou par mots du libellé."""
        return chercher_par_code_ou_mots(self, texte, Q(code__startswith=normaliser_code(texte)))


class NsfQuerySet(QuerySet["Nsf"]):
    """Spécialités de formation."""

    def chercher(self, texte: str) -> Self:
        """Par début de code ou par mots du libellé."""
        return chercher_par_code_ou_mots(self, texte, Q(code__istartswith=normaliser_code(texte)))


class CertifInfoQuerySet(QuerySet["CertifInfo"]):
    """Codes CertifInfo."""

    def publies(self) -> Self:
        """Ceux dont l'état est « publié »."""
        return self.filter(etat=0)


class CertificationQuerySet(QuerySet["Certification"]):
    """Fiches du RNCP et du Répertoire spécifique."""

    def actives_au(self, jour: datetime.date) -> Self:
        """Celles où l'on peut entrer en formation à cette date : actives, non échues (échéance comprise)."""
        echeance = Q(fin_enregistrement__isnull=True) | Q(fin_enregistrement__gte=jour)
        return self.filter(echeance, actif=True)

    def pour_code(self, code: str) -> Self:
        """La fiche d'un code écrit « RNCP37674 », « rncp 37674 » ou, d'un flux, « 37674 » (RNCP)."""
        nu = normaliser_code(code)
        return self.filter(code=f"RNCP{nu}" if nu.isdecimal() else nu)

    def pour_certifinfo(self, code: str) -> Self:
        """Les fiches auxquelles ce code CertifInfo mène."""
        return self.filter(codes_certifinfo__contains=[code]) if bien_forme("certifinfo", code) else self.none()

    def chercher(self, texte: str) -> Self:
        """Par code (RNCP, RS, CertifInfo, CFD) ou par mots de l'intitulé ; les actives d'abord."""
        nu = normaliser_code(texte)
        codes = Q(pk__in=[])
        if re.fullmatch(r"(RNCP|RS)[0-9]*", nu, re.ASCII):
            codes |= Q(code__startswith=nu)
        if bien_forme("certifinfo", nu):
            codes |= Q(code__startswith=f"RNCP{nu}") | Q(code__startswith=f"RS{nu}")
            codes |= Q(codes_certifinfo__contains=[nu])
        if bien_forme("cfd", nu):
            codes |= Q(codes_cfd__contains=[nu])
        trouvees = chercher_par_code_ou_mots(self, texte, codes)
        return trouvees.order_by("-actif", *trouvees.query.order_by)


class BlocQuerySet(QuerySet["Bloc"]):
    """Blocs de compétences."""

    def de_la_fiche(self, code: str) -> Self:
        """Ceux d'une fiche, dans l'ordre de leurs codes."""
        return self.filter(certification__code=code).order_by("code")


class PartenaireHabiliteQuerySet(QuerySet["PartenaireHabilite"]):
    """Organismes habilités par un certificateur."""

    def a_former(self) -> Self:
        """Ceux que l'habilitation autorise à former."""
        return self.filter(habilitation__in=("HABILITATION_FORMER", "HABILITATION_ORGA_FORM"))


class RemplacementQuerySet(QuerySet["Remplacement"]):
    """Fiches remplacées par d'autres."""

    def de(self, code: str) -> Self:
        """Ce qui remplace directement la fiche `code`."""
        return self.filter(ancienne=code).order_by("nouvelle")
