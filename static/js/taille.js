// Un fichier trop gros est dit avant d'être envoyé : le serveur le refuse aussi, mais sans pouvoir toujours répondre.
function phrase(champ) {
  const limite = Number(champ.dataset.dkTailleMax);
  const gros = [...champ.files].some((fichier) => fichier.size > limite);
  return gros ? champ.dataset.dkTropGros : "";
}

function montrer(champ) {
  const texte = phrase(champ);
  const cadre = champ.closest(".dk-champ");
  cadre?.querySelector("[data-dk-taille]")?.remove();
  champ.classList.toggle("is-invalid", Boolean(texte));
  if (!texte || !cadre) return texte;
  const erreur = document.createElement("div");
  erreur.className = "dk-erreur";
  erreur.dataset.dkTaille = "";
  erreur.setAttribute("role", "alert");
  erreur.textContent = texte;
  cadre.append(erreur);
  return texte;
}

export function tailles() {
  document.addEventListener("change", (evenement) => {
    if (evenement.target.matches?.("[data-dk-taille-max]")) montrer(evenement.target);
  });
  // En capture : avant que l'envoi ne soit compté comme parti.
  document.addEventListener(
    "submit",
    (evenement) => {
      const fautif = [...evenement.target.querySelectorAll("[data-dk-taille-max]")].find(montrer);
      if (!fautif) return;
      evenement.preventDefault();
      fautif.focus();
    },
    true,
  );
}
