"""Le tableau de bord d'un organisme : ce qui attend l'équipe, son offre, ses prochaines sessions, la dernière nuit."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse

from diffusion.models import Execution
from dokelio.accueil.tableaux.sessions import SessionAVenir, SessionsAVenir, sessions_a_venir
from dokelio.comptes.models import Utilisateur
from dokelio.publication.models import Evenement
from dokelio.socle.etats import etat as etat_montre
from dokelio.socle.typographie import accorde, date_courte
from formations.models import Action, EtatAction, EtatRemarque
from sessions.publication.visibilite import DATE_ARCHIVAGE_SQL, Cause
from structures.models import EtatOrganisme, Organisme, Rattachement
from structures.permissions import peut_rediger

CATEGORIES_STRUCTURES = ("inscription",)
CATEGORIES_FORMATIONS = ("controle", "archivage")
HORIZON = timedelta(days=30)
PAR_SORTE = 3
ETATS = (
    EtatAction.EN_DIFFUSION,
    EtatAction.EN_REDACTION,
    EtatAction.A_CONTROLER,
    EtatAction.BROUILLON,
    EtatAction.ARCHIVE,
)


def tableau(utilisateur: Utilisateur, rattachement: Rattachement, au: date) -> dict[str, Any]:
    """Variables de `accueil/tableau_membre.html`, en sept requêtes quelle que soit l'offre."""
    organisme = rattachement.organisme
    venir = sessions_a_venir(organisme.pk, au)
    comptes = Action.objects.filter(organisme=organisme).compter_par_etat()
    choses = list(_a_faire(organisme, venir, au))
    return {
        "organisme": organisme,
        "cles": _cles(_chiffres(utilisateur, organisme), venir),
        "choses": choses,
        "venir": venir,
        "offre": _offre(comptes),
        "total": sum(comptes.values()),
        "diffusion": Execution.objects.publiees().select_related("flux").order_by("-pk").first(),
        "activite": _activite(organisme),
        "peut_creer": peut_rediger(utilisateur, organisme.pk),
        "neuf": not any(comptes.values()),
        "au": au,
    }


# ------------------------------------------------------------------ chiffres


def _chiffres(utilisateur: Utilisateur, organisme: Organisme) -> tuple[int, int, int]:
    """Contacts, notifications non lues sur la structure, et sur les formations."""
    with connection.cursor() as curseur:
        curseur.execute(
            """
            SELECT (SELECT count(*) FROM structures_contact WHERE organisme_id = %(organisme)s),
                count(*) FILTER (WHERE categorie = ANY (%(structures)s)),
                count(*) FILTER (WHERE categorie = ANY (%(formations)s))
            FROM messagerie_notification WHERE utilisateur_id = %(utilisateur)s AND lue_le IS NULL
            """,
            {
                "organisme": organisme.pk,
                "utilisateur": utilisateur.pk,
                "structures": list(CATEGORIES_STRUCTURES),
                "formations": list(CATEGORIES_FORMATIONS),
            },
        )
        contacts, structures, formations = curseur.fetchone()
    return contacts, structures, formations


def _cles(chiffres: tuple[int, int, int], venir: SessionsAVenir) -> list[dict[str, Any]]:
    contacts, structures, formations = chiffres
    notifications = reverse("notifications")
    visibles = "aucune visible" if not venir.visibles else f"{accorde(venir.visibles, 'visible')}"
    return [
        {
            "icone": "users",
            "nombre": contacts,
            "libelle": "contact" if contacts < 2 else "contacts",
            "url": f"{reverse('structure')}#contacts",
        },
        {
            "icone": "building-2",
            "nombre": structures,
            "libelle": _mot(structures, "nouveau message structures", "nouveaux messages structures"),
            "url": notifications,
        },
        {
            "icone": "messages-square",
            "nombre": formations,
            "libelle": _mot(formations, "nouveau message formations", "nouveaux messages formations"),
            "url": notifications,
        },
        {
            "icone": "calendar-days",
            "nombre": venir.nombre,
            "libelle": f"{_mot(venir.nombre, 'session à venir', 'sessions à venir')}, {visibles}"
            if venir.nombre
            else "session à venir",
            "url": reverse("formations"),
        },
    ]


