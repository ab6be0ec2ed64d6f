"""Refaire par le moteur, geste par geste, une action versée en masse ; et dire la forme d'une action, pour comparer."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db import models

from dokelio.comptes.models import Utilisateur
from dokelio.historique.contexte import contexte_historique
from dokelio.publication.models import Evenement
from dokelio.publication.moteur import effectuer
from dokelio.publication.naissances import naitre_en_lot
from formations.actions.edition import enregistrer_fiche
from formations.actions.versions import contenu_controle, empreinte
from formations.models import Action
from sessions.models import Deroulement, Financement, Session
from structures.models import Organisme
from tests.fabriques import siret

Forme = dict[str, Any]

# Ce que le flux pose, ce que la base calcule, ce qui identifie : hors de la comparaison.
IGNORES = frozenset(
    (
        *("id", "reference", "numero", "organisme_id", "action_id", "deroulement_id", "formateur_id"),
        *("version_en_diffusion_id", "premiere_diffusion", "modifie_le", "cle_intitule"),
    )
)


def evenements_de(action: Action) -> list[Evenement]:
    """Tous les événements d'une action, de ses sessions et de ses financements, dans l'ordre d'écriture."""
    objets = {
        "formations.Action": [action.pk],
        "sessions_formation.Session": list(
            Session.objects.filter(deroulement__action=action).values_list("pk", flat=True)
        ),
        "sessions_formation.Financement": list(
            Financement.objects.filter(deroulement__action=action).values_list("pk", flat=True)
        ),
    }
    condition = models.Q()
    for label, cles in objets.items():
        condition |= models.Q(objet_type=label, objet_id__in=cles)
    return list(Evenement.objects.filter(condition).order_by("instant", "pk"))


# ------------------------------------------------------------------ la forme


def forme(action: Action) -> Forme:
    """Tout ce qu'on voit d'une action, sans clés ni références : deux actions de même forme ne se distinguent pas."""
    action = Action.objects.get(pk=action.pk)
    lieux = list(action.deroulements.order_by("rang", "pk"))
    sessions = list(Session.objects.filter(deroulement__action=action).order_by("deroulement__rang", "rang", "pk"))
    return {
        "fiche": _valeurs(action),
        "a l'antenne": action.version_en_diffusion.numero if action.version_en_diffusion else None,
        "certifications": [_valeurs(une) for une in action.certifications.order_by("rang")],
        "versions": [_valeurs(une) for une in action.versions.order_by("numero")],
        "remarques": [_valeurs(une) for une in action.remarques.order_by("pk")],
        "lieux": [_valeurs(lieu) for lieu in lieux],
        "numeros": [_numero(lieu, sessions) for lieu in lieux],
        "sessions": [_valeurs(session) for session in sessions],
        "financements": [_valeurs(un) for lieu in lieux for un in lieu.financements.order_by("rang", "pk")],
        "interventions": [_valeurs(une) for lieu in lieux for une in lieu.interventions.order_by("rang", "pk")],
        "evenements": _evenements(evenements_de(action)),
    }


def _valeurs(objet: models.Model) -> Forme:
    return {
        champ.attname: getattr(objet, champ.attname)
        for champ in objet._meta.concrete_fields
        if champ.attname not in IGNORES
    }


def _numero(lieu: Deroulement, sessions: list[Session]) -> int:
    """La place, parmi ses sessions, de celle qui donne son numéro au lieu."""
    siennes = [session.reference for session in sessions if session.deroulement_id == lieu.pk]
    action, _, session = (lieu.numero or "").rpartition("_SE_")
    assert action == lieu.action.reference
    return siennes.index(f"SE_{session}")


def _evenements(evenements: list[Evenement]) -> list[tuple[Any, ...]]:
    """Les événements, les objets et les gestes remplacés par leur ordre d'apparition."""
    objets: dict[Any, int] = {}
    gestes: dict[Any, int] = {}
    return [
        (
            e.objet_type,
            objets.setdefault((e.objet_type, e.objet_id), len(objets)),
            e.reference[:3],
            (e.transition, e.avant, e.apres),
            e.auteur_id,
            e.commentaire,
            e.donnees,
            gestes.setdefault(e.geste, len(gestes)),
            e.instant,
            e.au,
        )
        for e in evenements
    ]


# ------------------------------------------------------------------ le rejeu


