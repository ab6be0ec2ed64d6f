# Dokelio+ en production : Python, les dépendances du verrou, le code, et les fichiers statiques rassemblés.
FROM python:3.13-slim AS dependances
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock /tmp/
RUN python -m venv /opt/dokelio && /opt/dokelio/bin/python -m pip install --require-hashes --no-deps -r /tmp/requirements.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/dokelio --create-home dokelio
COPY --from=dependances /opt/dokelio /opt/dokelio
WORKDIR /srv/dokelio
COPY . .
ENV PATH=/opt/dokelio/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=dokelio.settings.prod \
    DOSSIER_DONNEES=/var/lib/dokelio
# Les valeurs ne servent qu'à lire les réglages : aucune n'est gardée, aucun serveur n'est appelé.
RUN SECRET_KEY=le-rassemblement-des-fichiers-statiques-ne-signe-rien ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgres://aucun/aucune REDIS_URL=redis://aucun \
    python manage.py collectstatic --noinput
USER dokelio
EXPOSE 8000
CMD ["gunicorn", "dokelio.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--timeout", "60", "--max-requests", "2000", "--max-requests-jitter", "200", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