def _mot(nombre: int, singulier: str, pluriel: str) -> str:
    return singulier if nombre < 2 else pluriel


def _offre(comptes: dict[str, int]) -> list[dict[str, Any]]:
    """Les actions par état, avec leur place dans la barre de répartition."""
    lignes, debut = [], 0
    for un in ETATS:
        nombre = comptes.get(un, 0)
        adresse = f"{reverse('formations')}?etat={un.value}"
        ton = etat_montre("action", un).ton
        lignes.append({"etat": un.value, "nombre": nombre, "url": adresse, "ton": ton, "debut": debut})
        debut += nombre
    return lignes


# ------------------------------------------------------------------ à faire


def _a_faire(organisme: Organisme, venir: SessionsAVenir, au: date) -> Iterator[dict[str, Any]]:
    """Le plus urgent d'abord : ce qui ne se voit pas, ce qui est à corriger, ce qui va s'archiver, les brouillons."""
    if organisme.statut != EtatOrganisme.EN_DIFFUSION:
        yield _chose_de_l_organisme(organisme)
    for session in venir.cachees:
        yield _chose_de_session(session)
    if venir.a_regler > len(venir.cachees):
        reste = venir.a_regler - len(venir.cachees)
        yield _chose("grave", "eye-off", f"{accorde(reste, 'autre session cachée', 'autres sessions cachées')}",
                     "Elles commencent plus tard.", reverse("formations"), "Voir les formations")  # fmt: skip
    fiches = _fiches_en_attente(organisme)
    yield from (_chose_de_correction(fiche) for fiche in fiches if fiche.statut == EtatAction.EN_REDACTION)
    yield from (_chose_d_archivage(*ligne, au=au) for ligne in _bientot_archivees(organisme, au))
    yield from (_chose_de_brouillon(fiche) for fiche in fiches if fiche.statut == EtatAction.BROUILLON)


def _chose(ton: str, icone: str, titre: str, detail: str, url: str, action: str) -> dict[str, Any]:
    return {"ton": ton, "icone": icone, "titre": titre, "detail": detail, "url": url, "action": action}


def _chose_de_l_organisme(organisme: Organisme) -> dict[str, Any]:
    titres = {
        EtatOrganisme.DEMANDE: "Votre inscription est en cours d'examen au CARIF",
        EtatOrganisme.COMPLEMENT_DEMANDE: "Le CARIF attend un complément à votre inscription",
        EtatOrganisme.REFUSE: "Votre inscription a été refusée",
        EtatOrganisme.CESSATION: "Votre structure est en cessation : rien n'est visible",
    }
    ton = "attente" if organisme.statut == EtatOrganisme.DEMANDE else "grave"
    return _chose(
        ton,
        etat_montre("organisme", organisme.statut).icone,
        titres[EtatOrganisme(organisme.statut)],
        "Le motif et la suite sont dans l'historique de la structure.",
        reverse("structure"),
        "Ma structure",
    )


def _chose_de_session(session: SessionAVenir) -> dict[str, Any]:
    cause = session.cause.label if session.cause else ""
    remede = "Ajouter un financement" if session.cause == Cause.SANS_FINANCEMENT else "Voir la session"
    return _chose(
        "grave",
        "eye-off",
        "Une session n'est pas visible",
        f"{session.intitule or session.action}, {session.reference}, début le {date_courte(session.debut)} : "
        f"{cause[:1].lower()}{cause[1:]}",
        reverse("fiche_onglet", args=[session.action, "sessions"]),
        remede,
    )


