"""Le décor de la démonstration : organismes, lieux, formateurs, membres, financeurs, dispositifs et conventions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from conventionne.models import Convention, Dispositif, Financeur, QuiDates, RegleDispositif
from dokelio.comptes.models import Utilisateur
from dokelio.demo import catalogue, comptes
from dokelio.demo.catalogue import Lieu
from dokelio.demo.chronologie import Calendrier
from dokelio.publication.moteur import effectuer
from dokelio.socle.identifiants import nda_pour_demonstration, siret_fictif, uai_pour_demonstration
from structures.models import Contact, Etablissement, Formateur, Organisme

OUVERTURE = -420
GRAINE = 100
PARTENAIRES = ("COMPAS", "ARPENTE", "SILLAGE", "TREMPLIN")


@dataclass(slots=True)
class Maison:
    """Un organisme de la démonstration et tout ce qui l'entoure."""

    cle: str
    organisme: Organisme
    lieux: list[Lieu]
    telephone: str
    site: str
    redactrice: Utilisateur
    formateurs: list[Formateur]
    conventions: dict[str, Convention] = field(default_factory=dict)


@dataclass(slots=True)
class Decor:
    """Ce que les scénarios trouvent en place."""

    calendrier: Calendrier
    carif: dict[str, Utilisateur]
    maisons: dict[str, Maison]

    @property
    def documentaliste(self) -> Utilisateur:
        return self.carif[comptes.DOCUMENTALISTE]

    @property
    def conventionne(self) -> Utilisateur:
        return self.carif[comptes.CONVENTIONNE]


def siret_du_rang(rang: int, etablissement: int = 1) -> str:
    """Le SIRET fictif du énième organisme de la démonstration."""
    return siret_fictif(GRAINE + rang, etablissement)


def planter(calendrier: Calendrier) -> Decor:
    """Crée les comptes et les organismes, chacun accepté (ou non) à sa date."""
    ouverture = calendrier.nuit(calendrier.jour(OUVERTURE))
    carif = comptes.assurer_le_carif(ouverture)
    decor = Decor(calendrier, carif, {})
    for rang, (cle, dit) in enumerate(catalogue.organismes().items()):
        decor.maisons[cle] = _maison(decor, cle, dit, rang)
    lecteur = comptes.assurer(comptes.LECTEUR, ouverture, prenom="Paul", nom="Auber")
    comptes.rattacher(lecteur, decor.maisons["ateliers"].organisme, "lecteur", ouverture)
    return decor


def _maison(decor: Decor, cle: str, dit: dict[str, Any], rang: int) -> Maison:
    jours = OUVERTURE + 1 + 9 * rang if dit.get("etat") != "demande" else -3
    depuis = decor.calendrier.nuit(decor.calendrier.jour(jours))
    siege = dit["lieux"][0]
    departement = siege.code_postal[:2]
    organisme = Organisme.objects.create(
        nom=dit["nom"],
        raison_sociale=dit["raison_sociale"],
        siret=siret_du_rang(rang),
        nda=nda_pour_demonstration(GRAINE + rang, departement),
        uai=uai_pour_demonstration(rang, departement) if dit.get("cfa") else "",
        coordonnees=catalogue.coordonnees(
            siege, dit["telephone"], f"contact@{dit['site']}", dit["site"], nom="Accueil"
        ),
        renseignements=f"{dit['nom']} accueille ses stagiaires depuis 1998. Référente handicap joignable chaque jour.",
        potentiel={"code-FORMACODE": [{"@ref": "V14", "#": code} for code in dit["potentiel"]]},
        est_cfa=dit.get("cfa", False),
        qualiopi=dit["qualiopi"],
        qualiopi_jusqu_au=decor.calendrier.jour(400 + 30 * rang) if dit["qualiopi"] else None,
        cree_le=depuis,
        modifie_le=depuis,
    )
    organisme.refresh_from_db()
    _contacts(organisme, dit)
    Etablissement.objects.bulk_create(
        Etablissement(
            organisme=organisme,
            nom=lieu.nom,
            siret=siret_du_rang(rang, numero),
            coordonnees={"nom": lieu.nom, "adresse": lieu.adresse},
        )
        for numero, lieu in enumerate(dit["lieux"], start=1)
    )
    _accepter(decor, organisme, dit.get("etat", ""), depuis)
    prenom, nom, email = dit["membre"]
    redactrice = comptes.assurer(email, depuis, prenom=prenom, nom=nom)
    comptes.rattacher(redactrice, organisme, "gestionnaire", depuis)
    return Maison(
        cle, organisme, dit["lieux"], dit["telephone"], dit["site"], redactrice, _formateurs(organisme, dit, rang)
    )