class Rejeu:
    """Refait une action versée, chez une copie de son organisme, avec les mêmes auteurs aux mêmes instants."""

    def __init__(self, modele: Action, rang: int) -> None:
        self.modele = modele
        self.organisme = self._copier_l_organisme(modele.organisme, rang)
        self.sessions: dict[int, Session] = {}
        self.retouches = self._retouches()
        self.action = self._copier(modele, organisme=self.organisme, **self._au_depart())

    def jouer(self) -> Action:
        """Refait toute l'histoire et rend la nouvelle action."""
        effets = {"publier", "mettre_en_diffusion"}
        for _, groupe in groupby(evenements_de(self.modele), key=lambda e: (e.geste, e.objet_type, e.transition)):
            evenements = list(groupe)
            premier = evenements[0]
            if premier.transition in effets:
                continue
            if premier.objet_type == "formations.Action":
                self._de_la_fiche(premier)
            elif premier.transition == "creer":
                self._creer_les_sessions(evenements)
            else:
                for un in evenements:
                    session = Session.objects.get(pk=self.sessions[un.objet_id].pk)
                    effectuer(session, un.transition, un.auteur, un.commentaire, maintenant=un.instant)
        return self.action

    def _de_la_fiche(self, un: Evenement) -> None:
        donnees = {}
        if un.transition == "valider":
            donnees["empreinte"] = empreinte(contenu_controle(Action.objects.get(pk=self.action.pk)))
        elif un.transition == "demander_correction":
            self._remarquer()
        effectuer(self.action, un.transition, un.auteur, un.commentaire, maintenant=un.instant, **donnees)
        if un.transition == "creer":
            self._meubler()
        elif un.transition == "modifier" and self.retouches:
            with contexte_historique(un.auteur):
                enregistrer_fiche(self.action, self.retouches.pop(0), self.action.edition)

    def _retouches(self) -> list[dict[str, Any]]:
        """Ce que chaque reprise a changé, d'après les versions puis la ligne."""
        contenus = [version.contenu for version in self.modele.versions.order_by("numero")]
        objectifs = [contenu["formation"]["objectif-formation"] for contenu in contenus]
        textes = [contenu["formation"]["contenu-formation"] for contenu in contenus]
        conditions = [contenu["action"]["conditions-specifiques"] for contenu in contenus]
        etats = list(zip(objectifs, textes, conditions, strict=True))
        derniere = (self.modele.objectif, self.modele.contenu, self.modele.conditions_specifiques)
        if not etats or etats[-1] != derniere:
            etats.append(derniere)
        noms = ("objectif", "contenu", "conditions_specifiques")
        self.etats = [dict(zip(noms, etat, strict=True)) for etat in etats]
        return self.etats[1:]

    def _au_depart(self) -> dict[str, Any]:
        neutres = {"soumise_le": None, "edition": 1, "version_en_diffusion_id": None, "statut": "brouillon"}
        return {**neutres, **self.etats[0], "modifie_le": self.modele.cree_le}

    def _meubler(self) -> None:
        """Certification, lieux, formateurs, financements : ce qui n'a pas de transition de naissance."""
        for une in self.modele.certifications.all():
            self._copier(une, action=self.action, organisme=self.organisme, occupe=False).save()
        self.lieux = {}
        for lieu in self.modele.deroulements.order_by("rang"):
            copie = self._copier(lieu, action=self.action, numero=None)
            copie.save()
            self.lieux[lieu.pk] = copie
            formateur = self.organisme.formateurs.get()
            self._tout_copier(lieu.interventions.all(), deroulement=copie, formateur=formateur)
            self._tout_copier(lieu.financements.order_by("rang"), deroulement=copie, statut="en_redaction")

    def _creer_les_sessions(self, evenements: list[Evenement]) -> None:
        paires = []
        for un in evenements:
            session = Session.objects.get(pk=un.objet_id)
            lieu = self.lieux[session.deroulement_id]
            copie = self._copier(session, deroulement=lieu, statut="brouillon", annulee_le=None)
            paires.append((session.pk, copie))
        naitre_en_lot([copie for _, copie in paires], "creer", evenements[0].auteur, maintenant=evenements[0].instant)
        self.sessions |= dict(paires)

    def _remarquer(self) -> None:
        for une in self.modele.remarques.order_by("pk"):
            self._copier(une, action=self.action, etat="preparee", envoyee_le=None).save()

    def _tout_copier(self, objets: Iterable[models.Model], **valeurs: Any) -> None:
        for objet in objets:
            self._copier(objet, **valeurs).save()

    def _copier(self, objet: Any, **valeurs: Any) -> Any:
        """Une ligne neuve de mêmes valeurs, celles données exceptées."""
        remplaces = {*valeurs, *(f"{nom}_id" for nom in valeurs)}
        communs = {
            champ.attname: getattr(objet, champ.attname)
            for champ in objet._meta.concrete_fields
            if not champ.generated and champ.attname not in remplaces | {"id", "reference", "cree_par_id"}
        }
        return type(objet)(**communs | valeurs)

    def _copier_l_organisme(self, modele: Organisme, rang: int) -> Organisme:
        copie: Organisme = self._copier(modele, siret=siret(8_000_000 + rang), statut="demande")
        copie.save()
        for contact in modele.contacts.all():
            self._copier(contact, organisme=copie).save()
        effectuer(copie, "accepter", Utilisateur.objects.get(email="admin@dokelio.exemple"))
        for rattachement in modele.rattachements.all():
            self._copier(rattachement, organisme=copie).save()
        for formateur in modele.formateurs.all():
            self._copier(formateur, organisme=copie, structure=copie).save()
        return copie


def ecarts(une: Forme, autre: Forme) -> dict[str, Any]:
    """Ce qui distingue deux formes, rubrique par rubrique."""
    return {cle: (une[cle], autre[cle]) for cle in une if une[cle] != autre[cle]}
