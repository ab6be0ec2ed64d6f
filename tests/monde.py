"""Un petit monde pour les tests de pages : un objet de chaque sorte, une personne de chaque rôle."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from conventionne.models import Convention, Dispositif, Financeur, RegleDispositif
from diffusion.models import Execution, Flux, Import
from dokelio.messagerie.models import Courriel, Notification
from formations.models import Action
from structures.models import Etablissement, Organisme
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, en_diffusion, membre


@dataclass(slots=True)
class Monde:
    """Les personnes par rôle, et les valeurs des paramètres des routes."""

    personnes: dict[str, Any]
    valeurs: dict[str, dict[str, Any]]

    def client(self, role: str) -> Client:
        """Un navigateur connecté avec ce rôle (« visiteur » : personne)."""
        client = Client(raise_request_exception=False)
        if role != "visiteur":
            client.force_login(self.personnes[role])
        return client


def creer() -> Monde:
    """Crée le monde : une fiche en diffusion d'un organisme, et tout ce que les adresses désignent."""
    action = en_diffusion()
    organisme = action.organisme
    personnes = {
        "lecteur": membre(organisme, "lecteur"),
        "redacteur": membre(organisme, "redacteur"),
        "gestionnaire": membre(organisme, "gestionnaire"),
        "etranger": membre(OrganismeFabrique(), "gestionnaire"),
        "documentaliste": UtilisateurFabrique(documentaliste=True),
        "conventionne": UtilisateurFabrique(conventionne=True),
        "administrateur": UtilisateurFabrique(administrateur=True),
        "financeur": UtilisateurFabrique(financeur=True),
    }
    return Monde(personnes, _valeurs(action, organisme, personnes))


def _valeurs(action: Action, organisme: Organisme, personnes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Par début de route, la valeur de chaque paramètre ; le début le plus long l'emporte."""
    lieu = action.deroulements.get()
    notification = Notification.objects.create(utilisateur=personnes["redacteur"], titre="Fiche acceptée", lien="/")
    courriel = Courriel.objects.create(destinataire="a@b.exemple", sujet="Essai", texte="Texte", html="<p>Texte</p>")
    etablissement = Etablissement.objects.create(organisme=organisme, nom="Atelier")
    rattachement = personnes["lecteur"].rattachements.get()
    depot = Import.objects.create(nom="essai.xml", auteur=personnes["documentaliste"])
    flux, _ = Flux.objects.get_or_create(slug="intercarif", defaults={"nom": "Intercarif complet"})
    execution = Execution.objects.create(flux=flux, au=timezone.localdate())
    return {
        "/formations/": {"reference": action.reference, "onglet": "informations", "nom": "modifier", "numero": 1},
        "/formations/<str:reference>/sessions/": {
            "lieu": lieu.pk,
            "session": lieu.sessions.get().reference,
            "financement": lieu.financements.get().pk,
        },
        "/formations/<str:reference>/sessions/<str:session>/transition/": {"nom": "annuler"},
        "/formations/<str:reference>/sessions/financement/": {"nom": "retirer"},
        "/controle/": {"reference": action.reference},
        "/structure/": {"reference": organisme.reference, "nom": "cesser", "pk": organisme.contacts.get().pk},
        "/structure/<str:reference>/lieux/": {"pk": etablissement.pk},
        "/comptes/": {"pk": personnes["lecteur"].pk, "rattachement": rattachement.pk},
        "/notifications/": {"pk": notification.pk},
        "/courriels/": {"pk": courriel.pk},
        "/imports/": {"pk": depot.pk},
        "/diffusion/": {"pk": execution.pk, "slug": flux.slug, "execution": execution.pk},
        "/conventionne/dispositifs/": _dispositif(),
        "/conventionne/financeurs/": {"cle": Financeur.objects.get_or_create(nom="Essai", code_lheo="2")[0].pk},
        "/conventionne/conventions/": {"cle": _convention(organisme).pk},
        "/^mot-de-passe/": {"uidb36": "1", "key": "abc-def"},
    }


def _du_dispositif() -> Dispositif:
    financeur, _ = Financeur.objects.get_or_create(nom="Essai", code_lheo="2")
    valeurs = {"nom": "Essai", "programme": "Essai", "financeur": financeur, "debut": timezone.localdate()}
    return Dispositif.objects.get_or_create(code="essai", defaults=valeurs)[0]


def _dispositif() -> dict[str, Any]:
    dispositif = _du_dispositif()
    regle = RegleDispositif.objects.create(dispositif=dispositif, a_partir_du=dispositif.debut)
    return {"code": dispositif.code, "cle": regle.pk}


def _convention(organisme: Organisme) -> Convention:
    jour = timezone.localdate()
    return Convention.objects.create(
        dispositif=_du_dispositif(), organisme=organisme, numero="2026-1", debut=jour, fin=jour
    )


def chemin(monde: Monde, route: str) -> str:
    """L'adresse de cette route pour les objets du monde ; un paramètre que rien ne nomme est une erreur."""
    prefixes = sorted((debut for debut in monde.valeurs if route.startswith(debut)), key=len)
    valeurs: dict[str, Any] = {}
    for debut in prefixes:
        valeurs |= monde.valeurs[debut]
    remplacee = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda m: f"<{m[1]}>", route.replace("^", "").replace("$", ""))
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(valeurs[m[1]]), remplacee)
