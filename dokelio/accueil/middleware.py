"""Ce qu'aucune adresse ne porte, quelle que soit la pièce qui répond."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


class SansCaractereNul:
    """Un nul dans une adresse ne désigne rien, et PostgreSQL ne sait pas le chercher : 404."""

    def __init__(self, suite: Callable[[HttpRequest], HttpResponse]) -> None:
        self.suite = suite

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.suite(request)

    def process_view(self, request: HttpRequest, vue: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Avant la vue, une fois la personne reconnue."""
        if any("\0" in str(valeur) for valeur in kwargs.values()):
            raise Http404
