"""Les contrôles d’une feuille : codes, identifiants, dates, nombres, textes. Chacun signale au plus une anomalie.
Ce que le schéma aurait refusé est ignoré ici, pour que chaque faute ne soit dite qu’une fois."""

from __future__ import annotations

import re

from lxml.etree import _Element as Elt

from dokelio.lheo import identifiants
from dokelio.lheo.grammaire import ELEMENTS

from .controle import NS, Controle, Regle, texte
from .structure import BLANCS, date_lisible, entier_lisible
from .valeurs import INCONNUES, bornes_de_date

_REF = re.compile(r"V[0-9]{1,2}")
COURRIEL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
URL = re.compile(r"https?://[^\s]+", re.IGNORECASE)
PRIX = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
_HEURE = re.compile(r"([0-9]{1,2})h([0-5][0-9])?")
_TELEPHONE = re.compile(r"[0-9+() ]+")
_NUMERO_COURT = re.compile(r"3[0-9]{3}|118[0-9]{3}|1[0-9]{1,2}")
_SUSPECT = re.compile(
    r"</?[a-zA-Z][^<>]{0,200}>|&(?:#[0-9]{1,5}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});|\ufffd|Ã[\u0080-\u00bf]|â€"
)
_BOUCHE_TROUS = frozenset(
    {"-", "--", "---", ".", "..", "...", "…", "/", "?", "x", "xx", "xxx", "nr", "n/a", "na", "n.c.", "nc"}
    | {"non renseigné", "non renseignée", "à compléter", "a completer", "à définir", "à préciser", "aucun", "aucune"}
)
NIVEAUX_NOUVEAUX = {"2": "11", "3": "12", "4": "13", "5": "14", "6": "15", "7": "16", "8": "17 ou 18"}
FORMES = {
    "code-RNCP": ("rncp", "RNCP suivi de chiffres"),
    "reference-code-RNCP": ("rncp", "RNCP suivi de chiffres"),
    "code-RS": ("rs", "RS suivi de chiffres"),
    "reference-code-RS": ("rs", "RS suivi de chiffres"),
    "code-CPF": ("cpf", "CPF suivi de chiffres"),
    "code-ELU": ("elu", "ELU suivi de chiffres"),
    "code-CERTIFINFO": ("certifinfo", "des chiffres"),
    "reference-code-CERTIFINFO": ("certifinfo", "des chiffres"),
    "code-bloc": ("bloc", "RNCPxBCy"),
    "code-ROME": ("rome", "une lettre et quatre chiffres"),
    "code-NSF": ("nsf", "trois chiffres"),
    "code-FORMACODE": ("formacode", "cinq chiffres"),
    "code-public-vise": ("formacode", "cinq chiffres"),
    "code-modalite-pedagogique": ("formacode", "cinq chiffres"),
    "reference-code-FORMACODE": ("formacode", "cinq chiffres"),
}
_NOMENCLATURES = frozenset({"rome", "nsf", "formacode"})


def controler_ref(elt: Elt, c: Controle) -> None:
    ref = elt.get("ref")
    if ref is None or not ref.strip():
        c.signaler(elt, "ref-manquant", valeur=texte(elt))
    elif not _REF.fullmatch(ref):
        c.signaler(elt, "ref-forme", valeur=ref)


def controler_forme(elt: Elt, c: Controle) -> None:
    nature, forme = FORMES[elt.tag[len(NS) :]]
    valeur = texte(elt)
    if not valeur:
        return
    nomenclature = nature in _NOMENCLATURES
    if not identifiants.bien_forme(nature, valeur):
        c.signaler(elt, "nomenclature-forme" if nomenclature else "certification-forme", valeur=valeur, forme=forme)
    elif nomenclature and not valeur.strip("0"):
        c.signaler(elt, "nomenclature-fictive", valeur=valeur)


def controler_principal(elt: Elt, c: Controle) -> None:
    precedent = elt.getprevious()
    if precedent is None or precedent.tag != elt.tag or elt.get("tag") != "principal":
        return
    nom = elt.tag[len(NS) :]
    avant = list(elt.itersiblings(elt.tag, preceding=True))
    if any(a.get("tag") == "principal" for a in avant):
        c.signaler(elt, "principal-double")
    elif avant and nom == "code-FORMACODE":
        c.signaler(elt, "principal-second")


def controler_siret(elt: Elt, c: Controle) -> None:
    siret = texte(elt)
    if len(siret) != 14:
        return
    if not identifiants.siret_bien_forme(siret):
        c.signaler(elt, "siret-forme", valeur=siret)
    elif identifiants.siret_fictif_connu(siret):
        c.signaler(elt, "siret-fictif", valeur=siret)
    elif not identifiants.cle_siret_valide(siret):
        c.signaler(elt, "siret-cle", valeur=siret)


