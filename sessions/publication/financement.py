"""La vie d'un financement : hors diffusion, France Travail ne voit pas le numéro SE_ (FAQ, partie 3)."""

from dokelio.publication.machine import Commentaire, Machine, Transition
from sessions import permissions, reactions
from sessions.models import EtatFinancement as Etat

FINANCEMENT = Machine(
    "sessions_formation.Financement",
    etats=Etat,
    transitions=[
        Transition(
            "soumettre",
            libelle="Soumettre le financement",
            sources=[Etat.EN_REDACTION],
            cible=Etat.A_CONTROLER,
            permission=permissions.peut_financer,
            commentaire=Commentaire.AUCUN,
            phrase="{auteur} a soumis le financement au contrôle.",
            icone="send",
        ),
        Transition(
            "mettre_en_diffusion",
            libelle="Mettre en diffusion",
            sources=[Etat.EN_REDACTION, Etat.A_CONTROLER, Etat.RETIRE],
            cible=Etat.EN_DIFFUSION,
            permission=permissions.peut_diffuser_financement,
            gardes=[reactions.financement_complet],
            systeme=True,
            commentaire=Commentaire.AUCUN,
            phrase="{auteur} a mis le financement en diffusion.",
            phrase_systeme="Le financement est passé en diffusion avec sa fiche.",
            icone="radio-tower",
        ),
        Transition(
            "retirer",
            libelle="Retirer de la diffusion",
            sources=[Etat.EN_DIFFUSION],
            cible=Etat.RETIRE,
            permission=permissions.peut_diffuser_financement,
            phrase="{auteur} a retiré le financement de la diffusion.",
            icone="circle-minus",
            ton="danger",
        ),
    ],
)
