"""La relecture d'une fiche : ce qui change par rapport à la version en diffusion, les contrôles, les remarques."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from dokelio.publication.models import Evenement
from dokelio.socle.typographie import lieu_texte
from formations.actions.comparaison import ChampCompare, champs_compares
from formations.actions.controle import (
    MOTIFS,
    corrigee_depuis,
    derniere_soumission,
    file_de,
    libelles_des_codes,
    peut_remarquer,
    phrase_de_la_main,
)
from formations.actions.lisible import codes_cites
from formations.actions.points import Point, points
from formations.actions.versions import Contenu, contenu_controle, empreinte
from formations.forms.remarque import RemarqueForm
from formations.models import Action, ActionCertification, EtatAction, EtatRemarque, Remarque, VersionDiffusee
from formations.permissions import peut_controler, peut_editer
from formations.reactions import est_prise
from formations.views.controle.file import Vue, documentaliste_ou_404, nature_de

EVENEMENTS_MONTRES = 30


@dataclass(frozen=True, slots=True)
class BlocChamp:
    """Un champ de la relecture : ses remarques gardées, celles que l'organisme dit traitées, le formulaire ouvert."""

    champ: ChampCompare
    remarques: list[Remarque]
    traitees: list[Remarque]
    formulaire: RemarqueForm | None


def fiche_a_relire(request: HttpRequest, reference: str) -> Action:
    """L'action et tout ce que la relecture en lit, ou 404 ; la portée ne limite pas la lecture."""
    documentaliste_ou_404(request)
    certifications = ActionCertification.objects.order_by("rang", "pk")
    actions = Action.objects.select_related("organisme", "version_en_diffusion", "prise_par").prefetch_related(
        Prefetch("certifications", certifications), "deroulements__sessions"
    )
    deja = Exists(VersionDiffusee.objects.filter(action=OuterRef("pk")))
    action: Action = get_object_or_404(actions.annotate(deja_diffusee=deja), reference=reference)
    return action


def relecture(request: HttpRequest, reference: str) -> HttpResponse:
    """La page de relecture ; `?voir=tout` : la fiche entière, `?remarque=<champ>` : le formulaire ouvert là."""
    return rendre(request, fiche_a_relire(request, reference))


def rendre(request: HttpRequest, action: Action, fautif: RemarqueForm | None = None) -> HttpResponse:
    """La page, avec le formulaire de remarque refusé à sa place s'il y en a un."""
    utilisateur = request.user
    lieux = sorted(action.deroulements.all(), key=lambda lieu: (lieu.rang, lieu.pk))
    evenements = list(Evenement.objects.de(action).avec_auteur()[:EVENEMENTS_MONTRES])
    remarques = list(action.remarques.select_related("auteur"))
    contenu = contenu_controle(action)
    vue_empreinte = empreinte(contenu)
    soumission = derniere_soumission(evenements)
    la_main = peut_remarquer(action, utilisateur)
    prise = action.statut == EtatAction.A_CONTROLER and est_prise(action, timezone.now())
    corrigee = action.statut == EtatAction.A_CONTROLER and corrigee_depuis(soumission, vue_empreinte)
    contexte = {
        "action": action,
        "nature": nature_de(action.version_en_diffusion, bool(getattr(action, "deja_diffusee", False)))[0],
        "soumission": soumission,
        "empreinte": vue_empreinte,
        "jeton": uuid4(),
        "la_main": la_main,
        "a_prendre": action.statut == EtatAction.A_CONTROLER and not prise and peut_controler(action, utilisateur),
        "hors_portee": not peut_controler(action, utilisateur),
        "prise": prise,
        "phrase_main": "" if la_main else phrase_de_la_main(action),
        "retirable": action.est_en_diffusion and peut_controler(action, utilisateur),
        "corrigeable": _geste_de_correction(action, utilisateur, la_main, corrigee),
        "corrigee": corrigee,
        "sessions": _sessions(lieux),
        "evenements": evenements[:8],
        **_voisines(action, utilisateur),
        **_comparaison(request, action, contenu, lieux, remarques, fautif if la_main else None),
        **_controles(action, vue_empreinte, lieux),
        "retours": [r for r in reversed(remarques) if r.etat != EtatRemarque.PREPAREE][:6],
    }
    return render(request, "controle/relecture.html", contexte, status=422 if fautif else 200)