def controler_nda(elt: Elt, c: Controle) -> None:
    nda = texte(elt)
    if len(nda) != 11:
        return
    if identifiants.nda_fictif(nda):
        c.signaler(elt, "nda-fictif", valeur=nda)
    elif not identifiants.nda_bien_forme(nda):
        c.signaler(elt, "nda-forme", valeur=nda)


def controler_uai(elt: Elt, c: Controle) -> None:
    uai = texte(elt)
    if len(uai) != 8:
        return
    if not identifiants.uai_bien_formee(uai):
        c.signaler(elt, "uai-forme", valeur=uai)
    elif not identifiants.cle_uai_valide(uai):
        c.signaler(elt, "uai-cle", valeur=uai, cle=identifiants.cle_uai(uai[:7]))


def controler_objectif_general(elt: Elt, c: Controle) -> None:
    if texte(elt).strip(BLANCS) == "1":
        c.signaler(elt, "code-obsolete", valeur="1")


def controler_niveau(elt: Elt, c: Controle) -> None:
    code = texte(elt).strip(BLANCS)
    if code in NIVEAUX_NOUVEAUX:
        c.signaler(elt, "niveau-ancien", valeur=code, nouveau=NIVEAUX_NOUVEAUX[code])


def controler_date(elt: Elt, c: Controle) -> None:
    valeur = texte(elt).strip(BLANCS)
    if not date_lisible(valeur):
        return
    attendu = "99999999" if elt.tag == f"{NS}fin" else "00000000"
    if valeur in INCONNUES:
        if valeur != attendu:
            c.signaler(elt, "date-inconnue-inversee", valeur=valeur, attendu=attendu)
        return
    bornes = bornes_de_date(valeur)
    if bornes is None:
        c.signaler(elt, "date-impossible", valeur=valeur)
    elif not 1990 <= bornes[0].year <= 2099:
        c.signaler(elt, "date-suspecte", valeur=valeur)


def controler_entier(elt: Elt, c: Controle) -> None:
    valeur = texte(elt)
    if not entier_lisible(valeur):
        return
    regle = ELEMENTS[elt.tag[len(NS) :]]
    minimum, maximum = regle.vmin or 0, regle.vmax
    if int(valeur) < minimum or (maximum is not None and int(valeur) > maximum):
        c.signaler(elt, "entier-hors-bornes", valeur=valeur.strip(BLANCS), minimum=minimum, maximum=maximum)


def controler_telephone(elt: Elt, c: Controle) -> None:
    numero = texte(elt)
    chiffres = re.sub(r"\D", "", numero)
    if not _TELEPHONE.fullmatch(numero):
        if numero:
            c.signaler(elt, "telephone-forme", valeur=numero)
    elif len(numero.replace(" ", "")) > 15:
        c.signaler(elt, "telephone-long", valeur=numero)
    elif len(chiffres) < 10 and not _NUMERO_COURT.fullmatch(numero.replace(" ", "")) and not numero.startswith("+"):
        c.signaler(elt, "telephone-tronque", valeur=numero)


def controler_motif(motif: re.Pattern[str], code: str) -> Regle:
    """Un contrôle de forme : tout le texte doit suivre le motif (un texte vide relève de la structure)."""

    def controle(elt: Elt, c: Controle) -> None:
        valeur = texte(elt)
        if valeur and not motif.fullmatch(valeur):
            c.signaler(elt, code, valeur=valeur)

    return controle


def controler_heure(elt: Elt, c: Controle) -> None:
    valeur = texte(elt)
    trouve = _HEURE.fullmatch(valeur)
    if valeur and (trouve is None or int(trouve[1]) > 23):
        c.signaler(elt, "heure-forme", valeur=valeur)


def controler_texte_libre(elt: Elt, c: Controle) -> None:
    valeur = texte(elt)
    suspect = _SUSPECT.search(valeur)
    if suspect:
        code = "html-echappe" if suspect[0][0] in "<&" else "encodage-douteux"
        c.signaler(elt, code, valeur=suspect[0])
    elif len(valeur) < 20:
        nu = valeur.strip().casefold()
        if nu in _BOUCHE_TROUS and not (nu.startswith("aucun") and elt.tag == f"{NS}conditions-specifiques"):
            c.signaler(elt, "bouche-trou", valeur=valeur)


def controler_blancs(elt: Elt, c: Controle) -> None:
    valeur = texte(elt)
    if valeur != valeur.strip() or "  " in valeur:
        c.signaler(elt, "blancs-superflus")


def controler_intitule(elt: Elt, c: Controle) -> None:
    valeur = texte(elt)
    if valeur.isupper() and " " in valeur.strip() and sum(map(str.isalpha, valeur)) >= 12:
        c.signaler(elt, "titre-capitales")
