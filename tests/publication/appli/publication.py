"""La vie d'une fiche d'essai."""

from typing import Any

from dokelio.publication.contexte import Contexte
from dokelio.publication.machine import (
    MEME,
    ORIGINE,
    Commentaire,
    Effet,
    Estampille,
    Garde,
    Machine,
    Permission,
    Transition,
)
from dokelio.publication.refus import Refus
from tests.publication.appli.models import Avis, Etat, Fiche


def membre(fiche: Any, auteur: Any) -> bool:
    return "membre" in auteur.email or "carif" in auteur.email


def carif(fiche: Any, auteur: Any) -> bool:
    return "carif" in auteur.email


def titre_present(fiche: Fiche, contexte: Contexte) -> list[Refus]:
    return [] if fiche.titre else [Refus("titre", "Donnez un titre.")]


def fin_presente(fiche: Fiche, contexte: Contexte) -> list[Refus]:
    return [] if fiche.fin else [Refus("fin", "Donnez une date de fin.")]


def fin_passee(fiche: Fiche, contexte: Contexte) -> list[Refus]:
    return [] if fiche.fin and fiche.fin < contexte.au else [Refus("fin", "La fiche n'est pas finie.")]


def ouvrir_version(fiche: Fiche, contexte: Contexte) -> None:
    fiche.version = contexte.donnees.get("version", 1)
    contexte.trace["version"] = fiche.version


def fermer_version(fiche: Fiche, contexte: Contexte) -> None:
    contexte.trace["version"] = fiche.version
    fiche.version = None


def avertir(fiche: Fiche, contexte: Contexte) -> None:
    assert contexte.evenement is not None
    Avis.objects.create(fiche=fiche, evenement_id=contexte.evenement.pk, texte=f"{contexte.avant} → {contexte.apres}")


def casser(fiche: Fiche, contexte: Contexte) -> None:
    if contexte.donnees.get("casse"):
        raise ZeroDivisionError


AVERTIR = Effet(
    avertir,
    sql={
        "avis": "INSERT INTO appli_publication_avis (fiche_id, evenement_id, texte) "
        "SELECT id, evenement_id, avant || ' → ' || apres FROM maj RETURNING id"
    },
)

MACHINE = Machine(
    "appli_publication.Fiche",
    etats=Etat,
    transitions=[
        Transition("creer", "Créer", None, Etat.BROUILLON, "{auteur} a créé la fiche.", permission=membre),
        Transition(
            "soumettre",
            "Soumettre au contrôle",
            [Etat.BROUILLON, Etat.EN_REDACTION],
            Etat.A_CONTROLER,
            "{auteur} a soumis la fiche au contrôle.",
            permission=membre,
            gardes=[titre_present, fin_presente],
            effets=[avertir],
        ),
        Transition("reprendre", "Reprendre", [Etat.A_CONTROLER], ORIGINE, "{auteur} a repris la fiche.", membre),
        Transition(
            "prendre_en_charge",
            "Prendre",
            [Etat.A_CONTROLER],
            MEME,
            "{auteur} contrôle la fiche.",
            carif,
            icone="pencil-line",
        ),
        Transition(
            "valider",
            "Accepter",
            [Etat.A_CONTROLER],
            Etat.EN_DIFFUSION,
            "{auteur} a accepté la version {version}.",
            permission=carif,
            estampilles=[ouvrir_version],
            effets=[avertir, casser],
        ),
        Transition(
            "demander_une_correction",
            "Demander une correction…",
            [Etat.A_CONTROLER, Etat.EN_DIFFUSION],
            Etat.EN_REDACTION,
            "{auteur} a demandé une correction.",
            permission=carif,
            commentaire=Commentaire.OBLIGATOIRE,
            question="Dites ce qui est à corriger.",
            gardes=[titre_present],
        ),
        Transition(
            "archiver",
            "Archiver",
            [Etat.EN_DIFFUSION, Etat.EN_REDACTION],
            Etat.ARCHIVE,
            "{auteur} a archivé la fiche.",
            phrase_systeme="La fiche a été archivée un mois après sa fin.",
            permission=Permission(
                carif, "%(auteur)s IN (SELECT id FROM comptes_utilisateur WHERE email LIKE '%%carif%%')"
            ),
            systeme=True,
            en_masse=True,
            gardes=[Garde(fin_passee, "o.fin < %(au)s")],
            estampilles=[Estampille(fermer_version, {"version": "NULL"}, {"version": "o.version"})],
            effets=[AVERTIR],
        ),
        Transition(
            "signaler",
            "Signaler",
            [Etat.A_CONTROLER, Etat.EN_DIFFUSION],
            MEME,
            "Signalée.",
            systeme=True,
            en_masse=True,
            effets=[AVERTIR],
        ),
        Transition("rendre", "Rendre", [Etat.A_CONTROLER], ORIGINE, "Rendue.", systeme=True, en_masse=True),
        Transition("supprimer", "Supprimer", [Etat.BROUILLON], None, "{auteur} a supprimé le brouillon.", membre),
    ],
)
