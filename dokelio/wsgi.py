"""Point d'entrée WSGI."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokelio.settings.prod")
application = get_wsgi_application()
