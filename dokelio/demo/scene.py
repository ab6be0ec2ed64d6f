"""Une fiche de la démonstration et les gestes qui font son histoire : tous passent par le moteur, chacun à sa date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from conventionne.models import Convention, Dispositif
from diffusion.archivage.regle import PALIERS
from diffusion.models import AvisArchivage
from dokelio.comptes.models import Utilisateur
from dokelio.demo import catalogue
from dokelio.demo.catalogue import DISTANCE, PERMANENTES, Offre
from dokelio.demo.chronologie import Calendrier, Fil
from dokelio.demo.decor import Decor, Maison, convention, dispositif
from dokelio.historique.contexte import contexte_historique
from dokelio.messagerie.actions import notifier
from dokelio.publication.contexte import jour_de_paris
from dokelio.publication.moteur import effectuer
from dokelio.publication.naissances import naitre_en_lot
from formations.actions.edition import enregistrer_fiche
from formations.actions.versions import contenu_controle, empreinte
from formations.models import Action, ActionCertification, EtatRemarque, Remarque
from sessions.models import Deroulement, EtatFinancement, EtatSession, Financement, Intervention, Session
from sessions.publication.visibilite import plus_mois

Dates = tuple[date, date | None]


class Scene:
    """Ce qui arrive à une fiche. Les méthodes d'un verbe sont des gestes : elles reçoivent leur instant en dernier."""

    def __init__(self, decor: Decor, maison: Maison, offre: Offre, rang: int, nombre: int) -> None:
        self.decor, self.maison, self.offre = decor, maison, offre
        self.rang, self.nombre = rang, nombre
        self.fil = Fil(decor.calendrier, 2 * rang)
        self.nuits = Fil(decor.calendrier, 2 * rang + 1)
        self.programme = ""
        self.sans_financement = False
        self.action: Action
        self.lieux: list[Deroulement] = []
        self.sessions: list[Session] = []
        self.prevues: list[Dates] = []

    # Prévoir ---------------------------------------------------------------------------------------------------

    @property
    def calendrier(self) -> Calendrier:
        return self.decor.calendrier

    def le(self, decalage: int, heure: str, geste: Any, *arguments: Any, **options: Any) -> None:
        """Prévoit un geste ; ce qui est ancien se décale un peu d'une fiche à l'autre."""
        decalage -= self.rang * 3 % 8 if decalage < -25 else 0
        self.fil.le(decalage, heure, lambda instant: geste(*arguments, instant, **options))

    def dates(self, premier: int, dernier: int, nombre: int) -> list[Dates]:
        """`nombre` sessions, dont les débuts s'étalent entre ces deux jours ; la fin suit la durée de l'offre."""
        pas = (dernier - premier) / max(1, nombre - 1)
        debuts = [self.calendrier.lundi(round(premier + pas * rang)) for rang in range(nombre)]
        return [(debut, self._fin(debut, rang)) for rang, debut in enumerate(debuts)]

    def dates_finies(self, derniere_fin: int, nombre: int) -> list[Dates]:
        """`nombre` sessions toutes terminées, la dernière à ce jour."""
        fins = [self.calendrier.vendredi(self.calendrier.jour(derniere_fin - 35 * rang)) for rang in range(nombre)]
        duree = min(self.offre.jours, 60)
        return [(fin - timedelta(days=duree), fin) for fin in reversed(fins)]

    def _fin(self, debut: date, rang: int) -> date | None:
        """Une entrée permanente sur trois n'a pas de fin connue."""
        if self.offre.entrees == PERMANENTES and rang % 3 == 0 and debut > self.calendrier.jour(-100):
            return None
        return max(debut, self.calendrier.vendredi(debut + timedelta(days=self.offre.jours)))

    # Gestes de la fiche ----------------------------------------------------------------------------------------

    def creer(self, dates: Sequence[Dates], instant: datetime, **valeurs: Any) -> None:
        """L'organisme (la documentaliste, pour une offre conventionnée) crée la fiche, ses lieux et ses sessions."""
        contrat = self._convention()
        champs = catalogue.valeurs_de_fiche(self.offre, self.maison.telephone, self.maison.site) | valeurs
        self.action = Action(
            organisme=self.maison.organisme,
            conventionnee=contrat is not None,
            convention=contrat,
            cree_le=instant,
            modifie_le=instant,
            **champs,
        )
        effectuer(self.action, "creer", self._createur, maintenant=instant)
        if (prepare := catalogue.valeurs_de_certification(self.offre)) is not None:
            ActionCertification.objects.create(
                action=self.action,
                organisme=self.maison.organisme,
                lot=contrat.lot if contrat else "",
                **prepare,
            )
        combien = min(len(self.maison.lieux), 2 if self.nombre > 2 else 1) if dates else 0
        for rang in range(combien):
            self._ouvrir_un_lieu(rang, instant)
        self._naitre(dates, self._createur, instant)

    def soumettre(self, instant: datetime) -> None:
        effectuer(self.action, "soumettre", self.maison.redactrice, maintenant=instant)

    def prendre(self, instant: datetime) -> None:
        effectuer(self.action, "prendre_en_charge", self._controleur, maintenant=instant)

    def valider(self, instant: datetime) -> None:
        """La documentaliste accepte ce qu'elle a lu ; tout part avec la fiche, l'argent du conventionné aussi."""
        vu = empreinte(contenu_controle(self._relue()))
        effectuer(self.action, "valider", self._controleur, maintenant=instant, empreinte=vu)
        for financement in self._financements(EtatFinancement.EN_REDACTION):
            effectuer(financement, "mettre_en_diffusion", self._controleur, maintenant=instant)
        self._dater_le_premier_flux(instant)

    def demander(self, remarques: Sequence[tuple[str, str]], mot: str, instant: datetime) -> None:
        """La documentaliste demande des corrections, chacune sur un champ."""
        for champ, texte in remarques:
            Remarque.objects.create(
                action=self.action,
                champ=champ,
                texte=texte,
                etat=EtatRemarque.PREPAREE,
                auteur=self._controleur,
                cree_le=instant,
            )
        effectuer(self.action, "demander_correction", self._controleur, mot, maintenant=instant)

    def modifier(self, instant: datetime) -> None:
        effectuer(self.action, "modifier", self.maison.redactrice, maintenant=instant)

    def ecrire(self, valeurs: dict[str, Any], instant: datetime) -> None:
        """L'organisme retouche la fiche."""
        with contexte_historique(self.maison.redactrice):
            enregistrer_fiche(self.action, valeurs, self._relue().edition)
        Action.objects.filter(pk=self.action.pk).update(modifie_le=instant)

    def retirer(self, motif: str, instant: datetime) -> None:
        effectuer(self.action, "retirer", self._controleur, motif, maintenant=instant)

    def rouvrir(self, instant: datetime) -> None:
        effectuer(self.action, "reactiver", self.maison.redactrice, maintenant=instant)

    # Gestes des sessions ---------------------------------------------------------------------------------------

    def ajouter(self, dates: Sequence[Dates], instant: datetime, *, publier: bool = True) -> None:
        """Des dates de plus sur une fiche en diffusion : elles le sont aussitôt, ou restent un brouillon."""
        for session in self._naitre(dates, self._createur, instant):
            if publier:
                effectuer(session, "publier", self._createur, maintenant=instant)
        self._dater_le_premier_flux(instant)

    def annuler(self, motif: str, instant: datetime) -> None:
        """L'organisme annule sa dernière session à venir."""
        session = max(self.sessions, key=lambda une: une.debut)
        effectuer(session, "annuler", self._createur, motif, maintenant=instant)

    def archiver_les_terminees(self) -> None:
        """Prévoit les nuits où les sessions diffusées sont archivées : un mois après leur fin."""
        for rang, (_, fin) in enumerate(self.prevues):
            if fin is not None and (le := plus_mois(fin, 1)) <= self.calendrier.aujourd_hui:
                self.nuits.a(self.calendrier.nuit(le), partial(self._archiver, rang))

    def annoncer_l_archivage(self) -> date:
        """Prévoit les nuits où les membres apprennent que la fiche s'archive bientôt ; rend le jour de l'archivage."""
        le = max(plus_mois(fin, 1) for _, fin in self.prevues if fin is not None)
        for palier in PALIERS:
            if (avis := le - timedelta(days=palier)) <= self.calendrier.aujourd_hui:
                self.fil.a(self.calendrier.nuit(avis), partial(self._avertir, le, palier))
        return le

    def archiver_la_fiche(self) -> None:
        """Prévoit la nuit où la fiche est archivée : un mois après la fin de sa dernière session."""
        nuit = self.calendrier.nuit(self.annoncer_l_archivage())
        self.fil.a(nuit, lambda instant: effectuer(self.action, "archiver", None, maintenant=instant))

    # Pièces ----------------------------------------------------------------------------------------------------

    @property
    def _createur(self) -> Utilisateur:
        return self.decor.conventionne if self.programme else self.maison.redactrice

    @property
    def _controleur(self) -> Utilisateur:
        return self.decor.conventionne if self.programme else self.decor.documentaliste

    def _relue(self) -> Action:
        self.action = Action.objects.get(pk=self.action.pk)
        return self.action

    def _convention(self) -> Convention | None:
        return convention(self.decor, self.maison, self.programme) if self.programme else None

    def _ouvrir_un_lieu(self, rang: int, instant: datetime) -> None:
        """Un lieu et ses modalités ; le second d'une offre en présence est parfois mixte."""
        mode = "1" if rang == 1 and self.offre.mode == "0" and self.rang % 4 == 3 else ""
        lieu = Deroulement.objects.create(
            action=self.action,
            rang=rang + 1,
            cree_le=instant,
            modifie_le=instant,
            **catalogue.valeurs_de_lieu(
                self.offre, self.maison.lieux[rang], self.maison.site, mode, bool(self.programme)
            ),
        )
        self.lieux.append(lieu)
        partenaire = rang == 1 and self.rang % 3 == 0 and self.offre.mode != DISTANCE
        formateurs = self.maison.formateurs if partenaire else self.maison.formateurs[:1]
        Intervention.objects.bulk_create(
            Intervention(
                deroulement=lieu, formateur=un, rang=numero, reste_lheo={"@tag": "principal"} if numero == 1 else {}
            )
            for numero, un in enumerate(formateurs, start=1)
        )
        if not (self.sans_financement and rang == 1):
            Financement.objects.bulk_create(self._payeurs(lieu, rang))

    def _payeurs(self, lieu: Deroulement, rang: int) -> Iterator[Financement]:
        if (contrat := self._convention()) is not None:
            yield Financement(
                deroulement=lieu,
                dispositif=contrat.dispositif,
                convention=contrat,
                code_financeur=contrat.dispositif.financeur.code_lheo,
                places=15,
            )
            return
        if self.offre.en_alternance:
            yield Financement(deroulement=lieu, code_financeur="16")
            return
        yield self._au_titre_de(lieu, "non-conv", 1)
        if self.offre.certification:
            yield self._au_titre_de(lieu, "cpf", 2)
        if rang == 0 and self.rang % 2 == 0:
            yield self._au_titre_de(lieu, "aif", 3)

    def _au_titre_de(self, lieu: Deroulement, code: str, rang: int) -> Financement:
        du: Dispositif = dispositif(code, self.calendrier.jour(-420))
        return Financement(deroulement=lieu, rang=rang, dispositif=du, code_financeur=du.financeur.code_lheo)

    def _naitre(self, dates: Sequence[Dates], auteur: Utilisateur, instant: datetime) -> list[Session]:
        """Les sessions, réparties entre les lieux."""
        nouvelles: list[Session] = []
        for debut, fin in dates:
            rang = len(self.sessions) + len(nouvelles)
            nouvelles.append(
                Session(
                    deroulement=self.lieux[rang % len(self.lieux)],
                    cree_le=instant,
                    modifie_le=instant,
                    confirmee_le=None if fin else self.calendrier.jour(-20),
                    **catalogue.valeurs_de_session(self.offre, debut, fin, self.maison.lieux[0], rang),
                )
            )
        naitre_en_lot(nouvelles, "creer", auteur, maintenant=instant)
        self.sessions += nouvelles
        return nouvelles

    def _financements(self, etat: str) -> list[Financement]:
        return list(Financement.objects.filter(deroulement__action=self.action, statut=etat).order_by("pk"))

    def _avertir(self, le: date, palier: int, instant: datetime) -> None:
        AvisArchivage.objects.create(action=self.action, jour=le, palier=palier, au=jour_de_paris(instant))
        reference = self.action.reference
        notifier(
            self.maison.redactrice,
            f"Archivage le {le:%d/%m/%Y} : {self.action.intitule}",
            "Ajoutez une session à venir pour que la fiche reste en diffusion.",
            f"/formations/{reference}/sessions/",
            "archivage",
            cle=f"archivage:{reference}:{le}:{palier}",
        )

    def _archiver(self, rang: int, instant: datetime) -> None:
        session = Session.objects.get(pk=self.sessions[rang].pk)
        if session.statut in (EtatSession.EN_DIFFUSION, EtatSession.ANNULEE):
            effectuer(session, "archiver", None, maintenant=instant)

    def _dater_le_premier_flux(self, instant: datetime) -> None:
        """Ce qui vient de se diffuser est parti dans le flux de la nuit suivante."""
        nuit = (instant + timedelta(days=1)).date()
        if nuit <= self.calendrier.aujourd_hui:
            Session.objects.filter(
                deroulement__action=self.action, statut=EtatSession.EN_DIFFUSION, premiere_diffusion=None
            ).update(premiere_diffusion=nuit)
