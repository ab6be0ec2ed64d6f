"""Les tâches de la nuit que lance le calendrier : la nuit de 3 h 30, et son rattrapage quand elle a été manquée."""

from celery import shared_task
from django.utils import timezone

from diffusion.nuits import nuit_manquee, passer_la_nuit


@shared_task(name="dokelio.taches_nocturnes.nuit")
def nuit() -> None:
    """La nuit prévue à 3 h 30, heure de Paris."""
    passer_la_nuit(timezone.localdate())


@shared_task(name="dokelio.taches_nocturnes.rattrapage")
def rattrapage() -> None:
    """Une machine éteinte à 3 h 30 passe sa nuit en se réveillant, une fois."""
    au = nuit_manquee()
    if au is not None:
        passer_la_nuit(au)
