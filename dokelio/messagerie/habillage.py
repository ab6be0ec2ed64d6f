"""D'un gabarit au courriel : le sujet, le texte, et la page HTML tirée du texte (même contenu, nos couleurs).

Une ligne « Libellé : » suivie d'une adresse seule sur sa ligne devient un bouton ; une ligne « - … » une puce."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

_ADRESSE = re.compile(r"https?://\S+")
_LIBELLE = re.compile(r"^(?P<libelle>.+?)[\u00a0\u202f ]?:$")


class Message(NamedTuple):
    """Un courriel composé : sujet d'une ligne, texte, page HTML."""

    sujet: str
    texte: str
    html: str


def lien_absolu(chemin: str) -> str:
    """L'adresse publique d'un chemin du site (`/formations/…`) ; une adresse déjà complète est rendue telle quelle."""
    if chemin.startswith("/"):
        return settings.ADRESSE_PUBLIQUE.rstrip("/") + chemin
    return chemin


def composer(gabarit: str, contexte: Mapping[str, Any]) -> Message:
    """Rend `templates/courriels/<gabarit>.txt` (blocs `sujet` et `corps`). Un `lien` du contexte est rendu absolu."""
    variables = dict(contexte)
    if isinstance(variables.get("lien"), str):
        variables["lien"] = lien_absolu(variables["lien"])
    fichier = f"courriels/{gabarit}.txt"
    sujet = sur_une_ligne(render_to_string(fichier, {**variables, "partie": "sujet"}))
    texte = serrer(render_to_string(fichier, {**variables, "partie": "texte"}))
    return Message(sujet[:255], texte, habiller(sujet, texte))


def sur_une_ligne(texte: str) -> str:
    """Le texte sans retour à la ligne ni blanc en trop ; les espaces insécables restent."""
    return re.sub(r"[ \t\r\n]+", " ", texte).strip(" ")


def serrer(texte: str) -> str:
    """Ôte les blancs de fin de ligne et les lignes vides en trop que laissent les balises d'un gabarit."""
    lignes = "\n".join(ligne.rstrip(" \t") for ligne in texte.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lignes).strip() + "\n"


def habiller(sujet: str, texte: str) -> str:
    """La page HTML d'un courriel écrit en texte : paragraphes, puces, boutons. Tout est échappé."""
    blocs = [_bloc(paragraphe.splitlines()) for paragraphe in texte.strip().split("\n\n") if paragraphe.strip()]
    return render_to_string("courriels/page.html", {"sujet": sujet, "blocs": blocs})


def _bloc(lignes: list[str]) -> dict[str, Any]:
    """Nature d'un paragraphe : bouton, liste ou lignes de texte."""
    if len(lignes) == 2 and _ADRESSE.fullmatch(lignes[1].strip()) and (trouve := _LIBELLE.match(lignes[0].strip())):
        return {"nature": "bouton", "libelle": trouve["libelle"], "adresse": lignes[1].strip()}
    if all(ligne.startswith("- ") for ligne in lignes):
        return {"nature": "liste", "lignes": [ligne[2:] for ligne in lignes]}
    return {"nature": "texte", "lignes": lignes}
