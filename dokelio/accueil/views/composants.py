"""La page `/composants/` (développement) : chaque composant avec des données courantes, longues, vides et fautives."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dokelio.socle.coquille import Coquille, EntreeMenu, GroupeMenu, StructureCoquille
from dokelio.socle.etats import ETATS

LONG = (
    "Titre professionnel Conducteur de travaux du bâtiment et du génie civil, parcours adultes en reconversion, "
    "rythme aménagé pour les personnes en situation de handicap et les salariés en mobilité interne"
)
NUANCES = [
    *("fond", "surface", "surface-2", "surface-3", "lateral", "trait", "trait-2", "trait-fort"),
    *("encre-3", "encre-2", "encre", "accent", "accent-vif", "accent-doux", "foyer"),
    *("attente-encre", "agir-encre", "bon-encre", "grave-encre"),
]


class Essai(forms.Form):
    """Un champ de chaque sorte ; les champs liés à LHEO portent en plus leur limite et leur aide."""

    intitule = forms.CharField(label="Intitulé", max_length=255, help_text="Sans date ni lieu.")
    fin = forms.DateField(label="Date de fin", help_text="jj/mm/aaaa")
    debut = forms.DateField(label="Date de début", required=False)
    dates = forms.CharField(label="Dates de session", required=False, disabled=True)
    modalites = forms.CharField(
        label="Modalités pédagogiques", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    acces = forms.CharField(
        label="Accès des personnes handicapées", max_length=250, widget=forms.Textarea(attrs={"rows": 4})
    )
    programme = forms.ChoiceField(label="Programme", choices=[("", "Choisir"), ("nc", "Non conv"), ("prfe", LONG)])
    public = forms.MultipleChoiceField(
        label="Public visé",
        required=False,
        choices=[("80006", "Demandeur d’emploi"), ("82044", "Salarié"), ("82057", "Tout public")],
        widget=forms.SelectMultiple(attrs={"data-dk-choix": "", "data-dk-amorce": "Ajouter un public"}),
    )
    certifiante = forms.ChoiceField(
        label="Formation certifiante", choices=[("oui", "Oui"), ("non", "Non")], widget=forms.RadioSelect
    )
    voies = forms.MultipleChoiceField(
        label="Voies",
        required=False,
        choices=[("fc", "Formation continue"), ("app", "Apprentissage")],
        widget=forms.CheckboxSelectMultiple,
    )
    justificatif = forms.FileField(label="Justificatif d’activité", help_text="PDF de moins de 1 Mo.")
    accord = forms.BooleanField(label="J’ai masqué les données personnelles du document")

    avertissements = {"debut": "Dans moins de 72 h : Kairos ne la verra pas à temps."}
    motifs_verrou = {"dates": "Réservé au CARIF par le dispositif PRFE 2026."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom, limite in (("intitule", 255), ("modalites", 200), ("acces", 250)):
            self.fields[nom].limite_lheo = limite  # type: ignore[attr-defined]
        self.fields["intitule"].aide = "Repris de la certification. N’ajoutez ni date, ni lieu, ni « AIF »."  # type: ignore[attr-defined]
        for nom in self.fields:
            self.fields[nom].colonnes = 6  # type: ignore[attr-defined]
        self.remarques = {"modalites": [REMARQUE], "acces": [REMARQUE_REGLEE]}


class Contact(forms.Form):
    """Une ligne du formset d'essai."""

    nom = forms.CharField(label="Nom", max_length=80)
    telephone = forms.CharField(label="Téléphone", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            champ.colonnes = 6  # type: ignore[attr-defined]


class Filtres(forms.Form):
    """Les filtres d'une liste d'essai."""

    q = forms.CharField(
        label="Rechercher dans la liste",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Intitulé, AF_, SE_, RNCP"}),
    )
    departement = forms.ChoiceField(
        label="Département", required=False, choices=[("", "Tous"), ("75", "75 Paris"), ("93", "93 Seine-Saint-Denis")]
    )
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), ("en_redaction", "En rédaction")])


@dataclass(frozen=True)
class Remarque:
    """Ce que le composant remarque attend."""

    auteur: str
    quand: datetime
    texte: str
    motif: str = ""
    reglee: bool = False
    reglee_par: str = ""


REMARQUE = Remarque(
    "Claire Fontanel",
    datetime(2026, 11, 20, 15, 20, tzinfo=UTC),
    "Le texte reprend la liste des modules. Dites plutôt ce que la personne saura faire en sortant.",
    "objectif trop proche du contenu",
)
REMARQUE_REGLEE = Remarque(
    "Claire Fontanel",
    datetime(2026, 11, 23, 13, 28, tzinfo=UTC),
    "Indiquez le référent handicap et la façon de le joindre.",
    reglee=True,
    reglee_par="Corrigé par vous",
)