def _fiches_en_attente(organisme: Organisme) -> list[Any]:
    """Les fiches à corriger et les brouillons, les plus récents de chaque sorte ; une requête."""
    attente = Q(remarques__etat=EtatRemarque.ENVOYEE)
    base = Action.objects.filter(organisme=organisme).annotate(corrections=Count("remarques", filter=attente))
    corriger = base.filter(statut=EtatAction.EN_REDACTION, corrections__gt=0).order_by("-modifie_le", "-pk")
    brouillons = base.filter(statut=EtatAction.BROUILLON).order_by("-modifie_le", "-pk")
    choisies = corriger.values("pk")[:PAR_SORTE].union(brouillons.values("pk")[:PAR_SORTE], all=True)
    return list(base.filter(pk__in=choisies).select_related("version_en_diffusion").order_by("-modifie_le", "-pk"))


def _chose_de_correction(fiche: Any) -> dict[str, Any]:
    version = fiche.version_en_diffusion
    reste = f"La version {version.numero} reste en diffusion." if version else "La fiche n'est pas en diffusion."
    demandees = accorde(fiche.corrections, "correction demandée", "corrections demandées")
    return _chose(
        "agir",
        "pencil-line",
        f"{demandees} sur « {fiche} »",
        f"{reste} Corrigez, répondez, puis soumettez de nouveau.",
        reverse("fiche_onglet", args=[fiche.reference, "gestion"]),
        "Corriger",
    )


def _chose_de_brouillon(fiche: Any) -> dict[str, Any]:
    return _chose(
        "attente",
        "circle-dashed",
        f"« {fiche} » attend d'être soumise",
        f"Brouillon modifié le {date_courte(fiche.modifie_le)}. La page Gestion dit ce qui manque encore.",
        reverse("fiche_onglet", args=[fiche.reference, "gestion"]),
        "Compléter",
    )


def _bientot_archivees(organisme: Organisme, au: date) -> list[tuple[str, str, date]]:
    """(référence, intitulé, date) des fiches en diffusion qui s'archivent d'ici trente jours."""
    with connection.cursor() as curseur:
        curseur.execute(
            f"""
            SELECT a.reference, a.intitule, e.jour
            FROM formations_action a CROSS JOIN LATERAL (SELECT ({DATE_ARCHIVAGE_SQL}) AS jour) e
            WHERE a.organisme_id = %s AND a.version_en_diffusion_id IS NOT NULL AND e.jour <= %s
            ORDER BY e.jour, a.id LIMIT {PAR_SORTE}
            """,
            [organisme.pk, au + HORIZON],
        )
        lignes: list[tuple[str, str, date]] = curseur.fetchall()
    return lignes


def _chose_d_archivage(reference: str, intitule: str, jour: date, au: date) -> dict[str, Any]:
    reste = (jour - au).days
    quand = f"dans {accorde(reste, 'jour')}" if reste > 0 else "bientôt"
    return _chose(
        "agir",
        "archive",
        f"« {intitule or reference} » sera archivée {quand}",
        f"Sans nouvelle session, elle quitte la diffusion à partir du {date_courte(jour)}.",
        reverse("fiche_onglet", args=[reference, "sessions"]),
        "Ajouter une session",
    )


# ------------------------------------------------------------------ activité


def _activite(organisme: Organisme) -> list[Any]:
    """Les derniers événements des fiches et de la structure, avec l'intitulé de la fiche ; une requête."""
    fiches = Action.objects.filter(organisme=organisme)
    concernes = Q(objet_type="formations.Action", objet_id__in=fiches.values("pk")) | Q(
        objet_type="structures.Organisme", objet_id=organisme.pk
    )
    intitule = Subquery(fiches.filter(pk=OuterRef("objet_id")).values("intitule")[:1])
    evenements = Evenement.objects.filter(concernes).select_related("auteur").annotate(intitule=intitule)
    return list(evenements.order_by("-instant", "-pk")[:6])
