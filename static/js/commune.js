// Code postal et ville : dès cinq chiffres (data-dk-commune="/adresse/"), les villes desservies ; une seule, elle s'écrit.
let rang = 0;

function listeDe(ville) {
  if (ville.list) return ville.list;
  const liste = document.createElement("datalist");
  rang += 1;
  liste.id = `communes-${rang}`;
  ville.after(liste);
  ville.setAttribute("list", liste.id);
  return liste;
}

async function proposer(code) {
  const bloc = code.closest("fieldset, .dk-grille, form");
  const ville = bloc?.querySelector("[data-dk-commune-ville]");
  if (!ville || !/^\d{5}$/.test(code.value.trim())) return;
  const adresse = new URL(code.dataset.dkCommune, location.href);
  adresse.searchParams.set("q", code.value.trim());
  try {
    const reponse = await fetch(adresse, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!reponse.ok) return;
    const communes = await reponse.json();
    listeDe(ville).replaceChildren(...communes.map((commune) => new Option(commune.texte, commune.texte)));
    if (communes.length === 1 && ville.value.trim() === "") {
      ville.value = communes[0].texte.replace(/ \d+ᵉʳ?$/, "");
      ville.dispatchEvent(new Event("input", { bubbles: true }));
    }
  } catch {
    // Hors connexion : le serveur dira la commune à l'enregistrement.
  }
}

export function commune() {
  document.addEventListener("input", (evenement) => {
    if (evenement.target.matches?.("[data-dk-commune]")) proposer(evenement.target);
  });
}
