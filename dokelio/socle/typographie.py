"""Typographie française : dates, heures, montants, lieux, espaces insécables.

Fonctions pures, sans Django hors du fuseau : les gabarits, les courriels et les tableurs passent par elles."""

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone

INSECABLE = "\u00a0"
FINE = "\u202f"

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
# Villes à arrondissements : début du code postal, nombre d'arrondissements.
VILLES_A_ARRONDISSEMENTS = {"PARIS": ("75", 20), "LYON": ("690", 9), "MARSEILLE": ("130", 16)}

# La ville seule, quand ce qui suit son nom ne dit que l'arrondissement.
_ARRONDISSEMENT = re.compile(r"(paris|lyon|marseille)\b[\s-]*(\d{1,2})?\s*(?:er|e|ème|eme|ᵉ)?\s*(?:arr\w*)?", re.I)
_APRES = re.compile(r"[ \t]+([:;?!%€»])")
_AVANT = re.compile(r"«[ \t]*(?=\S)")
_MILLIERS = re.compile(r"(?<!\d)(?<!\d )(\d{1,3})((?: \d{3})+)(?!\d)")
_HEURES = re.compile(r"(\d) h(?: (\d\d))?\b")


def insecables(texte: str) -> str:
    """Rend insécables les espaces qui ne doivent pas finir une ligne ; n'ajoute d'espace qu'à l'intérieur des « »."""
    texte = _APRES.sub(INSECABLE + r"\1", texte)
    texte = _AVANT.sub("«" + INSECABLE, texte)
    texte = re.sub(r"(?<=[^\s\u00a0\u202f«])»", INSECABLE + "»", texte)
    texte = _MILLIERS.sub(lambda m: m[1] + m[2].replace(" ", FINE), texte)
    return _HEURES.sub(lambda m: f"{m[1]}{INSECABLE}h" + (INSECABLE + m[2] if m[2] else ""), texte)


def _local(valeur: date | datetime | str | None) -> date | datetime | None:
    if isinstance(valeur, str):
        try:
            valeur = datetime.fromisoformat(valeur) if len(valeur) > 10 else date.fromisoformat(valeur)
        except ValueError:
            return None
    if isinstance(valeur, datetime) and timezone.is_aware(valeur):
        return timezone.localtime(valeur)
    return valeur


def date_courte(valeur: date | datetime | str | None) -> str:
    """« 23/11/2026 » ; un instant est rendu au jour de Paris ; ce qui n'est pas une date est rendu tel quel."""
    jour = _local(valeur)
    if jour is None:
        return valeur if isinstance(valeur, str) else ""
    return f"{jour.day:02d}/{jour.month:02d}/{jour.year:04d}"


def date_longue(valeur: date | datetime | str | None) -> str:
    """« lundi 23 novembre 2026 » (« 1er » en début de mois)."""
    jour = _local(valeur)
    if jour is None:
        return valeur if isinstance(valeur, str) else ""
    numero = "1er" if jour.day == 1 else str(jour.day)
    return f"{JOURS[jour.weekday()]} {numero}{INSECABLE}{MOIS[jour.month - 1]} {jour.year}"


def heure(valeur: datetime | time | str | None) -> str:
    """« 14 h 30 », « 9 h » : espaces insécables, sans zéro devant l'heure."""
    instant: date | datetime | time | None
    if isinstance(valeur, str) and len(valeur) <= 8:
        try:
            instant = time.fromisoformat(valeur)
        except ValueError:
            return valeur
    else:
        instant = valeur if isinstance(valeur, time) else _local(valeur)
    if not isinstance(instant, datetime | time):
        return ""
    minutes = f"{INSECABLE}{instant.minute:02d}" if instant.minute else ""
    return f"{instant.hour}{INSECABLE}h{minutes}"


def date_et_heure(valeur: datetime | str | None) -> str:
    """« 20/11/2026, 16 h 20 »."""
    quand = date_courte(valeur)
    a = heure(valeur)
    return f"{quand}, {a}" if quand and a else quand


