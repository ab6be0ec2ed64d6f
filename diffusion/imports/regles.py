"""Les règles qu'une formation lisible peut ne pas respecter : chacune dit sa phrase et son remède.

Elles n'empêchent pas d'entrer, sauf celles qui protègent une fiche déjà soumise, archivée ou d'un autre organisme.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from diffusion.imports.fiche import Fiche, Portee
from diffusion.imports.rapport import Ligne
from diffusion.imports.reception import Lue
from diffusion.models import Gravite
from dokelio.lheo.anomalies import typographie
from dokelio.socle.arbres import suivre, texte_de
from formations.models import ActionCertification, EtatAction
from structures.models import DEPARTEMENTS_REGION

SOUS_CONTROLE = (EtatAction.A_CONTROLER, EtatAction.EN_DIFFUSION)
_A_DISTANCE = "2"
_NOMS_ORGANISME = {
    "numero-activite": "le numéro de déclaration d'activité",
    "SIRET-organisme-formation": "le SIRET",
    "nom-organisme": "le nom",
    "raison-sociale": "la raison sociale",
    "coordonnees-organisme": "les coordonnées",
    "contact-organisme": "les contacts",
    "renseignements-specifiques": "les renseignements",
    "potentiel": "le potentiel",
    "code-UAI-organisme-formation": "le code UAI",
}


def _ligne(fiche: Fiche | Lue, gravite: Gravite, code: str, chemin: str, phrase: str, remede: str = "") -> Ligne:
    recue = fiche.recue
    return Ligne(
        recue.rang,
        recue.ligne,
        gravite.value,
        code,
        f"/lheo/offres/formation[{recue.rang}]{chemin}",
        typographie(phrase),
        typographie(remede),
    )


# ------------------------------------------------------------------ refus


def autre_organisme(lue: Lue, portee: Portee) -> Ligne | None:
    """Une formation d'un autre organisme, dans l'import d'un organisme."""
    if portee.organisme is None or lue.lue is None:
        return None
    siret = lue.lue.organisme.siret
    if not siret or siret == portee.organisme.siret:
        return None
    return _ligne(
        lue,
        Gravite.REFUS,
        "autre-organisme",
        "/organisme-formation-responsable/SIRET-organisme-formation",
        f"Cette formation est celle d'un autre organisme (SIRET {siret}) : elle n'est pas entrée chez "
        f"{portee.organisme} ({portee.organisme.reference}, SIRET {portee.organisme.siret or 'inconnu'}).",
        "Retirer cette formation du document, ou l'importer pour l'organisme qui en est responsable.",
    )


def fiche_fermee(fiche: Fiche, portee: Portee) -> Ligne | None:
    """Une fiche archivée ne se met pas à jour ; une fiche conventionnée ne se met à jour que par le CARIF."""
    existante = fiche.existante
    if existante is None:
        return None if portee.carif or not fiche.organisme.ferme else _organisme_ferme(fiche, Gravite.REFUS)
    if existante.statut == EtatAction.ARCHIVE:
        return _ligne(
            fiche,
            Gravite.REFUS,
            "fiche-archivee",
            "",
            f"Cette formation est la fiche {existante.reference}, qui est archivée : rien n'y a été écrit.",
            f"Rouvrir {existante.reference}, puis refaire l'import.",
        )
    if existante.conventionnee and not portee.carif:
        return _ligne(
            fiche,
            Gravite.REFUS,
            "fiche-conventionnee",
            "",
            f"Cette formation est la fiche conventionnée {existante.reference} : un import ne la change pas.",
            "Modifier ce qui vous est ouvert dans la fiche, ou écrire au CARIF.",
        )
    if not portee.ecrit(existante.conventionnee):
        return _ligne(
            fiche,
            Gravite.REFUS,
            "fiche-hors-portee",
            "",
            f"Cette formation est la fiche {existante.reference}, hors de votre portée : rien n'y a été écrit.",
            "Confier ce document à une documentaliste qui contrôle cette fiche.",
        )
    return None


def _organisme_ferme(fiche: Fiche, gravite: Gravite) -> Ligne:
    organisme = fiche.organisme
    suite = "rien n'y est créé" if gravite == Gravite.REFUS else "cette fiche ne pourra pas être soumise"
    return _ligne(
        fiche,
        gravite,
        "organisme-ferme",
        "/organisme-formation-responsable",
        f"L'organisme {organisme.nom} ({organisme.reference}) est {organisme.ferme} : {suite}.",
        "Faire rétablir l'organisme par le CARIF, puis refaire l'import.",
    )


def en_controle(fiche: Fiche) -> Ligne:
    """La fiche soumise garde son contenu : la documentaliste doit pouvoir accepter ce qu'elle a lu."""
    return _ligne(
        fiche,
        Gravite.REFUS,
        "fiche-en-controle",
        "",
        f"La fiche {fiche.reference} est à contrôler : son contenu n'a pas été changé, ses sessions l'ont été.",
        f"Reprendre {fiche.reference} (ou attendre la réponse du CARIF), puis refaire l'import.",
    )


