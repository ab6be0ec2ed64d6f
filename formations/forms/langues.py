"""Les langues proposées (ISO 639-1), les plus enseignées d'abord ; un code reçu hors de cette liste est gardé."""

LANGUES: tuple[tuple[str, str], ...] = (
    *(("fr", "Français"), ("en", "Anglais"), ("es", "Espagnol"), ("de", "Allemand"), ("it", "Italien")),
    *(("pt", "Portugais"), ("ar", "Arabe"), ("zh", "Chinois"), ("ja", "Japonais"), ("ru", "Russe")),
    *(("bg", "Bulgare"), ("br", "Breton"), ("ca", "Catalan"), ("co", "Corse"), ("cs", "Tchèque"), ("da", "Danois")),
    *(("el", "Grec"), ("et", "Estonien"), ("eu", "Basque"), ("fa", "Persan"), ("fi", "Finnois"), ("ga", "Irlandais")),
    *(("he", "Hébreu"), ("hi", "Hindi"), ("hr", "Croate"), ("hu", "Hongrois"), ("hy", "Arménien"), ("ko", "Coréen")),
    *(("ln", "Lingala"), ("lt", "Lituanien"), ("lv", "Letton"), ("mt", "Maltais"), ("nl", "Néerlandais")),
    *(("no", "Norvégien"), ("oc", "Occitan"), ("pl", "Polonais"), ("ps", "Pachto"), ("ro", "Roumain")),
    *(("sk", "Slovaque"), ("sl", "Slovène"), ("so", "Somali"), ("sq", "Albanais"), ("sr", "Serbe"), ("sv", "Suédois")),
    *(("ta", "Tamoul"), ("th", "Thaï"), ("ti", "Tigrigna"), ("tr", "Turc"), ("uk", "Ukrainien"), ("vi", "Vietnamien")),
)
