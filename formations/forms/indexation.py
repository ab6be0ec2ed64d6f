"""L'onglet « Indexation » : Formacodes, NSF et ROME, avec ce que propose la certification préparée."""

from typing import Any

from dokelio.referentiels.models import Certification
from formations.forms import nomenclatures
from formations.forms.champs import ChampCodes
from formations.forms.onglet import OngletForm, Partie
from formations.models import Action

DOMAINE = "domaine"
# Champ du formulaire → élément de `domaine-formation`, et nombre de codes qu'il admet.
CODES = {"formacodes": ("code-FORMACODE", 5), "nsf": ("code-NSF", 3), "rome": ("code-ROME", 5)}


class IndexationForm(OngletForm):
    """Onglet « Indexation » : LHEO `domaine-formation`."""

    PORTE = dict.fromkeys(("formacode_principal", "formacodes", "nsf", "rome"), DOMAINE)
    parties = (
        Partie(
            "Domaine de la formation",
            "Les Formacodes disent ce qui est enseigné. Le premier compte le plus.",
            ("formacode_principal", "formacodes"),
        ),
        Partie(
            "Spécialité et métiers", "La nomenclature de l'Éducation nationale, et les métiers visés.", ("nsf", "rome")
        ),
    )

    def champs_propres(self) -> dict[str, Any]:
        formacode = nomenclatures.formacode()
        return {
            "formacode_principal": ChampCodes(formacode, 1, "Domaine, ou cinq chiffres", label="Formacode principal"),
            "formacodes": ChampCodes(formacode, 4, "Ajouter un Formacode", label="Autres Formacodes"),
            "nsf": ChampCodes(nomenclatures.nsf(), 3, "Ajouter une spécialité", label="Spécialités (NSF)"),
            "rome": ChampCodes(nomenclatures.rome(), 5, "Ajouter un métier", label="Métiers (ROME)"),
        }

    def depart(self, action: Action) -> dict[str, Any]:
        formacodes = _cles(nomenclatures.formacode(), _noeuds(action, "code-FORMACODE"))
        return {
            "formacode_principal": formacodes[:1],
            "formacodes": formacodes[1:],
            "nsf": _cles(nomenclatures.nsf(), _noeuds(action, "code-NSF")),
            "rome": _cles(nomenclatures.rome(), _noeuds(action, "code-ROME")),
        }

    def _preparer_les_codes(self) -> None:
        """Un Formacode reçu peut devenir le principal, ou cesser de l'être, sans être jugé."""
        super()._preparer_les_codes()
        principal, autres = self.fields["formacode_principal"], self.fields["formacodes"]
        assert isinstance(principal, ChampCodes)
        assert isinstance(autres, ChampCodes)
        principal.recues = autres.recues = principal.recues | autres.recues

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        principal = donnees.get("formacode_principal") or []
        autres = [cle for cle in donnees.get("formacodes") or [] if cle not in principal]
        if autres and not principal:
            principal, autres = autres[:1], autres[1:]
        donnees["formacode_principal"], donnees["formacodes"] = principal, autres
        return donnees

    def composer(self) -> dict[str, Any]:
        choisis = {
            "formacodes": [*self.cleaned_data["formacode_principal"], *self.cleaned_data["formacodes"]],
            "nsf": self.cleaned_data["nsf"],
            "rome": self.cleaned_data["rome"],
        }
        domaine = dict(self.action.domaine or {})
        for nom, (element, _) in CODES.items():
            champ = self.fields[nom]
            assert isinstance(champ, ChampCodes)
            anciens = _noeuds(self.action, element)
            noeuds = champ.nomenclature.noeuds(choisis[nom], anciens)
            if nom == "formacodes":
                noeuds = _principal_devant(noeuds, anciens)
            if noeuds:
                domaine[element] = noeuds
            else:
                domaine.pop(element, None)
        return {DOMAINE: domaine or None if self.action.domaine is None else domaine}

    def avertir(self) -> None:
        if not self.valeur_montree("formacode_principal"):
            self.avertissements["formacode_principal"] = (
                "Sans Formacode, l'offre ne sort dans aucune recherche par domaine."
            )

    def propositions(self, certification: Certification | None) -> dict[str, list[tuple[str, str]]]:
        """Codes que propose la certification et que la fiche n'a pas : champ → (clé, texte). Trois requêtes au plus."""
        if certification is None:
            return {}
        proposes = {"formacodes": certification.formacodes, "nsf": certification.codes_nsf}
        proposes["rome"] = certification.codes_rome
        resultat = {}
        for nom, codes in proposes.items():
            champ = self.fields[nom]
            assert isinstance(champ, ChampCodes)
            montrees = [*(self.valeur_montree(nom) or [])]
            montrees += (self.valeur_montree("formacode_principal") or []) if nom == "formacodes" else []
            deja = {cle.partition(":")[2] for cle in montrees}
            cles = champ.nomenclature.canoniques(code for code in codes if code not in deja)
            place = max(0, CODES[nom][1] - len(montrees))
            connues = champ.nomenclature.libelles(cles)
            offertes = [(cle, champ.nomenclature.texte(cle, connues)) for cle in cles if cle in connues][:place]
            if offertes:
                resultat[nom] = offertes
        return resultat


def avec_propositions(domaine: dict[str, Any] | None, certification: Certification) -> dict[str, Any]:
    """Le domaine complété, là où il est vide, de ce que propose la certification (codes connus du référentiel)."""
    complete = dict(domaine or {})
    offres = (
        ("code-FORMACODE", nomenclatures.formacode(), certification.formacodes, 5),
        ("code-NSF", nomenclatures.nsf(), certification.codes_nsf, 3),
        ("code-ROME", nomenclatures.rome(), certification.codes_rome, 5),
    )
    for element, nomenclature, codes, maximum in offres:
        if complete.get(element) or not codes:
            continue
        cles = nomenclature.canoniques(codes)
        connues = nomenclature.libelles(cles)
        noeuds = [nomenclature.neuf(cle) for cle in cles if cle in connues][:maximum]
        if noeuds:
            complete[element] = noeuds
    return complete


def _noeuds(action: Action, element: str) -> list[Any]:
    noeuds: list[Any] = (action.domaine or {}).get(element) or []
    return noeuds


def _cles(nomenclature: nomenclatures.Nomenclature, noeuds: list[Any]) -> list[str]:
    return list(dict.fromkeys(nomenclature.cle(noeud) for noeud in noeuds))


def _principal_devant(noeuds: list[Any], anciens: list[Any]) -> list[Any]:
    """L'attribut `tag="principal"` d'un document suit le premier Formacode."""
    if noeuds is anciens or not any(_principal(noeud) for noeud in anciens):
        return noeuds
    sans = [{cle: v for cle, v in n.items() if cle != "@tag"} if _principal(n) else n for n in noeuds]
    return [{**sans[0], "@tag": "principal"}, *sans[1:]] if sans else sans


def _principal(noeud: Any) -> bool:
    return isinstance(noeud, dict) and noeud.get("@tag") == "principal"
