"""Un lot de formations : reconnaître ce qui n'a pas changé, relire le reste, décider, écrire.

Un nombre constant de requêtes par lot ; seule la réouverture d'une fiche en diffusion passe une à une par le moteur.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Max

from diffusion.imports import regles
from diffusion.imports.annuaire import Annuaire, Connu
from diffusion.imports.appariement import apparier, cle_certification
from diffusion.imports.ecriture_actions import controle_inchange, ecrire_actions, ecrire_certifications
from diffusion.imports.ecriture_lieux import ecrire_lieux
from diffusion.imports.fiche import Existante, Fiche, Portee
from diffusion.imports.rapport import Rapport
from diffusion.imports.reception import CleOrganisme, Lue, Recue, relire
from dokelio.publication.moteur import effectuer
from dokelio.publication.refus import TransitionInterdite, TransitionRefusee
from dokelio.socle.arbres import ecarts
from formations.models import Action, ActionCertification, EtatAction
from sessions.models import Deroulement

CleAction = tuple[int, str, int]
_COLONNES = (
    "id",
    "reference",
    "statut",
    "organisme_id",
    "empreinte_import",
    "conventionnee",
    "version_en_diffusion_id",
)


class Atelier:
    """Ce qui demeure d'un lot à l'autre : la portée, le rapport, l'annuaire, les numéros déjà vus.

    `suivre(rang, action)` est appelé pour chaque formation que la base tient, dans l'ordre du document.
    """

    def __init__(self, portee: Portee, rapport: Rapport, suivre: Callable[[int, int], None] | None = None) -> None:
        self.portee, self.rapport, self.suivre = portee, rapport, suivre
        self.annuaire = Annuaire()
        self._rangs: Counter[int] = Counter()
        if portee.organisme is not None:
            self._a_part: CleOrganisme = ("", "", "")
            self.annuaire.retenir_organisme(self._a_part, portee.organisme)

    def cle_organisme(self, recue: Recue) -> CleOrganisme:
        """Sous quelle clé l'organisme de cette formation est connu de l'annuaire."""
        return recue.organisme if self.portee.organisme is None else self._a_part

    def traiter(self, recues: Sequence[Recue]) -> None:
        """Fait entrer un lot."""
        rangs = [self._prochain_rang(r) for r in recues]
        existantes = self._reconnaitre(recues, rangs)
        comptes = self.rapport.comptes["formations"]
        entrees: list[tuple[int, int]] = []
        fiches: list[Fiche] = []
        a_relire: list[tuple[Recue, int, Existante | None]] = []
        for recue, rang, existante in zip(recues, rangs, existantes, strict=True):
            if existante is not None and existante.empreinte == recue.empreinte:
                comptes.inchanges += 1
                entrees.append((recue.rang, existante.id))
            else:
                a_relire.append((recue, rang, existante))
        if a_relire:
            fiches = self._preparer(a_relire)
            self._ecrire(fiches)
        if self.suivre is not None:
            entrees += [(f.recue.rang, f.id) for f in fiches]
            for rang, action in sorted(entrees):
                self.suivre(rang, action)
        self.annuaire.alleger()
        if self.portee.organisme is not None:
            self.annuaire.organismes.setdefault(self._a_part, self._forcer())

    # ------------------------------------------------------------------ reconnaître

    def _forcer(self) -> Connu:
        return self.annuaire.retenir_organisme(self._a_part, self.portee.organisme)

    def _prochain_rang(self, recue: Recue) -> int:
        """Rang de ce numéro parmi les mêmes du document, chez le même organisme ; on ne garde que leur condensé."""
        if not recue.numero:
            return 1
        cle = hash((self.cle_organisme(recue), recue.numero))
        self._rangs[cle] += 1
        return self._rangs[cle]

    def _reconnaitre(self, recues: Sequence[Recue], rangs: list[int]) -> list[Existante | None]:
        """L'action que chaque formation retrouve : par numéro et rang, à défaut de numéro par contenu identique."""
        self.annuaire.charger_organismes({self.cle_organisme(r) for r in recues})
        situes = [self.annuaire.organismes.get(self.cle_organisme(r)) for r in recues]
        if self.portee.neuf:
            self._decaler(recues, rangs, situes)
            return [None] * len(recues)
        numeros = {r.numero for r in recues if r.numero}
        organismes = {s.id for s in situes if s is not None}
        actions = Action.objects.filter(organisme_id__in=organismes)
        par_numero: dict[CleAction, Existante] = {}
        if numeros:
            numerotees = actions.filter(numero_emetteur__in=numeros)
            for numero, rang, *une in numerotees.values_list("numero_emetteur", "rang_emetteur", *_COLONNES):
                existante = Existante(*une)
                par_numero[existante.organisme_id, numero, rang] = existante
        sans_numero: dict[tuple[int, str], list[Existante]] = defaultdict(list)
        empreintes = {r.empreinte for r in recues if not r.numero}
        if empreintes:
            for une in actions.filter(empreinte_import__in=empreintes).order_by("-pk").values_list(*_COLONNES):
                existante = Existante(*une)
                sans_numero[existante.organisme_id, existante.empreinte].append(existante)
        trouvees: list[Existante | None] = []
        for recue, rang, situe in zip(recues, rangs, situes, strict=True):
            if situe is None:
                trouvees.append(None)
            elif recue.numero:
                trouvees.append(par_numero.get((situe.id, recue.numero, rang)))
            else:
                memes = sans_numero.get((situe.id, recue.empreinte))
                trouvees.append(memes.pop() if memes else None)
        return trouvees

    def _decaler(self, recues: Sequence[Recue], rangs: list[int], situes: list[Connu | None]) -> None:
        """Aller-retour : les numéros pris dans la base sont laissés à leurs actions, on prend les rangs suivants."""
        cles = {(s.id, r.numero) for s, r in zip(situes, recues, strict=True) if s is not None and r.numero}
        if not cles:
            return
        pris = (
            Action.objects.filter(organisme_id__in={c[0] for c in cles}, numero_emetteur__in={c[1] for c in cles})
            .values_list("organisme_id", "numero_emetteur")
            .annotate(dernier=Max("rang_emetteur"))
        )
        derniers = {(organisme, numero): dernier for organisme, numero, dernier in pris}
        for i, (recue, situe) in enumerate(zip(recues, situes, strict=True)):
            if situe is not None and (situe.id, recue.numero) in derniers:
                derniers[situe.id, recue.numero] += 1
                rangs[i] = derniers[situe.id, recue.numero]

    # ------------------------------------------------------------------ décider

    def _preparer(self, a_relire: list[tuple[Recue, int, Existante | None]]) -> list[Fiche]:
        """Relit, refuse ce qui n'est pas lisible, situe les organismes, retrouve les actions sans numéro, juge."""
        lisibles: list[tuple[Lue, int, Existante | None]] = []
        for recue, rang, existante in a_relire:
            lue = relire(recue)
            if lue.lue is None:
                self.rapport.comptes["formations"].refuses += 1
                self.rapport.anomalies(recue.rang, lue.anomalies, refus=True, decalage=lue.decalage)
            elif (ligne := regles.autre_organisme(lue, self.portee)) is not None:
                self.rapport.comptes["formations"].refuses += 1
                self.rapport.dire(ligne)
            else:
                lisibles.append((lue, rang, existante))
        self._creer_organismes([lue for lue, _, _ in lisibles])
        fiches = [self._fiche(*une) for une in lisibles]
        self._retrouver_par_certification(fiches)
        self._apparier_lieux(fiches)
        return self._juger(fiches)

    def _creer_organismes(self, lues: list[Lue]) -> None:
        nouveaux: dict[CleOrganisme, Any] = {}
        for lue in lues:
            cle = self.cle_organisme(lue.recue)
            if cle not in self.annuaire.organismes and lue.lue is not None:
                nouveaux.setdefault(cle, lue.lue.organisme)
        self.annuaire.creer_organismes(nouveaux)
        self.rapport.comptes["organismes"].crees += len(nouveaux)

    def _fiche(self, lue: Lue, rang: int, existante: Existante | None) -> Fiche:
        assert lue.lue is not None  # les illisibles sont écartées
        organisme = self.annuaire.organismes[self.cle_organisme(lue.recue)]
        lignes = self.rapport.anomalies(lue.recue.rang, lue.anomalies, decalage=lue.decalage)
        fiche = Fiche(lue.recue, lue.lue, organisme, rang, lignes)
        if existante is not None:
            fiche.retrouver(existante)
        return fiche

    def _retrouver_par_certification(self, fiches: list[Fiche]) -> None:
        """Sans numéro : la seule action non archivée de l'organisme qui prépare la même certification."""
        candidates: dict[tuple[int, str], list[Fiche]] = defaultdict(list)
        for fiche in fiches:
            if fiche.existante is None and not fiche.recue.numero and fiche.lue.certifications and not self.portee.neuf:
                cle = cle_certification(fiche.lue.certifications[0])
                if cle:
                    candidates[fiche.organisme.id, cle].append(fiche)
        if not candidates:
            return
        connues: dict[tuple[int, str], list[Any]] = defaultdict(list)
        lignes = (
            ActionCertification.objects.filter(
                organisme_id__in={c[0] for c in candidates}, cle__in={c[1] for c in candidates}, rang=1, retiree=False
            )
            .exclude(action__statut=EtatAction.ARCHIVE)
            .values_list("cle", *(f"action__{nom}" for nom in _COLONNES))
        )
        for cle, *colonnes in lignes:
            existante = Existante(*colonnes)
            connues[existante.organisme_id, cle].append(existante)
        for cle_entiere, memes in candidates.items():
            if len(memes) == 1 and len(connues[cle_entiere]) == 1:
                memes[0].retrouver(connues[cle_entiere][0])

    def _apparier_lieux(self, fiches: list[Fiche]) -> None:
        existantes = {f.id: f for f in fiches if f.existante is not None}
        connus: dict[int, list[tuple[int, str]]] = defaultdict(list)
        lignes = (
            Deroulement.objects.filter(action_id__in=existantes)
            .order_by("action_id", "rang", "pk")
            .values_list("action_id", "pk", "numero_emetteur", "derogations")
            if existantes
            else ()
        )
        for action, cle, numero, derogations in lignes:
            connus[action].append((cle, numero))
            existantes[action].derogations_connues[cle] = derogations
        for fiche in fiches:
            numeros = [lieu.valeurs["numero_emetteur"] for lieu in fiche.lue.deroulements]
            fiche.lieux, fiche.lieux_absents = apparier(connus[fiche.id] if fiche.id else (), numeros)

    def _juger(self, fiches: list[Fiche]) -> list[Fiche]:
        """Ce que l'état de chaque action retrouvée permet d'écrire ; les refusées sont écartées."""
        gelees = [f.id for f in fiches if f.existante is not None and f.existante.statut in regles.SOUS_CONTROLE]
        lignes = (
            {action.pk: action for action in Action.objects.filter(pk__in=gelees).prefetch_related("certifications")}
            if gelees
            else {}
        )
        admises = []
        for fiche in fiches:
            fiche.conventionnee = self.portee.carif and regles.se_dit_conventionnee(fiche.lue)
            ligne = regles.fiche_fermee(fiche, self.portee)
            if ligne is not None:
                self.rapport.comptes["formations"].refuses += 1
                self.rapport.dire(ligne)
                continue
            if fiche.id in lignes:
                fiche.controle_change = not controle_inchange(lignes[fiche.id], fiche)
                if fiche.controle_change:
                    self._rouvrir(fiche, lignes[fiche.id])
            admises.append(fiche)
        return admises

    def _rouvrir(self, fiche: Fiche, action: Action) -> None:
        """Rouvre une fiche en diffusion dont le contenu contrôlé change ; à contrôler, elle garde ce qui est soumis."""
        refus = regles.en_controle(fiche)
        if action.statut == EtatAction.EN_DIFFUSION:
            try:
                effectuer(action, "modifier", self.portee.auteur)
                return
            except TransitionRefusee as erreur:
                refus = regles.pas_rouverte(fiche, str(erreur))
            except TransitionInterdite as erreur:
                refus = regles.pas_rouverte(fiche, str(erreur))
        fiche.controle_admis = False
        self._noter(fiche, refus)

    def _noter(self, fiche: Fiche, ligne: Any) -> None:
        self.rapport.dire(ligne)
        fiche.lignes.append(ligne)

    # ------------------------------------------------------------------ écrire

    def _ecrire(self, fiches: list[Fiche]) -> None:
        if not fiches:
            return
        recus = {id(f): ecarts(f.organisme.arbre, f.lue.organisme.arbre) or None for f in fiches}
        for fiche in fiches:
            for ligne in regles.conformite(fiche, self.portee, recus[id(fiche)]):
                self._noter(fiche, ligne)
        ecrire_actions(fiches, [recus[id(f)] for f in fiches], self.portee)
        ecrire_certifications(fiches, lambda fiche, ligne: self._noter(fiche, ligne))
        ecrire_lieux(fiches, self.portee, self.annuaire, self.rapport, self._noter)
        for fiche, ligne in regles.doublons(fiches):
            self._noter(fiche, ligne)
        comptes = self.rapport.comptes["formations"]
        for fiche in fiches:
            if fiche.existante is None:
                comptes.crees += 1
            elif fiche.modifiee:
                comptes.modifies += 1
            else:
                comptes.inchanges += 1
            for ligne in fiche.lignes:
                ligne.action_id = fiche.id
