"""Les histoires que peut avoir une fiche de la démonstration, une fonction par scénario ; les jours se comptent d'ici.

« diffusee-3 » est en diffusion en version 3, « corrections-antenne » en rédaction alors qu'une version se voit…
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from dokelio.demo.scene import Dates, Scene

Scenario = Callable[[Scene], None]

REMARQUES = [
    (
        ("objectif", "Dites ce que la personne saura faire à la sortie, avec un verbe par compétence."),
        ("conditions_specifiques", "« Motivation » n'est pas un prérequis vérifiable : précisez ou écrivez « Aucun »."),
    ),
    (
        ("intitule", "L'intitulé ne reprend pas celui de la certification : alignez-le, les candidats s'y perdent."),
        ("contenu", "Le volume de stage annoncé ne correspond pas aux heures en entreprise."),
        ("", "Relisez aussi l'orthographe de l'ensemble, merci."),
    ),
    (("public_vise", "Le public visé contredit le financement : un salarié ne relève pas de cette aide."),),
]
RETOUCHES = [
    ("objectif", " Un accompagnement individuel est proposé tout au long du parcours."),
    ("contenu", "\nNouveau : un atelier hebdomadaire de recherche d'emploi, en petit groupe."),
    ("conditions_specifiques", " Une réunion d'information précède chaque entrée."),
    ("intitule", " – nouveau programme"),
]
SEANCES = (
    "accueil, visite des ateliers et règles de sécurité",
    "choix des essences et lecture du bois",
    "tracé, débit et corroyage à la main",
    "machines à bois : réglages et protections",
    "assemblages à tenon et mortaise",
    "queues d'aronde et languettes",
    "montage à blanc, serrage et collage",
    "ponçage, huiles et cires",
    "bilan individuel et suite de parcours",
)


def brouillon(s: Scene) -> None:
    s.le(-6, "15:20", s.creer, s.dates(45, 120, s.nombre), acces_handicapes="")


def brouillon_vide(s: Scene) -> None:
    """Un intitulé et rien d'autre : ce qui manque se voit dans Gestion."""
    vides = dict.fromkeys(("objectif", "resultats", "contenu", "conditions_specifiques", "parcours"), "")
    s.le(-2, "17:05", s.creer, [], **vides, public_vise=[], contacts=[])


def a_controler(s: Scene) -> None:
    """Première soumission ; une fiche sur trois est en ce moment entre les mains d'une documentaliste."""
    s.le(-9, "10:10", s.creer, s.dates(30, 150, s.nombre))
    s.le(-2 - s.rang % 4, "14:30", s.soumettre)
    if s.rang % 3 == 0:
        s.fil.a(timezone.now() - timedelta(minutes=35), s.prendre)


def corrections(s: Scene) -> None:
    s.le(-24, "9:25", s.creer, s.dates(40, 160, s.nombre))
    s.le(-12, "11:00", s.soumettre)
    s.le(-7, "9:30", s.prendre)
    s.le(-7, "10:05", s.demander, REMARQUES[s.rang % 3], "Encore un effort, la fiche est presque prête.")


def diffusee(s: Scene) -> None:
    """Acceptée du premier coup ; d'autres dates ont suivi, dont une annulée ou encore en brouillon."""
    _mettre_a_l_antenne(s)
    if s.rang % 5 == 1:
        s.le(-4, "11:40", s.annuler, "Pas assez de candidats pour ouvrir le groupe.")
    if s.rang % 5 == 3:
        s.le(-1, "15:15", s.ajouter, s.dates(200, 200, 1), publier=False)


def diffusee_2(s: Scene) -> None:
    """Acceptée après corrections, puis une deuxième version."""
    _mettre_a_l_antenne(s, corrigee=True, ajout=-130)
    _deuxieme_version(s, -80)


def diffusee_3(s: Scene) -> None:
    _mettre_a_l_antenne(s, corrigee=True, ajout=-150)
    _deuxieme_version(s, -110)
    long = "\n".join(
        f"Jour {jour + 1} – {SEANCES[jour % len(SEANCES)]} (matin : démonstration et reprise des acquis ; "
        "après-midi : réalisation en autonomie, avec l'appui de la formatrice)."
        for jour in range(16)
    )
    s.le(-40, "9:10", s.modifier)
    bois = s.offre.cle == "bois"
    s.le(-40, "10:45", lambda instant: s.ecrire({"contenu": long if bois else _retouche(s, 1)}, instant))
    _passer_au_controle(s, -38)


def sans_financement(s: Scene) -> None:
    """Le second lieu n'a pas de financement : ses sessions ne se voient pas."""
    s.sans_financement = True
    _mettre_a_l_antenne(s)


def modification(s: Scene) -> None:
    """L'organisme récrit la fiche ; la version acceptée se voit toujours."""
    _mettre_a_l_antenne(s)
    s.le(-3, "10:20", s.modifier)
    s.le(-3, "10:50", lambda instant: s.ecrire({RETOUCHES[0][0]: _retouche(s, 0)}, instant))


