"""L'onglet Sessions d'une fiche : un groupe par lieu, ses sessions, ce qui se voit, et pourquoi le reste non."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from dokelio.publication.moteur import transitions_possibles
from dokelio.socle.pagination import PageParCle
from dokelio.socle.templatetags.dokelio import etat
from dokelio.socle.typographie import lieu_texte, montant, nombre
from formations.models import Action
from formations.permissions import peut_controler, peut_editer_le_libre
from formations.views.cadre import cadre, fiche_visible
from sessions.forms.arbres import lire
from sessions.models import Deroulement, EtatFinancement, EtatSession, Financement, Intervention, Session
from sessions.permissions import peut_financer, reserves_a
from sessions.views.visibilite import Diffusion, diffusion_de

ENTETES = [
    {"libelle": nom} for nom in ("Référence", "Date de début", "Date de fin", "CP", "État", "Programme", "OF formateur")
] + [{"libelle": "Gestes", "cache": True}]
ORDRE_A_VENIR = ("deroulement__rang", "deroulement__pk", "debut", "id")
ORDRE_TERMINEES = ("deroulement__rang", "deroulement__pk", "-debut", "-id")
MODALITES = {"0": "Présentiel", "1": "Mixte", "2": "À distance"}


@dataclass(slots=True)
class LigneSession:
    """Une ligne du tableau."""

    session: Session
    programme: str
    formateurs: str
    diffusion: Diffusion
    gestes: list[Any] = field(default_factory=list)
    dates_modifiables: bool = False
    ouverte: bool = False


@dataclass(slots=True)
class Groupe:
    """Un lieu, ses modalités, et celles de ses sessions que la page montre."""

    lieu: Deroulement
    modalite: str
    traits: list[dict[str, str]]
    financement: SafeString
    financements: list[tuple[Financement, list[Any]]]
    reserves: frozenset[str]
    peut_financer: bool
    lignes: list[LigneSession] = field(default_factory=list)

    @property
    def ancre(self) -> str:
        return f"lieu-{self.lieu.pk}"

    @property
    def legende(self) -> str:
        return f"Sessions : {self.modalite}, {lieu_texte(self.lieu.code_postal, self.lieu.ville)}"


def onglet(request: HttpRequest, reference: str) -> HttpResponse:
    """Les sessions à venir et en cours, ou terminées, par lieu ; cinq requêtes, quel que soit leur nombre."""
    action = fiche_visible(request, reference)
    au = timezone.localdate()
    terminees = request.GET.get("vue") == "terminees"
    sessions = Session.objects.filter(deroulement__action=action)
    passees = Q(statut=EtatSession.ARCHIVEE) | Q(fin__lt=au)
    comptes = sessions.aggregate(total=Count("pk"), terminees=Count("pk", filter=passees))
    voulues = sessions.filter(passees) if terminees else sessions.exclude(passees)
    page: PageParCle[Session] = PageParCle(voulues, ORDRE_TERMINEES if terminees else ORDRE_A_VENIR, request.GET)
    sans_avenir = comptes["total"] == comptes["terminees"]
    groupes = _groupes(request, action, page, vides=not terminees and page.precedent is None, tous=sans_avenir)
    _remplir(request, action, groupes, page, au)
    contexte = {
        **cadre(request, action, "sessions"),
        "groupes": groupes,
        "page": page,
        "entetes": ENTETES,
        "vues": _vues(action, comptes, terminees),
        "terminees": terminees,
        "modifiable": peut_editer_le_libre(action, request.user),
        "peut_ajouter_un_lieu": peut_editer_le_libre(action, request.user)
        and (not action.conventionnee or peut_controler(action, request.user)),
    }
    return render(request, "sessions/onglet.html", contexte)


def _vues(action: Action, comptes: dict[str, int], terminees: bool) -> list[dict[str, Any]]:
    adresse = reverse("fiche_sessions", args=[action.reference])
    a_venir = comptes["total"] - comptes["terminees"]
    return [
        {"libelle": "À venir et en cours", "url": adresse, "courante": not terminees, "compte": a_venir},
        {
            "libelle": "Terminées",
            "url": f"{adresse}?vue=terminees",
            "courante": terminees,
            "compte": comptes["terminees"],
        },
    ]


def _lieux(action: Action, page: PageParCle[Session], vides: bool, tous: bool) -> "QuerySet[Deroulement]":
    """Les lieux des sessions de la page, les lieux encore vides ; `tous` : rien n'est à venir, on ajoute des dates."""
    montres = Q(pk__in={session.deroulement_id for session in page})
    if vides:
        montres = Q() if tous else montres | Q(sessions__isnull=True)
    lieux = action.deroulements.filter(montres).distinct().order_by("rang", "pk")
    regles = ["financements__dispositif__regles"] if action.conventionnee else []
    resultat: QuerySet[Deroulement] = lieux.prefetch_related(
        Prefetch("financements", queryset=Financement.objects.select_related("dispositif")),
        Prefetch("interventions", queryset=Intervention.objects.select_related("formateur")),
        *regles,
    )
    return resultat


