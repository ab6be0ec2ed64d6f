"""La vie des sessions et des financements, et la règle qui dit si une session se voit."""

from sessions.publication.financement import FINANCEMENT
from sessions.publication.session import SESSION

__all__ = ["FINANCEMENT", "SESSION"]
