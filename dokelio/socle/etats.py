"""Le registre des états montrés : un mot, une icône, un ton, partout les mêmes.

Le ton dit qui doit agir : l'organisme (ébauche), le CARIF ou la machine (attente), le lecteur (agir), personne."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Ton = Literal["ebauche", "attente", "agir", "bon", "grave", "neutre"]


@dataclass(frozen=True, slots=True)
class Etat:
    """Un état tel qu'il s'affiche : toujours une icône, un texte et un ton."""

    code: str
    libelle: str
    icone: str
    ton: Ton


def _genre(*etats: tuple[str, str, str, Ton]) -> dict[str, Etat]:
    return {code: Etat(code, libelle, icone, ton) for code, libelle, icone, ton in etats}


ETATS: Mapping[str, Mapping[str, Etat]] = {
    "action": _genre(
        ("brouillon", "Brouillon", "circle-dashed", "ebauche"),
        ("a_controler", "À contrôler", "hourglass", "attente"),
        ("en_redaction", "En rédaction", "pencil-line", "agir"),
        ("en_diffusion", "En diffusion", "radio-tower", "bon"),
        ("archive", "Archivé", "archive", "neutre"),
    ),
    "session": _genre(
        ("brouillon", "Brouillon", "circle-dashed", "ebauche"),
        ("en_diffusion", "En diffusion", "radio-tower", "bon"),
        ("annulee", "Annulée", "ban", "grave"),
        ("archivee", "Archivée", "archive", "neutre"),
        ("a_venir", "À venir", "calendar-days", "bon"),
        ("en_cours", "En cours", "calendar-clock", "bon"),
        ("terminee", "Terminée", "calendar-check", "neutre"),
        ("non_visible", "Non visible", "eye-off", "grave"),
    ),
    "financement": _genre(
        ("en_redaction", "En rédaction", "pencil-line", "agir"),
        ("a_controler", "À contrôler", "hourglass", "attente"),
        ("en_diffusion", "En diffusion", "radio-tower", "bon"),
        ("retire", "Retiré", "circle-minus", "neutre"),
    ),
    "organisme": _genre(
        ("demande", "Demande à contrôler", "inbox", "attente"),
        ("complement_demande", "Complément demandé", "file-question-mark", "agir"),
        ("en_diffusion", "En diffusion", "radio-tower", "bon"),
        ("refuse", "Refusé", "circle-x", "grave"),
        ("cessation", "En cessation", "power-off", "neutre"),
    ),
    "import": _genre(
        ("depose", "Déposé", "inbox", "attente"),
        ("en_cours", "En cours", "loader", "attente"),
        ("simule", "Essai à blanc", "flask-conical", "agir"),
        ("essai", "Essai à blanc", "flask-conical", "agir"),
        ("applique", "Appliqué", "circle-check", "bon"),
        ("termine", "Appliqué", "circle-check", "bon"),
        ("partiel", "Appliqué en partie", "circle-alert", "agir"),
        ("refuse", "Refusé", "circle-x", "grave"),
        ("echec", "Échec", "circle-x", "grave"),
        ("abandonne", "Abandonné", "circle-minus", "neutre"),
    ),
    "execution": _genre(
        ("en_attente", "En attente", "clock", "attente"),
        ("en_cours", "En cours", "loader", "attente"),
        ("publie", "Publié", "circle-check", "bon"),
        ("publiee", "Publié", "circle-check", "bon"),
        ("retenu", "Retenu", "octagon-pause", "agir"),
        ("retenue", "Retenu", "octagon-pause", "agir"),
        ("echec", "Échec", "circle-x", "grave"),
        ("a_part", "Écrit à part", "file-output", "neutre"),
    ),
    "import_formation": _genre(
        ("creee", "Créée", "plus", "bon"),
        ("modifiee", "Modifiée", "pencil-line", "attente"),
        ("inchangee", "Inchangée", "equal", "neutre"),
        ("doute", "Doublon probable", "copy", "agir"),
        ("refusee", "Refusée", "circle-x", "grave"),
    ),
    "compte": _genre(
        ("invite", "Invité", "mail", "attente"),
        ("actif", "Actif", "circle-check", "bon"),
        ("desactive", "Désactivé", "circle-minus", "neutre"),
    ),
    "courriel": _genre(
        ("a_envoyer", "À envoyer", "clock", "attente"),
        ("envoye", "Envoyé", "circle-check", "bon"),
        ("echec", "Échec", "circle-x", "grave"),
    ),
}


def etat(genre: str, code: str) -> Etat:
    """L'état d'un objet (`genre` : clé d'`ETATS`) ; un code inconnu s'affiche en gris plutôt que de casser la page."""
    connu = ETATS.get(genre, {}).get(code)
    if connu is not None:
        return connu
    libelle = code.replace("_", " ").strip()
    return Etat(code, libelle[:1].upper() + libelle[1:], "circle-dot", "neutre")
