"""Les recherches instantanées des listes à choix : vingt réponses, codes d'abord, accents indifférents.

Chaque réponse est une liste `[{"valeur": …, "texte": …, "detail": …}]`, la forme que lit notre module Tom Select."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from dokelio.referentiels.models import Certification, Commune, Formacode, Nsf, Rome

MAXIMUM = 20


def _reponse(choix: Iterable[tuple[str, str, str]]) -> JsonResponse:
    liste = [{"valeur": valeur, "texte": texte, "detail": detail} for valeur, texte, detail in choix]
    reponse = JsonResponse(liste, safe=False, json_dumps_params={"ensure_ascii": False})
    reponse["Cache-Control"] = "private, max-age=300"
    return reponse


def _question(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:200].replace("\0", "").strip()


def _version(request: HttpRequest, defaut: str) -> str:
    return request.GET.get("version", "")[:4].replace("\0", "") or defaut


@require_GET
@login_required
def communes(request: HttpRequest) -> JsonResponse:
    """Communes et arrondissements ; `valeur` : le code Insee. `region=idf` se limite à l'Île-de-France."""
    trouvees = Commune.objects.chercher(_question(request))
    if request.GET.get("region") == "idf":
        trouvees = trouvees.d_ile_de_france()
    return _reponse((c.code_insee, c.nom, _postaux(c.codes_postaux)) for c in trouvees[:MAXIMUM])


def _postaux(codes: list[str]) -> str:
    return ", ".join(codes[:3]) + (f" et {len(codes) - 3} autres" if len(codes) > 3 else "")


@require_GET
@login_required
def certifications(request: HttpRequest) -> JsonResponse:
    """Fiches RNCP et RS ; `valeur` : le code. `actives=1` écarte celles où l'on ne peut plus entrer aujourd'hui."""
    trouvees = Certification.objects.chercher(_question(request))
    aujourdhui = timezone.localdate()
    if request.GET.get("actives") == "1":
        trouvees = trouvees.actives_au(aujourdhui)
    return _reponse((c.code, c.intitule_court, _detail_fiche(c, aujourdhui)) for c in trouvees[:MAXIMUM])


def _detail_fiche(certification: Certification, au: datetime.date) -> str:
    morceaux = [certification.code]
    if certification.niveau:
        morceaux.append(f"niveau {certification.niveau}")
    if not certification.active_au(au):
        morceaux.append("inactive")
    elif certification.fin_enregistrement:
        morceaux.append(f"jusqu'au {certification.fin_enregistrement:%d/%m/%Y}")
    return " · ".join(morceaux)


@require_GET
@login_required
def formacodes(request: HttpRequest) -> JsonResponse:
    """Descripteurs Formacode d'une `version` (V14) et d'un `type` (DOM, PUB, MOD) ; `valeur` : le code."""
    version, genre = _version(request, "V14"), request.GET.get("type", "").upper()[:12].replace("\0", "")
    trouves = Formacode.objects.version(version)
    if genre:
        trouves = trouves.filter(type=genre)
    question = _question(request)
    # Les publics sont peu nombreux : sans question, la liste s'ouvre sur les premiers.
    trouves = trouves.chercher(question) if question else trouves.order_by("cle", "code")
    return _reponse((f.code, f.libelle, f"{f.code} · {f.version}") for f in trouves[:MAXIMUM])


@require_GET
@login_required
def rome(request: HttpRequest) -> JsonResponse:
    """Métiers du ROME d'une `version` (V4) ; `valeur` : le code."""
    trouves = Rome.objects.version(_version(request, "V4")).chercher(_question(request))
    return _reponse((r.code, r.libelle, f"{r.code} · {r.version}") for r in trouves[:MAXIMUM])


@require_GET
@login_required
def nsf(request: HttpRequest) -> JsonResponse:
    """Spécialités de formation ; `valeur` : le code."""
    trouvees: Any = Nsf.objects.chercher(_question(request))
    return _reponse((n.code, n.libelle, n.code) for n in trouvees[:MAXIMUM])
