"""Qui tient le conventionné : les documentalistes de cette portée et les administrateurs du CARIF."""

from typing import Any

from dokelio.comptes.models import Portee
from dokelio.comptes.permissions import est_administrateur, est_documentaliste

ADRESSE = "conventionne.dokelio@iledefrance.fr"
DATES_RESERVEES = (
    "Les dates de ce dispositif sont modifiées par les documentalistes du CARIF. "
    f"Pour les changer, écrivez à {ADRESSE}."
)
CHAMP_RESERVE = f"La convention fixe ce point. Pour le changer, écrivez à {ADRESSE}."


def tient_le_conventionne(utilisateur: Any) -> bool:
    """Voir et régler dispositifs, financeurs et conventions ; pré-créer une offre conventionnée (FAQ, partie 4)."""
    return est_administrateur(utilisateur) or est_documentaliste(utilisateur, Portee.CONVENTIONNE)