def _groupes(request: HttpRequest, action: Action, page: PageParCle[Session], vides: bool, tous: bool) -> list[Groupe]:
    groupes = []
    for lieu in _lieux(action, page, vides, tous):
        lieu.action = action
        financements = []
        for un in lieu.financements.all():
            un.deroulement = lieu
            gestes = [p.transition for p in transitions_possibles(un, request.user) if p.transition.nom != "soumettre"]
            financements.append((un, gestes))
        groupes.append(
            Groupe(
                lieu,
                MODALITES.get(lieu.modalites_enseignement, "Modalité à préciser"),
                _traits(lieu),
                _financement([un for un, _ in financements]),
                financements,
                reserves_a(lieu, request.user),
                peut_financer(Financement(deroulement=lieu), request.user),
            )
        )
    return groupes


def _remplir(request: HttpRequest, action: Action, groupes: list[Groupe], page: PageParCle[Session], au: date) -> None:
    """Range les sessions de la page sous leur lieu."""
    par_lieu = {groupe.lieu.pk: groupe for groupe in groupes}
    ouverte = request.GET.get("session", "")
    for session in page:
        groupe = par_lieu[session.deroulement_id]
        session.deroulement = groupe.lieu
        gestes = [p.transition for p in transitions_possibles(session, request.user)]
        if not action.est_en_diffusion:  # le geste n'aurait pas d'effet : la session partira avec la fiche
            gestes = [geste for geste in gestes if geste.nom != "publier"]
        ligne = LigneSession(
            session,
            programme_de(groupe.lieu),
            ", ".join(str(i.formateur) for i in groupe.lieu.interventions.all()) or str(action.organisme),
            diffusion_de(session, au),
            gestes,
            "dates" not in groupe.reserves,
            session.reference == ouverte,
        )
        groupe.lignes.append(ligne)


def programme_de(lieu: Deroulement) -> str:
    """« Non conv », le ou les dispositifs, ou le programme reçu ; « Aucun » sans financement."""
    noms = []
    for financement in lieu.financements.all():
        if financement.statut != EtatFinancement.RETIRE:
            noms.append(nom_du_programme(financement, lieu.action.conventionnee))
    return ", ".join(dict.fromkeys(noms)) or "Aucun"


def nom_du_programme(financement: Financement, conventionnee: bool = False) -> str:
    if financement.dispositif is not None:
        return str(financement.dispositif)
    for bloc in financement.extras or []:
        for _, noeud in bloc.get("contenu", []) if bloc.get("@info") == "specificites" else []:
            if isinstance(noeud, dict) and noeud.get("@info") == "programme-financeur" and lire(noeud):
                return lire(noeud)
    return financement.get_code_financeur_display() or "À préciser" if conventionnee else "Non conv"


def _financement(financements: list[Financement]) -> SafeString:
    """Chaque programme suivi de son état."""
    return format_html_join(
        " ",
        "{} {}",
        (
            (nom_du_programme(un, un.deroulement.action.conventionnee), etat("financement", un.statut))
            for un in financements
        ),
    )


def _traits(lieu: Deroulement) -> list[dict[str, str]]:
    adresse = ((lieu.lieux or [{}])[0].get("coordonnees") or {}).get("adresse")
    rue = ", ".join(filter(None, (lire(adresse, "denomination"), lire(adresse, "ligne", 0))))
    heures = f"{nombre(lieu.heures_total)} h" if lieu.heures_total is not None else ""
    if heures and lieu.heures_entreprise:
        heures += f", dont {nombre(lieu.heures_entreprise)} h en entreprise"
    permanentes = "Entrées et sorties permanentes" if lieu.entrees_sorties == "1" else ""
    suites = (
        ("map-pin", rue),
        ("clock", heures or "durée à préciser"),
        ("banknote", montant(lieu.prix_total) if lieu.prix_total is not None else "prix à préciser"),
        ("repeat", permanentes),
    )
    return [{"icone": icone, "texte": texte} for icone, texte in suites if texte]
