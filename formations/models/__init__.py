"""Modèles des actions de formation."""

from formations.models.action import HORS_ANTENNE, Action, EtatAction
from formations.models.certification import ActionCertification
from formations.models.remarque import EtatRemarque, Remarque
from formations.models.version import VersionDiffusee

__all__ = [
    "HORS_ANTENNE",
    "Action",
    "ActionCertification",
    "EtatAction",
    "EtatRemarque",
    "Remarque",
    "VersionDiffusee",
]
