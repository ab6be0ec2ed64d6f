"""Les 170 éléments de LHEO 2.3 : nom | cercle | libellé | attributs propres = contenu (lu par `grammaire`).
Contenu : enfants dans l’ordre (`x x? x* x+ x{0,5}`), `texte mini..maxi`, `entier`, `table`, `date`, `libre`."""

ELEMENTS_LHEO = """
domaine-formation | 1 | Domaine de la formation (NSF, FORMACODE, ROME)
    = code-FORMACODE{0,5} code-NSF{0,3} code-ROME{0,5} extras*
intitule-formation | 1 | Intitulé de la formation = texte 1..255
nom-organisme | 1 | Nom de l’organisme de formation responsable = texte 1..250
objectif-formation | 1 | Objectif de formation = texte 1..3000
resultats-attendus | 1 | Résultats attendus de la formation = texte 1..3000
contenu-formation | 1 | Contenu de la formation = texte 1..3000
certifiante | 1 | Formation certifiante = table dict-boolean
rythme-formation | 1 | Rythme de la formation = texte 1..3000
duree-indicative | 2 | Durée indicative = texte 0..150
contact-formation | 1 | Contact de l’offre de formation = type-contact? coordonnees extras*
contact-session | 1 | Contact de la session de formation = type-contact? coordonnees extras*
parcours-de-formation | 1 | Type de parcours de formation = table dict-type-parcours
objectif-general-formation | 2 | Objectif général de la formation = table dict-AIS
certification | 2 | Certification préparée
    = code-RNCP? code-CERTIFINFO? code-RS? code-CPF? reference-code-FORMACODE? extras*
reference-certification | - | Référence à une certification
    = reference-code-RNCP? reference-code-CERTIFINFO? reference-code-RS? extras*
code-type-formation | 2 | Codes d’une formation non strictement certifiante = code-CPF? code-ELU? extras*
lheo | - | Élément racine d’un fichier en LHÉO/XML | @datemaj @datecrea = offres extras*
offres | - | Offres de formation = formation+ extras*
formation | - | Offre de formation | @href @file @datemaj @datecrea
    = domaine-formation intitule-formation objectif-formation resultats-attendus contenu-formation certifiante
      contact-formation+ parcours-de-formation code-niveau-entree objectif-general-formation? certification{0,5}
      code-type-formation{0,5} code-niveau-sortie? url-formation? action+ organisme-formation-responsable
      identifiant-module? positionnement? sous-modules? modules-prerequis? extras*
action | - | Action de formation | @datemaj @datecrea
    = rythme-formation code-public-vise{1,10} info-public-vise? niveau-entree-obligatoire modalites-alternance
      modalites-enseignement conditions-specifiques prise-en-charge-frais-possible lieu-de-formation*
      modalites-entrees-sorties url-action? duree-cycle? session+ adresse-information? date-information{0,3}
      restauration? hebergement? transport? acces-handicapes? langue-formation{0,5} modalites-recrutement?
      modalites-pedagogiques? code-modalite-pedagogique{0,5} equipement* frais-restants?
      code-perimetre-recrutement? infos-perimetre-recrutement? prix-horaire-TTC? prix-total-TTC? duree-indicative?
      nombre-heures-centre? nombre-heures-entreprise? nombre-heures-total? detail-conditions-prise-en-charge?
      conventionnement? duree-conventionnee? organisme-formateur* organisme-financeur{0,8} enseignement* extras*
organisme-formation-responsable | - | Organisme de formation responsable | @href @file
    = numero-activite SIRET-organisme-formation nom-organisme raison-sociale coordonnees-organisme
      contact-organisme+ renseignements-specifiques? potentiel? code-UAI-organisme-formation? extras*
potentiel | 2 | Potentiel = code-FORMACODE{1,25} extras*
organisme-formateur | - | Organisme formateur
    = SIRET-formateur raison-sociale-formateur contact-formateur* potentiel? code-UAI-formateur?
      reference-certification{0,5} extras*
niveau-entree-obligatoire | 1 | Niveau à l’entrée en formation obligatoire = table dict-boolean
code-niveau-entree | 1 | Niveau à l’entrée en formation = table dict-niveaux
code-niveau-sortie | 2 | Niveau à la sortie de la formation = table dict-niveaux
url-formation | 2 | URL de la formation = urlweb{1,3} extras*
modalites-alternance | 1 | Modalités de l’alternance = texte 1..3000
modalites-enseignement | 1 | Formation présentielle ou à distance = table dict-modalites-enseignement
conditions-specifiques | 1 | Conditions spécifiques et prérequis = texte 1..3000
code-modalite-pedagogique | 2 | Modalité pédagogique | @ref! = texte 5
prise-en-charge-frais-possible | 1 | Prise en charge des frais de formation possible = table dict-boolean
frais-restants | 2 | Frais restants à la charge du stagiaire = texte 0..200
langue-formation | 2 | Langue utilisée lors de la formation = texte 2
lieu-de-formation | 2 | Lieu de formation = SIRET-lieu-formation? code-UAI-lieu-formation? coordonnees extras*
nb-places | - | Nombre de places = entier 0..99999
recrutement | 2 | Recrutement
    = modalite-recrutement code-perimetre-recrutement? infos-perimetre-recrutement? a-distance? adresse? urlweb?
      nb-places? periode? heure-debut? heure-fin? commentaire? extras*
a-distance | - | À distance = table dict-boolean
enseignement | 2 | Enseignement = libelle-enseignement type-enseignement obligatoire commentaire? extras*
equipement | 2 | Équipement à la charge des apprenants
    = type-equipement cout-indicatif-equipement? commentaire? extras*
type-equipement | - | Type d’équipement = table dict-type-equipement
cout-indicatif-equipement | - | Coût indicatif de l’équipement = entier 0..99999
obligatoire | - | Obligatoire = table dict-boolean
modalite-recrutement | - | Modalité de recrutement = table dict-modalite-recrutement
libelle-enseignement | - | Libellé de l’enseignement = texte 1..255
type-enseignement | - | Type d’enseignement = table dict-type-enseignement
modalites-entrees-sorties | 1 | Modalités d’entrées/sorties = table dict-modalites-es
effectif-minimal | - | Effectif minimal = entier 0..99999
capacite-simultanee | - | Capacité d’accueil simultanée = entier 0..99999
capacite-cumulee | - | Capacité de formation cumulée = entier 0..99999
type-alternance | - | Type de contrat d’alternance = table dict-type-alternance
unite-rythme-alternance | - | Unité du rythme de l’alternance = table dict-unite-rythme
unites-entreprise | - | Unités de temps en entreprise = entier 0..99999
unites-centre | - | Unités de temps en centre = entier 0..99999
rythme-alternance | 2 | Rythme de l’alternance = unite-rythme-alternance unites-entreprise unites-centre extras*
type-cycle | - | Type de cycle = table dict-type-cycle
duree-cycle | 2 | Durée du cycle de formation en années = entier 0..99
annee-cycle | - | Année du cycle de formation = entier 0..99
alternance | 2 | Informations sur l’alternance = type-alternance rythme-alternance? extras*
cycle | 2 | Cycle de formation
    = type-cycle annee-cycle* effectif-minimal? capacite-simultanee? capacite-cumulee? alternance? extras*
session | 1 | Session de formation | @datemaj @datecrea
    = periode adresse-inscription modalites-inscription? periode-inscription? etat-recrutement? recrutement*
      url-session? contact-session* reference-certification{0,5} blocs-competences* cycle* extras*
adresse-inscription | 1 | Adresse d’inscription = adresse extras*
adresse-information | 2 | Adresse d’information = adresse extras*
date-information | 2 | Date d’information = date extras*
url-action | 2 | URL de l’action = urlweb{1,3} extras*
url-session | 2 | URL de la session = urlweb{1,3} extras*
numero-activite | 1 | Numéro de déclaration d’activité = texte 11
SIRET-organisme-formation | 1 | Numéro SIRET de l’organisme de formation = SIRET extras*
code-UAI-organisme-formation | 2 | Code UAI de l’organisme de formation = code-UAI extras*
SIRET-lieu-formation | 2 | Numéro SIRET d’un lieu de formation = SIRET extras*
code-UAI-lieu-formation | 2 | Code UAI d’un lieu de formation = code-UAI extras*
raison-sociale | 1 | Raison sociale de l’organisme = texte 1..250
coordonnees-organisme | 1 | Coordonnées de l’organisme = coordonnees extras*
type-contact | - | Type de contact = table dict-type-contact
contact-organisme | 1 | Contact avec l’organisme = type-contact? coordonnees extras*
contact-formateur | 2 | Contact avec l’organisme formateur = type-contact? coordonnees extras*
renseignements-specifiques | 2 | Renseignements spécifiques sur l’organisme = texte 0..3000
organisme-financeur | 2 | Organisme financeur = code-financeur nb-places-financees? extras*
nb-places-financees | 2 | Nombre de places financées = entier 0..99999
modalites-recrutement | 2 | Modalités de recrutement = texte 0..3000
modalites-pedagogiques | 2 | Modalités pédagogiques = texte 0..200
SIRET-formateur | 2 | SIRET d’un organisme formateur = SIRET extras*
code-UAI-formateur | 2 | Code UAI d’un organisme formateur = code-UAI extras*
raison-sociale-formateur | 2 | Raison sociale de l’organisme formateur = texte 0..250
code-perimetre-recrutement | 2 | Périmètre de recrutement = table dict-perimetre-recrutement
infos-perimetre-recrutement | 2 | Informations supplémentaires sur le périmètre de recrutement = texte 0..50
prix-horaire-TTC | 2 | Prix horaire TTC = texte 1..6
prix-total-TTC | 2 | Prix total TTC = texte 1..10
nombre-heures-centre | 2 | Nombre d’heures en centre = entier 0..99999
nombre-heures-entreprise | 2 | Nombre d’heures en entreprise = entier 0..99999
nombre-heures-total | 2 | Total du nombre d’heures = entier 0..99999
detail-conditions-prise-en-charge | 2 | Détails des conditions de prise en charge = texte 1..600
conventionnement | 2 | Conventionnement = table dict-boolean
duree-conventionnee | 2 | Durée du conventionnement = entier 0..99999
code-financeur | - | Code financeur = table dict-financeurs
restauration | 2 | Restauration = texte 1..250
hebergement | 2 | Hébergement = texte 1..250
transport | 2 | Transport = texte 1..250
acces-handicapes | 2 | Accès handicapés = texte 1..250
positionnement | 2 | Type de positionnement = table dict-type-positionnement
etat-recrutement | 2 | État du recrutement = table dict-etat-recrutement
identifiant-module | 2 | Identifiant de module = texte 1..3000
reference-module | - | Référence de module = texte 1..3000
reference-code-FORMACODE | - | Référence d’un code FORMACODE = texte 5
reference-code-CERTIFINFO | - | Référence d’un code CERTIFINFO = texte 1..10
reference-code-RNCP | - | Référence d’un code RNCP = texte 1..10
reference-code-RS | - | Référence d’un code RS = texte 1..10
libelle-bloc | - | Libellé du bloc de compétences = texte 1..500
code-bloc | - | Code du bloc de compétences = texte 8..40
bloc-competences | 2 | Bloc de compétences = libelle-bloc code-bloc extras*
validation-blocs | - | Type de validation des blocs de compétences = table dict-type-validation-blocs
blocs-competences | 2 | Blocs de compétences = validation-blocs reference-certification bloc-competences+ extras*
sous-modules | 2 | Sous modules = sous-module+ extras*
modules-prerequis | 2 | Modules prérequis = reference-module+ extras*
sous-module | - | Sous module = reference-module type-module extras*
type-module | - | Type de module = table dict-type-module
code-NSF | - | Code NSF = texte 3
code-FORMACODE | - | Code FORMACODE | @ref! = texte 5
code-ROME | - | Code ROME = texte 5
code-public-vise | 1 | Code de public visé | @ref! = texte 5
info-public-vise | 2 | Informations sur le public visé = texte 1..250
code-RNCP | - | Code RNCP = texte 1..10
code-CERTIFINFO | - | Code CERTIFINFO = texte 1..10
code-UAI | - | Code UAI d’un établissement = texte 8
code-RS | - | Code RS d’une certification = texte 3..10
code-CPF | - | Code CPF d’une certification = texte 4..10
code-ELU | - | Code ELU d’une formation réservée aux élus locaux = texte 4..10
coordonnees | - | Coordonnées
    = civilite? nom? prenom? ligne{0,3} adresse? telfixe? portable? fax? courriel? web? extras*
SIRET | - | SIRET = texte 14
adresse | - | Adresse
    = denomination? ligne{1,4} codepostal ville departement? code-INSEE-commune? code-INSEE-canton? region? pays?
      geolocalisation? extras*
ligne | - | Ligne = texte 1..50
denomination | - | Dénomination = texte 1..255
prenom | - | Prénom = texte 1..50
civilite | - | Civilité = texte 1..50
nom | - | Nom = texte 1..50
codepostal | - | Code postal = texte 5
code-INSEE-commune | - | Code commune INSEE = texte 5
code-INSEE-canton | - | Code canton INSEE = texte 4..5
ville | - | Ville = texte 1..50
departement | - | Département = texte 2..3
region | - | Région = texte 2
pays | - | Pays = texte 2
geolocalisation | - | Géolocalisation = latitude longitude extras*
latitude | - | Latitude = texte 0..30
longitude | - | Longitude = texte 0..30
courriel | - | Courriel = texte 3..160
web | - | Web = urlweb{1,3} extras*
urlweb | - | URL = texte 3..400
commentaire | - | Commentaire = texte 1..500
telfixe | - | Téléphone fixe = numtel{1,3} extras*
portable | - | Téléphone portable = numtel{1,3} extras*
fax | - | Fax = numtel{1,3} extras*
numtel | - | Numéro de téléphone = texte 1..25
modalites-inscription | 2 | Modalités de l’inscription = texte 1..255
periode | - | Période = debut fin extras*
periode-inscription | 2 | Période d’inscription = periode
debut | - | Début = date
fin | - | Fin = date
heure-debut | - | Heure de début = texte 2..5
heure-fin | - | Heure de fin = texte 2..5
date | - | Date = date
extras | 3 | Conteneur d’éléments d’extension (cercle 3) = choix extras* extra*
extra | 3 | Élément d’extension (cercle 3) = libre
lheo-index | - | Résumés d’offres et d’organismes | @datemaj @datecrea = resumes-offres? resumes-organismes? extras*
resumes-offres | - | Résumés d’offres de formation = resume-offre* extras*
resumes-organismes | - | Résumés d’organisme = resume-organisme* extras*
resume-offre | - | Résumé d’une offre de formation | @href @file @datemaj @datecrea
    = domaine-formation intitule-formation nom-organisme SIRET codepostal? code-INSEE-commune? ville departement
      region? certifiante code-niveau-entree prise-en-charge-frais-possible modalites-enseignement?
      code-public-vise{1,10} nombre-heures-total? session* contact-formation-resume* certification{0,5} extras*
resume-organisme | - | Résumé d’un organisme | @href @file @datemaj @datecrea
    = nom-organisme raison-sociale SIRET numero-activite extras*
contact-formation-resume | - | Contact pour une offre de formation = type-contact? nom? telfixe? courriel? extras*
lheo-plus | - | Extension de LHEO pour inclure une liste d’organismes = lheo? organisme-formation-responsable* extras*
"""
