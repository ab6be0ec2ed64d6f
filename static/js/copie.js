// Copie d'une référence : « Copié » sur place, pendant deux secondes.
async function ecrire(texte) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(texte);
  const zone = document.createElement("textarea");
  zone.value = texte;
  zone.className = "visually-hidden";
  document.body.append(zone);
  zone.select();
  const fait = document.execCommand("copy");
  zone.remove();
  if (!fait) throw new Error("copie refusée");
}

export function copie() {
  document.addEventListener("click", async (evenement) => {
    const bouton = evenement.target.closest("[data-dk-copier]");
    if (!bouton) return;
    const mot = bouton.querySelector("[data-dk-copie-mot]");
    try {
      await ecrire(bouton.dataset.dkCopier);
      bouton.classList.add("fait");
      if (mot) mot.textContent = "Copié";
    } catch {
      if (mot) mot.textContent = "Copie refusée par le navigateur";
    }
    clearTimeout(bouton.dkAttente);
    bouton.dkAttente = setTimeout(() => {
      bouton.classList.remove("fait");
      if (mot) mot.textContent = "";
    }, 2000);
  });
}
