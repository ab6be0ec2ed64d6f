// Choix enrichi (data-dk-choix) : Tom Select, chargé seulement s'il sert. Sans lui, le <select> ou l'<input> suffit.
// data-dk-source="/adresse/" : réponses JSON [{"valeur", "texte", "detail"}] à ?q=… ; data-dk-libre : valeur hors liste admise.
let chargement;

function charger() {
  chargement ??= new Promise((resoudre, rejeter) => {
    const { dkChoixJs, dkChoixCss } = document.documentElement.dataset;
    if (!dkChoixJs) return rejeter(new Error("data-dk-choix-js manque"));
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = dkChoixCss;
    document.head.prepend(style);
    const script = document.createElement("script");
    script.src = dkChoixJs;
    script.addEventListener("load", () => resoudre(window.TomSelect));
    script.addEventListener("error", rejeter);
    document.head.append(script);
  });
  return chargement;
}

function options(controle) {
  const source = controle.dataset.dkSource;
  const unSeul = controle.tagName === "SELECT" && !controle.multiple;
  const reglages = {
    plugins: unSeul ? [] : { remove_button: { title: "Retirer" } },
    maxItems: unSeul ? 1 : Number(controle.dataset.dkMaximum) || null,
    maxOptions: source ? 50 : 1000,
    create: controle.dataset.dkLibre !== undefined,
    createFilter: (texte) => texte.trim().length > 0,
    persist: false,
    allowEmptyOption: false,
    placeholder: controle.getAttribute("placeholder") ?? controle.dataset.dkAmorce ?? "",
    hidePlaceholder: unSeul,
    render: {
      option: (donnee, proteger) =>
        `<div>${proteger(donnee.text)}${donnee.detail ? `<span class="sous">${proteger(donnee.detail)}</span>` : ""}</div>`,
      item: (donnee, proteger) => `<div>${proteger(donnee.text)}</div>`,
      no_results: () => '<div class="no-results">Aucun résultat. Essayez un autre mot.</div>',
      option_create: (donnee, proteger) => `<div class="create">Ajouter <b>${proteger(donnee.input)}</b></div>`,
      loading: () => '<div class="no-results">Recherche…</div>',
    },
  };
  if (!source) return reglages;
  return {
    ...reglages,
    valueField: "id",
    labelField: "text",
    searchField: [],
    score: () => () => 1,
    shouldLoad: (texte) => texte.trim().length >= Number(controle.dataset.dkMinimum ?? 2),
    load: async (texte, rendre) => {
      try {
        const adresse = new URL(source, location.href);
        adresse.searchParams.set("q", texte);
        const reponse = await fetch(adresse, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        const donnees = reponse.ok ? await reponse.json() : { results: [] };
        rendre((donnees.results ?? donnees).map((une) => ({ id: une.valeur, text: une.texte, ...une })));
      } catch {
        rendre();
      }
    },
  };
}

export function choix(racine) {
  const controles = [...racine.querySelectorAll("[data-dk-choix]")].filter((controle) => !controle.tomselect);
  if (controles.length === 0) return;
  charger().then((TomSelect) => {
    for (const controle of controles) {
      if (controle.tomselect || !controle.isConnected) continue;
      const enrichi = new TomSelect(controle, options(controle));
      // La liste distante d'hier ne doit pas se mêler à celle du mot qu'on vient de taper.
      if (controle.dataset.dkSource) enrichi.on("type", () => enrichi.clearOptions());
      const decrit = controle.getAttribute("aria-describedby");
      if (decrit) enrichi.control_input.setAttribute("aria-describedby", decrit);
    }
  }, () => undefined);
}
