"""Les fiches du grand catalogue : lignes, versions et événements, tels que le moteur les aurait écrits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from dokelio.comptes.models import Utilisateur
from dokelio.demo import catalogue, comptes
from dokelio.demo.catalogue import Offre
from dokelio.demo.chronologie import SUITE
from dokelio.demo.copie import Copie, cles, ecrire, references
from dokelio.demo.decor import dispositif
from dokelio.demo.histoires import HISTOIRES, Journal, Pas, tirer
from dokelio.demo.inscrits import Inscrit
from dokelio.demo.scenarios import REMARQUES, RETOUCHES
from dokelio.demo.tirage import Tirage
from dokelio.lheo.grammaire import VERSION_GRAMMAIRE
from formations.actions.versions import contenu_controle, empreinte
from formations.models import Action, ActionCertification, EtatRemarque, Remarque, VersionDiffusee
from sessions.models import Deroulement, Financement, Intervention, Session
from sessions.publication.visibilite import plus_mois

ACTION, SESSION, FINANCEMENT = "formations.Action", "sessions_formation.Session", "sessions_formation.Financement"
AVANCE = 5_000
REPRISES = {
    "version-2": [(-99, -90)],
    "version-3": [(-130, -120), (-59, -50)],
    "modification": [(-6, -3)],
    "modification-a-controler": [(-6, -4)],
}
"""Quand l'organisme reprend une fiche en diffusion, en jours d'aujourd'hui."""
_T = TypeVar("_T")


def reserve(prendre: Callable[[int], list[_T]]) -> Iterator[_T]:
    """Des clés neuves, prises par paquets."""
    while True:
        yield from prendre(AVANCE)


@dataclass(slots=True)
class Ligne:
    """Une session en cours d'écriture."""

    pk: int
    reference: str
    lieu: int
    rang: int
    debut: date
    fin: date | None
    statut: str = "brouillon"
    annulee_le: date | None = None
    premiere_diffusion: date | None = None


@dataclass(slots=True)
class Fiche:
    """Une action en cours d'écriture."""

    un: Inscrit
    offre: Offre
    pk: int
    reference: str
    valeurs: dict[str, Any]
    certification: dict[str, Any] | None
    lieux: list[int]
    financements: list[tuple[int, int, str | None]]
    sessions: list[Ligne]
    contenu: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    numero: int = 0
    retouches: int = 0
    soumise_le: datetime | None = None
    modifie_le: datetime | None = None

    @property
    def objet(self) -> tuple[int, str]:
        return self.pk, self.reference


