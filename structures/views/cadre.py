"""Qui voit quel organisme, et ce que sa page montre."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from dokelio.comptes.permissions import est_du_carif
from dokelio.historique.querysets import pour
from dokelio.publication.moteur import transitions_possibles
from structures.actions.coordonnees import lire
from structures.actions.recu import informations_recues
from structures.models import Contact, Etablissement, EtatOrganisme, Organisme
from structures.permissions import est_gestionnaire, peut_modifier_structure

SENS = {
    EtatOrganisme.DEMANDE: "Le CARIF examine cette inscription.",
    EtatOrganisme.COMPLEMENT_DEMANDE: "Il manque quelque chose à cette inscription : complétez-la, puis renvoyez-la.",
    EtatOrganisme.REFUSE: "Cette inscription a été refusée : rien n'en est diffusé.",
    EtatOrganisme.EN_DIFFUSION: "Ses fiches acceptées partent chaque nuit chez les partenaires.",
    EtatOrganisme.CESSATION: "Son offre n'est plus visible nulle part tant qu'il n'est pas rétabli.",
}


def organisme_visible(request: HttpRequest, reference: str) -> Organisme:
    """L'organisme de cette référence, ou 404 pour qui n'est pas concerné."""
    organisme: Organisme = get_object_or_404(Organisme.objects.visibles_par(request.user), reference=reference)
    return organisme


def organisme_modifiable(request: HttpRequest, reference: str) -> Organisme:
    """Le même, pour qui peut le modifier : ses gestionnaires et le CARIF."""
    organisme = organisme_visible(request, reference)
    if not peut_modifier_structure(organisme, request.user):
        raise Http404
    return organisme


def champs_proteges(organisme: Organisme, utilisateur: Any) -> bool:
    """Vrai si SIRET, NDA et raison sociale ne s'ouvrent pas à cette personne.

    Le CARIF les corrige ; un gestionnaire aussi, tant que c'est pour compléter sa demande d'inscription.
    """
    if est_du_carif(utilisateur):
        return False
    complete = organisme.statut == EtatOrganisme.COMPLEMENT_DEMANDE
    return not (complete and est_gestionnaire(utilisateur, organisme.pk))


def cadre(request: HttpRequest, organisme: Organisme) -> dict[str, Any]:
    """Variables de `structures/cadre.html` : en-tête, sens de l'état, gestes offerts."""
    gestes = [possible.transition for possible in transitions_possibles(organisme, request.user)]
    return {
        "organisme": organisme,
        "sens": SENS[EtatOrganisme(organisme.statut)],
        "gestes": gestes,
        "peut_modifier": peut_modifier_structure(organisme, request.user),
        "carif": est_du_carif(request.user),
        "membre": not request.user.role_carif,  # type: ignore[union-attr]
    }


def fiche(request: HttpRequest, organisme: Organisme) -> dict[str, Any]:
    """Variables de `structures/fiche.html`."""
    contexte = cadre(request, organisme)
    personnel = contexte["carif"] or contexte["membre"]
    return {
        **contexte,
        "proteges": champs_proteges(organisme, request.user),
        "siege": lire(organisme.coordonnees),
        "contacts": [(un, lire(un.coordonnees)) for un in organisme.contacts.all()],
        "lieux": [(un, lire(un.coordonnees)) for un in organisme.etablissements.all()],
        "formateurs": list(organisme.formateurs.select_related("structure")[:200]),
        "personnes": list(organisme.rattachements.select_related("utilisateur")) if personnel else [],
        "montre_les_personnes": personnel,
        "recu": informations_recues(organisme.reste_lheo),
        "entrees": pour(organisme, 30),
    }


def contact_de(organisme: Organisme, pk: int) -> Contact:
    """Le contact de cet organisme, ou 404."""
    return get_object_or_404(organisme.contacts.select_related("organisme"), pk=pk)


def lieu_de(organisme: Organisme, pk: int) -> Etablissement:
    """Le lieu de cet organisme, ou 404."""
    return get_object_or_404(organisme.etablissements.select_related("organisme"), pk=pk)
