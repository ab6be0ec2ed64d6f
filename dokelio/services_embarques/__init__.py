"""PostgreSQL et Valkey livrés avec les dépendances Python, pour qui ne donne ni DATABASE_URL ni REDIS_URL.

`rejoindre` suffit aux appelants : qui tient une prise garde les serveurs en vie, le dernier parti les arrête.
"""

from dokelio.services_embarques.lieux import ServiceIndisponible, Usage
from dokelio.services_embarques.prise import Adresses, quitter, rejoindre

__all__ = ["Adresses", "ServiceIndisponible", "Usage", "quitter", "rejoindre"]