def _coquille(espace: str) -> Coquille:
    faubourg = StructureCoquille("OF_0000004512", "Les Ateliers du Faubourg", "75020", "Paris", "rédactrice")
    carif = StructureCoquille("", "Le CARIF francilien", role="documentaliste, offre non conventionnée")
    autres = (
        StructureCoquille("OF_0000001873", "Atelier Code Nanterre", "92000", "Nanterre", "gestionnaire"),
        StructureCoquille(
            "OF_0000000451", "Groupement régional des établissements de la métallurgie", "75001", "Paris"
        ),
    )
    entrees = (
        EntreeMenu("Tableau de bord", "/", "layout-dashboard", courante=True),
        EntreeMenu("Ma structure", "#", "building-2"),
        EntreeMenu("Formations", "#", "graduation-cap", 31),
        EntreeMenu("Messages", "#", "messages-square", 2, urgent=True),
        EntreeMenu("Imports", "#", "file-up"),
    )
    aide = (EntreeMenu("Guide de saisie", "#", "book-open"), EntreeMenu("Quel outil pour quoi ?", "#", "signpost"))
    return Coquille(
        espace="carif" if espace == "carif" else "emprunt" if espace == "emprunt" else "of",
        structure=carif if espace == "carif" else faubourg,
        autres_structures=autres,
        utilisateur_nom="Nadia Belkacem",
        utilisateur_initiales="NB",
        menu=(GroupeMenu(entrees), GroupeMenu(aide, "Aide")),
        liens_compte=(
            EntreeMenu("Mon compte", "#", "circle-user"),
            EntreeMenu("Notifications par courriel", "#", "mail"),
        ),
        liens_pied=(EntreeMenu("Accessibilité : non conforme", "#"), EntreeMenu("Mentions légales", "#")),
        nb_notifications=3,
        url_recherche="#",
        url_notifications="#",
        url_structure="#",
        url_structures="#",
        url_deconnexion="#",
        url_quitter_emprunt="#",
    )


def _formulaires() -> dict[str, Any]:
    contacts = forms.formset_factory(Contact, extra=1, can_delete=True)
    saisie = {
        "intitule": "CAP ébéniste, parcours adultes en un an",
        "fin": "12/13/2027",
        "debut": "25/11/2026",
        "modalites": "Atelier en petit groupe, un établi par personne. " * 4,
        "acces": "Locaux de plain-pied et sanitaires adaptés. " * 7,
        "public": ["82044"],
        "voies": ["fc"],
    }
    return {
        "formulaire": Essai(saisie, initial={"dates": "04/01/2027 au 25/06/2027"}),
        "vierge": Essai(prefix="vierge"),
        "contacts": contacts(initial=[{"nom": "Étienne Morvan", "telephone": "01 43 00 00 12"}], prefix="contacts"),
        "filtres": Filtres({"departement": "93"}, prefix=None),
    }


def _listes() -> dict[str, Any]:
    return {
        "vues": [
            {"libelle": "Toutes", "url": "?", "compte": 1204, "courante": True},
            {"libelle": "À vous d’agir", "url": "?", "compte": 5, "icone": "hand", "ton": "agir"},
            {"libelle": "À contrôler", "url": "?", "compte": 2, "icone": "hourglass", "ton": "attente"},
            {"libelle": "En diffusion", "url": "?", "compte": 15, "icone": "radio-tower", "ton": "bon"},
            {"libelle": "Calendrier", "url": "?", "icone": "calendar-days"},
        ],
        "puces": [{"libelle": "Département 93", "url": "?"}, {"libelle": "État : En rédaction", "url": "?"}],
        "entetes": [
            {"libelle": "Formation", "url": "?", "tri": "ascending"},
            {"libelle": "État"},
            {"libelle": "Lieu"},
            {"libelle": "Début", "url": "?"},
            {"libelle": "Prix", "nombre": True},
            {"libelle": "Actions", "cache": True},
        ],
        "lignes": [
            ("CAP ébéniste", "AF_0000179530", "en_redaction", "75020", "Paris", date(2027, 1, 4), Decimal("8950")),
            (LONG, "AF_0000180077", "en_diffusion", "94200", "Ivry-sur-Seine", date(2026, 11, 26), Decimal("1180.5")),
            ("BIM", "AF_0000178920", "archive", "75116", "PARIS", None, None),
        ],
        "onglets": [
            {"libelle": "Informations", "url": "#", "courant": True, "alerte": "2 à corriger"},
            {"libelle": "Indexation", "url": "#"},
            {"libelle": "Sessions", "url": "#", "compte": 4},
            {"libelle": "Informations complémentaires", "url": "#"},
            {"libelle": "Gestion", "url": "#"},
        ],
        "cles": [
            {"icone": "users", "nombre": 16, "libelle": "Contacts", "url": "#"},
            {"icone": "building-2", "nombre": 0, "libelle": "nouveau message structure", "url": "#"},
            {"icone": "message-square", "nombre": 2, "libelle": "nouveaux messages formations", "url": "#"},
            {"icone": "calendar-days", "nombre": 12064, "libelle": "sessions à venir, 61 visibles"},
        ],
        "choses": [
            {
                "ton": "grave",
                "icone": "eye-off",
                "titre": "Une session n’est pas visible de France Travail",
                "detail": "CAP charpentier bois, début le 26/11/2026 : aucun financement n’est rattaché.",
                "url": "#",
                "action": "Ajouter un financement",
            },
            {"ton": "agir", "icone": "pencil-line", "titre": LONG, "detail": LONG, "url": "#", "action": "Corriger"},
        ],
    }


