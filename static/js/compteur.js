// Compteur d'une limite de LHEO : gris, ambre à partir de 90 %, rouge au-delà. La saisie n'est jamais coupée.
const nombre = new Intl.NumberFormat("fr-FR");

function afficher(controle) {
  const compteur = document.getElementById(`${controle.id}_compteur`);
  if (!compteur) return;
  const limite = Number(controle.dataset.dkCompteur);
  const taille = [...controle.value.replaceAll("\r\n", "\n")].length;
  const depasse = taille > limite;
  const proche = !depasse && taille >= limite * 0.9;
  let texte = `${nombre.format(taille)} / ${nombre.format(limite)}`;
  if (proche) texte += `, reste ${nombre.format(limite - taille)}`;
  if (depasse) texte += `, ${nombre.format(taille - limite)} de trop`;
  compteur.textContent = texte;
  compteur.classList.toggle("proche", proche);
  compteur.classList.toggle("depasse", depasse);
}

export function compteurs(racine) {
  for (const controle of racine.querySelectorAll("[data-dk-compteur]")) {
    if (controle.dkCompte) continue;
    controle.dkCompte = true;
    controle.addEventListener("input", () => afficher(controle));
  }
}