def pas_rouverte(fiche: Fiche, raison: str) -> Ligne:
    """Le moteur n'a pas voulu rouvrir une fiche en diffusion."""
    return _ligne(
        fiche,
        Gravite.REFUS,
        "fiche-en-diffusion",
        "",
        f"La fiche {fiche.reference} est en diffusion et n'a pas pu être rouverte : son contenu n'a pas été changé, "
        f"ses sessions l'ont été. {raison}",
        f"Modifier {fiche.reference}, puis refaire l'import.",
    )


def doublon_occupe(fiche: Fiche, cle: str, autre: str) -> Ligne:
    """La certification que le document donne à une fiche vivante est déjà celle d'une autre."""
    return _ligne(
        fiche,
        Gravite.REFUS,
        "certification-occupee",
        "/certification[1]",
        f"{cle} a déjà sa fiche, {autre} : les certifications de {fiche.reference} n'ont pas été changées.",
        f"Ajouter les sessions à {autre}, ou donner une autre certification à {fiche.reference}.",
    )


# ------------------------------------------------------------------ conformité


def conformite(fiche: Fiche, portee: Portee, organisme_recu: Any) -> Iterator[Ligne]:
    """Ce qui empêchera de soumettre, et ce que le document dit autrement que nous."""
    if fiche.organisme.ferme and fiche.existante is None:
        yield _organisme_ferme(fiche, Gravite.BLOCAGE)
    yield from _perimetre(fiche)
    yield from _conventionnement(fiche, portee)
    if organisme_recu:
        noms = [nom for cle, nom in _NOMS_ORGANISME.items() if cle in organisme_recu]
        if noms:
            yield _ligne(
                fiche,
                Gravite.INFORMATION,
                "organisme-different",
                "/organisme-formation-responsable",
                f"Le document décrit {fiche.organisme.nom} ({fiche.organisme.reference}) autrement que nous : "
                f"{', '.join(noms)}. Nos informations sont gardées et ce sont elles qui seront diffusées.",
                "Vérifier la structure, et la mettre à jour si c'est le document qui a raison.",
            )
    if not fiche.recue.numero and fiche.existante is None:
        yield _ligne(
            fiche,
            Gravite.AVERTISSEMENT,
            "formation-sans-numero",
            "/@numero",
            "Cette formation n'a pas de numéro : un prochain import ne la reconnaîtra que par sa certification.",
            "Lui donner un numéro stable dans le logiciel qui produit le document.",
        )


def se_dit_conventionnee(lue: Any) -> bool:
    """Vrai si une des actions du document dit `conventionnement` = 1."""
    return any(lieu.valeurs["conventionnement"] is True for lieu in lue.deroulements)


def _perimetre(fiche: Fiche) -> Iterator[Ligne]:
    """En présence ou mixte : un lieu de la région ; entièrement à distance : un siège dans la région."""
    dehors = []
    for rang, lieu in enumerate(fiche.lue.deroulements, 1):
        if lieu.valeurs["modalites_enseignement"] == _A_DISTANCE:
            if not fiche.organisme.francilien:
                dehors.append((rang, "à distance, l'organisme ayant son siège hors de la région"))
            continue
        lieux = lieu.valeurs["lieux"]
        adresse = suivre(lieux[0], "coordonnees", "adresse") if lieux else None
        code = texte_de(suivre(adresse, "codepostal"))
        if code[:2] not in DEPARTEMENTS_REGION:
            ou = f"{code} {texte_de(suivre(adresse, 'ville'))}".strip()
            dehors.append((rang, f"à {ou}" if ou else "en un lieu qui n'est pas dit"))
    if dehors:
        rang, ou = dehors[0]
        autres = f" ({len(dehors)} lieux sont dans ce cas)" if len(dehors) > 1 else ""
        yield _ligne(
            fiche,
            Gravite.BLOCAGE,
            "hors-perimetre",
            f"/action[{rang}]/lieu-de-formation",
            f"Hors région : cette formation se tient {ou}{autres}.",
            "Donner un lieu en Île-de-France, ou diffuser cette offre par le CARIF de sa région.",
        )


def _conventionnement(fiche: Fiche, portee: Portee) -> Iterator[Ligne]:
    if not se_dit_conventionnee(fiche.lue):
        return
    if not portee.carif:
        yield _ligne(
            fiche,
            Gravite.BLOCAGE,
            "conventionnement-par-organisme",
            "/action/conventionnement",
            "Le document dit cette formation conventionnée ; seul le CARIF crée une offre conventionnée. "
            "Elle est entrée comme non conventionnée.",
            "Retirer cette mention des lieux de la fiche, ou demander au CARIF de créer l'offre conventionnée.",
        )
    elif fiche.existante is not None and not fiche.existante.conventionnee:
        yield _ligne(
            fiche,
            Gravite.BLOCAGE,
            "conventionnement-different",
            "/action/conventionnement",
            f"Le document dit cette formation conventionnée ; la fiche {fiche.reference} ne l'est pas et le reste.",
            "Retirer cette mention, ou créer l'offre conventionnée à part.",
        )


