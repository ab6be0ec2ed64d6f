"""Le contenu contrôlé d'une fiche et ses versions : composer, comparer par empreinte, ouvrir, fermer, remettre.

Forme : `{"formation": arbre, "action": arbre}`, et ce qu'y ajoutent les pièces du dessus (les dérogations des lieux).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from dokelio.lheo.grammaire import VERSION_GRAMMAIRE
from dokelio.referentiels.models import Certification
from dokelio.socle.arbres import contenu, joindre_restes, repartir
from formations.models import Action, ActionCertification, VersionDiffusee
from formations.models.certification import cle_de

Contenu = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contributeur:
    """La part d'une pièce du dessus : `lire(action)` la compose (JSON), `remettre(action, part)` la rétablit."""

    lire: Callable[[Action], Any]
    remettre: Callable[[Action, Any], None]


_CONTRIBUTEURS: dict[str, Contributeur] = {}


def inscrire_contributeur(cle: str, contributeur: Contributeur) -> None:
    """Ajoute une part au contenu contrôlé ; appelé dans `AppConfig.ready()`."""
    if cle in ("formation", "action") or cle in _CONTRIBUTEURS:
        raise ValueError(f"La part « {cle} » du contenu contrôlé est déjà prise.")
    _CONTRIBUTEURS[cle] = contributeur


def contenu_controle(action: Action) -> Contenu:
    """Tout ce que le contrôle lit d'une fiche, tel que la ligne le dit maintenant."""
    formation = contenu(action, "formation")
    certifications = [contenu(une, "certification") for une in certifications_de(action)]
    if certifications:
        formation["certification"] = certifications
    parts = {cle: un.lire(action) for cle, un in sorted(_CONTRIBUTEURS.items())}
    return {"formation": formation, "action": contenu(action, "action"), **parts}


def certifications_de(action: Action) -> list[ActionCertification]:
    """Certifications de la fiche, dans l'ordre, sans celles qu'elle a retirées."""
    toutes: list[ActionCertification] = sorted(action.certifications.all(), key=lambda une: (une.rang, une.pk))
    return [une for une in toutes if not une.retiree]


def empreinte(contenu_: Contenu) -> str:
    """Empreinte d'un contenu contrôlé : la documentaliste valide ce qu'elle a vu, rien d'autre."""
    texte = json.dumps(contenu_, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(texte.encode(), digest_size=20).hexdigest()


def ouvrir_version(action: Action, validee_par: Any, maintenant: datetime) -> VersionDiffusee:
    """Ferme la version à l'antenne et ouvre la suivante avec le contenu de la ligne ; pose `version_en_diffusion`."""
    fermer_version(action, maintenant)
    fige = contenu_controle(action)
    dernier = action.versions.aggregate(dernier=Max("numero"))["dernier"] or 0
    action.version_en_diffusion = VersionDiffusee.objects.create(
        action=action,
        numero=dernier + 1,
        contenu=fige,
        version_grammaire=VERSION_GRAMMAIRE,
        empreinte=empreinte(fige),
        cles_certification=[une.cle for une in certifications_de(action) if une.cle],
        validee_par=validee_par,
        depuis=maintenant,
    )
    return action.version_en_diffusion


def fermer_version(action: Action, maintenant: datetime) -> None:
    """Date la fin de la version à l'antenne et la décroche de l'action (les certifications retirées se libèrent)."""
    if action.version_en_diffusion_id is not None:
        VersionDiffusee.objects.filter(pk=action.version_en_diffusion_id).update(jusqu_a=maintenant)
        action.version_en_diffusion = None


def remettre(action: Action, version: VersionDiffusee) -> None:
    """Remet la ligne dans l'état de la version, certifications et parts comprises (sans enregistrer l'action)."""
    formation = dict(version.contenu["formation"])
    certifications = formation.pop("certification", [])
    valeurs, reste = repartir(Action, "formation", formation)
    valeurs_action, reste_action = repartir(Action, "action", version.contenu["action"])
    for nom, valeur in (valeurs | valeurs_action).items():
        setattr(action, nom, valeur)
    action.reste_lheo = joindre_restes(Action, {"formation": reste, "action": reste_action})
    remettre_certifications(action, certifications)
    for cle, un in sorted(_CONTRIBUTEURS.items()):
        un.remettre(action, version.contenu.get(cle))


def remettre_certifications(action: Action, arbres: list[Contenu]) -> None:
    """Fait que la fiche prépare ces certifications, dans cet ordre ; une certification gardée garde sa ligne.

    Une certification ôtée de la fiche mais encore à l'antenne reste, `retiree` : elle garde sa place jusqu'à la
    fermeture de la version.
    """
    a_l_antenne = action.version_en_diffusion.cles_certification if action.version_en_diffusion else []
    anciennes = {une.cle: une for une in action.certifications.all() if une.cle}
    # Le rang n'est unique que parmi celles de la fiche : toutes en sortent, les voulues y rentrent.
    action.certifications.update(retiree=True)
    gardees = []
    for rang, arbre in enumerate(arbres, start=1):
        valeurs, reste = repartir(ActionCertification, "certification", arbre)
        cle = cle_de(*(valeurs[nom] for nom in ("code_rncp", "code_rs", "code_certifinfo", "code_cpf")))
        une = anciennes.pop(cle, None) or ActionCertification(action=action, organisme_id=action.organisme_id)
        for nom, valeur in valeurs.items():
            setattr(une, nom, valeur)
        une.rang, une.reste_lheo, une.retiree = rang, reste, False
        if une.certification_id is None:
            une.certification = Certification.objects.filter(code=cle).first() if cle else None
        une.save()
        gardees.append(une.pk)
    action.certifications.exclude(pk__in=gardees).exclude(cle__in=a_l_antenne).delete()
