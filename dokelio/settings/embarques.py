"""Serveurs donnés par DATABASE_URL et REDIS_URL, ou embarqués : importer dev ou test les rejoint ou les démarre."""

from dokelio import environnement
from dokelio.services_embarques import Usage, rejoindre


def adresses(usage: Usage) -> tuple[str, environnement.Redis]:
    """Adresse de la base et serveur Redis de cet usage ; lève `ServiceIndisponible` avec sa phrase."""
    postgres, redis = environnement.adresse_base_de_donnees(), environnement.adresse_redis()
    voulus = [nom for nom, donnee in (("postgres", postgres), ("valkey", redis)) if not donnee]
    embarques = rejoindre(usage, voulus)
    return postgres or embarques.postgres, environnement.redis(redis or embarques.redis)
