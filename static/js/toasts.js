// Messages brefs : toast("…") pour les modules, l'en-tête HX-Trigger {"dk:toast": "…"} pour le serveur.
const DUREE = 6000;

export function toast(texte) {
  const coin = document.querySelector("[data-dk-toasts]");
  const modele = document.querySelector("[data-dk-toast-modele]");
  if (!coin || !modele) return;
  const element = modele.content.firstElementChild.cloneNode(true);
  element.querySelector("[data-dk-toast-texte]").textContent = texte;
  coin.append(element);
  setTimeout(() => element.remove(), DUREE);
}

export function toasts() {
  document.addEventListener("dk:toast", (evenement) => toast(evenement.detail?.value ?? evenement.detail));
  document.addEventListener("htmx:responseError", () => toast("Le serveur n’a pas pu répondre. Réessayez."));
  document.addEventListener("htmx:sendError", () => toast("Hors connexion : rien n’a été envoyé."));
  document.addEventListener("click", (evenement) => {
    const bouton = evenement.target.closest("[data-dk-retirer]");
    if (bouton) bouton.closest(bouton.dataset.dkRetirer)?.remove();
  });
}