class Fiches:
    """Les actions à verser et tout ce qu'elles portent."""

    def __init__(self, tirage: Tirage, journal: Journal, carif: dict[str, Utilisateur]) -> None:
        self.tirage, self.journal = tirage, journal
        self.documentaliste = carif[comptes.DOCUMENTALISTE].pk
        modeles = (Action, VersionDiffusee, ActionCertification, Deroulement, Intervention, Financement, Session)
        self.copies = {modele: Copie(modele) for modele in (*modeles, Remarque)}
        self.sessions = self.copies[Session]
        self.versions: dict[int, dict[str, Any]] = {}
        self._cles = {
            modele: reserve(partial(cles, modele))
            for modele in (Action, VersionDiffusee, Deroulement, Financement, Session)
        }
        self._af = reserve(lambda n: references("AF", "formations_action_reference", n))
        self._se = reserve(lambda n: references("SE", "sessions_session_reference", n))
        depuis = tirage.calendrier.jour(-940)
        self._payeurs = {code: dispositif(code, depuis) for code in ("non-conv", "cpf")}

    def verser(self) -> None:
        """Envoie à la base ce qui attend, les versions avant les certifications (leur déclencheur les lit)."""
        for version in self.versions.values():
            self.copies[VersionDiffusee].ajouter(**version)
        self.versions.clear()
        for copie in self.copies.values():
            copie.verser()

    def monter(self, un: Inscrit, nombres: list[int]) -> None:
        """Les actions d'un organisme ; une certification n'y sert qu'une fois, le reste se répète."""
        offres = list(catalogue.offres().values())
        self.tirage.hasard.shuffle(offres)
        courantes = [offre for offre in offres if not offre.certification]
        for rang, nombre in enumerate(nombres):
            tour = rang - len(offres)
            offre = offres[rang] if tour < 0 else courantes[tour % len(courantes)]
            suffixe = "" if tour < 0 else f" – parcours {tour // len(courantes) + 2}"
            self._fiche(un, offre, "brouillon" if un.etat == "demande" else tirer(self.tirage.hasard), nombre, suffixe)

    # Une fiche -------------------------------------------------------------------------------------------------

    def _fiche(self, un: Inscrit, offre: Offre, histoire: str, nombre: int, suffixe: str) -> None:
        transitions = HISTOIRES[histoire][1]
        valide = any(pas[0] == "valider" for pas in transitions)
        depuis = -self.tirage.hasard.randint(*((240, 330) if valide else (12, 26)))
        valeurs = catalogue.valeurs_de_fiche(offre, un.telephone, un.site)
        valeurs["intitule"] += suffixe
        fiche = Fiche(
            un,
            offre,
            next(self._cles[Action]),
            next(self._af),
            valeurs,
            catalogue.valeurs_de_certification(offre),
            [next(self._cles[Deroulement]) for _ in range(2 if nombre > 2 else 1)],
            [],
            [],
        )
        self._payer(fiche)
        tirees = self.tirage.dates_finies if histoire == "archivee" else None
        dates = tirees(offre, nombre) if tirees else self.tirage.dates_a_venir(offre, depuis, nombre)
        for rang, (debut, fin) in enumerate(dates):
            ligne = Ligne(next(self._cles[Session]), next(self._se), rang % len(fiche.lieux), rang, debut, fin)
            fiche.sessions.append(ligne)
        instants = self._instants(fiche, histoire, transitions, depuis)
        for pas, instant in zip(transitions, instants, strict=True):
            self._transition(fiche, pas, instant)
        self._ecrire(fiche, transitions[-1][2], instants[0])

    def _payer(self, fiche: Fiche) -> None:
        """Les financements de chaque lieu : la clé, la place du lieu, le dispositif."""
        codes: list[str | None] = ["non-conv", *(["cpf"] if fiche.certification else [])]
        for place in range(len(fiche.lieux)):
            for code in [None] if fiche.offre.en_alternance else codes:
                fiche.financements.append((next(self._cles[Financement]), place, code))

    def _instants(self, fiche: Fiche, histoire: str, transitions: tuple[Pas, ...], depuis: int) -> list[datetime]:
        """Le moment de chaque transition, dans l'ordre."""
        calendrier, hasard = self.tirage.calendrier, self.tirage.hasard
        reprises = iter(REPRISES.get(histoire, ()))
        jour = depuis
        instants: list[datetime] = []
        for nom, *_ in transitions:
            if nom == "modifier":
                jour = hasard.randint(*next(reprises))
            elif nom in ("soumettre", "prendre_en_charge"):
                jour += 1 if nom == "soumettre" else 3
            instant = calendrier.instant(jour, time(hasard.randint(8, 17), hasard.randint(0, 59)))
            if nom == "archiver":
                fins = [plus_mois(ligne.fin, 1) for ligne in fiche.sessions if ligne.fin]
                instant = calendrier.nuit(max(fins))
            instants.append(max(instant, instants[-1] + SUITE) if instants else instant)
        return instants

    def _transition(self, fiche: Fiche, pas: Pas, instant: datetime) -> None:
        """Ce que le moteur et ses effets écrivent pour cette transition."""
        nom, avant, apres, qui = pas
        trace: dict[str, Any] = {}
        if nom == "soumettre":
            trace = {"empreinte": empreinte(self._contenu(fiche))}
            fiche.soumise_le = instant
        elif nom == "valider":
            trace = {"version": fiche.numero + 1}
            self._ouvrir_une_version(fiche, instant)
        elif nom == "archiver":
            self._fermer_la_version(fiche, instant)
        auteur = {"of": fiche.un.redactrice, "carif": self.documentaliste}.get(qui)
        geste = self.journal.geste()
        self.journal.ecrire(instant, geste, ACTION, fiche.objet, (nom, avant, apres), auteur, trace=ecrire(trace))
        if nom == "creer":
            self._creer_les_sessions(fiche, instant)
        elif nom == "valider" and fiche.numero == 1:
            self._diffuser(fiche, instant, geste)
        elif nom == "modifier":
            self._retoucher(fiche, instant)
        elif nom == "demander_correction":
            self._remarquer(fiche, instant)

    def _contenu(self, fiche: Fiche) -> dict[str, Any]:
        """Le contenu contrôlé, par la fonction même du contrôle, sans requête."""
        if not fiche.contenu:
            action = Action(id=fiche.pk, reference=fiche.reference, **fiche.valeurs)
            certifications = [ActionCertification(**fiche.certification)] if fiche.certification else []
            action.__dict__["_prefetched_objects_cache"] = {"certifications": certifications, "deroulements": []}
            fiche.contenu = contenu_controle(action)
        return fiche.contenu

    def _ouvrir_une_version(self, fiche: Fiche, instant: datetime) -> None:
        self._fermer_la_version(fiche, instant)
        contenu = self._contenu(fiche)
        fiche.numero += 1
        fiche.version = next(self._cles[VersionDiffusee])
        self.versions[fiche.version] = {
            "id": fiche.version,
            "action_id": fiche.pk,
            "numero": fiche.numero,
            "contenu": contenu,
            "version_grammaire": VERSION_GRAMMAIRE,
            "empreinte": empreinte(contenu),
            "cles_certification": [fiche.offre.certification] if fiche.certification else [],
            "validee_par_id": self.documentaliste,
            "depuis": instant,
            "jusqu_a": None,
        }

    def _fermer_la_version(self, fiche: Fiche, instant: datetime) -> None:
        if fiche.version is not None:
            self.versions[fiche.version]["jusqu_a"] = instant
            fiche.version = None

    def _retoucher(self, fiche: Fiche, instant: datetime) -> None:
        champ, ajout = RETOUCHES[fiche.retouches % 3]
        fiche.valeurs = fiche.valeurs | {champ: fiche.valeurs[champ] + ajout}
        fiche.contenu, fiche.modifie_le = {}, instant
        fiche.retouches += 1

    def _remarquer(self, fiche: Fiche, instant: datetime) -> None:
        for champ, texte in REMARQUES[fiche.pk % len(REMARQUES)]:
            self.copies[Remarque].ajouter(
                action_id=fiche.pk,
                champ=champ,
                texte=texte,
                etat=EtatRemarque.ENVOYEE,
                auteur_id=self.documentaliste,
                cree_le=instant,
                envoyee_le=instant,
            )

    # Les sessions et l'argent ------------------------------------------------------------------------------------

    def _creer_les_sessions(self, fiche: Fiche, instant: datetime) -> None:
        geste = self.journal.geste()
        for une in fiche.sessions:
            pas = ("creer", "", "brouillon")
            self.journal.ecrire(instant, geste, SESSION, (une.pk, une.reference), pas, fiche.un.redactrice)

    def _diffuser(self, fiche: Fiche, instant: datetime, geste: UUID) -> None:
        """Avec la première version partent les financements, puis les sessions, lieu par lieu."""
        calendrier = self.tirage.calendrier
        premier_flux = (instant + timedelta(days=1)).date()
        for pk, _, _ in fiche.financements:
            pas = ("mettre_en_diffusion", "en_redaction", "en_diffusion")
            self.journal.ecrire(instant, geste, FINANCEMENT, (pk, ""), pas, None)
        for une in sorted(fiche.sessions, key=lambda ligne: (ligne.lieu, ligne.rang)):
            objet = (une.pk, une.reference)
            self.journal.ecrire(instant, geste, SESSION, objet, ("publier", "brouillon", "en_diffusion"), None)
            une.statut, une.premiere_diffusion = "en_diffusion", premier_flux
            if une.fin is not None and (le := plus_mois(une.fin, 1)) <= calendrier.aujourd_hui:
                une.statut = "archivee"
                nuit = calendrier.nuit(le)
                self.journal.ecrire(
                    nuit, self.journal.geste(), SESSION, objet, ("archiver", "en_diffusion", "archivee"), None
                )
            elif self._s_annule(fiche, une):
                self._annuler(fiche, une)

    def _s_annule(self, fiche: Fiche, une: Ligne) -> bool:
        """Quelques sessions à venir s'annulent, jamais la dernière : la fiche se serait archivée."""
        a_venir = une.debut > self.tirage.calendrier.aujourd_hui
        return a_venir and une is not fiche.sessions[-1] and self.tirage.hasard.random() < 0.05

    def _annuler(self, fiche: Fiche, une: Ligne) -> None:
        une.statut, une.annulee_le = "annulee", self.tirage.calendrier.jour(-6)
        instant = self.tirage.calendrier.nuit(une.annulee_le) + timedelta(hours=8)
        pas = ("annuler", "en_diffusion", "annulee")
        motif = "Pas assez de candidats pour ouvrir le groupe."
        self.journal.ecrire(
            instant, self.journal.geste(), SESSION, (une.pk, une.reference), pas, fiche.un.redactrice, motif
        )

    # Les lignes ------------------------------------------------------------------------------------------------

    def _ecrire(self, fiche: Fiche, statut: str, depuis: datetime) -> None:
        self.copies[Action].ajouter(
            id=fiche.pk,
            reference=fiche.reference,
            statut=statut,
            organisme_id=fiche.un.pk,
            version_en_diffusion_id=fiche.version,
            soumise_le=fiche.soumise_le,
            cree_le=depuis,
            cree_par_id=fiche.un.redactrice,
            modifie_le=fiche.modifie_le or depuis,
            edition=1 + fiche.retouches,
            **fiche.valeurs,
        )
        if fiche.certification:
            self.copies[ActionCertification].ajouter(
                action_id=fiche.pk, organisme_id=fiche.un.pk, **fiche.certification
            )
        for place, pk in enumerate(fiche.lieux):
            self._ecrire_un_lieu(fiche, place, pk, depuis)
        etat = "en_diffusion" if fiche.numero else "en_redaction"
        for pk, place, code in fiche.financements:
            payeur = self._payeurs[code] if code else None
            self.copies[Financement].ajouter(
                id=pk,
                deroulement_id=fiche.lieux[place],
                rang=2 if code == "cpf" else 1,
                statut=etat,
                dispositif_id=payeur.pk if payeur else None,
                code_financeur=payeur.financeur.code_lheo if payeur else "16",
            )
        for une in fiche.sessions:
            self._ecrire_une_session(fiche, une, depuis)

    def _ecrire_un_lieu(self, fiche: Fiche, place: int, pk: int, depuis: datetime) -> None:
        premiere = next(une for une in fiche.sessions if une.lieu == place)
        self.copies[Deroulement].ajouter(
            id=pk,
            action_id=fiche.pk,
            rang=place + 1,
            numero=f"{fiche.reference}_{premiere.reference}",
            cree_le=depuis,
            modifie_le=depuis,
            **catalogue.valeurs_de_lieu(fiche.offre, fiche.un.lieux[place], fiche.un.site),
        )
        self.copies[Intervention].ajouter(
            deroulement_id=pk, formateur_id=fiche.un.formateur, reste_lheo={"@tag": "principal"}
        )

    def _ecrire_une_session(self, fiche: Fiche, une: Ligne, depuis: datetime) -> None:
        self.sessions.ajouter(
            id=une.pk,
            reference=une.reference,
            statut=une.statut,
            deroulement_id=fiche.lieux[une.lieu],
            annulee_le=une.annulee_le,
            confirmee_le=None if une.fin else self.tirage.calendrier.jour(-20),
            premiere_diffusion=une.premiere_diffusion,
            cree_le=depuis,
            modifie_le=depuis,
            **catalogue.valeurs_de_session(fiche.offre, une.debut, une.fin, fiche.un.lieux[0], une.rang),
        )
