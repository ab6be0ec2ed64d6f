"""Les adresses des comptes. Les noms `account_…` et `mfa_…` sont ceux qu'allauth attend."""

from __future__ import annotations

from allauth.account import views as acces
from allauth.mfa.base import views as facteur
from allauth.mfa.recovery_codes import views as secours
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from dokelio.comptes import views

urlpatterns = [
    path("connexion/", acces.login, name="account_login"),
    path("connexion/code/", facteur.authenticate, name="mfa_authenticate"),
    path("connexion/compte-desactive/", acces.account_inactive, name="account_inactive"),
    path("deconnexion/", acces.logout, name="account_logout"),
    path("mot-de-passe/oublie/", acces.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", acces.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mot-de-passe/choisir/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        acces.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("mot-de-passe/choisi/", acces.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("mon-compte/", views.mon_compte, name="mon_compte"),
    path("mon-compte/mot-de-passe/", acces.password_change, name="account_change_password"),
    path("mon-compte/confirmer/", acces.reauthenticate, name="account_reauthenticate"),
    path("mon-compte/confirmer/code/", facteur.reauthenticate, name="mfa_reauthenticate"),
    path("mon-compte/second-facteur/", facteur.index, name="mfa_index"),
    path("mon-compte/second-facteur/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("mon-compte/second-facteur/retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("mon-compte/codes-de-secours/", secours.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("mon-compte/codes-de-secours/nouveaux/", secours.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("mon-compte/codes-de-secours/fichier/", secours.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("comptes/", views.liste, name="comptes"),
    path("comptes/nouveau/", views.nouveau, name="compte_nouveau"),
    path("comptes/<int:pk>/", views.compte, name="compte"),
    path("comptes/<int:pk>/inviter/", views.geste, {"nom": "inviter"}, name="compte_inviter"),
    path("comptes/<int:pk>/desactiver/", views.geste, {"nom": "desactiver"}, name="compte_desactiver"),
    path("comptes/<int:pk>/reactiver/", views.geste, {"nom": "reactiver"}, name="compte_reactiver"),
]
