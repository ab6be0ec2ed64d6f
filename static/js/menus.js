// Menus <details> : un seul ouvert, fermé par Échap, par un clic ailleurs ou quand le foyer en sort.
const OUVERTS = "details[data-dk-menu][open]";

function fermer(menu, rendreLeFoyer = false) {
  menu.open = false;
  if (rendreLeFoyer) menu.querySelector("summary")?.focus();
}

// Dans un cadre qui défile, le menu se pose sur la page pour ne pas y être coupé.
function placer(menu) {
  const corps = menu.querySelector(":scope > .dk-menu-corps");
  const cadre = menu.closest(".dk-cadre-table, .dk-onglets, .dk-deroulement");
  if (!corps || !cadre) return;
  corps.classList.add("flottant");
  const bouton = menu.querySelector("summary").getBoundingClientRect();
  const dessous = bouton.bottom + corps.offsetHeight + 8 < window.innerHeight;
  corps.style.top = dessous ? `${bouton.bottom + 4}px` : `${Math.max(8, bouton.top - corps.offsetHeight - 4)}px`;
  corps.style.left = `${Math.max(8, bouton.right - corps.offsetWidth)}px`;
}

export function menus() {
  document.addEventListener(
    "toggle",
    (evenement) => {
      const menu = evenement.target;
      if (!(menu instanceof HTMLDetailsElement) || !menu.matches(OUVERTS)) return;
      for (const autre of document.querySelectorAll(OUVERTS)) if (autre !== menu && !autre.contains(menu)) fermer(autre);
      placer(menu);
    },
    true,
  );
  document.addEventListener("click", (evenement) => {
    for (const menu of document.querySelectorAll(OUVERTS)) if (!menu.contains(evenement.target)) fermer(menu);
  });
  document.addEventListener("focusin", (evenement) => {
    for (const menu of document.querySelectorAll(OUVERTS)) if (!menu.contains(evenement.target)) fermer(menu);
  });
  document.addEventListener("keydown", (evenement) => {
    if (evenement.key !== "Escape") return;
    const menu = document.activeElement?.closest(OUVERTS) ?? document.querySelector(OUVERTS);
    if (menu) fermer(menu, true);
    else if (location.hash === "#navigation") location.hash = "contenu";
  });
  window.addEventListener(
    "scroll",
    (evenement) => {
      if (evenement.target instanceof Element && evenement.target.closest(".dk-menu-corps")) return;
      for (const menu of document.querySelectorAll(`${OUVERTS}:has(.flottant)`)) fermer(menu);
    },
    true,
  );
}
