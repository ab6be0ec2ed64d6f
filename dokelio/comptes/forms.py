"""Les formulaires d'accès (ceux d'allauth, avec nos mots) et ceux des comptes."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    UserTokenForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthentifierForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError

from dokelio.comptes.creation import Volet
from dokelio.comptes.models import Portee, RoleCarif, Utilisateur
from dokelio.comptes.mots_de_passe import REGLE

COURRIEL_ABSENT = "Saisissez votre email."
MOT_DE_PASSE_ABSENT = "Saisissez votre mot de passe."
COURRIEL_INCORRECT = "Cette adresse n'est pas une adresse email\u00a0: elle s'écrit prenom.nom@mail.com."
DIFFERENTS = "Les deux saisies sont différentes. Saisissez deux fois le même mot de passe."


def _presenter(champ: forms.Field, libelle: str, aide: str = "", *, absent: str = "", **attributs: str) -> None:
    """Donne à un champ nos mots, et retire les textes d'exemple posés dans le contrôle."""
    champ.label, champ.help_text = libelle, aide
    champ.widget.attrs.pop("placeholder", None)
    champ.widget.attrs.update(attributs)
    if absent:
        champ.error_messages["required"] = absent


class ConnexionForm(LoginForm):
    """Adresse et mot de passe."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courriel = self.fields["login"]
        _presenter(
            courriel, "Votre email", "ex\u00a0: prenom.nom@mail.com", absent=COURRIEL_ABSENT, autocomplete="username"
        )
        courriel.error_messages["invalid"] = COURRIEL_INCORRECT
        courriel.validators = [_avec_message(v) for v in courriel.validators]
        _presenter(self.fields["password"], "Votre mot de passe", REGLE, absent=MOT_DE_PASSE_ABSENT)


def _avec_message(validateur: Any) -> Any:
    """Le validateur d'adresse de Django, avec notre phrase."""
    from django.core.validators import EmailValidator

    return EmailValidator(message=COURRIEL_INCORRECT) if isinstance(validateur, EmailValidator) else validateur


class MotDePasseOublieForm(ResetPasswordForm):
    """L'adresse à laquelle envoyer un lien ; la réponse ne dit pas si elle existe."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courriel = self.fields["email"]
        _presenter(
            courriel, "Votre email", "ex\u00a0: prenom.nom@mail.com", absent=COURRIEL_ABSENT, autocomplete="username"
        )
        courriel.validators = [_avec_message(v) for v in courriel.validators]


class _DeuxSaisies:
    """Nos mots pour les deux saisies d'un nouveau mot de passe."""

    fields: dict[str, forms.Field]

    def _presenter_saisies(self) -> None:
        _presenter(self.fields["password1"], "Nouveau mot de passe", REGLE, absent="Choisissez un mot de passe.")
        _presenter(self.fields["password2"], "Le même, une seconde fois", absent="Saisissez-le une seconde fois.")

    def clean(self) -> dict[str, Any]:
        """Refuse deux saisies différentes."""
        donnees: dict[str, Any] = forms.Form.clean(self) or {}  # type: ignore[arg-type]
        premiere, seconde = donnees.get("password1"), donnees.get("password2")
        if premiere and seconde and premiere != seconde:
            self.add_error("password2", DIFFERENTS)  # type: ignore[attr-defined]
        return donnees


class ChoisirMotDePasseForm(_DeuxSaisies, ResetPasswordKeyForm):
    """Le mot de passe choisi par le lien à usage unique."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._presenter_saisies()


class LienForm(UserTokenForm):
    """Le lien à usage unique ; celui d'un compte désactivé ne vaut plus rien."""

    def clean(self) -> dict[str, Any]:
        donnees: dict[str, Any] = super().clean()
        if self.reset_user is not None and not self.reset_user.actif:
            raise ValidationError("Ce compte est désactivé.")
        return donnees


