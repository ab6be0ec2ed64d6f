"""La boîte d'envoi dans l'administration de Django : à lire, jamais à changer."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dokelio.messagerie.models import Courriel


@admin.register(Courriel)
class CourrielAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Ce qui est parti, ce qui attend, ce qui a échoué ; le contenu n'est pas montré (liens à usage unique)."""

    list_display = ("sujet", "destinataire", "categorie", "cree_le", "envoye_le", "abandonne_le", "tentatives")
    list_filter = ("categorie",)
    search_fields = ("=destinataire",)
    show_full_result_count = False
    exclude = ("texte", "html")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
