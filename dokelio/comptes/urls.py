"""Les adresses des comptes. Les noms `account_…` et `mfa_…` sont ceux qu'allauth attend."""

from __future__ import annotations

from allauth.account import views as acces
from allauth.mfa.base import views as facteur
from allauth.mfa.recovery_codes import views as secours
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from dokelio.comptes import views

urlpatterns = [
    path("connexion/", acces.LoginView.as_view(template_name="comptes/connexion.html"), name="account_login"),
    path(
        "connexion/code/",
        facteur.AuthenticateView.as_view(template_name="comptes/second_facteur_code.html"),
        name="mfa_authenticate",
    ),
    path(
        "connexion/compte-desactive/",
        acces.AccountInactiveView.as_view(template_name="comptes/compte_desactive.html"),
        name="account_inactive",
    ),
    path("deconnexion/", acces.LogoutView.as_view(template_name="comptes/deconnexion.html"), name="account_logout"),
    path(
        "mot-de-passe/oublie/",
        acces.PasswordResetView.as_view(template_name="comptes/mot_de_passe_oublie.html"),
        name="account_reset_password",
    ),
    path(
        "mot-de-passe/oublie/envoye/",
        acces.PasswordResetDoneView.as_view(template_name="comptes/mot_de_passe_lien_envoye.html"),
        name="account_reset_password_done",
    ),
    re_path(
        r"^mot-de-passe/choisir/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        acces.PasswordResetFromKeyView.as_view(template_name="comptes/mot_de_passe_choisir.html"),
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/choisi/",
        acces.PasswordResetFromKeyDoneView.as_view(template_name="comptes/mot_de_passe_choisi.html"),
        name="account_reset_password_from_key_done",
    ),
    path("mon-compte/", views.mon_compte, name="mon_compte"),
    path(
        "mon-compte/mot-de-passe/",
        acces.PasswordChangeView.as_view(template_name="comptes/mot_de_passe_changer.html"),
        name="account_change_password",
    ),
    path(
        "mon-compte/confirmer/",
        acces.ReauthenticateView.as_view(template_name="comptes/confirmer.html"),
        name="account_reauthenticate",
    ),
    path(
        "mon-compte/confirmer/code/",
        facteur.ReauthenticateView.as_view(template_name="comptes/confirmer.html"),
        name="mfa_reauthenticate",
    ),
    path(
        "mon-compte/second-facteur/",
        facteur.IndexView.as_view(template_name="comptes/second_facteur.html"),
        name="mfa_index",
    ),
    path(
        "mon-compte/second-facteur/activer/",
        totp.ActivateTOTPView.as_view(template_name="comptes/second_facteur_activer.html"),
        name="mfa_activate_totp",
    ),
    path(
        "mon-compte/second-facteur/retirer/",
        totp.DeactivateTOTPView.as_view(template_name="comptes/second_facteur_retirer.html"),
        name="mfa_deactivate_totp",
    ),
    path(
        "mon-compte/codes-de-secours/",
        secours.ViewRecoveryCodesView.as_view(template_name="comptes/codes_de_secours.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "mon-compte/codes-de-secours/nouveaux/",
        secours.GenerateRecoveryCodesView.as_view(template_name="comptes/codes_de_secours_nouveaux.html"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "mon-compte/codes-de-secours/fichier/",
        secours.DownloadRecoveryCodesView.as_view(template_name="comptes/codes_de_secours.txt"),
        name="mfa_download_recovery_codes",
    ),
    path("comptes/", views.liste, name="comptes"),
    path("comptes/nouveau/", views.nouveau, name="compte_nouveau"),
    path("comptes/<int:pk>/", views.compte, name="compte"),
    path("comptes/<int:pk>/inviter/", views.geste, {"nom": "inviter"}, name="compte_inviter"),
    path("comptes/<int:pk>/desactiver/", views.geste, {"nom": "desactiver"}, name="compte_desactiver"),
    path("comptes/<int:pk>/second-facteur/", views.geste, {"nom": "second-facteur"}, name="compte_second_facteur"),
    path("comptes/<int:pk>/reactiver/", views.geste, {"nom": "reactiver"}, name="compte_reactiver"),
]
