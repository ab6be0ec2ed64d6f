// Choix du thème dans le menu de la personne : système, clair, sombre ; gardé sur ce poste.
function marquer() {
  const choix = document.documentElement.dataset.theme ?? "";
  for (const bouton of document.querySelectorAll("[data-dk-theme]")) {
    bouton.setAttribute("aria-pressed", String(bouton.dataset.dkTheme === choix));
  }
}

export function themes() {
  marquer();
  document.addEventListener("click", (evenement) => {
    const bouton = evenement.target.closest("[data-dk-theme]");
    if (!bouton) return;
    const choix = bouton.dataset.dkTheme;
    if (choix) document.documentElement.dataset.theme = choix;
    else delete document.documentElement.dataset.theme;
    try {
      if (choix) localStorage.setItem("dk-theme", choix);
      else localStorage.removeItem("dk-theme");
    } catch {
      // stockage refusé : le choix vaut pour cette page
    }
    marquer();
  });
}
