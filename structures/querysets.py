"""Requêtes sur les organismes : qui voit quoi, d'abord par là."""

from typing import Any

from django.db import models

from dokelio.publication.champs import PubliableQuerySet


class OrganismeQuerySet(PubliableQuerySet[Any]):
    """Organismes ; la portée vient d'abord (`visibles_par`), le verbe ensuite (`permissions`)."""

    def visibles_par(self, utilisateur: Any) -> "OrganismeQuerySet":
        """Tous pour le personnel du CARIF et les financeurs, sinon ceux de ses rattachements."""
        if utilisateur.role_carif:
            return self
        return self.filter(rattachements__utilisateur=utilisateur)

    def en_diffusion(self) -> "OrganismeQuerySet":
        return self.filter(statut="en_diffusion")

    def compter_par_etat(self) -> dict[str, int]:
        """Nombre d'organismes par état ; une requête."""
        return dict(self.order_by().values_list("statut").annotate(nombre=models.Count("pk")))


class EtablissementQuerySet(models.QuerySet[Any]):
    """Lieux connus des organismes."""

    def actifs(self) -> "EtablissementQuerySet":
        return self.filter(actif=True)


class FormateurQuerySet(models.QuerySet[Any]):
    """Formateurs d'un organisme responsable."""


class RattachementQuerySet(models.QuerySet[Any]):
    """Rattachements de personnes à des organismes."""

    def de(self, utilisateur: Any) -> "RattachementQuerySet":
        return self.filter(utilisateur=utilisateur).select_related("organisme")