def _metier() -> dict[str, Any]:
    return {
        "points": [
            {
                "gravite": "bloquant",
                "texte": "Accès des personnes handicapées trop long",
                "url": "#id_acces",
                "detail": "308 caractères pour 250",
            },
            {
                "gravite": "a_voir",
                "texte": "1 remarque à traiter",
                "url": "#id_modalites",
                "detail": "Modalités pédagogiques",
            },
            {"gravite": "passe", "texte": "Certification active, pas de doublon"},
            {"gravite": "passe", "texte": "4 sessions, toutes en Île-de-France"},
            {
                "gravite": "conseil",
                "texte": "Ajoutez une information collective",
                "url": "#",
                "detail": "Kairos en a besoin pour positionner",
            },
        ],
        "etapes": [
            {"libelle": "Dépôt", "fait": True},
            {"libelle": "Lecture", "courante": True},
            {"libelle": "Essai à blanc"},
            {"libelle": "Application"},
        ],
        "frise": [
            {"libelle": "Saisie", "detail": "20/11/2026, 15 h 04", "etat": "fait"},
            {"libelle": "Contrôle", "detail": "sans objet : fiche déjà en diffusion", "etat": "fait"},
            {"libelle": "Portail régional", "detail": "22/11/2026", "etat": "fait"},
            {"libelle": "Réseau Carif-Oref", "detail": "estimé le 25/11/2026", "etat": "courant"},
            {"libelle": "Kairos", "detail": "estimé le 27/11/2026", "etat": "prevu"},
        ],
        "frise_arretee": [
            {"libelle": "Saisie", "detail": "19/11/2026", "etat": "fait"},
            {"libelle": "Contrôle", "detail": "sans objet", "etat": "fait"},
            {"libelle": "Portail régional", "detail": "retenue : aucun financement", "etat": "bloque"},
            {"libelle": "Réseau Carif-Oref", "detail": "en attente", "etat": "prevu"},
            {"libelle": "Kairos", "detail": "en attente", "etat": "prevu"},
        ],
        "traits": [
            {"icone": "map-pin", "texte": "36 rue des Vignoles"},
            {"icone": "clock", "texte": "840 h, dont 245 h en entreprise"},
            {"icone": "banknote", "texte": "8 950,00 €"},
        ],
        "reperes": [("Documentaliste", "Claire Fontanel"), ("Dernière session", "25/06/2027"), ("Archivage prévu", "")],
        "remarque": REMARQUE,
        "remarque_reglee": REMARQUE_REGLEE,
    }


@login_not_required
def composants(request: HttpRequest) -> HttpResponse:
    """Tous les composants ; 404 hors du développement. `?espace=carif|emprunt` change le bandeau."""
    if not settings.DEBUG:
        raise Http404
    contexte = {
        "coquille": _coquille(request.GET.get("espace", "of")),
        "bandeaux": [_coquille(espace) for espace in ("of", "carif", "emprunt")],
        "etats": [
            (genre, {etat.libelle: code for code, etat in etats.items()}.values()) for genre, etats in ETATS.items()
        ],
        "nuances": NUANCES,
        "long": LONG,
        "maintenant": datetime(2026, 11, 23, 13, 32, tzinfo=UTC),
        "fil": [{"libelle": "Formations", "url": "#"}, {"libelle": "Les Ateliers du Faubourg", "url": "#"}],
        **_formulaires(),
        **_listes(),
        **_metier(),
    }
    return render(request, "accueil/composants.html", contexte)