def _geste_de_correction(action: Action, utilisateur: Any, la_main: bool, corrigee: bool) -> str:
    """Le lien vers la fiche à corriger soi-même ; vide si ce n'est pas le moment."""
    if not la_main or action.statut != EtatAction.A_CONTROLER or not peut_editer(action, utilisateur):
        return ""
    return "Reprendre ma correction" if corrigee else "Corriger moi-même"


def _comparaison(
    request: HttpRequest,
    action: Action,
    contenu: Contenu,
    lieux: list[Any],
    remarques: list[Remarque],
    fautif: RemarqueForm | None,
) -> dict[str, Any]:
    """Les champs à montrer, ceux qu'on replie, et où s'ouvre le formulaire de remarque."""
    version = action.version_en_diffusion
    comparer = version is not None and action.statut != EtatAction.EN_DIFFUSION
    avant: Contenu | None = version.contenu if version is not None and comparer else None
    champs = champs_compares(
        avant,
        contenu,
        libelles=libelles_des_codes(codes_cites([avant or {}, contenu])),
        lieux={str(lieu.pk): _nom_du_lieu(lieu) for lieu in lieux},
    )
    preparees = [remarque for remarque in remarques if remarque.etat == EtatRemarque.PREPAREE]
    traitees = _traitees(action, remarques)
    ouverte = fautif["champ"].value() if fautif else request.GET.get("remarque")
    blocs = [_bloc(champ, preparees, traitees, ouverte, request, fautif) for champ in champs]
    tout = avant is None or request.GET.get("voir") == "tout"
    montres = [
        b for b in blocs if b.champ.change or b.remarques or b.traitees or b.formulaire or (tout and not b.champ.vide)
    ]
    montres_cles = {bloc.champ.cle for bloc in montres}
    adresse = reverse("controle_fiche", args=[action.reference])
    return {
        "version": version,
        "premiere": avant is None,
        "blocs": montres,
        "inchanges": [b for b in blocs if b.champ.cle not in montres_cles and not b.champ.vide],
        "vides": [b for b in blocs if b.champ.cle not in montres_cles and b.champ.vide],
        "nb_changes": sum(champ.change for champ in champs),
        "nb_champs": len(champs),
        "preparees": preparees,
        "orphelines": [r for r in preparees if r.champ and r.champ not in {c.cle for c in champs}],
        "ensemble_traitees": [r for r in traitees if not r.champ],
        "ensemble": [r for r in preparees if not r.champ],
        "formulaire_ensemble": _formulaire("", request, fautif) if ouverte == "" else None,
        "vues": [
            Vue("Changements", adresse, not tout, sum(champ.change for champ in champs)),
            Vue("Fiche entière", f"{adresse}?voir=tout", tout, sum(not champ.vide for champ in champs)),
        ],
        "titre_avant": f"Version {version.numero}, en diffusion" if version else "",
        "titre_apres": "Soumise" if action.statut == EtatAction.A_CONTROLER else "En écriture",
        "titre_inchange": "Inchangé" if avant is not None else "",
        "motifs": MOTIFS,
        "voir": "tout" if request.GET.get("voir") == "tout" else "",
    }


def _bloc(
    champ: ChampCompare,
    preparees: list[Remarque],
    traitees: list[Remarque],
    ouverte: str | None,
    request: HttpRequest,
    fautif: RemarqueForm | None,
) -> BlocChamp:
    siennes = [remarque for remarque in preparees if remarque.champ == champ.cle]
    formulaire = _formulaire(champ.cle, request, fautif, siennes) if ouverte == champ.cle else None
    return BlocChamp(champ, siennes, [r for r in traitees if r.champ == champ.cle], formulaire)


