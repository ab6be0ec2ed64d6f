"""Les flux des partenaires : la dernière exécution de chacun, ce qui n'est pas parti et pourquoi, les documents."""

import logging
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import F, IntegerField, OuterRef, Subquery
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from diffusion.exports.execution import demander, publier_quand_meme
from diffusion.exports.phrases import libelle_de_cause, qui_agit
from diffusion.models import EtatExecution, Execution, Flux
from diffusion.tasks import executer_flux_demande
from dokelio.comptes.permissions import est_administrateur, est_du_carif, reserve
from dokelio.socle.pagination import PageParCle
from dokelio.socle.typographie import date_courte, nombre, octets

journal = logging.getLogger(__name__)

PRECEDENTES = 5
LAISSEES_PAR_PAGE = 50
ENTETES_FLUX = [
    {"libelle": "Flux"},
    {"libelle": "Destinataire"},
    {"libelle": "Dernière exécution"},
    {"libelle": "Formations", "nombre": True},
    {"libelle": "Écart", "nombre": True},
    {"libelle": "Laissées de côté", "nombre": True},
    {"libelle": "Durée", "nombre": True},
    {"libelle": "Délai annoncé"},
]
ENTETES_CAUSES = [
    {"libelle": "Cause"},
    {"libelle": "Qui peut agir"},
    {"libelle": "Formations", "nombre": True},
    {"libelle": "Évolution", "nombre": True},
]
ENTETES_LAISSEES = [{"libelle": "Action"}, {"libelle": "Cause"}, {"libelle": "Ce qui l'empêche"}]
ENTETES_HISTORIQUE = [
    {"libelle": "Nuit du"},
    {"libelle": "État"},
    {"libelle": "Demandée par"},
    {"libelle": "Formations", "nombre": True},
    {"libelle": "Laissées de côté", "nombre": True},
    {"libelle": "Durée", "nombre": True},
]


@dataclass(frozen=True, slots=True)
class CauseMontree:
    """Une ligne du tableau des causes ; `ecart` : depuis l'exécution précédente, `None` sans précédente."""

    code: str
    libelle: str
    qui: str
    compte: int
    ecart: int | None


# ------------------------------------------------------------------ lire


@require_safe
@reserve(est_du_carif)
def diffusion(request: HttpRequest) -> HttpResponse:
    """Tous les flux, et la dernière exécution de celui qu'on regarde (le premier par défaut)."""
    flux = list(Flux.objects.all())
    dernieres = {une.flux_id: une for une in _avec_precedente(_dernieres())}
    choisi = next((un for un in flux if un.slug == request.GET.get("flux")), flux[0] if flux else None)
    contexte: dict[str, Any] = {
        "lignes": [(un, dernieres.get(un.pk), un == choisi) for un in flux],
        "entetes": ENTETES_FLUX,
        "flux": choisi,
        "peut_lancer": est_administrateur(request.user),
    }
    if choisi is not None and (derniere := dernieres.get(choisi.pk)):
        contexte |= _detail(request, derniere)
    return render(request, "diffusion/diffusion.html", contexte)


@require_safe
@reserve(est_du_carif)
def historique(request: HttpRequest, slug: str) -> HttpResponse:
    """Toutes les exécutions d'un flux, la plus récente d'abord."""
    flux = get_object_or_404(Flux, slug=slug)
    executions = Execution.objects.pour_liste().filter(flux=flux)
    contexte = {
        "flux": flux,
        "page": PageParCle(executions, ("-id",), request.GET),
        "entetes": ENTETES_HISTORIQUE,
        "etapes": [{"libelle": "Diffusion", "url": f"{reverse('diffusion')}?flux={flux.slug}"}],
    }
    return render(request, "diffusion/historique.html", contexte)


@require_safe
@reserve(est_du_carif)
def execution(request: HttpRequest, pk: int) -> HttpResponse:
    """Une exécution : ce qui est parti, ce qui ne l'est pas."""
    une = get_object_or_404(_avec_precedente(Execution.objects.filter(pk=pk)))
    contexte = {
        "flux": une.flux,
        "peut_lancer": est_administrateur(request.user),
        "etapes": [
            {"libelle": "Diffusion", "url": f"{reverse('diffusion')}?flux={une.flux.slug}"},
            {"libelle": "Exécutions", "url": reverse("flux_executions", args=[une.flux.slug])},
        ],
    }
    return render(request, "diffusion/execution.html", contexte | _detail(request, une))


@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Le document d'une exécution, tant qu'il est gardé."""
    if not est_du_carif(request.user):
        raise Http404
    une = get_object_or_404(Execution.objects.select_related("flux"), pk=pk)
    chemin = une.chemin
    if chemin is None or not chemin.is_file():
        raise Http404
    return FileResponse(chemin.open("rb"), as_attachment=True, filename=chemin.name, content_type="application/xml")


# ------------------------------------------------------------------ agir


@require_POST
@reserve(est_administrateur)
def lancer(request: HttpRequest, slug: str) -> HttpResponse:
    """Demande une exécution ; la ligne d'abord, le message ensuite."""
    flux = get_object_or_404(Flux, slug=slug)
    une = demander(flux, timezone.localdate(), request.user)
    if une.etat == EtatExecution.EN_ATTENTE:
        try:
            executer_flux_demande.delay(une.pk)
        except OperationalError:
            journal.warning("Le courtier ne répond pas : l'exécution %s attend le balayage.", une.pk)
    messages.success(request, f"L'écriture du flux « {flux} » est demandée. Le document précédent reste en place.")
    return redirect("execution", une.pk)


