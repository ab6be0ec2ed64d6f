"""Un poste de travail : une personne devant Chromium. Chaque page ouverte y est examinée, sans qu'on le demande."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Locator, Page, Response, expect

BUREAU = (1280, 800)
TELEPHONE = (390, 844)
CAPTURES = Path(__file__).resolve().parents[2] / "rapports" / "parcours"

# Lu avant tout script de la page, et hors de sa politique de sécurité : chaque document s'examine lui-même.
EXAMEN = """
(() => {
  const dire = (faute) => console.error(`[examen] ${location.pathname} : ${faute}`);
  document.addEventListener("securitypolicyviolation", (e) =>
    dire(`politique de sécurité, ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile ?? ""}:${e.lineNumber}`));
  if (window !== window.top) return;
  window.addEventListener("load", () => {
    const titres = document.querySelectorAll("h1").length;
    if (titres !== 1) dire(`${titres} titres h1`);
    const page = document.documentElement;
    if (page.scrollWidth > window.innerWidth) dire(`défile de côté, ${page.scrollWidth} px pour ${window.innerWidth}`);
    if (page.lang !== "fr") dire("langue de la page absente");
    const noms = [...document.querySelectorAll("[id]")].map((e) => e.id);
    const double = noms.find((nom, rang) => noms.indexOf(nom) !== rang);
    if (double !== undefined) dire(`deux éléments portent l'identifiant « ${double} »`);
    for (const champ of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
      if (!champ.classList.contains("tomselected") && !champ.labels?.length && !champ.getAttribute("aria-label"))
        dire(`champ sans étiquette : ${champ.name || champ.id || champ.outerHTML.slice(0, 80)}`);
    for (const e of document.querySelectorAll("a[href], button, summary"))
      if (!e.closest("[aria-hidden=true]") && !(e.textContent.trim() || e.getAttribute("aria-label")))
        dire(`geste sans nom : ${e.outerHTML.slice(0, 120)}`);
    if (/[Dd]éroulement/.test(document.body.innerText)) dire("le mot « déroulement » est montré");
  });
})();
"""


class Poste:
    """Une personne et sa page. `fautes` : tout ce que l'examen des pages a trouvé ; vide à la fin, ou l'essai échoue.

    `admis` : les statuts HTTP que ce parcours provoque exprès (409 et 422 : un formulaire refusé est une page).
    """

    def __init__(
        self, navigateur: Browser, adresse: str, taille: tuple[int, int] = BUREAU, script: bool = True
    ) -> None:
        largeur, hauteur = taille
        self.adresse = adresse
        self.contexte = navigateur.new_context(
            base_url=adresse,
            viewport={"width": largeur, "height": hauteur},
            java_script_enabled=script,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.contexte.set_default_timeout(8_000)
        self.contexte.set_default_navigation_timeout(30_000)
        self.contexte.add_init_script(EXAMEN)
        self.fautes: list[str] = []
        self.admis: set[int] = {409, 422}
        self.contexte.on("page", self._suivre)
        self.page = self.contexte.new_page()

    # --- gestes -------------------------------------------------------------------------------------------

    def ouvrir(self, chemin: str, statut: int = 200) -> Page:
        """Ouvre une adresse et vérifie son statut (celui d'arrivée, redirections suivies)."""
        if statut >= 400:
            self.admis.add(statut)
        reponse = self.page.goto(chemin)
        assert reponse is not None
        assert reponse.status == statut, f"{chemin} : {reponse.status}, {statut} attendu"
        return self.page

    def entrer(self, email: str, mot_de_passe: str) -> None:
        """Se connecte par la page de connexion."""
        self.ouvrir("/connexion/")
        self.remplir("Votre email", email)
        self.remplir("Votre mot de passe", mot_de_passe)
        self.cliquer("Connexion")
        expect(self.page).not_to_have_url(re.compile("/connexion/"))

    def connaitre(self, personne: Any) -> None:
        """Ouvre la session d'une personne sans repasser par la page de connexion, éprouvée par ses propres parcours."""
        client = Client()
        client.force_login(personne, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.contexte.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.adresse}])

    def sortir(self) -> None:
        """Se déconnecte par le menu de la personne."""
        self.page.locator("summary[aria-label^='Mon compte']").click()
        self.cliquer("Se déconnecter")

    def remplir(self, etiquette: str, valeur: str, dans: Locator | None = None) -> None:
        """Remplit le champ de cette étiquette exacte."""
        (dans or self.page).get_by_label(etiquette, exact=True).fill(valeur)

    def cliquer(self, nom: str, dans: Locator | None = None) -> None:
        """Presse le bouton, ou suit le lien, de ce nom (celui qui commence ainsi)."""
        motif = re.compile(rf"^\s*{re.escape(nom)}\b|^\s*{re.escape(nom)}")
        ici = dans or self.page
        ici.get_by_role("button", name=motif).or_(ici.get_by_role("link", name=motif)).first.click()

    def voir(self, texte: str | re.Pattern[str], dans: Locator | None = None) -> Locator:
        """Attend qu'un texte soit visible ; le rend."""
        trouve = (dans or self.page).get_by_text(texte).filter(visible=True).first
        expect(trouve).to_be_visible()
        return trouve

    def ne_pas_voir(self, texte: str | re.Pattern[str]) -> None:
        """Le texte n'est pas dans la page."""
        expect(self.page.get_by_text(texte).filter(visible=True)).to_have_count(0)

    @property
    def chemin(self) -> str:
        """Le chemin de l'adresse ouverte."""
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    def titre(self, texte: str | re.Pattern[str]) -> None:
        """Le titre h1 de la page contient ce texte."""
        expect(self.page.locator("h1")).to_contain_text(texte)

    # --- examen -------------------------------------------------------------------------------------------

    def _suivre(self, page: Page) -> None:
        page.on("console", self._entendre)
        page.on("pageerror", lambda erreur: self.fautes.append(f"erreur de script, {page.url} : {erreur}"))
        page.on("response", self._recevoir)
        page.on("dialog", self._accepter)

    def _entendre(self, message: ConsoleMessage) -> None:
        # Un statut d'erreur est déjà relevé, avec son adresse, par la réponse.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.fautes.append(message.text)

    def _recevoir(self, reponse: Response) -> None:
        page = reponse.request.resource_type == "document"
        if reponse.status >= 400 and not (page and reponse.status in self.admis):
            self.fautes.append(f"{reponse.request.method} {reponse.url} : {reponse.status}")

    def _accepter(self, dialogue: Dialog) -> None:
        with suppress(Error):
            dialogue.accept()

    def capturer(self, nom: str) -> None:
        """Garde la page entière dans `rapports/parcours/` (ignoré de git)."""
        CAPTURES.mkdir(parents=True, exist_ok=True)
        with suppress(Error):
            self.page.screenshot(path=CAPTURES / f"{nom}.png", full_page=True)

    def fermer(self) -> None:
        """Ferme le poste ; rien ne doit plus être en cours côté serveur quand la base est vidée."""
        with suppress(Error):
            self.page.wait_for_load_state("networkidle", timeout=5_000)
        self.contexte.close()
