"""La boîte d'envoi vue par Django (`EMAIL_BACKEND`) : un message devient une ligne `Courriel`, rien ne part d'ici.

En-têtes lus puis ôtés : `X-Dokelio-Categorie`, `X-Dokelio-Cle`."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from dokelio.messagerie.actions import ranger
from dokelio.messagerie.habillage import Message, habiller


class BoiteEnvoi(BaseEmailBackend):
    """Range chaque message dans la boîte d'envoi, dans la transaction en cours, une ligne par destinataire."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            entetes = {nom.lower(): str(valeur) for nom, valeur in message.extra_headers.items()}
            texte = str(message.body)
            ranger(
                message.recipients(),
                Message(str(message.subject)[:255], texte, _html(message) or habiller(str(message.subject), texte)),
                categorie=entetes.get("x-dokelio-categorie", ""),
                cle=entetes.get("x-dokelio-cle") or None,
            )
        return len(email_messages)


def _html(message: EmailMessage) -> str:
    for contenu, nature in getattr(message, "alternatives", None) or ():
        if nature == "text/html":
            return str(contenu)
    return ""
