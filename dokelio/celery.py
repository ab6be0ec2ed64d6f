"""Application Celery : où sont les tâches et quand elles partent, heure de Paris."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokelio.settings.dev")

app = Celery("dokelio")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["dokelio"], related_name="taches_nocturnes")
app.set_default()

app.conf.beat_schedule = {
    # La nuit entière, dans l'ordre.
    "nuit": {
        "task": "dokelio.taches_nocturnes.nuit",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 6 * 3600},
    },
    # Une nuit manquée (machine éteinte) se rattrape une fois, au réveil.
    "rattrapage": {
        "task": "dokelio.taches_nocturnes.rattrapage",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 9 * 60},
    },
    # Un import déposé dont le message s'est perdu repart.
    "imports": {
        "task": "diffusion.tasks.balayer_imports",
        "schedule": crontab(minute="*"),
        "options": {"expires": 55},
    },
    # Une exécution de flux demandée dont le message s'est perdu repart.
    "flux": {
        "task": "diffusion.tasks.balayer_executions",
        "schedule": crontab(minute="*"),
        "options": {"expires": 55},
    },
    # Ce qui est dû et n'est pas parti repart : un courtier vidé ne perd rien.
    "balayage": {
        "task": "dokelio.messagerie.tasks.balayage",
        "schedule": crontab(minute="*"),
        "options": {"expires": 55},
    },
}
