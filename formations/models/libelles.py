"""Le nom français des éléments et des champs d'une fiche : le même dans les pages, les remarques et les courriels."""

from functools import cache

from django.apps import apps

from dokelio.lheo.grammaire import ELEMENTS
from dokelio.socle.arbres import champs_lheo

LIBELLES_COURTS = {
    "code-FORMACODE": "Formacode",
    "code-NSF": "NSF",
    "code-ROME": "ROME",
    "code-RNCP": "RNCP",
    "code-CERTIFINFO": "CertifInfo",
    "code-RS": "RS",
    "code-CPF": "CPF",
    "code-ELU": "ELU",
    "reference-code-FORMACODE": "Formacode",
    "extras": "Informations reçues sans champ dédié",
}


def libelle_element(nom: str) -> str:
    """Nom français d'un élément de la grammaire ; le nom lui-même s'il n'en est pas un."""
    if nom in LIBELLES_COURTS:
        return LIBELLES_COURTS[nom]
    connu = ELEMENTS.get(nom)
    return connu.libelle if connu else nom.lstrip("@")


@cache
def champs_de_la_fiche() -> dict[tuple[str, str], tuple[str, str]]:
    """(niveau, élément) → (nom du champ de l'action, libellé), pour ce que la fiche tient dans un champ."""
    tenus = {
        (niveau, champ.chemin[-1]): (champ.name, majuscule(str(champ.verbose_name)))
        for niveau in ("formation", "action")
        for champ in champs_lheo(apps.get_model("formations.Action"), niveau)
    }
    tenus[("formation", "domaine-formation")] = ("domaine", "Domaines : Formacode, NSF, ROME")
    return tenus | {("formation", "certification"): ("certification", "Certification préparée")}


def libelle_de_cle(cle: str) -> str:
    """Le nom français d'une clé de champ, pour une remarque : « Objectif », « Un lieu : Langue… »."""
    for nom, libelle in champs_de_la_fiche().values():
        if nom == cle:
            return libelle
    tete, _, nom = cle.rpartition("/")
    return f"Un lieu : {libelle_element(nom)}" if tete.startswith("lieu-") else libelle_element(nom)


def majuscule(texte: str) -> str:
    return texte[:1].upper() + texte[1:]