class ChangerMotDePasseForm(_DeuxSaisies, ChangePasswordForm):
    """Changer de mot de passe, une fois connecté."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._presenter_saisies()
        _presenter(self.fields["oldpassword"], "Mot de passe actuel", absent=MOT_DE_PASSE_ABSENT)


class ConfirmerForm(ReauthenticateForm):
    """Redonner son mot de passe avant un geste sensible."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _presenter(self.fields["password"], "Votre mot de passe", absent=MOT_DE_PASSE_ABSENT)


def _presenter_code(champ: forms.Field, aide: str) -> None:
    _presenter(champ, "Code", aide, absent="Saisissez le code.", inputmode="numeric", autocomplete="one-time-code")


class CodeForm(AuthenticateForm):
    """Le code du second facteur, ou un code de secours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _presenter_code(self.fields["code"], "6 chiffres de votre application, ou un code de secours.")


class ConfirmerCodeForm(ReauthentifierForm):
    """Redonner un code avant un geste sensible."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _presenter_code(self.fields["code"], "6 chiffres de votre application, ou un code de secours.")


class ActiverForm(ActivateTOTPForm):
    """Le premier code, qui met le second facteur en place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _presenter_code(self.fields["code"], "6 chiffres affichés par votre application.")


class ProfilForm(forms.ModelForm):  # type: ignore[type-arg]
    """Ce que chacun change de son propre compte ; l'adresse est changée par un administrateur."""

    class Meta:
        model = Utilisateur
        fields = ("prenom", "nom", "telephone")
        error_messages = {
            "prenom": {"required": "Saisissez votre prénom."},
            "nom": {"required": "Saisissez votre nom."},
        }


class CompteForm(forms.Form):
    """Un compte à créer. Les pièces plus hautes ajoutent leurs champs (`dokelio.comptes.creation`)."""

    prenom = forms.CharField(
        label="Prénom", max_length=50, error_messages={"required": "Saisissez le prénom de la personne."}
    )
    nom = forms.CharField(label="Nom", max_length=50, error_messages={"required": "Saisissez le nom de la personne."})
    email = forms.EmailField(
        label="Email",
        max_length=254,
        help_text="Une adresse nominative, une seule par personne.",
        error_messages={"required": "Saisissez l'adresse de la personne.", "invalid": COURRIEL_INCORRECT},
    )
    telephone = forms.CharField(label="Téléphone", max_length=25, required=False)
    role_carif = forms.ChoiceField(label="Fonction au CARIF", choices=RoleCarif.choices, required=False)
    portees = forms.MultipleChoiceField(
        label="Contrôle",
        choices=Portee.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Pour une documentaliste\u00a0: ce qu'elle prend dans la file.",
    )

    def __init__(self, *args: Any, volets: tuple[Volet, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.volets = volets
        for volet in volets:
            self.fields.update(volet.champs())

    def champs_des_volets(self) -> list[tuple[Volet, list[forms.BoundField]]]:
        """Pour la page : chaque volet et ses champs."""
        return [(volet, [self[nom] for nom in volet.champs()]) for volet in self.volets]

    def donnees_du_compte(self) -> dict[str, Any]:
        """Ce qui va au compte lui-même (paramètres de `creer_compte` et `modifier_compte`)."""
        noms = ("email", "prenom", "nom", "telephone", "role_carif", "portees")
        return {nom: self.cleaned_data[nom] for nom in noms}

    def ajouter_refus(self, refus: ValidationError) -> None:
        """Montre chaque refus sous son champ, ou en tête s'il n'en a pas."""
        for champ, phrases in getattr(refus, "message_dict", {"__all__": refus.messages}).items():
            for phrase in phrases:
                self.add_error(champ if champ in self.fields else None, phrase)

    def clean(self) -> dict[str, Any]:
        """Une documentaliste a une portée ; personne d'autre n'en a."""
        donnees: dict[str, Any] = super().clean() or {}
        documentaliste = donnees.get("role_carif") == RoleCarif.DOCUMENTALISTE
        if documentaliste and not donnees.get("portees"):
            self.add_error("portees", "Choisissez au moins une portée pour cette documentaliste.")
        if not documentaliste:
            donnees["portees"] = []
        for volet in self.volets:
            for champ, phrase in volet.verifier(donnees).items():
                self.add_error(champ, phrase)
        return donnees
