"""Le tour de toutes les pages que les menus et les liens offrent, rôle par rôle, aux deux largeurs."""

import io
import re
from collections import deque

import pytest
from django.core.management import call_command

from dokelio.comptes.models import Utilisateur
from tests.parcours.conftest import Ouvrir
from tests.parcours.poste import BUREAU, TELEPHONE, Poste

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]

# Une page de chaque sorte suffit : les numéros et les références se ressemblent.
SORTES = (
    (re.compile(r"(AF|SE|OF)_\d{10}"), "N"),
    (re.compile(r"/\d+/"), "/n/"),
    (re.compile(r"/(dispositifs)/(?!nouveau)[a-z0-9-]+/"), r"/\1/x/"),
)
# Fichiers à télécharger, pages d'un autre produit, départ.
EXCLUES = re.compile(r"^/(administration|deconnexion|static)|/(document|fichier|justificatif)/$|\.(txt|xml|xlsx|pdf)$")
PAGES = 80
LIENS = """() => [...document.querySelectorAll("a[href]")].map((lien) => new URL(lien.href))
  .filter((lien) => lien.origin === location.origin).map((lien) => lien.pathname + lien.search)"""
LARGEUR = "() => [document.documentElement.scrollWidth, window.innerWidth]"


def _sorte(adresse: str) -> str:
    chemin, _, suite = adresse.partition("?")
    for motif, remplacement in SORTES:
        chemin = motif.sub(remplacement, chemin)
    parametres = sorted(une.partition("=")[0] for une in suite.split("&") if une)
    return f"{chemin}?{'&'.join(parametres)}" if parametres else chemin


def _parcourir(poste: Poste, connues: set[str]) -> list[str]:
    """Ouvre ce qui s'atteint depuis le tableau de bord, une page de chaque sorte ; rend les adresses ouvertes.

    `connues` : les sortes déjà examinées chez un rôle voisin, complétées ici ; les pages du menu sont toujours vues.
    """
    vues: set[str] = set()
    ouvertes: list[str] = []
    a_voir = deque(["/"])
    largeur, hauteur = BUREAU
    while a_voir:
        assert len(ouvertes) < PAGES, f"trop de pages : {ouvertes}"
        adresse = a_voir.popleft()
        sorte, du_menu = _sorte(adresse), adresse.count("/") < 3 and "?" not in adresse
        if sorte in vues or EXCLUES.search(adresse.partition("?")[0]) or (sorte in connues and not du_menu):
            continue
        vues.add(sorte)
        connues.add(sorte)
        page = poste.ouvrir(adresse)
        ouvertes.append(adresse)
        a_voir.extend(page.evaluate(LIENS))
        page.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
        contenu, fenetre = page.evaluate(LARGEUR)
        if contenu > fenetre:
            poste.fautes.append(f"{adresse} défile de côté sur un téléphone : {contenu} px pour {fenetre}")
        page.set_viewport_size({"width": largeur, "height": hauteur})
    return ouvertes


ROLES = (
    ("organisme@dokelio.exemple", {"/formations/nouvelle/", "/structure/", "/imports/", "/notifications/"}),
    ("reseau@dokelio.exemple", {"/formations/", "/structure/"}),
    ("documentaliste@dokelio.exemple", {"/controle/", "/diffusion/", "/imports/", "/structure/"}),
    ("conventionne@dokelio.exemple", {"/controle/", "/conventionne/"}),
    ("admin@dokelio.exemple", {"/comptes/", "/comptes/nouveau/", "/diffusion/"}),
)


def test_toutes_les_pages_de_chaque_role_aux_deux_largeurs(ouvrir: Ouvrir) -> None:
    call_command("donnees_demo", stdout=io.StringIO())
    connues: dict[bool, set[str]] = {True: set(), False: set()}
    for email, attendues in ROLES:
        personne = Utilisateur.objects.get(email=email)
        ouvertes = _parcourir(ouvrir(personne), connues[bool(personne.role_carif)])
        assert attendues <= {adresse.partition("?")[0] for adresse in ouvertes}, email
    visiteur = ouvrir()
    for adresse in ("/connexion/", "/mot-de-passe/oublie/", "/accessibilite/", "/mentions-legales/", "/courriels/"):
        visiteur.ouvrir(adresse)
