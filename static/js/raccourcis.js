// « / » va à la recherche ; une lettre portée par un bouton (data-dk-touche) l'actionne, hors de toute saisie.
function enSaisie(element) {
  return element instanceof HTMLElement && (element.isContentEditable || element.matches("input, textarea, select"));
}

export function raccourcis() {
  document.addEventListener("keydown", (evenement) => {
    if (evenement.ctrlKey || evenement.metaKey || evenement.altKey || evenement.isComposing) return;
    if (enSaisie(document.activeElement) || document.querySelector("dialog[open]")) return;
    if (evenement.key === "/") {
      const recherche = document.querySelector("[data-dk-recherche]");
      if (!recherche || recherche.offsetParent === null) return;
      evenement.preventDefault();
      recherche.focus();
      recherche.select();
      return;
    }
    if (!/^[a-z]$/i.test(evenement.key)) return;
    const bouton = document.querySelector(`[data-dk-touche="${evenement.key.toUpperCase()}"]`);
    if (bouton && !bouton.disabled && bouton.offsetParent !== null) {
      evenement.preventDefault();
      bouton.click();
    }
  });
}
