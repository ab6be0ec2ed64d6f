// Point d'entrée : chaque module s'accroche à ses data-dk-…, aussi sur ce que htmx apporte. Tout se fait sans eux.
import { choix } from "./choix.js";
import { commune } from "./commune.js";
import { compteurs } from "./compteur.js";
import { copie } from "./copie.js";
import { dialogues } from "./dialogue.js";
import { envoi } from "./envoi.js";
import { lignes } from "./lignes.js";
import { menus } from "./menus.js";
import { modeles } from "./modele.js";
import { modifie } from "./modifie.js";
import { raccourcis } from "./raccourcis.js";
import { tailles } from "./taille.js";
import { themes } from "./themes.js";
import { toasts } from "./toasts.js";

// Écoutent le document entier : une fois suffit.
for (const module of [commune, copie, dialogues, envoi, lignes, menus, modeles, raccourcis, tailles, themes, toasts]) module();

// Préparent des éléments : à chaque morceau de page reçu.
function preparer(racine) {
  compteurs(racine);
  choix(racine);
  modifie(racine);
}

preparer(document);
document.addEventListener("htmx:load", (evenement) => preparer(evenement.detail.elt));
document.addEventListener("dk:ajout", (evenement) => preparer(evenement.target));
document.querySelector("[data-dk-resume]")?.focus();
