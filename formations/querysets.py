"""Requêtes sur les actions de formation et leurs versions."""

from typing import Any

from django.db import connections, models
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from dokelio.publication.champs import PubliableQuerySet

PLAFOND = 1000
ETATS = ("brouillon", "a_controler", "en_redaction", "en_diffusion", "archive")
VIVANTES = ("brouillon", "en_diffusion")


class ActionQuerySet(PubliableQuerySet[Any]):
    """Actions ; la portée d'abord (`visibles_par`), le verbe ensuite (`permissions.peut_…`)."""

    def visibles_par(self, utilisateur: Any) -> "ActionQuerySet":
        """Toutes pour le CARIF et les financeurs, sinon celles de ses organismes."""
        if utilisateur.role_carif:
            return self
        return self.filter(organisme__rattachements__utilisateur=utilisateur)

    def brouillons(self) -> "ActionQuerySet":
        return self.filter(statut="brouillon")

    def a_controler(self) -> "ActionQuerySet":
        return self.filter(statut="a_controler")

    def en_redaction(self) -> "ActionQuerySet":
        return self.filter(statut="en_redaction")

    def en_diffusion(self) -> "ActionQuerySet":
        """Actions dont une version est à l'antenne, même si leur fiche est en cours de modification."""
        return self.filter(version_en_diffusion__isnull=False)

    def pour_liste(self) -> "ActionQuerySet":
        """Ce qu'une ligne de liste montre, en une requête : organisme, version, prochaine session, certification."""
        soi = self.model._base_manager.filter(pk=OuterRef("pk"))
        debut = "deroulements__sessions__debut"
        a_venir = soi.filter(**{f"{debut}__gte": timezone.localdate()}, deroulements__sessions__statut__in=VIVANTES)
        certification = soi.filter(certifications__retiree=False).order_by("certifications__rang")
        lignes: ActionQuerySet = self.select_related("organisme", "version_en_diffusion", "prise_par").annotate(
            prochaine_session=Subquery(a_venir.order_by(debut).values(debut)[:1]),
            certification_principale=Subquery(certification.values("certifications__cle")[:1]),
        )
        return lignes

    def compter_par_etat(self) -> dict[str, int]:
        """Nombre d'actions par état, chacun plafonné à mille ; une requête."""
        parts, parametres = [], []
        for etat in ETATS:
            sql, valeurs = self.order_by().filter(statut=etat).values("pk")[:PLAFOND].query.sql_with_params()
            parts.append(f"SELECT %s, (SELECT count(*) FROM ({sql}) etat)")
            parametres += [etat, *valeurs]
        with connections[self.db].cursor() as curseur:
            curseur.execute(" UNION ALL ".join(parts), parametres)
            return dict(curseur.fetchall())

    def archivees(self) -> "ActionQuerySet":
        return self.filter(statut="archive")


class VersionQuerySet(models.QuerySet[Any]):
    """Versions diffusées d'une action."""

    def ouvertes(self) -> "VersionQuerySet":
        return self.filter(jusqu_a__isnull=True)
