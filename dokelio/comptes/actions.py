"""Créer, inviter, modifier, désactiver un compte : des gestes d'administrateur.

L'invitation est écrite dans la boîte d'envoi par la même transaction que le compte."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dokelio.comptes.models import DOUBLON, Utilisateur
from dokelio.comptes.permissions import peut_gerer_les_comptes

Auteur = Utilisateur | None


def creer_compte(
    auteur: Auteur,
    *,
    email: str,
    prenom: str,
    nom: str,
    telephone: str = "",
    role_carif: str = "",
    portees: Iterable[str] = (),
    inviter: bool = True,
) -> Utilisateur:
    """Crée un compte sans mot de passe et range son invitation dans la boîte d'envoi.

    `auteur` None : une commande de la machine. Lève `ValidationError` par champ (adresse déjà prise, quelle que soit
    sa casse : champ `email`) et `PermissionDenied` si l'auteur n'est pas administrateur.
    """
    _exiger(auteur)
    utilisateur = Utilisateur(
        email=email, prenom=prenom.strip(), nom=nom.strip(), telephone=telephone.strip(), role_carif=role_carif
    )
    utilisateur.portees = list(portees)
    utilisateur.set_unusable_password()
    _enregistrer(utilisateur, inviter=inviter)
    return utilisateur


@transaction.atomic
def _enregistrer(utilisateur: Utilisateur, *, inviter: bool) -> None:
    utilisateur.full_clean()
    try:
        with transaction.atomic():
            utilisateur.save()
    except IntegrityError as erreur:  # deux créations au même instant
        if "courriel" in str(erreur) or "email" in str(erreur):
            raise ValidationError({"email": DOUBLON}) from erreur
        raise
    if inviter:
        _inviter(utilisateur)


@transaction.atomic
def renvoyer_invitation(auteur: Auteur, utilisateur: Utilisateur) -> None:
    """Envoie un nouveau lien ; pour qui n'a pas encore de mot de passe, l'ancien lien ne vaut plus rien.

    Lève `ValidationError` si le compte est désactivé.
    """
    _exiger(auteur)
    compte = Utilisateur.objects.get_queryset().select_for_update().get(pk=utilisateur.pk)
    if not compte.actif:
        raise ValidationError("Ce compte est désactivé. Réactivez-le avant de l'inviter.")
    if not compte.has_usable_password():
        compte.set_unusable_password()
    _inviter(compte)
    utilisateur.refresh_from_db()


def _inviter(utilisateur: Utilisateur) -> None:
    from dokelio.comptes.adaptateurs import composer_message, nouveau_lien

    utilisateur.invite_le = timezone.now()
    utilisateur.save()
    gabarit = "mot_de_passe_oublie" if utilisateur.has_usable_password() else "invitation"
    contexte = {"prenom": utilisateur.prenom, "utilisateur": utilisateur, "lien": nouveau_lien(utilisateur)}
    composer_message(gabarit, utilisateur.email, contexte).send()


@transaction.atomic
def modifier_compte(
    auteur: Auteur,
    utilisateur: Utilisateur,
    *,
    email: str,
    prenom: str,
    nom: str,
    telephone: str = "",
    role_carif: str = "",
    portees: Iterable[str] = (),
) -> Utilisateur:
    """Corrige un compte. Lève `ValidationError` par champ ; un administrateur ne se retire pas sa propre fonction."""
    _exiger(auteur)
    compte = Utilisateur.objects.get_queryset().select_for_update().get(pk=utilisateur.pk)
    if auteur is not None and auteur.pk == compte.pk and role_carif != compte.role_carif:
        raise ValidationError({"role_carif": "Un autre administrateur doit changer votre fonction."})
    compte.email, compte.prenom, compte.nom = email, prenom.strip(), nom.strip()
    compte.telephone, compte.role_carif, compte.portees = telephone.strip(), role_carif, list(portees)
    _enregistrer(compte, inviter=False)
    return compte


def desactiver(auteur: Auteur, utilisateur: Utilisateur) -> None:
    """Ferme un compte : ses connexions tombent, ses liens en attente ne valent plus rien. Idempotent.

    Lève `ValidationError` si c'est le sien.
    """
    _exiger(auteur)
    if auteur is not None and auteur.pk == utilisateur.pk:
        raise ValidationError("Vous ne pouvez pas désactiver votre propre compte. Demandez à un autre administrateur.")
    Utilisateur.objects.get_queryset().filter(pk=utilisateur.pk).update(actif=False, modifie_le=timezone.now())
    utilisateur.actif = False


def reactiver(auteur: Auteur, utilisateur: Utilisateur) -> None:
    """Rouvre un compte désactivé. Lève `ValidationError` si la personne a été effacée."""
    _exiger(auteur)
    if utilisateur.anonymise_le is not None:
        raise ValidationError("Cette personne a été effacée\u00a0: son compte ne se rouvre pas.")
    Utilisateur.objects.get_queryset().filter(pk=utilisateur.pk).update(actif=True, modifie_le=timezone.now())
    utilisateur.actif = True


@transaction.atomic
def retirer_second_facteur(auteur: Auteur, utilisateur: Utilisateur) -> None:
    """Rend l'accès à qui a perdu son téléphone : application et codes ne valent plus rien. La personne en est avertie.

    Lève `ValidationError` si c'est le sien (il se retire depuis son propre compte, code en main).
    """
    from allauth.mfa.models import Authenticator

    from dokelio.comptes.adaptateurs import composer_message

    _exiger(auteur)
    if auteur is not None and auteur.pk == utilisateur.pk:
        raise ValidationError("Retirez votre propre second facteur depuis « Mon compte ».")
    retires, _ = Authenticator.objects.filter(user=utilisateur).delete()
    if retires and utilisateur.actif:
        contexte = {"prenom": utilisateur.prenom, "instant": timezone.now()}
        composer_message("second_facteur_retire", utilisateur.email, contexte).send()


@transaction.atomic
def effacer(auteur: Auteur, utilisateur: Utilisateur) -> None:
    """Efface la personne (droit à l'effacement) : le compte est anonymisé et fermé, son histoire reste. Idempotent."""
    from allauth.mfa.models import Authenticator

    _exiger(auteur)
    if auteur is not None and auteur.pk == utilisateur.pk:
        raise ValidationError("Vous ne pouvez pas effacer votre propre compte. Demandez à un autre administrateur.")
    Authenticator.objects.filter(user=utilisateur).delete()
    utilisateur.anonymiser()


def _exiger(auteur: Auteur) -> None:
    if auteur is not None and not peut_gerer_les_comptes(auteur):
        raise PermissionDenied
