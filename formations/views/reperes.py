"""Où se corrige quoi : de ce que disent une garde, une remarque ou le validateur LHEO à l'onglet et au champ.

Et la liste « Ce qui manque » que ces gardes donnent à montrer."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from dokelio.publication.moteur import verifier
from dokelio.publication.refus import Refus
from dokelio.socle.lheo import ChampLheo
from dokelio.socle.typographie import accorde
from formations.forms.complements import ComplementsForm
from formations.forms.indexation import IndexationForm
from formations.forms.informations import InformationsForm
from formations.forms.onglet import OngletForm
from formations.models import Action, Remarque
from formations.models.libelles import libelle_de_cle

FORMULAIRES: dict[str, type[OngletForm]] = {
    "informations": InformationsForm,
    "indexation": IndexationForm,
    "complements": ComplementsForm,
}
# Ce que disent les gardes des pièces du dessus, et les éléments LHEO qu'un champ composé contient.
AUTRES = {
    "certification": ("informations", "champ-certification_principale"),
    "certifications": ("informations", "champ-certification_principale"),
    "coordonnees": ("informations", "section-contacts"),
    "type-contact": ("informations", "section-contacts"),
    "code-FORMACODE": ("indexation", "champ-formacode_principal"),
    "code-NSF": ("indexation", "champ-nsf"),
    "code-ROME": ("indexation", "champ-rome"),
    "urlweb": ("complements", "champ-adresses_web"),
    "extras": ("complements", "section-recues"),
    "reste_lheo": ("complements", "section-recues"),
    **dict.fromkeys(("sessions", "financements", "lieux", "derogations", "action", "session"), ("sessions", "")),
}
SECTION_RECUES = ("complements", "section-recues")


@dataclass(frozen=True, slots=True)
class Point:
    """Un point de la liste : `gravite` vaut bloquant, a_voir, passe ou conseil ; `url` mène au champ."""

    gravite: str
    texte: str
    detail: str = ""
    url: str = ""


@cache
def ancres() -> dict[str, tuple[str, str]]:
    """Champ du modèle, champ de formulaire ou élément LHEO → onglet et ancre dans la page."""
    table = dict(AUTRES)
    for onglet, formulaire in FORMULAIRES.items():
        for partie in formulaire.parties:
            for nom in partie.champs:
                table.setdefault(formulaire.PORTE.get(nom, nom), (onglet, f"champ-{nom}"))
                table.setdefault(nom, (onglet, f"champ-{nom}"))
            if partie.lignes:
                table.setdefault(partie.lignes, (onglet, f"section-{partie.lignes}"))
    for champ in Action._meta.fields:
        if isinstance(champ, ChampLheo) and champ.name in table:
            table.setdefault(champ.chemin[-1], table[champ.name])
    return table


def place_de(nom: str) -> tuple[str, str]:
    """Onglet et ancre d'un champ visé (« objectif », « action/extras », « lieu-12/restauration »), ou vides."""
    tete, _, dernier = nom.rpartition("/")
    if tete.startswith("lieu-"):
        return "sessions", ""
    return ancres().get(dernier, SECTION_RECUES if tete else ("", ""))


def adresse_de(action: Action, nom: str, lien: str = "") -> str:
    """Adresse du champ visé : la table des ancres d'abord, puis le lien du refus (une adresse ou une référence AF_)."""
    onglet, ancre = place_de(nom) if nom else ("", "")
    if onglet and not lien.startswith("AF_"):
        page = reverse("fiche_onglet", args=[action.reference, onglet])
        return f"{page}#{ancre}" if ancre else page
    return reverse("fiche", args=[lien]) if lien.startswith("AF_") else lien


def refus_de_soumettre(action: Action, utilisateur: object) -> list[Refus]:
    """Tout ce qui empêche de soumettre la fiche, à blanc."""
    return verifier(action, "soumettre", utilisateur)


def points(action: Action, refus: Iterable[Refus], remarques: Iterable[Remarque]) -> list[Point]:
    """« Ce qui manque » : les refus, les remarques à traiter, puis ce qui est en ordre."""
    refus = list(refus)
    liste = [Point("bloquant", un.phrase, url=adresse_de(action, un.champ, un.lien)) for un in refus]
    for remarque in remarques:
        quoi = libelle_de_remarque(remarque)
        liste.append(Point("a_voir", f"Remarque à traiter : {quoi}", url=adresse_de_remarque(action, remarque)))
    champs = {un.champ for un in refus}
    passes = (
        (champs & {"certification"}, "Pas de doublon de certification"),
        (champs & {"sessions"}, "Au moins une session à venir"),
        (champs & {"sessions", "financements"}, "Un financement au moins"),
        (champs & {"sessions", "lieux"}, "Lieux dans la région"),
        (
            {un for un in champs if place_de(un)[0] in FORMULAIRES} - {"certification"},
            "Les informations que LHEO demande",
        ),
    )
    liste += [Point("passe", texte) for fautes, texte in passes if not fautes]
    return liste


def conseils(action: Action) -> list[Point]:
    """Ce qui rendrait l'offre plus facile à trouver et à comprendre ; jamais un blocage."""
    offres = (
        ((action.domaine or {}).get("code-FORMACODE"), "Ajoutez un Formacode", "formacode_principal"),
        (action.acces_handicapes, "Dites l'accès des personnes handicapées", "acces_handicapes"),
        (action.modalites_recrutement, "Dites comment on est admis", "modalites_recrutement"),
        (action.adresses_web, "Donnez la page web de la formation", "adresses_web"),
    )
    return [Point("conseil", texte, url=adresse_de(action, champ)) for tenu, texte, champ in offres if not tenu]


def libelle_de_remarque(remarque: Remarque) -> str:
    """Ce que vise une remarque, en clair."""
    return libelle_de_cle(remarque.champ) if remarque.champ else "Ensemble de la fiche"


def adresse_de_remarque(action: Action, remarque: Remarque) -> str:
    """Adresse d'une remarque : sous son champ, sinon dans l'onglet Gestion."""
    if place_de(remarque.champ)[0] in FORMULAIRES:
        return adresse_de(action, remarque.champ)
    return reverse("fiche_onglet", args=[action.reference, "gestion"]) + f"#remarque-{remarque.pk}"


def libelle_soumettre(nombre: int) -> str:
    """« Soumettre (2 points à régler) », ou « Soumettre au contrôle » quand rien ne manque."""
    return f"Soumettre ({accorde(nombre, 'point')} à régler)" if nombre else "Soumettre au contrôle"
