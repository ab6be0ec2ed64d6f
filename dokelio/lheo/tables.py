"""Les tables fermées de LHEO 2.3 : une ligne « nom | libellé », puis ses codes, en retrait (lu par `grammaire`).
L’ordre des entrées est celui dans lequel il convient de les proposer."""

TABLES_LHEO = """
dict-boolean | Oui ou non
    1 Oui
    0 Non
dict-modalites-enseignement | Modalités d’enseignement
    0 Entièrement en présentiel
    1 Mixte
    2 Entièrement à distance
dict-modalites-es | Modalités d’entrées et de sorties
    0 Entrées et sorties à dates fixes
    1 Entrées et sorties permanentes
dict-etat-recrutement | État du recrutement
    1 Ouvert
    2 Fermé
    3 Suspendu
dict-AIS | Objectif général de la formation
    6 Certification
    7 Professionnalisation
    8 Préparation à la qualification
    5 Remise à niveau, maîtrise des savoirs de base, initiation
    9 (Re)mobilisation, aide à l’élaboration de projet professionnel
    2 Perfectionnement, élargissement des compétences
    3 Perfectionnement, élargissement des compétences (code 3)
    4 Création d’entreprise
    1 Code obsolète
dict-perimetre-recrutement | Périmètre de recrutement
    1 Commune
    2 Département
    3 Région
    4 Interrégion
    5 Pays
    6 International
    0 Autre
dict-financeurs | Financeurs
    11 État – ministère chargé de l’emploi
    12 État – ministère de l’éducation nationale
    19 État – ministère de l’intérieur
    13 État – autre
    2 Collectivité territoriale – conseil régional
    8 Collectivité territoriale – conseil départemental
    9 Collectivité territoriale – commune
    15 Collectivité territoriale – autre
    3 Fonds européens – FSE
    14 Fonds européens – autre
    4 France Travail (ex-Pôle emploi)
    5 Entreprise
    10 Bénéficiaire de l’action
    16 OPCO
    17 Transitions Pro
    7 Agefiph
    20 OFII – Office français de l’immigration et de l’intégration
    18 LADOM
    6 Acsé (ancien Fasild)
    0 Autre
    1 Code obsolète
dict-type-contact | Type de contact
    4 Accueil
    5 Direction
    1 Référent handicap
    3 Référent pédagogique
    6 Référent qualité
    7 Référent entreprise
    8 Référent commercial
    2 Référent mobilité internationale
    12 Référent formation à distance
    13 Référent VAE
    14 Référent apprentissage
    9 Gestionnaire financier
    10 Direction déléguée aux formations (DDFPT)
    11 Communication
    0 Autre
dict-type-parcours | Type de parcours de formation
    1 En groupe (non personnalisable)
    2 Individualisé
    3 Modularisé
    4 Mixte
dict-type-positionnement | Type de positionnement
    1 Réglementaire
    2 Pédagogique
dict-type-module | Type de module
    1 Obligatoire
    2 Personnalisable
    0 Information inconnue
dict-modalite-recrutement | Modalité de recrutement
    1 Méthode de recrutement par simulation
    2 Concours
    3 Dossier
    4 Tests pratiques
    5 Épreuves écrites
    6 Épreuves orales
    7 Inscription sur candidature
    8 Entretien ou rendez-vous individuel
    9 Information collective
    0 Information inconnue
dict-type-enseignement | Type d’enseignement
    9 Enseignement général
    10 Enseignement professionnel
    2 Enseignement de spécialité
    3 Enseignement optionnel
    4 Langue
    5 Langue vivante 1
    6 Langue vivante 2
    7 Langue vivante 3
    1 Art
    8 Sport
dict-type-equipement | Type d’équipement
    1 Protection de la tête
    2 Protection des yeux
    3 Protection des mains
    4 Protection de l’ouïe
    5 Protection du corps
    6 Protection des pieds
    7 Protection des voies respiratoires
    8 Protection contre les chutes
    9 Outillage professionnel
    10 Tenue professionnelle
    11 Équipement numérique
    0 Autre
dict-type-validation-blocs | Validation des blocs de compétences
    0 Partielle : certains blocs seulement
    1 Totale : tous les blocs
    2 Mixte : tous les blocs, ou certains en parcours individualisé
dict-type-alternance | Type de contrat d’alternance
    1 Contrat d’apprentissage
    2 Contrat de professionnalisation
    0 Tout contrat d’alternance
dict-unite-rythme | Unité du rythme d’alternance
    0 Heure
    1 Demi-journée
    2 Journée
    3 Semaine
    4 Mois
dict-type-cycle | Type de cycle
    0 Formation initiale
    1 Contrat d’apprentissage
dict-niveaux | Niveaux de formation
    0 Information non communiquée
    1 Sans niveau spécifique
    11 Niveau 1 (savoirs de base)
    12 Niveau 2 (activités simples)
    13 Niveau 3 (CAP, BEP)
    14 Niveau 4 (baccalauréat, BP)
    15 Niveau 5 (BTS, DEUST)
    16 Niveau 6 (licence, BUT)
    17 Niveau 7 (master, titre d’ingénieur)
    18 Niveau 8 (doctorat)
    2 Ancien niveau VI (illettrisme, analphabétisme)
    3 Ancien niveau V bis (préqualification)
    4 Ancien niveau V (CAP, BEP)
    5 Ancien niveau IV (baccalauréat, BP, BT)
    6 Ancien niveau III (BTS, DUT)
    7 Ancien niveau II (licence, maîtrise)
    8 Ancien niveau I (au-delà de la maîtrise)
"""
