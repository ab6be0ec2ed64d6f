"""Les organismes et les formateurs que cite un document : reconnus par lot, créés s'ils sont inconnus.

Ce qu'un document dit d'une ligne déjà connue ne la change pas : l'écart est rendu, pour être gardé avec la formation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from diffusion.correspondances.formateur import FormateurLu, ecrire_formateur
from diffusion.correspondances.organisme import OrganismeLu, ecrire_organisme
from diffusion.imports.reception import CleOrganisme
from diffusion.imports.versement import inserer, reserver
from dokelio.socle.arbres import Arbre, suivre, texte_de
from structures.models import DEPARTEMENTS_REGION, Contact, EtatOrganisme, Formateur, Organisme, Origine

RETENUS = 3000
"""Lignes gardées d'un lot à l'autre ; au-delà on oublie tout et l'on relit : la mémoire reste constante."""

FERMES = (EtatOrganisme.REFUSE, EtatOrganisme.CESSATION)

CleFormateur = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Connu:
    """Un organisme ou un formateur de la base, et l'arbre qu'il s'écrit."""

    id: int
    arbre: Arbre
    reference: str = ""
    nom: str = ""
    siret: str = ""
    ferme: str = ""
    """Pourquoi on n'y crée plus rien : « refusé », « en cessation » ; vide d'ordinaire."""

    @property
    def francilien(self) -> bool:
        """Siège en Île-de-France, d'après le code postal."""
        code = texte_de(suivre(self.arbre, "coordonnees-organisme", "coordonnees", "adresse", "codepostal"))
        return code[:2] in DEPARTEMENTS_REGION


@dataclass(slots=True)
class Annuaire:
    """Organismes et formateurs reconnus au fil d'un import."""

    organismes: dict[CleOrganisme, Connu] = field(default_factory=dict)
    formateurs: dict[CleFormateur, Connu] = field(default_factory=dict)

    def alleger(self) -> None:
        """Oublie ce qui a été retenu, s'il y en a trop ; à appeler entre deux lots."""
        if len(self.organismes) > RETENUS:
            self.organismes.clear()
        if len(self.formateurs) > RETENUS:
            self.formateurs.clear()

    # ------------------------------------------------------------------ organismes

    def retenir_organisme(self, cle: CleOrganisme, organisme: Organisme) -> Connu:
        """Retient une ligne sous une clé."""
        connu = Connu(
            organisme.pk,
            ecrire_organisme(organisme),
            organisme.reference,
            str(organisme),
            organisme.siret,
            organisme.get_statut_display().lower() if organisme.statut in FERMES else "",
        )
        self.organismes[cle] = connu
        return connu

    def charger_organismes(self, cles: Iterable[CleOrganisme]) -> None:
        """Reconnaît ces organismes : par SIRET, sinon par numéro et raison sociale chez l'émetteur."""
        manquantes = {cle for cle in cles if cle not in self.organismes}
        if not manquantes:
            return
        sirets = [siret for siret, _, _ in manquantes if siret]
        condition = Q(siret__in=sirets)
        anonymes = [cle for cle in manquantes if not cle[0]]
        if anonymes:
            numeros, raisons = {cle[1] for cle in anonymes}, {cle[2] for cle in anonymes}
            condition |= Q(siret="", origine=Origine.IMPORT, numero_emetteur__in=numeros, raison_sociale__in=raisons)
        for organisme in Organisme.objects.filter(condition).prefetch_related("contacts").order_by("pk"):
            cle = (organisme.siret, "", "")
            if not organisme.siret:
                cle = ("", organisme.numero_emetteur, organisme.raison_sociale)
            if cle in manquantes and cle not in self.organismes:
                self.retenir_organisme(cle, organisme)

    def creer_organismes(self, nouveaux: dict[CleOrganisme, OrganismeLu]) -> None:
        """Crée des organismes « demande » avec leurs contacts, tels que le document les décrit."""
        debuts = reserver(Organisme, len(nouveaux))
        lignes, contacts = [], []
        for debut, (cle, lu) in zip(debuts, nouveaux.items(), strict=True):
            lignes.append(debut | lu.valeurs | {"origine": Origine.IMPORT.value})
            contacts += [
                contact | {"organisme_id": debut["id"], "rang": rang} for rang, contact in enumerate(lu.contacts, 1)
            ]
            nom = lu.valeurs["nom"] or lu.valeurs["raison_sociale"] or debut["reference"]
            self.organismes[cle] = Connu(debut["id"], lu.arbre, debut["reference"], nom, lu.siret)
        inserer(Organisme, lignes)
        inserer(Contact, contacts)

    # ------------------------------------------------------------------ formateurs

    def situer_formateurs(self, cites: Iterable[tuple[int, FormateurLu]]) -> int:
        """Reconnaît ou crée les formateurs cités par (organisme, ce qui en est dit) ; rend combien sont créés."""
        manquants: dict[CleFormateur, FormateurLu] = {}
        for organisme_id, lu in cites:
            cle = (organisme_id, *lu.cle)
            if cle not in self.formateurs:
                manquants.setdefault(cle, lu)
        if not manquants:
            return 0
        self._charger_formateurs(manquants)
        nouveaux = {cle: lu for cle, lu in manquants.items() if cle not in self.formateurs}
        structures = self._structures({lu.valeurs["siret"] for lu in nouveaux.values()} - {""})
        lignes = []
        for debut, (cle, lu) in zip(reserver(Formateur, len(nouveaux)), nouveaux.items(), strict=True):
            structure = structures.get(lu.valeurs["siret"])
            lignes.append(debut | lu.valeurs | {"organisme_id": cle[0], "structure_id": structure})
            self.formateurs[cle] = Connu(debut["id"], lu.arbre, nom=lu.valeurs["raison_sociale"])
        inserer(Formateur, lignes)
        return len(nouveaux)

    def _charger_formateurs(self, manquants: dict[CleFormateur, FormateurLu]) -> None:
        def valeurs(nature: str) -> list[str]:
            return [valeur for _, n, valeur in manquants if n == nature]

        formateurs = Formateur.objects.filter(
            Q(siret__in=valeurs("siret"))
            | Q(siret="", numero_emetteur__in=valeurs("numero_emetteur"))
            | Q(siret="", numero_emetteur="", raison_sociale__in=valeurs("raison_sociale")),
            organisme_id__in={cle[0] for cle in manquants},
        )
        for formateur in formateurs.order_by("pk"):
            nature = next((n for n in ("siret", "numero_emetteur") if getattr(formateur, n)), "raison_sociale")
            cle = (formateur.organisme_id, nature, getattr(formateur, nature))
            if cle in manquants and cle not in self.formateurs:
                self.formateurs[cle] = Connu(formateur.pk, ecrire_formateur(formateur), nom=str(formateur))

    def _structures(self, sirets: set[str]) -> dict[str, Any]:
        if not sirets:
            return {}
        return dict(Organisme.objects.filter(siret__in=sirets).values_list("siret", "pk"))
