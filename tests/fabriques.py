"""Fabriques des tests : des objets vraisemblables et complets ; l'état s'obtient par le moteur."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from dokelio.publication.moteur import effectuer
from formations.actions.versions import contenu_controle, empreinte
from formations.models import Action, ActionCertification
from sessions.actions.numeros import donner_un_numero
from sessions.models import Deroulement, Financement, Intervention, Session
from structures.models import Contact, Formateur, Organisme, Rattachement

MOT_DE_PASSE = "Demonstration-2026!"


def siret(rang: int) -> str:
    """SIRET fictif dont la clé est juste : neuf chiffres de SIREN, cinq de NIC, Luhn sur les quatorze."""
    debut = f"{10_000_000 + rang:08d}"
    debut += _cle(debut)
    debut += "0001"
    return debut + _cle(debut)


def _cle(chiffres: str) -> str:
    total = 0
    for place, chiffre in enumerate(reversed(chiffres)):
        valeur = int(chiffre) * (2 if place % 2 == 0 else 1)
        total += valeur - 9 if valeur > 9 else valeur
    return str(-total % 10)


def coordonnees(ville: str = "Paris", code_postal: str = "75020", ligne: str = "36 rue des Vignoles") -> dict[str, Any]:
    return {
        "nom": "Accueil",
        "adresse": {"ligne": [ligne], "codepostal": code_postal, "ville": ville},
        "telfixe": {"numtel": ["01 43 00 00 00"]},
        "courriel": "accueil@organisme.exemple",
    }


class UtilisateurFabrique(DjangoModelFactory[Any]):
    class Meta:
        model = "comptes.Utilisateur"
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@dokelio.exemple")
    prenom = "Camille"
    nom = factory.Sequence(lambda n: f"Personne {n}")

    class Params:
        documentaliste = factory.Trait(role_carif="documentaliste", portees=["non_conventionne"])
        conventionne = factory.Trait(role_carif="documentaliste", portees=["conventionne"])
        administrateur = factory.Trait(role_carif="administrateur")
        financeur = factory.Trait(role_carif="financeur")

    @factory.post_generation
    def mot_de_passe(self: Any, create: bool, extracted: str | None, **kwargs: Any) -> None:
        self.set_password(extracted or MOT_DE_PASSE)
        if create:
            self.save()


class OrganismeFabrique(DjangoModelFactory[Organisme]):
    class Meta:
        model = Organisme
        skip_postgeneration_save = True

    nom = factory.Sequence(lambda n: f"Ateliers {n}")
    raison_sociale = factory.Sequence(lambda n: f"ATELIERS {n} SARL")
    siret = factory.Sequence(siret)
    nda = factory.Sequence(lambda n: f"1175{n:05d}75")
    coordonnees = factory.LazyFunction(coordonnees)

    @factory.post_generation
    def contact(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False:
            Contact.objects.create(organisme=self, type="4", coordonnees={"nom": "Accueil", "courriel": "a@b.exemple"})

    @factory.post_generation
    def accepte(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False:
            effectuer(self, "accepter", UtilisateurFabrique(administrateur=True))


def membre(organisme: Organisme, role: str = "redacteur", **options: Any) -> Any:
    """Une personne rattachée à l'organisme avec ce rôle."""
    personne = UtilisateurFabrique(**options)
    Rattachement.objects.create(utilisateur=personne, organisme=organisme, role=role)
    return personne


class ActionFabrique(DjangoModelFactory[Action]):
    """Une fiche complète, prête à soumettre dès qu'elle a une session financée."""

    class Meta:
        model = Action

    organisme = factory.SubFactory(OrganismeFabrique)
    domaine = factory.LazyFunction(lambda: {"code-FORMACODE": [{"@ref": "V14", "#": "45554"}]})
    intitule = factory.Sequence(lambda n: f"CAP ébéniste {n}")
    objectif = "Fabriquer des meubles en bois massif."
    resultats = "CAP ébéniste."
    contenu = "Dessin technique, travail du bois, finition."
    certifiante = True
    contacts = factory.LazyFunction(
        lambda: [{"type-contact": "4", "coordonnees": {"nom": "Accueil", "courriel": "a@b.exemple"}}]
    )
    parcours = "1"
    niveau_entree = "11"
    objectif_general = "6"
    public_vise = factory.LazyFunction(lambda: [{"@ref": "V14", "#": "83056"}])
    niveau_entree_obligatoire = False
    modalites_alternance = "Sans alternance."
    conditions_specifiques = "Aucune."
    prise_en_charge_possible = True


class CertificationFabrique(DjangoModelFactory[ActionCertification]):
    class Meta:
        model = ActionCertification

    action = factory.SubFactory(ActionFabrique)
    organisme = factory.SelfAttribute("action.organisme")
    code_rncp = "RNCP37679"


class FormateurFabrique(DjangoModelFactory[Formateur]):
    class Meta:
        model = Formateur

    organisme = factory.SubFactory(OrganismeFabrique)
    siret = factory.Sequence(lambda n: siret(500_000 + n))
    raison_sociale = factory.Sequence(lambda n: f"Formateur {n}")


class DeroulementFabrique(DjangoModelFactory[Deroulement]):
    class Meta:
        model = Deroulement

    action = factory.SubFactory(ActionFabrique)
    rythme = "Temps plein"
    modalites_enseignement = "0"
    lieux = factory.LazyFunction(lambda: [{"coordonnees": coordonnees()}])
    entrees_sorties = "0"
    heures_total = 840
    prix_total = 8950
    conventionnement = False


class SessionFabrique(DjangoModelFactory[Session]):
    class Meta:
        model = Session

    deroulement = factory.SubFactory(DeroulementFabrique)
    debut = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    fin = factory.LazyAttribute(lambda o: o.debut + timedelta(days=170) if o.debut else None)
    etat_recrutement = "1"


class FinancementFabrique(DjangoModelFactory[Financement]):
    class Meta:
        model = Financement

    deroulement = factory.SubFactory(DeroulementFabrique)
    code_financeur = "10"


def fiche_prete(
    organisme: Organisme | None = None, *, debut: date | None = None, fin: date | None = None, **champs: Any
) -> Action:
    """Une action complète en brouillon, avec un lieu, une session, un financement et un formateur."""
    action = ActionFabrique(**({"organisme": organisme} if organisme else {}), **champs)
    deroulement = DeroulementFabrique(action=action)
    formateur = action.organisme.formateurs.first() or FormateurFabrique(
        organisme=action.organisme, structure=action.organisme, siret=action.organisme.siret
    )
    Intervention.objects.create(deroulement=deroulement, formateur=formateur)
    FinancementFabrique(deroulement=deroulement)
    dates = {cle: valeur for cle, valeur in (("debut", debut), ("fin", fin)) if valeur is not None}
    donner_un_numero(deroulement, SessionFabrique(deroulement=deroulement, **dates))
    return action


def soumise(action: Action | None = None, **champs: Any) -> Action:
    """La même, soumise au contrôle par une rédactrice de l'organisme."""
    action = action or fiche_prete(**champs)
    effectuer(action, "soumettre", membre(action.organisme))
    return action


def en_diffusion(action: Action | None = None, **champs: Any) -> Action:
    """La même, acceptée : version 1 à l'antenne, sessions et financements en diffusion."""
    action = soumise(action, **champs)
    documentaliste = UtilisateurFabrique(role_carif="administrateur")
    effectuer(action, "valider", documentaliste, empreinte=empreinte(contenu_controle(action)))
    return action
