"""Les travaux de la diffusion : chacun est une ligne de la base avant d'être un message."""

from datetime import timedelta

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from diffusion.exports.execution import executer as faire_l_execution
from diffusion.exports.execution import noter_si_interrompue
from diffusion.imports.depot import ABANDON, executer
from diffusion.models import EtatExecution, EtatImport, Execution, Import


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


@shared_task(ignore_result=True)
def executer_flux_demande(identifiant: int) -> None:
    """Fait une exécution de flux demandée ; sans effet si elle est déjà faite ou en train de l'être."""
    execution = Execution.objects.filter(pk=identifiant).select_related("flux").first()
    if execution is not None:
        faire_l_execution(execution)


@shared_task(ignore_result=True)
def balayer_executions() -> int:
    """Chaque minute : confie de nouveau les exécutions de flux qui attendent, note celles qu'un arrêt a coupées."""
    for execution in Execution.objects.filter(etat=EtatExecution.EN_COURS).select_related("flux"):
        noter_si_interrompue(execution)
    dues = Execution.objects.filter(
        etat=EtatExecution.EN_ATTENTE, demandee_le__lt=timezone.now() - timedelta(minutes=1)
    )
    cles = list(dues.order_by("pk").values_list("pk", flat=True))
    for cle in cles:
        executer_flux_demande.delay(cle)
    return len(cles)
