// Avant l'affichage : le thème choisi sur ce poste (sinon celui du système) et la marque « avec-js ».
(() => {
  const racine = document.documentElement;
  racine.classList.add("avec-js");
  try {
    const choix = localStorage.getItem("dk-theme");
    if (choix === "clair" || choix === "sombre") racine.dataset.theme = choix;
  } catch {
    // stockage refusé : le thème du système
  }
})();