def _traitees(action: Action, remarques: list[Remarque]) -> list[Remarque]:
    """Ce que l'organisme dit avoir corrigé depuis la dernière version acceptée : à vérifier, champ par champ."""
    if action.statut != EtatAction.A_CONTROLER:
        return []
    depuis = action.version_en_diffusion.depuis if action.version_en_diffusion else None
    faites = [r for r in remarques if r.etat == EtatRemarque.TRAITEE]
    return [r for r in faites if depuis is None or (r.envoyee_le is not None and r.envoyee_le > depuis)]


def _formulaire(
    cle: str, request: HttpRequest, fautif: RemarqueForm | None, siennes: list[Remarque] | None = None
) -> RemarqueForm:
    if fautif is not None:
        return fautif
    modifiee = next((r for r in siennes or () if str(r.pk) == request.GET.get("modifier")), None)
    initial: dict[str, Any] = {"champ": cle}
    if modifiee is not None:
        initial |= {"remarque": modifiee.pk, "texte": modifiee.texte}
    return RemarqueForm(initial=initial)


def _controles(action: Action, vue_empreinte: str, lieux: list[Any]) -> dict[str, Any]:
    tous = points(action, vue_empreinte, lieux, timezone.localdate())
    return {
        "points": [point for point in tous if point.gravite != "passe"],
        "points_passes": [point for point in tous if point.gravite == "passe"],
        "nb_points": len(tous),
        "bloquants": _compte(tous, "bloquant"),
        "a_voir": _compte(tous, "a_voir"),
    }


def _compte(tous: list[Point], gravite: str) -> int:
    return sum(point.gravite == gravite for point in tous)


def _sessions(lieux: list[Any]) -> dict[str, Any]:
    """Les sessions non terminées de la fiche, la plus proche d'abord, et combien sont nouvelles."""
    au = timezone.localdate()
    paires = [
        (session, lieu)
        for lieu in lieux
        for session in lieu.sessions.all()
        if session.statut in ("brouillon", "en_diffusion") and (session.fin is None or session.fin >= au)
    ]
    paires.sort(key=lambda paire: (paire[0].debut is None, paire[0].debut or au, paire[0].pk))
    return {
        "montrees": [(s, "à distance" if lieu.a_distance else _nom_du_lieu(lieu)) for s, lieu in paires[:6]],
        "total": len(paires),
        "nouvelles": sum(s.statut == "brouillon" for s, _ in paires),
    }


def _nom_du_lieu(lieu: Any) -> str:
    return lieu_texte(lieu.code_postal, lieu.ville) or ("à distance" if lieu.a_distance else "à préciser")


def _voisines(action: Action, utilisateur: Any) -> dict[str, str]:
    """La fiche d'avant et celle d'après dans la file de la personne ; une requête."""
    if action.statut != EtatAction.A_CONTROLER or action.soumise_le is None:
        return {"precedente": "", "suivante": ""}
    file = file_de(utilisateur).only("reference", "soumise_le")
    avant = file.filter(Q(soumise_le__lt=action.soumise_le) | Q(soumise_le=action.soumise_le, pk__lt=action.pk))
    apres = file.filter(Q(soumise_le__gt=action.soumise_le) | Q(soumise_le=action.soumise_le, pk__gt=action.pk))
    colonnes = ("soumise_le", "pk", "reference")
    lues = (
        avant.order_by("-soumise_le", "-pk")
        .values_list(*colonnes)[:1]
        .union(apres.order_by("soumise_le", "pk").values_list(*colonnes)[:1])
    )
    trouvees = {"precedente": "", "suivante": ""}
    for soumise_le, pk, reference in lues:
        cote = "precedente" if (soumise_le, pk) < (action.soumise_le, action.pk) else "suivante"
        trouvees[cote] = reference
    return trouvees