def _decimal(valeur: object) -> Decimal | None:
    try:
        return Decimal(str(valeur).strip().replace(FINE, "").replace(INSECABLE, "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None


def nombre(valeur: object, decimales: int | None = None) -> str:
    """« 49 348 », « 1,4 » : virgule décimale, milliers séparés par une espace fine insécable."""
    exact = _decimal(valeur)
    if exact is None or not exact.is_finite():
        return "" if valeur is None else str(valeur)
    if decimales is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)
    texte = f"{exact:,f}"
    entier, point, fraction = texte.partition(".")
    if decimales is None:
        fraction = fraction.rstrip("0")
    signe = "\u2212" if entier.startswith("-") else ""
    return signe + entier.lstrip("-").replace(",", FINE) + ("," + fraction if point and fraction else "")


def montant(valeur: object) -> str:
    """« 1 180,00 € »."""
    rendu = nombre(valeur, 2)
    return f"{rendu}{INSECABLE}€" if rendu and _decimal(valeur) is not None else rendu


def octets(valeur: int | None) -> str:
    """« 842 octets », « 96 Mo », « 1,24 Go » (multiples de 1 000)."""
    if valeur is None:
        return ""
    taille = Decimal(valeur)
    for unite in ("octets", "ko", "Mo", "Go"):
        if taille < 1000 or unite == "Go":
            break
        taille /= 1000
    decimales = 0 if unite == "octets" or taille >= 100 else 1 if taille >= 10 else 2
    rendu = nombre(taille.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP))
    return f"{rendu}{INSECABLE}{'octet' if unite == 'octets' and valeur < 2 else unite}"


def telephone(valeur: str | None) -> str:
    """« 01 43 00 00 12 », « +33 1 43 00 00 12 » ; un numéro d'une autre forme est rendu tel quel."""
    brut = (valeur or "").strip()
    chiffres = re.sub(r"[^\d+]", "", brut)
    if re.fullmatch(r"0\d{9}", chiffres):
        return INSECABLE.join(re.findall(r"\d\d", chiffres))
    if re.fullmatch(r"(?:\+|00)33\d{9}", chiffres):
        fin = chiffres[-9:]
        return INSECABLE.join(["+33", fin[0], *re.findall(r"\d\d", fin[1:])])
    return brut


def siret(valeur: str | None) -> str:
    """« 123 456 789 00012 » ; ce qui n'a pas quatorze chiffres est rendu tel quel."""
    brut = (valeur or "").strip()
    if not re.fullmatch(r"\d{14}", brut):
        return brut
    return INSECABLE.join([brut[:3], brut[3:6], brut[6:9], brut[9:]])


def lieu(code_postal: str | None, ville: str | None) -> tuple[str, int | None]:
    """Le lieu en clair et, à part, son arrondissement : `("75020 Paris", 20)`, `("93100 Montreuil", None)`.

    L'arrondissement vient du libellé (« Paris 20e Arrondissement ») ou, à défaut, du code postal (75116 : 16).
    """
    cp, commune = (code_postal or "").strip(), (ville or "").strip()
    trouve = _ARRONDISSEMENT.fullmatch(commune)
    if not trouve:
        return f"{cp} {commune}".strip(), None
    prefixe, maximum = VILLES_A_ARRONDISSEMENTS[trouve[1].upper()]
    numero = int(trouve[2] or 0)
    if not numero and cp.startswith(prefixe) and len(cp) == 5:
        numero = int(cp[-2:])
    nom = trouve[1].capitalize()
    return f"{cp} {nom}".strip(), numero if 1 <= numero <= maximum else None


def lieu_texte(code_postal: str | None, ville: str | None) -> str:
    """Le lieu sans balise, pour un courriel, un attribut ou un tableur : « 75020 Paris 20ᵉ »."""
    base, arrondissement = lieu(code_postal, ville)
    if arrondissement is None:
        return base
    return f"{base} {arrondissement}{'er' if arrondissement == 1 else 'ᵉ'}"


def accorde(quantite: int | None, singulier: str, pluriel: str = "") -> str:
    """« 0 session », « 1 session », « 2 sessions » : en français, le pluriel commence à deux."""
    combien = quantite or 0
    mot = singulier if abs(combien) < 2 else pluriel or singulier + "s"
    return f"{nombre(combien)}{INSECABLE}{mot}"
