"""Les contrôles qui confrontent plusieurs éléments ou attributs : périodes, actions, financeurs, adresses."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.etree import _Element as Elt

from dokelio.lheo.grammaire import ESPACE_XSI

from .controle import NS, Controle, enfants_par_nom, texte
from .lieux import controler_adresse
from .structure import BLANCS, entier_lisible
from .valeurs import INCONNUES, bornes_de_date


def controler_sans_code(elt: Elt, c: Controle) -> None:
    if not len(elt):
        c.signaler(elt, "certification-vide")


def controler_domaine(elt: Elt, c: Controle) -> None:
    if elt.find(f"{NS}code-FORMACODE") is None:
        c.signaler(elt, "domaine-vide")


def controler_periode(elt: Elt, c: Controle) -> None:
    enfants = enfants_par_nom(elt)
    if "debut" not in enfants or "fin" not in enfants:
        return
    debut, fin = (texte(enfants[nom]).strip(BLANCS) for nom in ("debut", "fin"))
    if debut in INCONNUES or fin in INCONNUES:
        return
    bornes_debut, bornes_fin = bornes_de_date(debut), bornes_de_date(fin)
    if bornes_debut and bornes_fin and bornes_fin[1] < bornes_debut[0]:
        c.signaler(enfants["fin"], "fin-avant-debut", debut=debut, fin=fin)


def controler_dates_de_gestion(elt: Elt, c: Controle) -> None:
    for attribut in ("datemaj", "datecrea"):
        valeur = elt.get(attribut)
        if valeur is None:
            continue
        if "00" in (valeur[4:6], valeur[6:8]) or bornes_de_date(valeur) is None:
            c.signaler(elt, "datemaj-forme", attribut=attribut, valeur=valeur)


def controler_numero(elt: Elt, c: Controle) -> None:
    numero = elt.get("numero")
    if numero is not None and not numero.strip():
        c.signaler(elt, "numero-vide", attribut="numero")


def controler_formation(elt: Elt, c: Controle) -> None:
    certifiante, codes = False, 0
    for enfant in elt:
        if enfant.tag == f"{NS}certifiante":
            certifiante = texte(enfant).strip(BLANCS) == "1"
        elif enfant.tag == f"{NS}certification":
            codes += len(enfant)
    if certifiante and not codes:
        c.signaler(elt, "certifiante-sans-code")


def controler_action(elt: Elt, c: Controle) -> None:
    premiers = enfants_par_nom(elt)
    if "organisme-formateur" not in premiers:
        c.signaler(elt, "action-sans-formateur")
    if "lieu-de-formation" not in premiers:
        c.signaler(elt, "action-sans-lieu")
    controler_numeros(elt, c)
    _heures(premiers, c)
    if "organisme-financeur" in premiers:
        _financeurs(elt.iterchildren(f"{NS}organisme-financeur"), c)


def controler_numeros(elt: Elt, c: Controle) -> None:
    numero, parent = elt.get("numero"), elt.getparent()
    if numero is None:
        c.signaler(elt, "numero-action-absent")
        return
    sessions = elt.iterchildren(f"{NS}session")
    commun = numero.strip() and parent is not None and parent.get("numero") == numero
    if commun and any(session.get("numero") == numero for session in sessions):
        c.signaler(elt, "numero-partage", attribut="numero", valeur=numero)


def _heures(enfants: dict[str, Elt], c: Controle) -> None:
    noms = ("nombre-heures-centre", "nombre-heures-entreprise", "nombre-heures-total")
    if not all(nom in enfants for nom in noms):
        return
    valeurs = [texte(enfants[nom]) for nom in noms]
    if all(map(entier_lisible, valeurs)):
        centre, entreprise, total = map(int, valeurs)
        if total != centre + entreprise:
            c.signaler(enfants[noms[2]], "heures-incoherentes", total=total, somme=centre + entreprise)


def _financeurs(financeurs: Iterable[Elt], c: Controle) -> None:
    codes: dict[str, Elt] = {}
    for financeur in financeurs:
        code = financeur.find(f"{NS}code-financeur")
        if code is not None:
            codes.setdefault(texte(code).strip(BLANCS), code)
    if "1" in codes:
        c.signaler(codes["1"], "code-obsolete", valeur="1")
    autres = [code for code in ("0", "5", "10") if code in codes]
    if "16" in codes and autres:
        c.signaler(codes["16"], "financeur-16-superflu", valeur=autres[0])


def controler_schema_location(elt: Elt, c: Controle) -> None:
    valeur = elt.get(f"{{{ESPACE_XSI}}}schemaLocation")
    if valeur is not None and len(valeur.split()) % 2:
        c.signaler(elt, "schema-location", attribut="xsi:schemaLocation")


def controler_lieu(elt: Elt, c: Controle) -> None:
    controler_adresse(enfants_par_nom(elt), elt, c.signaler)
