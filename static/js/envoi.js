// Un formulaire ne part qu'une fois ; son bouton dit « occupé » le temps de l'envoi.
function relacher(formulaire) {
  delete formulaire.dataset.dkParti;
  for (const bouton of document.querySelectorAll("[aria-busy='true'][data-dk-occupe]")) {
    bouton.removeAttribute("aria-busy");
    delete bouton.dataset.dkOccupe;
  }
}

export function envoi() {
  document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    if (evenement.defaultPrevented || formulaire.method !== "post") return;
    if (formulaire.dataset.dkParti) {
      evenement.preventDefault();
      return;
    }
    formulaire.dataset.dkParti = "1";
    const bouton = evenement.submitter;
    if (bouton) {
      bouton.setAttribute("aria-busy", "true");
      bouton.dataset.dkOccupe = "1";
    }
    // Une réponse qui est un fichier laisse la page en place.
    if (formulaire.dataset.dkTelechargement !== undefined) setTimeout(() => relacher(formulaire), 3000);
  });
  // Retour arrière : la page sort du cache telle qu'elle était.
  window.addEventListener("pageshow", () => {
    for (const formulaire of document.querySelectorAll("form[data-dk-parti]")) relacher(formulaire);
  });
  document.addEventListener("htmx:afterRequest", (evenement) => {
    const formulaire = evenement.detail.elt.closest?.("form");
    if (formulaire) relacher(formulaire);
  });
}