def _contacts(organisme: Organisme, dit: dict[str, Any]) -> None:
    telfixe, site = {"numtel": [dit["telephone"]]}, dit["site"]
    postes = [
        ("4", "Accueil", {"nom": "Accueil", "telfixe": telfixe, "courriel": f"accueil@{site}"}, True),
        ("1", "Référente handicap", {"nom": "Référente handicap", "courriel": f"handicap@{site}"}, True),
        ("5", "Direction", {"nom": "Direction", "courriel": f"direction@{site}"}, False),
    ]
    Contact.objects.bulk_create(
        Contact(organisme=organisme, rang=rang, type=code, fonction=fonction, coordonnees=joindre, diffuse=diffuse)
        for rang, (code, fonction, joindre, diffuse) in enumerate(postes, start=1)
    )


def _accepter(decor: Decor, organisme: Organisme, etat: str, depuis: datetime) -> None:
    if etat == "demande":
        return
    decide = depuis + timedelta(days=2, hours=7)
    effectuer(organisme, "accepter", decor.carif[comptes.ADMINISTRATEUR], maintenant=decide)


def _formateurs(organisme: Organisme, dit: dict[str, Any], rang: int) -> list[Formateur]:
    """L'organisme lui-même, et un partenaire."""
    telfixe, site = {"numtel": [dit["telephone"]]}, dit["site"]
    soi = Formateur(
        organisme=organisme,
        structure=organisme,
        siret=organisme.siret,
        raison_sociale=organisme.raison_sociale,
        uai=organisme.uai,
        contacts=[
            {"type-contact": "3", "coordonnees": {"nom": "Équipe pédagogique", "courriel": f"pedagogie@{site}"}},
        ],
    )
    partenaire = Formateur(
        organisme=organisme,
        siret=siret_du_rang(500 + rang),
        raison_sociale=f"{PARTENAIRES[rang % 4]} PEDAGOGIE {dit['lieux'][0].ville}".upper(),
        contacts=[{"type-contact": "3", "coordonnees": {"nom": "Formateur", "telfixe": telfixe}}],
    )
    return Formateur.objects.bulk_create([soi, partenaire])


# ------------------------------------------------------------------ financement

_FINANCEURS = {
    "region": ("Région Île-de-France", "Région IdF", "2"),
    "france-travail": ("France Travail", "France Travail", "4"),
    "beneficiaire": ("Bénéficiaire de l'action", "Bénéficiaire", "10"),
    "opco": ("Opérateurs de compétences", "OPCO", "16"),
}
_DISPOSITIFS: dict[str, tuple[str, str, str, bool, QuiDates | None]] = {
    "prfe": (
        "PRFE – Parcours régional de formation vers l'emploi",
        "PRFE",
        "region",
        True,
        QuiDates.DOCUMENTALISTE,
    ),
    "poec": ("POEC – Préparation opérationnelle à l'emploi collective", "POEC", "opco", True, QuiDates.ORGANISME),
    "non-conv": ("Non conv", "Non conv", "beneficiaire", False, None),
    "cpf": ("Compte personnel de formation", "CPF", "beneficiaire", False, None),
    "aif": ("AIF – Aide individuelle à la formation", "AIF", "france-travail", False, None),
}


def dispositif(code: str, debut: date) -> Dispositif:
    """Le dispositif de ce code, celui de la base s'il y est déjà ; sa règle dit qui change les dates."""
    nom, programme, financeur, conventionne, dates_par = _DISPOSITIFS[code]
    existant = Dispositif.objects.filter(code=code).first()
    if existant is None:
        libelle, sigle, code_lheo = _FINANCEURS[financeur]
        payeur, _ = Financeur.objects.get_or_create(nom=libelle, defaults={"sigle": sigle, "code_lheo": code_lheo})
        existant = Dispositif.objects.create(
            code=code, nom=nom, programme=programme, financeur=payeur, conventionne=conventionne, debut=debut
        )
    if dates_par is not None and not existant.regles.exists():
        RegleDispositif.objects.create(dispositif=existant, a_partir_du=existant.debut, dates_par=dates_par)
    return existant


def convention(decor: Decor, maison: Maison, code: str) -> Convention:
    """La convention de cet organisme au titre de ce dispositif."""
    if code not in maison.conventions:
        calendrier = decor.calendrier
        debut = calendrier.jour(-300)
        maison.conventions[code] = Convention.objects.create(
            dispositif=dispositif(code, calendrier.jour(OUVERTURE)),
            organisme=maison.organisme,
            numero=f"{debut.year}-{code.upper()}-{maison.organisme.departement}-{maison.organisme.pk:03d}",
            lot=f"Lot {maison.organisme.departement}-2",
            intitule=f"Parcours vers l'emploi, bassin de {maison.lieux[0].ville}",
            debut=debut,
            fin=calendrier.jour(430),
            places=45,
            heures=18_900,
        )
    return maison.conventions[code]
