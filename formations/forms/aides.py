"""Ce que la fiche dit sous ses champs : l'aide derrière le ⓘ, et le mot qui reste visible."""

from typing import NamedTuple


class Aide(NamedTuple):
    """`longue` : derrière le ⓘ ; `courte` : toujours visible sous le champ ; `exemple` : dans le champ vide."""

    longue: str = ""
    courte: str = ""
    exemple: str = ""


AIDES: dict[str, Aide] = {
    "certifiante": Aide(
        "Oui si la personne vise un diplôme, un titre ou un certificat inscrit au RNCP ou au Répertoire spécifique. "
        "Une attestation de fin de formation n'est pas une certification."
    ),
    "certification_principale": Aide(
        "Cherchez par intitulé, code RNCP ou RS. Une certification = une seule action de formation : les lieux, les "
        "dates, les heures et les blocs varient ensuite d'une session à l'autre.",
        "Intitulé, niveau et Formacodes encore vides seront repris de la certification.",
    ),
    "autres_certifications": Aide(
        "Quand la même formation en prépare plusieurs. La première reste la principale.", "Quatre au plus."
    ),
    "intitule": Aide(
        "Ce que lit le public en premier. Reprenez celui de la certification ; n'y ajoutez que ce qui aide à "
        "choisir.\n\n"
        "Bon exemple : CAP ébéniste, parcours adultes en un an",
        "Sans date, sans lieu, sans nom de financeur.",
    ),
    "objectif": Aide(
        "Ce que la personne saura faire à la fin. Commencez par des verbes d'action : fabriquer, organiser, "
        "accompagner…\n\nBon exemple : Fabriquer un meuble à partir d'un dossier technique, du débit à la finition.",
        "Pas de nom de financeur ni de tarif ici.",
    ),
    "resultats": Aide(
        "Ce qui atteste la fin de la formation : diplôme, titre, certificat, attestation, et comment il s'obtient.",
        exemple="Titre professionnel de niveau 4, après épreuves devant un jury",
    ),
    "contenu": Aide(
        "Les grands modules dans l'ordre du parcours, avec leur durée si elle est fixe.",
        "Une ligne par module se lit mieux.",
    ),
    "objectif_general": Aide("La famille d'actions : elle range l'offre dans les statistiques et les recherches."),
    "parcours": Aide(
        "En groupe : tout le monde suit le même programme. Individualisé : il est bâti pour chacun. Modularisé : on en "
        "prend des parties. Mixte : plusieurs à la fois."
    ),
    "positionnement": Aide(
        "Réglementaire : il vérifie que la personne remplit les conditions d'une réglementation. Pédagogique : il "
        "adapte le parcours à ce qu'elle sait déjà."
    ),
    "niveau_entree": Aide("Le niveau qu'il faut avoir pour suivre la formation, même sans le diplôme."),
    "niveau_entree_obligatoire": Aide("Oui si le diplôme de ce niveau est exigé ; non si l'équivalent suffit."),
    "niveau_sortie": Aide("Celui de la certification préparée ; vide si la formation n'en prépare pas."),
    "conditions_specifiques": Aide(
        "Prérequis, permis, habilitation, expérience, tests d'entrée : ce qu'il faut avoir avant de commencer.",
        "S'il n'y en a pas, laissez « Aucun prérequis ».",
    ),
    "public_vise": Aide(
        "À qui la formation s'adresse. « Tout public » suffit si personne n'est écarté. Un code reçu d'un import garde "
        "sa version : le même numéro n'y a pas toujours le même sens.",
        "De un à dix publics.",
    ),
    "info_public_vise": Aide("Ce que les codes ne disent pas, en une phrase.", exemple="Salariés en reconversion"),
    "modalites_alternance": Aide(
        "Le rythme entre le centre et l'entreprise, ou le stage : combien de semaines, quand.",
        "S'il n'y en a pas, laissez « Sans alternance ».",
    ),
    "prise_en_charge_possible": Aide(
        "Oui si un financeur peut payer tout ou partie des frais. Lesquels : dans les financements des sessions."
    ),
    "modalites_recrutement": Aide(
        "Comment on est admis : dossier, entretien, tests, information collective.",
        exemple="Dossier de candidature, puis entretien de motivation",
    ),
    "contacts": Aide(),
    "formacode_principal": Aide(
        "Le domaine de la formation : c'est par lui qu'elle se trouve dans les recherches. Le CARIF peut le corriger.",
        "Le domaine enseigné, pas le public ni la méthode.",
    ),
    "formacodes": Aide("D'autres domaines que la formation aborde vraiment.", "Quatre au plus, en plus du principal."),
    "nsf": Aide("La spécialité de formation, trois chiffres.", "Trois au plus."),
    "rome": Aide("Les métiers auxquels la formation mène.", "Cinq au plus."),
    "acces_handicapes": Aide(
        "Ce que la personne trouve sur place, les aménagements possibles, et à qui s'adresser avant l'inscription.",
        "Nommez le référent handicap, s'il y en a un.",
    ),
    "restauration": Aide(exemple="Restaurant d'entreprise à 200 mètres"),
    "hebergement": Aide(exemple="Foyer de jeunes travailleurs à proximité"),
    "transport": Aide(exemple="Métro ligne 9, station Buzenval"),
    "langues": Aide("La langue dans laquelle on enseigne, si ce n'est pas seulement le français.", "Cinq au plus."),
    "modalites_pedagogiques": Aide(
        "LHEO limite ce texte à 200 caractères : l'essentiel de la méthode. Le détail a sa place dans le contenu."
    ),
    "codes_modalite_pedagogique": Aide("Les mêmes modalités, en codes Formacode.", "Cinq au plus."),
    "perimetre_recrutement": Aide("Jusqu'où l'on recrute les stagiaires."),
    "infos_perimetre": Aide(courte="Cinquante caractères au plus."),
    "detail_prise_en_charge": Aide(
        "Qui paie quoi, à quelles conditions. Les montants se disent avec les sessions.",
    ),
    "adresses_web": Aide(
        "La page de cette formation sur votre site, pas votre page d'accueil.",
        "Une adresse par ligne, trois au plus.",
        "https://www.organisme.fr/formations/cap-ebeniste",
    ),
    "identifiant_module": Aide("Votre référence, si cette formation est le module d'une autre."),
    "references_prerequis": Aide(courte="Une référence de module par ligne."),
}
