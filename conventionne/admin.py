"""Le conventionné dans l'administration technique."""

from django.contrib import admin

from conventionne.models import Convention, Dispositif, Financeur, RegleDispositif

for modele in (Financeur, Dispositif, RegleDispositif, Convention):
    admin.site.register(modele)
