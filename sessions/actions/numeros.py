"""Le numéro d'un déroulement dans le flux national : donné avec sa première session, il ne change plus jamais."""

from sessions.models import Deroulement, Session


def donner_un_numero(deroulement: Deroulement, session: Session) -> None:
    """`AF_…_SE_…` de sa première session ; un numéro déjà pris reçoit `_2`, `_3`… Sans effet s'il en a déjà un."""
    if deroulement.numero:
        return
    souche = f"{deroulement.action.reference}_{session.reference}"
    pris = set(Deroulement.objects.filter(numero__startswith=souche).values_list("numero", flat=True))
    numero, suite = souche, 2
    while numero in pris:
        numero, suite = f"{souche}_{suite}", suite + 1
    deroulement.numero = numero
    deroulement.save(update_fields=["numero"])
