"""L'onglet « Informations » : ce que prépare l'action, ce qu'on y apprend, à qui elle s'adresse, qui joindre."""

from typing import Any

from django.utils import timezone

from dokelio.referentiels.models import Certification
from dokelio.socle.arbres import Arbre
from formations.actions.edition import CERTIFICATIONS, valeur_de
from formations.forms import avertissements, nomenclatures
from formations.forms.champs import ChampCodes
from formations.forms.lignes import ContactForm, LignesBase, lignes
from formations.forms.onglet import OngletForm, Partie
from formations.models import Action, ActionCertification
from formations.reactions import phrase_de_doublon

MAXIMUM_CERTIFICATIONS = 5


class InformationsForm(OngletForm):
    """Onglet « Informations »."""

    CHAMPS = (
        *("certifiante", "intitule", "objectif", "resultats", "contenu", "objectif_general", "parcours"),
        *("positionnement", "niveau_entree", "niveau_entree_obligatoire", "niveau_sortie", "conditions_specifiques"),
        *("info_public_vise", "modalites_alternance", "prise_en_charge_possible", "modalites_recrutement"),
    )
    PORTE = {
        "certification_principale": CERTIFICATIONS,
        "autres_certifications": CERTIFICATIONS,
        "public_vise": "public_vise",
    }
    LIGNES = ("contacts",)
    LARGEURS = {
        **dict.fromkeys(("objectif_general", "parcours", "positionnement", "niveau_entree", "niveau_sortie"), 6),
        **dict.fromkeys(("niveau_entree_obligatoire", "prise_en_charge_possible"), 6),
    }
    parties = (
        Partie(
            "Certification et intitulé",
            "La certification propose l'intitulé, le niveau et les Formacodes. Vous gardez la main sur chacun.",
            ("certifiante", "certification_principale", "autres_certifications", "intitule"),
        ),
        Partie(
            "Objectif et contenu",
            "Ce que lisent les candidats et les conseillers. Des phrases courtes, à la forme active.",
            ("objectif", "resultats", "contenu", "objectif_general", "parcours", "positionnement"),
        ),
        Partie(
            "Public et accès",
            "À qui la formation s'adresse, et ce qu'il faut pour y entrer.",
            (
                *("public_vise", "info_public_vise", "niveau_entree", "niveau_entree_obligatoire", "niveau_sortie"),
                *("conditions_specifiques", "modalites_recrutement"),
            ),
        ),
        Partie(
            "Alternance et frais",
            "Ce qui vaut pour toutes les sessions ; les prix et les financements se disent avec elles.",
            ("modalites_alternance", "prise_en_charge_possible"),
        ),
        Partie(
            "Contacts de la formation",
            "Qui renseigne les candidats. Ces coordonnées sont publiées : préférez un service à une personne.",
            lignes="contacts",
            ajout="Ajouter un contact",
            titre_ligne="Contact",
        ),
    )

    def __init__(self, data: Any = None, *, action: Action, **options: Any) -> None:
        self.arbres: list[Arbre] = valeur_de(action, CERTIFICATIONS)
        super().__init__(data, action=action, **options)

    def champs_propres(self) -> dict[str, Any]:
        certifications = nomenclatures.Certifications()
        autres = MAXIMUM_CERTIFICATIONS - 1
        return {
            "certification_principale": ChampCodes(
                certifications, 1, "Intitulé, RNCP ou RS", label="Certification principale"
            ),
            "autres_certifications": ChampCodes(
                certifications, autres, "Ajouter une certification", label="Autres certifications"
            ),
            "public_vise": ChampCodes(nomenclatures.publics(), 10, "Ajouter un public", label="Public visé"),
        }

    def depart(self, action: Action) -> dict[str, Any]:
        cles = [nomenclatures.Certifications().cle(arbre) for arbre in self.arbres]
        publics = nomenclatures.publics()
        return super().depart(action) | {
            "certification_principale": cles[:1],
            "autres_certifications": cles[1:],
            "public_vise": list(dict.fromkeys(publics.cle(noeud) for noeud in action.public_vise)),
        }

    def composer_lignes(self, data: Any) -> dict[str, LignesBase]:
        return {"contacts": lignes(ContactForm, "contacts", self.action.contacts, data, vide=1)}

    def _demande(self, nom: str) -> bool:
        return super()._demande(nom) or nom == "public_vise"

    def _preparer_les_codes(self) -> None:
        """Les deux champs de certification partagent une requête : la fiche y perd moins qu'à deux."""
        principale, autres = self.fields["certification_principale"], self.fields["autres_certifications"]
        assert isinstance(principale, ChampCodes)
        assert isinstance(autres, ChampCodes)
        montrees = {
            nom: self.valeur_montree(nom) or [] for nom in ("certification_principale", "autres_certifications")
        }
        recues = [*self.initial["certification_principale"], *self.initial["autres_certifications"]]
        nomenclature = principale.nomenclature
        connues = nomenclature.libelles([*recues, *(cle for cles in montrees.values() for cle in cles)])
        for nom, champ in (("certification_principale", principale), ("autres_certifications", autres)):
            champ.recues, champ.connues = set(recues), connues
            choix = [(cle, nomenclature.texte(cle, connues)) for cle in montrees[nom]]
            champ.widget.choices = [("", "Aucune"), *choix] if nom == "certification_principale" else choix
        publics = self.fields["public_vise"]
        assert isinstance(publics, ChampCodes)
        publics.preparer(self.initial["public_vise"], self.valeur_montree("public_vise") or [])

    def fiche_de(self, cle: str) -> Certification | None:
        """La fiche du référentiel d'une certification montrée, si elle est chargée."""
        principale = self.fields["certification_principale"]
        assert isinstance(principale, ChampCodes)
        fiches: dict[str, Certification] = getattr(principale.nomenclature, "fiches", {})
        return fiches.get(cle)

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        principale = donnees.get("certification_principale") or []
        autres = [cle for cle in donnees.get("autres_certifications") or [] if cle not in principale]
        if autres and not principale:
            principale, autres = autres[:1], autres[1:]
        donnees["certification_principale"], donnees["autres_certifications"] = principale, autres
        return donnees

    def composer(self) -> dict[str, Any]:
        cles = [*self.cleaned_data["certification_principale"], *self.cleaned_data["autres_certifications"]]
        return {
            CERTIFICATIONS: nomenclatures.Certifications().noeuds(cles, self.arbres),
            "public_vise": nomenclatures.publics().noeuds(self._publics(), self.action.public_vise),
        }

    def _publics(self) -> list[str]:
        """Les publics n'ont pas de rang : le même ensemble garde l'ordre reçu."""
        choisis: list[str] = self.cleaned_data["public_vise"]
        recus: list[str] = self.initial["public_vise"]
        return recus if set(choisis) == set(recus) else choisis

    def principale_nouvelle(self) -> Certification | None:
        """La fiche d'une certification principale qu'on vient de choisir, si elle est connue."""
        cles = self.cleaned_data["certification_principale"]
        if cles == self.initial["certification_principale"] or not cles:
            return None
        return self.fiche_de(cles[0])

    def avertir(self) -> None:
        dits = {
            "intitule": avertissements.sur_intitule,
            "objectif": avertissements.sur_texte,
            "resultats": avertissements.sur_texte,
            "contenu": avertissements.sur_texte,
            "conditions_specifiques": avertissements.sur_acces,
            "info_public_vise": avertissements.sur_acces,
        }
        for nom, regle in dits.items():
            if phrase := regle(str(self.valeur_montree(nom) or "")):
                self.avertissements[nom] = phrase
        self._avertir_des_certifications()

    def _avertir_des_certifications(self) -> None:
        principales = self.valeur_montree("certification_principale") or []
        certifiante = str(self.valeur_montree("certifiante"))
        if certifiante == "False" and principales:
            self.avertissements["certifiante"] = (
                "Vous répondez « Non », et la fiche prépare une certification : l'un des deux est à revoir."
            )
        if certifiante == "True" and not principales:
            self.avertissements["certification_principale"] = (
                "La formation est certifiante : dites quelle certification elle prépare."
            )
        dits = [self._avertir_d_une(cle) for cle in principales]
        if any(dits):
            self.avertissements["certification_principale"] = " ".join(filter(None, dits))

    def _avertir_d_une(self, cle: str) -> str:
        fiche = self.fiche_de(cle)
        if fiche is None:
            return ""
        if not fiche.active_au(timezone.localdate()):
            return f"{cle} n'est plus active : on ne peut plus y entrer. Voyez si une autre fiche la remplace."
        return ""

    def choisie(self) -> Certification | None:
        """La fiche du référentiel de la certification principale montrée."""
        cles = self.valeur_montree("certification_principale") or [""]
        return self.fiche_de(cles[0])

    def doublon(self) -> Any:
        """L'autre action de l'organisme qui prépare déjà la certification principale montrée ; une requête au plus."""
        cles = self.valeur_montree("certification_principale") or []
        if not cles:
            return None
        arbres = {nomenclatures.Certifications().cle(arbre): arbre for arbre in self.arbres}
        return phrase_de_doublon(self.action, arbres.get(cles[0]) or nomenclatures.Certifications().neuf(cles[0]))

    def deja_preparees(self) -> list[ActionCertification]:
        """Les autres actions de l'organisme qui préparent une certification secondaire montrée ; une requête."""
        cles = self.valeur_montree("autres_certifications") or []
        if not cles:
            return []
        autres = ActionCertification.objects.filter(
            organisme_id=self.action.organisme_id, cle__in=cles, occupe=True
        ).exclude(action_id=self.action.pk)
        return list(autres.select_related("action")[:5])