def doublons(fiches: Iterable[Fiche]) -> Iterator[tuple[Fiche, Ligne]]:
    """Une certification = une action : les autres fiches de l'organisme pour la même certification. Deux requêtes."""
    par_action = {f.id: f for f in fiches if not f.conventionnee}
    miennes = list(
        ActionCertification.objects.filter(action_id__in=par_action, rang=1, retiree=False)
        .exclude(cle="")
        .values_list("action_id", "organisme_id", "cle")
    )
    if not miennes:
        return
    connues: dict[tuple[int, str], list[tuple[int, str, str]]] = defaultdict(list)
    autres = (
        ActionCertification.objects.filter(
            organisme_id__in={m[1] for m in miennes}, cle__in={m[2] for m in miennes}, rang=1, conventionnee=False
        )
        .filter(retiree=False)
        .exclude(action__statut=EtatAction.ARCHIVE)
        .order_by("action_id")
        .values_list("organisme_id", "cle", "action_id", "action__reference", "action__intitule")
    )
    for organisme, cle, action_id, reference, intitule in autres:
        connues[organisme, cle].append((action_id, reference, intitule))
    for action_id, organisme, cle in miennes:
        autre = next((une for une in connues[organisme, cle] if une[0] != action_id), None)
        if autre is None:
            continue
        fiche = par_action[action_id]
        yield (
            fiche,
            _ligne(
                fiche,
                Gravite.BLOCAGE,
                "doublon-certification",
                "/certification[1]",
                f"{cle} : {fiche.organisme.nom} a déjà une fiche pour cette certification, {autre[1]}, « {autre[2]} ».",
                f"Ajouter les sessions à {autre[1]}, ou changer la certification de {fiche.reference}.",
            ),
        )


# ------------------------------------------------------------------ lieux et sessions


def formateur_different(fiche: Fiche, rang: int, nom: str) -> Ligne:
    """Le document décrit un formateur autrement que nous."""
    return _ligne(
        fiche,
        Gravite.INFORMATION,
        "formateur-different",
        f"/action[{rang}]/organisme-formateur",
        f"Le document décrit le formateur {nom} autrement que nous. Nos informations sont gardées et seront diffusées.",
        "Vérifier ce formateur, et le mettre à jour si c'est le document qui a raison.",
    )


def session_absente(fiche: Fiche, nombre: int, exemple: str) -> Ligne:
    """Des sessions connues que le document ne dit plus."""
    quoi = f"La session {exemple}" if nombre == 1 else f"{nombre} sessions (dont {exemple})"
    return _ligne(
        fiche,
        Gravite.AVERTISSEMENT,
        "session-absente",
        "/action/session",
        f"{quoi} de {fiche.reference} : absente du document, gardée telle quelle."
        if nombre == 1
        else f"{quoi} de {fiche.reference} : absentes du document, gardées telles quelles.",
        "Annuler ce qui n'a plus lieu.",
    )


def financement_garde(fiche: Fiche, nombre: int) -> Ligne:
    """Des financements diffusés que le document ne dit plus."""
    return _ligne(
        fiche,
        Gravite.AVERTISSEMENT,
        "financement-absent",
        "/action/organisme-financeur",
        f"{fiche.reference} : {nombre} financement(s) déjà en diffusion, absent(s) du document, ont été gardés.",
        "Retirer de la diffusion ce qui ne finance plus.",
    )


def lieu_ecarte(fiche: Fiche, rang: int) -> Ligne:
    """Un nouveau lieu dont le contenu contrôlé s'écarte d'une fiche qu'on ne peut pas changer maintenant."""
    return _ligne(
        fiche,
        Gravite.REFUS,
        "lieu-ecarte",
        f"/action[{rang}]",
        f"Ce lieu ne dit pas la même chose que la fiche {fiche.reference}, qui ne peut pas changer maintenant : "
        "il n'est pas entré.",
        "Refaire l'import quand la fiche sera rouverte.",
    )


def session_en_attente(fiche: Fiche, reference: str, raison: str) -> Ligne:
    """Une session neuve qui ne peut pas encore paraître."""
    return _ligne(
        fiche,
        Gravite.AVERTISSEMENT,
        "session-en-attente",
        "/action/session",
        f"La session {reference} est entrée sans paraître. {raison}",
        f"La compléter dans {fiche.reference}, puis la mettre en diffusion.",
    )
