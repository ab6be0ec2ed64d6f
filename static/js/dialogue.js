// Boîtes <dialog> natives : data-dk-ouvrir="id" (ou un lien vers #id) ouvre, data-dk-fermer ou un clic sur le voile ferme.
export function dialogues() {
  document.addEventListener("click", (evenement) => {
    const ouvreur = evenement.target.closest("[data-dk-ouvrir]");
    if (ouvreur) {
      const boite = document.getElementById(ouvreur.dataset.dkOuvrir);
      if (boite instanceof HTMLDialogElement) {
        evenement.preventDefault();
        ouvreur.closest("details[data-dk-menu]")?.removeAttribute("open");
        boite.showModal();
      }
      return;
    }
    const fermeur = evenement.target.closest("dialog [data-dk-fermer]");
    if (fermeur) {
      evenement.preventDefault();
      fermeur.closest("dialog").close();
    } else if (evenement.target instanceof HTMLDialogElement && evenement.target.classList.contains("dk-dialogue")) {
      const bord = evenement.target.getBoundingClientRect();
      const dedans =
        evenement.clientX >= bord.left && evenement.clientX <= bord.right && evenement.clientY >= bord.top && evenement.clientY <= bord.bottom;
      if (!dedans) evenement.target.close();
    }
  });
}
