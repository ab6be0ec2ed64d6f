"""De quoi remplir la fiche comme un navigateur sans script : lire le formulaire d'une page, le renvoyer."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from formations.models import Action

CONTACT_RICHE = {
    "@tag": "principal",
    "@{urn:x}y": "1",
    "type-contact": "4",
    "coordonnees": {
        "@id": "c1",
        "civilite": "Mme",
        "nom": {"@info": "service", "#": "Accueil"},
        "adresse": {"ligne": ["1 rue", "Bât. C"], "codepostal": "75020", "ville": "Paris"},
        "telfixe": {"numtel": ["01 43 00 00 00", "01 43 00 00 01"], "extras": [{"contenu": [["extra", "9h-12h"]]}]},
        "fax": {"numtel": ["01 43 00 00 02"]},
        "courriel": "accueil@organisme.exemple",
        "web": {"urlweb": ["https://organisme.exemple"]},
    },
    "extras": [{"@info": "z", "contenu": [["extra", "gardé"]]}],
}


class LecteurDeFormulaire(HTMLParser):
    """Ce qu'un navigateur sans script enverrait du premier formulaire de la fiche, sans rien toucher."""

    def __init__(self) -> None:
        super().__init__()
        self.champs: list[tuple[str, str]] = []
        self.dans = self.modele = 0
        self.liste = ""
        self.zone: list[str] | None = None
        self.nom = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {nom: valeur or "" for nom, valeur in attrs}
        if tag == "form" and "dk-fiche-corps" in a.get("class", ""):
            self.dans = 1
        if tag in ("template", "noscript"):
            self.modele += 1
        if not self.dans or self.modele:
            return
        if tag == "input" and a.get("name") and a.get("type") not in ("submit", "button"):
            coche = a.get("type") in ("checkbox", "radio")
            if not coche or "checked" in a:
                self.champs.append((a["name"], a.get("value", "on" if coche else "")))
        elif tag == "select":
            self.liste = a.get("name", "")
        elif tag == "option" and self.liste and "selected" in a:
            self.champs.append((self.liste, a.get("value", "")))
        elif tag == "textarea":
            self.nom, self.zone = a.get("name", ""), []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("template", "noscript"):
            self.modele -= 1
        if tag == "form":
            self.dans = 0
        if tag == "select":
            self.liste = ""
        if tag == "textarea" and self.zone is not None:
            # Un navigateur ôte la première fin de ligne et envoie les autres en CRLF.
            texte = "".join(self.zone).removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
            self.champs.append((self.nom, texte))
            self.zone = None

    def handle_data(self, data: str) -> None:
        if self.zone is not None:
            self.zone.append(data)


def relire(page: str) -> dict[str, list[str]]:
    """Les champs du formulaire d'une page déjà reçue."""
    lecteur = LecteurDeFormulaire()
    lecteur.feed(page)
    envoi: dict[str, list[str]] = {}
    for nom, valeur in lecteur.champs:
        envoi.setdefault(nom, []).append(valeur)
    return envoi


def formulaire_de(client: Client, url: str) -> dict[str, list[str]]:
    """Les champs du formulaire de la page, tels qu'ils partiraient."""
    return relire(client.get(url).content.decode())


def connecte(personne: Any) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def adresse(action: Action, onglet: str = "informations") -> str:
    return f"/formations/{action.reference}/{onglet}/"


def fautes(reponse: Any) -> Any:
    """De quoi comprendre un refus inattendu."""
    formulaire = reponse.context["formulaire"]
    return formulaire.errors, {nom: formset.errors for nom, formset in formulaire.formsets.items()}
