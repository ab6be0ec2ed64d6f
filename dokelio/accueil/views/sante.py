"""L'état du service, pour la supervision : la base répond, le courtier répond, la dernière nuit a eu lieu."""

from datetime import timedelta
from typing import Any

from celery import current_app as app
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diffusion.models import EtatNuit, Nuit

# La nuit part à 3 h 30 et se rattrape dans la journée : au-delà, il y a quelqu'un à réveiller.
RETARD_ADMIS = timedelta(days=1, hours=12)
PATIENCE = 2


@login_not_required
@never_cache
@require_safe
def sante(request: HttpRequest) -> JsonResponse:
    """200 quand tout répond, 503 sinon ; ni adresse, ni nom, ni message d'erreur : la page est publique."""
    base = base_repond()
    courtier = courtier_repond()
    nuit = derniere_nuit() if base else {"etat": "inconnue"}
    bon = base and courtier and nuit["etat"] in ("faite", "en cours", "aucune")
    contenu = {
        "etat": "bon" if bon else "panne",
        "base": "répond" if base else "ne répond pas",
        "courtier": "répond" if courtier else "ne répond pas",
        "nuit": nuit,
    }
    return JsonResponse(contenu, status=200 if bon else 503, json_dumps_params={"ensure_ascii": False})


def base_repond() -> bool:
    """Vrai si PostgreSQL rend une ligne."""
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
            return bool(curseur.fetchone() == (1,))
    except DatabaseError:
        return False


def courtier_repond() -> bool:
    """Vrai si le courtier accepte une connexion."""
    try:
        with app.connection_for_write(connect_timeout=PATIENCE) as connexion:
            connexion.ensure_connection(max_retries=1, timeout=PATIENCE)
            return bool(connexion.connected)
    except Exception:  # chaque transport a ses exceptions
        return False


def derniere_nuit() -> dict[str, Any]:
    """L'état de la dernière nuit : faite, en cours, en échec, en retard, ou aucune (service neuf)."""
    nuit = Nuit.objects.order_by("-au").first()
    if nuit is None:
        return {"etat": "aucune"}
    etat = {EtatNuit.FAITE: "faite", EtatNuit.EN_COURS: "en cours", EtatNuit.ECHEC: "en échec"}[EtatNuit(nuit.etat)]
    if timezone.now() - nuit.debut > RETARD_ADMIS:
        etat = "en retard"
    return {"etat": etat, "jour": nuit.au.isoformat()}