@require_POST
@reserve(est_administrateur)
def publier(request: HttpRequest, pk: int) -> HttpResponse:
    """Met en place un document retenu."""
    une = get_object_or_404(Execution, pk=pk)
    if publier_quand_meme(une, request.user):
        messages.success(request, "Le document est publié : le destinataire le prendra à son prochain passage.")
    else:
        messages.error(request, "Ce document n'est plus à publier : il l'est déjà, ou il n'est plus gardé.")
    return redirect("execution", une.pk)


# ------------------------------------------------------------------ composer


def _dernieres() -> Any:
    return Execution.objects.filter(
        pk__in=Execution.objects.order_by("flux_id", "-pk").distinct("flux_id").values("pk")
    )


def _avec_precedente(executions: Any) -> Any:
    """Chaque exécution, les causes de la publiée d'avant, et l'écart de formations avec elle."""
    avant = Execution.objects.filter(flux=OuterRef("flux"), pk__lt=OuterRef("pk"), etat=EtatExecution.PUBLIE)
    avant = avant.order_by("-pk")
    return executions.select_related("flux", "demandee_par", "publiee_par").annotate(
        avant_pk=Subquery(avant.values("pk")[:1]),
        avant_causes=Subquery(avant.values("causes")[:1]),
        ecart=F("formations") - Subquery(avant.values("formations")[:1], output_field=IntegerField()),
    )


def _detail(request: HttpRequest, une: Any) -> dict[str, Any]:
    """Ce que montre une exécution ; `laissees` est la page courante de la cause choisie."""
    avant = une.avant_causes if une.avant_pk else None
    codes = sorted({*une.causes, *(avant or ())}, key=lambda code: (-une.causes.get(code, 0), code))
    causes = [
        CauseMontree(
            code,
            libelle_de_cause(code),
            qui_agit(code),
            une.causes.get(code, 0),
            None if avant is None else une.causes.get(code, 0) - avant.get(code, 0),
        )
        for code in codes
    ]
    precedentes = Execution.objects.filter(flux=une.flux_id, pk__lt=une.pk).defer("laissees", "causes").order_by("-pk")
    return {
        "execution": une,
        "reperes": _reperes(une),
        "entetes_causes": ENTETES_CAUSES,
        "causes": causes,
        "precedentes": list(precedentes[:PRECEDENTES]),
        **_laissees(request, une),
    }


def _laissees(request: HttpRequest, une: Any) -> dict[str, Any]:
    """Les formations laissées de côté, une page à la fois, celles d'une cause si l'adresse en dit une."""
    voulue = request.GET.get("cause", "")
    gardees = [laissee for laissee in une.laissees if not voulue or laissee[1] == voulue]
    gardees.sort(key=lambda laissee: not laissee[2])  # les fautes d'abord
    numero = request.GET.get("page", "")
    rang = max(1, int(numero[:4])) if numero.isdecimal() else 1
    debut = (rang - 1) * LAISSEES_PAR_PAGE
    page = [(r, libelle_de_cause(c), detail) for r, c, detail in gardees[debut : debut + LAISSEES_PAR_PAGE]]
    total = une.causes.get(voulue, 0) if voulue else une.nb_laissees

    def adresse(vers: int) -> str:
        parametres = request.GET.copy()
        parametres["page"] = str(vers)
        return f"?{parametres.urlencode()}#laissees"

    return {
        "entetes_laissees": ENTETES_LAISSEES,
        "laissees": page,
        "laissees_non_gardees": max(0, total - len(gardees)),
        "cause": libelle_de_cause(voulue) if voulue else "",
        "laissees_avant": adresse(rang - 1) if rang > 1 else "",
        "laissees_apres": adresse(rang + 1) if debut + LAISSEES_PAR_PAGE < len(gardees) else "",
    }


def _reperes(une: Any) -> list[tuple[str, str]]:
    """Les chiffres d'une exécution, en couples libellé et valeur."""
    commencee = f"{timezone.localtime(une.debut):%d/%m/%Y, %H h %M min %S s}" if une.debut else "pas encore"
    reperes = [("Jour des règles", date_courte(une.au)), ("Commencée", commencee)]
    if une.duree is not None:
        reperes.append(("Durée", f"{nombre(une.duree.total_seconds(), 1)} s"))
    if une.demandee_par:
        reperes.append(("Demandée par", str(une.demandee_par)))
    if une.publiee_par:
        reperes.append(("Publiée quand même par", str(une.publiee_par)))
    if une.taille:
        comptes = (
            ("Formations", une.formations),
            ("Lieux et modalités", une.actions),
            ("Sessions", une.sessions),
            ("Organismes", une.organismes),
        )
        reperes += [(libelle, nombre(compte)) for libelle, compte in comptes]
        reperes += [("Taille", octets(une.taille)), ("Schéma", "LHEO 2.3, chaque formation validée")]
    return reperes
