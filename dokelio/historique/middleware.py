"""Chaque changement fait pendant une requête est signé de la personne connectée."""

from typing import Any

from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware


class HistoriqueMiddleware(HistoryMiddleware):
    """Ouvre le contexte d'historique de la requête, sans son adresse : elle peut porter un lien à usage unique."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"user": request.user.pk}
