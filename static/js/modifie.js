// Formulaire modifié (data-dk-modifie) : le dit dans la barre et avant de quitter la page.
function peindre(formulaire, modele) {
  const etat = formulaire.querySelector("[data-dk-sauve]");
  const source = formulaire.querySelector(modele);
  if (etat && source) etat.replaceChildren(source.content.cloneNode(true));
}

export function modifie(racine) {
  for (const formulaire of racine.querySelectorAll("form[data-dk-modifie]")) {
    if (formulaire.dkSuivi) continue;
    formulaire.dkSuivi = true;
    let change = formulaire.querySelector(".is-invalid") !== null;
    let parti = false;
    const noter = () => {
      if (!change) peindre(formulaire, "[data-dk-sauve-modifie]");
      change = true;
    };
    if (change) peindre(formulaire, "[data-dk-sauve-modifie]");
    formulaire.addEventListener("input", noter);
    formulaire.addEventListener("change", noter);
    formulaire.addEventListener("dk:ajout", noter);
    formulaire.addEventListener("submit", (evenement) => {
      if (evenement.defaultPrevented) return;
      parti = true;
      peindre(formulaire, "[data-dk-sauve-en-cours]");
    });
    formulaire.addEventListener("htmx:afterRequest", (evenement) => {
      if (evenement.detail.successful && evenement.detail.elt === formulaire) change = parti = false;
    });
    window.addEventListener("pageshow", () => (parti = false));
    window.addEventListener("beforeunload", (evenement) => {
      if (change && !parti && formulaire.isConnected) evenement.preventDefault();
    });
  }
}
