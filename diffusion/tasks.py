"""Les travaux de la diffusion : chacun est une ligne de la base avant d'être un message."""

from datetime import timedelta

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from diffusion.imports.depot import ABANDON, executer
from diffusion.models import EtatImport, Import


@shared_task(ignore_result=True)
def executer_import(identifiant: int) -> None:
    """Exécute un import déposé ; sans effet s'il est déjà fini."""
    depot = Import.objects.filter(pk=identifiant).first()
    if depot is not None:
        executer(depot)


@shared_task(ignore_result=True)
def balayer_imports() -> int:
    """Chaque minute : confie de nouveau ce qui attend ; rend combien d'imports sont partis."""
    maintenant = timezone.now()
    dus = Import.objects.filter(
        Q(etat=EtatImport.EN_ATTENTE, depose_le__lt=maintenant - timedelta(minutes=1))
        | Q(etat=EtatImport.EN_COURS, debut__lt=maintenant - ABANDON)
    )
    cles = list(dus.order_by("depose_le").values_list("pk", flat=True))
    for cle in cles:
        executer_import.delay(cle)
    return len(cles)
