"""Les organismes du grand catalogue : chacun avec sa rédactrice, ses contacts, ses deux lieux et son formateur."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dokelio.comptes.models import Utilisateur
from dokelio.demo import catalogue, comptes
from dokelio.demo.catalogue import Lieu
from dokelio.demo.copie import Copie, cles, references
from dokelio.demo.histoires import Journal
from dokelio.demo.tirage import Tirage
from dokelio.socle.identifiants import nda_pour_demonstration, siret_fictif
from structures.models import Contact, Etablissement, Formateur, Organisme, Rattachement, RoleMembre

TYPE = "structures.Organisme"


@dataclass(frozen=True, slots=True)
class Inscrit:
    """Un organisme du catalogue, tel que ses fiches le voient."""

    pk: int
    etat: str
    redactrice: int
    formateur: int
    lieux: tuple[Lieu, Lieu]
    telephone: str
    site: str
    depuis: datetime

    @property
    def en_diffusion(self) -> bool:
        return self.etat == "en_diffusion"


def sirets(graine: int, nombre: int) -> list[str]:
    """Les SIRET fictifs du catalogue de cette graine."""
    base = 10_000 + graine * 30_011 % 9_000_000
    return [siret_fictif(base + rang) for rang in range(nombre)]


def inscrire(
    tirage: Tirage, journal: Journal, carif: dict[str, Utilisateur], graine: int, siret: list[str]
) -> list[Inscrit]:
    """Verse les organismes et ce qui les entoure."""
    nombre = len(siret)
    copies = {
        modele: Copie(modele) for modele in (Organisme, Utilisateur, Rattachement, Contact, Etablissement, Formateur)
    }
    admin = carif[comptes.ADMINISTRATEUR].pk
    identites = zip(
        cles(Organisme, nombre),
        references("OF", "structures_organisme_reference", nombre),
        cles(Utilisateur, nombre),
        cles(Formateur, nombre),
        siret,
        strict=True,
    )
    inscrits = []
    for rang, (pk, reference, membre, formateur, numero) in enumerate(identites):
        etat = "demande" if rang % 97 == 41 else "cessation" if rang % 53 == 29 else "en_diffusion"
        depuis = tirage.calendrier.nuit(tirage.calendrier.jour(-940 + rang % 60))
        nom = tirage.nom(rang)
        site = f"catalogue-{graine}-{rang + 1}.exemple"
        lieux = (tirage.lieu(nom[:50]), tirage.lieu(f"{nom} – annexe"[:50]))
        inscrit = Inscrit(pk, etat, membre, formateur, lieux, tirage.telephone(), site, depuis)
        _ecrire(copies, tirage, inscrit, nom, reference, numero, rang)
        _raconter(journal, inscrit, reference, admin, tirage)
        inscrits.append(inscrit)
    for copie in copies.values():
        copie.verser()
    return inscrits


def _ecrire(
    copies: dict[Any, Copie], tirage: Tirage, un: Inscrit, nom: str, reference: str, siret: str, rang: int
) -> None:
    siege = un.lieux[0]
    raison = nom.upper()
    copies[Organisme].ajouter(
        id=un.pk,
        reference=reference,
        statut=un.etat,
        nom=nom,
        raison_sociale=raison,
        siret=siret,
        nda=nda_pour_demonstration(rang, siege.code_postal[:2]),
        coordonnees=catalogue.coordonnees(siege, un.telephone, f"contact@{un.site}", un.site, nom="Accueil"),
        qualiopi=["AF"],
        qualiopi_jusqu_au=tirage.calendrier.jour(60 + rang % 1000),
        cree_le=un.depuis,
        modifie_le=un.depuis,
    )
    prenom, famille = tirage.personne()
    copies[Utilisateur].ajouter(
        id=un.redactrice,
        password=comptes.chiffre(),
        email=f"redaction@{un.site}",
        prenom=prenom,
        nom=famille,
        cree_le=un.depuis,
        modifie_le=un.depuis,
    )
    copies[Rattachement].ajouter(
        utilisateur_id=un.redactrice, organisme_id=un.pk, role=RoleMembre.GESTIONNAIRE, cree_le=un.depuis
    )
    for place, contact in enumerate(catalogue.contacts(un.telephone, un.site), start=1):
        copies[Contact].ajouter(
            organisme_id=un.pk, rang=place, type=contact["type-contact"], coordonnees=contact["coordonnees"]
        )
    for lieu in un.lieux:
        copies[Etablissement].ajouter(
            organisme_id=un.pk, nom=lieu.nom, coordonnees={"nom": lieu.nom, "adresse": lieu.adresse}
        )
    copies[Formateur].ajouter(
        id=un.formateur, organisme_id=un.pk, structure_id=un.pk, siret=siret, raison_sociale=raison
    )


def _raconter(journal: Journal, un: Inscrit, reference: str, admin: int, tirage: Tirage) -> None:
    if un.etat == "demande":
        return
    decide = un.depuis + timedelta(days=2, hours=7)
    journal.ecrire(decide, journal.geste(), TYPE, (un.pk, reference), ("accepter", "demande", "en_diffusion"), admin)
    if un.etat == "cessation":
        cesse = tirage.calendrier.nuit(tirage.calendrier.jour(-20)) + timedelta(hours=12)
        pas = ("cesser", "en_diffusion", "cessation")
        journal.ecrire(cesse, journal.geste(), TYPE, (un.pk, reference), pas, admin, "Radiation constatée.")