def modification_a_controler(s: Scene) -> None:
    modification(s)
    s.le(-2, "9:45", lambda instant: s.ecrire({RETOUCHES[3][0]: _retouche(s, 3)}, instant))
    s.le(-2, "9:55", s.soumettre)


def corrections_antenne(s: Scene) -> None:
    """En diffusion, la documentaliste demande une correction : la version acceptée se voit toujours."""
    _mettre_a_l_antenne(s)
    s.le(-5, "14:10", s.demander, REMARQUES[(s.rang + 1) % 3], "")


def bientot_archivee(s: Scene) -> None:
    """Sa dernière session est finie depuis plus de trois semaines : elle s'archive dans moins de dix jours."""
    _mettre_a_l_antenne(s, dates=s.dates_finies(-23, s.nombre))
    s.annoncer_l_archivage()


def archivee(s: Scene) -> None:
    _mettre_a_l_antenne(s, dates=s.dates_finies(-75, s.nombre))
    s.archiver_la_fiche()


def rouverte(s: Scene) -> None:
    archivee(s)
    s.le(-6, "9:05", s.rouvrir)


def retiree(s: Scene) -> None:
    _mettre_a_l_antenne(s)
    motif = "La certification visée n'est plus celle annoncée sur votre site : clarifiez avant de rediffuser."
    s.le(-11, "16:20", s.retirer, motif)


def pre_creee(s: Scene) -> None:
    """Conventionnée, pré-créée par la documentaliste : les dates sont à elle, l'organisme complète le reste."""
    s.programme = "prfe"
    s.le(-8, "10:00", s.creer, s.dates(35, 140, s.nombre), modalites_recrutement="", restauration="")


def conventionnee(s: Scene) -> None:
    s.programme = "prfe" if s.maison.cle == "ateliers" else "poec"
    _mettre_a_l_antenne(s)


# ------------------------------------------------------------------ morceaux d'histoire


def _mettre_a_l_antenne(
    s: Scene, *, corrigee: bool = False, dates: list[Dates] | None = None, ajout: int = -55
) -> None:
    """De la création à la version 1, et les dates ajoutées depuis (au jour `ajout`)."""
    dates = s.prevues = dates if dates is not None else s.dates(-210, 150, s.nombre)
    au_depart, ensuite = dates[: max(2, len(dates) * 2 // 3)], dates[max(2, len(dates) * 2 // 3) :]
    s.le(-260, "9:20", s.creer, au_depart)
    s.le(-258, "14:05", s.soumettre)
    if corrigee:
        s.le(-255, "10:00", s.prendre)
        s.le(-255, "10:30", s.demander, REMARQUES[s.rang % 3], "Merci de reprendre ces points.")
        s.le(-252, "15:00", lambda instant: s.ecrire({RETOUCHES[2][0]: _retouche(s, 2)}, instant))
        s.le(-252, "15:20", s.soumettre)
    s.le(-248, "9:40", s.prendre)
    s.le(-248, "10:10", s.valider)
    if ensuite:
        s.le(-230 if ensuite[0][0] < s.calendrier.jour(0) else ajout, "11:25", s.ajouter, ensuite)


def _deuxieme_version(s: Scene, jour: int) -> None:
    s.le(jour, "14:40", s.modifier)
    s.le(jour, "15:10", lambda instant: s.ecrire({RETOUCHES[0][0]: _retouche(s, 0)}, instant))
    _passer_au_controle(s, jour + 2)


def _passer_au_controle(s: Scene, jour: int) -> None:
    s.le(jour, "9:15", s.soumettre)
    s.le(jour + 3, "10:00", s.prendre)
    s.le(jour + 3, "10:20", s.valider)


def _retouche(s: Scene, rang: int) -> str:
    """Le champ de cette retouche, complété."""
    champ, ajout = RETOUCHES[rang]
    return str(getattr(s.action, champ)) + ajout


SCENARIOS: dict[str, tuple[Scenario, int]] = {
    "brouillon": (brouillon, 2),
    "brouillon-vide": (brouillon_vide, 0),
    "a-controler": (a_controler, 3),
    "corrections": (corrections, 3),
    "diffusee": (diffusee, 6),
    "diffusee-2": (diffusee_2, 6),
    "diffusee-3": (diffusee_3, 7),
    "sans-financement": (sans_financement, 4),
    "modification": (modification, 5),
    "modification-a-controler": (modification_a_controler, 5),
    "corrections-antenne": (corrections_antenne, 5),
    "bientot-archivee": (bientot_archivee, 3),
    "archivee": (archivee, 3),
    "rouverte": (rouverte, 3),
    "retiree": (retiree, 3),
    "pre-creee": (pre_creee, 2),
    "conventionnee": (conventionnee, 4),
}
"""Par nom : l'histoire, et le nombre de sessions que la fiche y a d'ordinaire."""
EXTENSIBLES = ("diffusee", "diffusee-2", "diffusee-3")
"""Les histoires qui reçoivent les sessions qu'il faut pour arriver au compte."""
