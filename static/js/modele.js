// Modèle de texte (data-dk-modele="id du texte") : le motif choisi propose le sien, sans jamais écraser ce qu'on a écrit.
export function modeles() {
  document.addEventListener("change", (evenement) => {
    const choix = evenement.target.closest?.("select[data-dk-modele]");
    const texte = choix && document.getElementById(choix.dataset.dkModele);
    if (!texte) return;
    const propositions = [...choix.options].map((option) => option.dataset.dkTexte ?? "");
    if (texte.value.trim() && !propositions.includes(texte.value)) return;
    texte.value = choix.selectedOptions[0]?.dataset.dkTexte ?? "";
    texte.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
