"""Ce qu'on fait remarquer d'un texte sans jamais empêcher de l'enregistrer (règles d'écriture d'une offre)."""

import re

_CAPITALES = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_MINUSCULES = re.compile(r"[a-zß-öø-ÿ]")
_TELEPHONE = re.compile(r"(?:\+33|\b0)[ .]?[1-9](?:[ .-]?[0-9]{2}){4}\b")
_ADRESSE = re.compile(r"https?://|\bwww\.|[\w.-]+@[\w-]+\.\w+|\b[\w-]+\.(?:fr|com|org|net|eu)\b", re.IGNORECASE)
_PROMOTION = re.compile(
    r"\bgratuite?s?\b|\bn\s?° ?1\b|\bnum[ée]ro (?:1|un)\b|\bgarantie?s?\b|\bmeilleure?s?\b|\b100 ?%|\bunique en\b"
    r"|\bpromo(?:tion)?s?\b|!",
    re.IGNORECASE,
)
_ANNEE = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_FINANCEUR = re.compile(r"\bAIF\b|\bPOEC\b|\bPOEI\b|\bPRFE\b|\bCPF\b")
_SEXE = re.compile(
    r"\b(?:hommes?|femmes?) (?:seulement|uniquement)\b|\br[ée]serv[ée]e?s? aux (?:hommes|femmes)\b", re.I
)
_AGE = re.compile(
    r"\b(?:moins|plus|au-del[àa]) de [0-9]{2} ans\b|\b[0-9]{2} ?(?:à|-|et) ?[0-9]{2} ans\b|\b[âa]ge (?:maximum|limite)",
    re.I,
)
_ORIGINE = re.compile(
    r"\bde nationalit[ée]\b|\bfran[çc]ais de souche\b|\bbonne pr[ée]sentation\b|\bsans enfants?\b", re.I
)


def tout_en_capitales(texte: str) -> bool:
    """Vrai pour une phrase (plus de dix lettres, au moins deux mots) écrite sans une minuscule."""
    return len(_CAPITALES.findall(texte)) > 10 and not _MINUSCULES.search(texte) and " " in texte.strip()


def sur_intitule(texte: str) -> str:
    """Ce qui gêne dans un intitulé : capitales, téléphone, adresse, réclame, année, financeur."""
    dits = []
    if tout_en_capitales(texte):
        dits.append("Écrivez l'intitulé en minuscules : les capitales se lisent mal et perdent les accents.")
    if _TELEPHONE.search(texte) or _ADRESSE.search(texte):
        dits.append("Un téléphone ou une adresse n'a pas sa place dans l'intitulé : mettez-les dans les contacts.")
    if trouve := _PROMOTION.search(texte):
        dits.append(f"« {trouve[0]} » est un mot de réclame : les portails le retirent ou écartent l'offre.")
    if trouve := _ANNEE.search(texte):
        dits.append(f"L'année {trouve[0]} vieillira : les dates se disent dans les sessions.")
    if trouve := _FINANCEUR.search(texte):
        dits.append(f"« {trouve[0]} » n'est pas un intitulé : le financement se dit avec les sessions.")
    return " ".join(dits)


def sur_texte(texte: str) -> str:
    """Ce qui gêne dans un texte long."""
    if tout_en_capitales(texte):
        return "Écrivez ce texte en minuscules : les capitales se lisent mal."
    return ""


def sur_acces(texte: str) -> str:
    """Ce qui, dans le public visé ou les prérequis, peut se lire comme une discrimination."""
    for motif in (_SEXE, _AGE, _ORIGINE):
        if trouve := motif.search(texte):
            return (
                f"« {trouve[0]} » peut se lire comme une discrimination. Gardez-le seulement si un texte l'impose, "
                "et citez ce texte."
            )
    return sur_texte(texte)
