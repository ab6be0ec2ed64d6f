"""Le grand catalogue : les tailles demandées, toutes les histoires, et rien qui le distingue d'une saisie."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from diffusion.exports.document import exporter
from dokelio.demo import masse, petite
from dokelio.demo.comptes import MOT_DE_PASSE
from dokelio.demo.histoires import HISTOIRES
from dokelio.lheo.validation import valider_document
from dokelio.publication.models import Evenement
from formations.actions.versions import contenu_controle, empreinte
from formations.models import Action, VersionDiffusee
from sessions.models import Session
from structures.models import Organisme
from tests.demo.rejeu import Rejeu, ecarts, forme

pytestmark = pytest.mark.django_db
catalogue = pytest.mark.usefixtures("grand_catalogue")


def histoire(action: Action) -> tuple[str, ...]:
    return tuple(Evenement.objects.de(action).order_by("pk").values_list("transition", flat=True))


@catalogue
def test_les_tailles_demandees(grand_catalogue: petite.Bilan) -> None:
    assert grand_catalogue == petite.Bilan(organismes=6, actions=120, sessions=400)
    assert (Organisme.objects.count(), Action.objects.count(), Session.objects.count()) == (6, 120, 400)


@catalogue
def test_toutes_les_histoires_y_sont() -> None:
    voulues = {tuple(pas[0] for pas in transitions) for _, transitions in HISTOIRES.values()}
    assert {histoire(action) for action in Action.objects.all()} == voulues


@catalogue
def test_une_action_versee_est_celle_du_moteur() -> None:
    """Une action de chaque histoire, refaite geste par geste par le moteur : même forme, événements compris."""
    vues: set[tuple[str, ...]] = set()
    for rang, action in enumerate(
        Action.objects.filter(organisme__statut="en_diffusion").order_by("-certifiante", "pk")
    ):
        if (jouee := histoire(action)) in vues:
            continue
        vues.add(jouee)
        assert ecarts(forme(action), forme(Rejeu(action, rang).jouer())) == {}
    assert len(vues) == len(HISTOIRES)


@catalogue
def test_chaque_version_dit_le_contenu_controle_de_son_action() -> None:
    for action in Action.objects.filter(statut="en_diffusion").select_related("version_en_diffusion"):
        assert action.version_en_diffusion is not None
        assert action.version_en_diffusion.contenu == contenu_controle(action)
    for version in VersionDiffusee.objects.all():
        assert version.empreinte == empreinte(version.contenu)


@catalogue
def test_les_evenements_sont_dans_l_ordre_du_temps_et_jamais_a_venir() -> None:
    instants = list(Evenement.objects.order_by("pk").values_list("instant", flat=True))
    assert instants == sorted(instants)
    assert instants[-1] <= timezone.now()


@catalogue
def test_tout_ce_qui_se_voit_passe_le_validateur() -> None:
    document = BytesIO()
    bilan = exporter(document, timezone.localdate())
    assert bilan.invalides == 0
    assert bilan.formations == Action.objects.en_diffusion().exclude(organisme__statut="cessation").count()
    document.seek(0)
    assert [faute for faute in valider_document(document).anomalies if faute.gravite == "erreur"] == []


@catalogue
def test_les_comptes_d_essai_y_ont_leurs_organismes() -> None:
    compte = authenticate(username="organisme@dokelio.exemple", password=MOT_DE_PASSE)
    assert compte is not None
    assert compte.rattachements.count() == 1  # type: ignore[attr-defined]


@catalogue
def test_le_meme_catalogue_ne_se_verse_pas_deux_fois() -> None:
    assert not masse.charger(masse.Tailles(6, 120, 400), graine=3)
    with pytest.raises(masse.TaillesImpossibles, match="autre --graine"):
        masse.charger(masse.Tailles(5, 120, 400), graine=3)
