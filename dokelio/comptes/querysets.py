"""Les comptes vus par lots : qui est actif, qui travaille au CARIF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from dokelio.comptes.models import Utilisateur


class UtilisateurQuerySet(models.QuerySet["Utilisateur"]):
    """Filtres des comptes ; la visibilité d'un compte est décidée par la pièce qui l'affiche."""

    def actifs(self) -> UtilisateurQuerySet:
        """Les comptes qui peuvent se connecter."""
        return self.filter(actif=True)

    def documentalistes(self, portee: str | None = None) -> UtilisateurQuerySet:
        """Les documentalistes actifs, ou ceux d'une portée (`Portee`) seulement."""
        lot = self.actifs().filter(role_carif="documentaliste")
        return lot if portee is None else lot.filter(portees__contains=[portee])

    def administrateurs(self) -> UtilisateurQuerySet:
        """Les administrateurs actifs."""
        return self.actifs().filter(role_carif="administrateur")

    def du_carif(self) -> UtilisateurQuerySet:
        """Le personnel du CARIF : documentalistes et administrateurs actifs."""
        return self.actifs().filter(role_carif__in=("documentaliste", "administrateur"))


class UtilisateurManager(BaseUserManager["Utilisateur"]):
    """Crée et retrouve les comptes par leur adresse, quelle que soit sa casse."""

    use_in_migrations = False

    def get_queryset(self) -> UtilisateurQuerySet:
        return UtilisateurQuerySet(self.model, using=self._db)

    def actifs(self) -> UtilisateurQuerySet:
        """Les comptes qui peuvent se connecter."""
        return self.get_queryset().actifs()

    def documentalistes(self, portee: str | None = None) -> UtilisateurQuerySet:
        """Les documentalistes actifs, ou ceux d'une portée seulement."""
        return self.get_queryset().documentalistes(portee)

    def administrateurs(self) -> UtilisateurQuerySet:
        """Les administrateurs actifs."""
        return self.get_queryset().administrateurs()

    def du_carif(self) -> UtilisateurQuerySet:
        """Le personnel du CARIF actif."""
        return self.get_queryset().du_carif()

    def get_by_natural_key(self, username: str | None) -> Utilisateur:
        """Le compte d'une adresse. Lève `Utilisateur.DoesNotExist`."""
        return self.get(email=(username or "").strip())

    def create_user(self, email: str, password: str | None = None, **champs: Any) -> Utilisateur:
        """Crée un compte ; sans mot de passe, il attend que la personne en choisisse un."""
        utilisateur = self.model(email=email, **champs)
        utilisateur.set_password(password)
        utilisateur.save(using=self._db)
        return utilisateur

    def create_superuser(self, email: str, password: str | None = None, **champs: Any) -> Utilisateur:
        """Crée un administrateur du CARIF (commande `createsuperuser`)."""
        return self.create_user(email, password, **{**champs, "role_carif": "administrateur", "portees": []})
