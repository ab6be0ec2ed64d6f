// Lignes de formset : « Ajouter » clone le modèle, « Retirer » coche la suppression ou enlève la ligne neuve.
function numeroter(bloc) {
  let rang = 0;
  for (const ligne of bloc.querySelectorAll("[data-dk-ligne]")) {
    if (ligne.hidden) continue;
    rang += 1;
    const numero = ligne.querySelector("[data-dk-ligne-numero]");
    if (numero) numero.textContent = String(rang);
  }
}

function ajouter(bloc) {
  const total = bloc.querySelector(`[name="${bloc.dataset.dkLignes}-TOTAL_FORMS"]`);
  const maximum = bloc.querySelector(`[name="${bloc.dataset.dkLignes}-MAX_NUM_FORMS"]`);
  const rang = Number(total.value);
  if (maximum && rang >= Number(maximum.value)) return;
  const porteur = document.createElement("template");
  porteur.innerHTML = bloc.querySelector("[data-dk-ligne-modele]").innerHTML.replaceAll("__prefix__", String(rang));
  const ligne = porteur.content.firstElementChild;
  bloc.querySelector("[data-dk-lignes-corps]").append(ligne);
  total.value = String(rang + 1);
  numeroter(bloc);
  ligne.dispatchEvent(new CustomEvent("dk:ajout", { bubbles: true }));
  ligne.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function retirer(ligne) {
  const bloc = ligne.closest("[data-dk-lignes]");
  const suppression = ligne.querySelector("[data-dk-ligne-retirer] input");
  if (suppression) suppression.checked = true;
  else for (const champ of ligne.querySelectorAll("input, select, textarea")) champ.disabled = true;
  ligne.hidden = true;
  numeroter(bloc);
  bloc.dispatchEvent(new CustomEvent("dk:ajout", { bubbles: true }));
  bloc.querySelector("[data-dk-ligne-ajouter]")?.focus();
}

export function lignes() {
  document.addEventListener("click", (evenement) => {
    const ajout = evenement.target.closest("[data-dk-ligne-ajouter]");
    if (ajout) {
      evenement.preventDefault();
      ajouter(ajout.closest("[data-dk-lignes]"));
      return;
    }
    const retrait = evenement.target.closest("[data-dk-ligne-bouton]");
    if (retrait) retirer(retrait.closest("[data-dk-ligne]"));
  });
}
