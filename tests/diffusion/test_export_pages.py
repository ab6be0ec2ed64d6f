"""La page « Diffusion » : qui la voit, ce qu'elle dit de la dernière exécution, lancer, publier, télécharger."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diffusion.exports.execution import executer_flux
from diffusion.models import EtatExecution, Execution, Flux
from diffusion.tasks import balayer_executions
from sessions.models import Financement
from structures.models import Organisme
from tests.fabriques import OrganismeFabrique, UtilisateurFabrique, en_diffusion, membre

pytestmark = pytest.mark.django_db

AU = timezone.localdate()


def connectee(client: Client, **options: Any) -> Client:
    client.force_login(UtilisateurFabrique(**options))
    return client


@pytest.fixture
def ecrite(flux: Flux) -> Execution:
    """Une exécution publiée : une formation partie, une fautive, une sans financement."""
    en_diffusion()
    en_diffusion().deroulements.update(rythme="")
    Financement.objects.filter(deroulement__action=en_diffusion()).delete()
    return executer_flux(flux, AU)


def adresses(execution: Execution) -> list[str]:
    return [
        reverse("diffusion"),
        reverse("flux_executions", args=[execution.flux.slug]),
        reverse("execution", args=[execution.pk]),
        reverse("execution_document", args=[execution.pk]),
    ]


def test_un_organisme_ou_un_financeur_ne_trouvent_rien(client: Client, ecrite: Execution) -> None:
    for personne in (membre(Organisme.objects.all()[0]), UtilisateurFabrique(financeur=True)):
        client.force_login(personne)
        assert {client.get(adresse).status_code for adresse in adresses(ecrite)} == {404}
        assert client.post(reverse("flux_lancer", args=["intercarif"])).status_code == 404


def test_une_documentaliste_lit_tout_et_ne_lance_rien(client: Client, ecrite: Execution) -> None:
    connectee(client, documentaliste=True)
    assert {client.get(adresse).status_code for adresse in adresses(ecrite)} == {200}
    assert "Lancer maintenant" not in client.get(reverse("diffusion")).content.decode()
    assert client.post(reverse("flux_lancer", args=["intercarif"])).status_code == 404
    assert client.post(reverse("execution_publier", args=[ecrite.pk])).status_code == 404


def test_la_page_dit_les_chiffres_et_les_causes(client: Client, ecrite: Execution) -> None:
    page = connectee(client, documentaliste=True).get(reverse("diffusion")).content.decode()
    assert ecrite.sha256 in page
    assert "Information obligatoire absente" in page
    assert "Aucune session diffusable" in page
    for reference, _cause, _detail in ecrite.laissees:
        assert f"/formations/{reference}/" in page


def test_une_cause_choisie_ne_montre_que_les_siennes(client: Client, ecrite: Execution) -> None:
    fautive, sans_session = (next(r for r, c, d in ecrite.laissees if bool(d) is dit) for dit in (True, False))
    adresse = reverse("execution", args=[ecrite.pk])
    page = connectee(client, documentaliste=True).get(adresse, {"cause": "element-manquant"}).content.decode()
    assert fautive in page
    assert sans_session not in page
    for faux in ("x" * 2000, "-1", "99999999999"):
        assert client.get(adresse, {"cause": faux, "page": faux}).status_code == 200


def test_la_page_reste_juste_sans_flux_sans_execution_et_sans_organisme(client: Client, flux: Flux) -> None:
    connectee(client, administrateur=True)
    assert "jamais" in client.get(reverse("diffusion")).content.decode()
    Flux.objects.all().delete()
    assert "Aucun flux" in client.get(reverse("diffusion")).content.decode()


def test_lancer_demande_une_execution_et_mene_a_elle(client: Client, flux: Flux) -> None:
    en_diffusion()
    reponse = connectee(client, administrateur=True).post(reverse("flux_lancer", args=[flux.slug]))
    execution = Execution.objects.get()
    assert reponse["Location"] == reverse("execution", args=[execution.pk])
    assert execution.etat == EtatExecution.PUBLIE
    assert execution.demandee_par is not None
    assert client.get(reverse("flux_lancer", args=[flux.slug])).status_code == 405


def test_une_demande_dont_le_message_s_est_perdu_repart(flux: Flux) -> None:
    en_diffusion()
    avant = timezone.now() - timezone.timedelta(minutes=5)
    perdue = Execution.objects.create(flux=flux, au=AU, demandee_le=avant)
    assert balayer_executions() == 1
    perdue.refresh_from_db()
    assert perdue.etat == EtatExecution.PUBLIE
    assert balayer_executions() == 0


def test_un_document_retenu_se_publie_quand_meme(client: Client, flux: Flux) -> None:
    actions = [en_diffusion() for _ in range(3)]
    executer_flux(flux, AU)
    Financement.objects.filter(deroulement__action__in=actions[1:]).delete()
    retenue = executer_flux(flux, AU)
    connectee(client, administrateur=True)
    page = client.get(reverse("diffusion")).content.decode()
    assert "Publier quand même" in page
    client.post(reverse("execution_publier", args=[retenue.pk]), follow=True)
    retenue.refresh_from_db()
    assert retenue.etat == EtatExecution.PUBLIE


def test_le_document_se_telecharge_puis_disparait(client: Client, ecrite: Execution) -> None:
    adresse = reverse("execution_document", args=[ecrite.pk])
    reponse = connectee(client, documentaliste=True).get(adresse)
    assert b"".join(reponse.streaming_content).startswith(b"<?xml")  # type: ignore[attr-defined]
    assert f'filename="intercarif-{AU:%Y%m%d}-{ecrite.pk}.xml"' in reponse["Content-Disposition"]
    Execution.objects.update(fichier="")
    assert client.get(adresse).status_code == 404


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_executions(
    client: Client, flux: Flux, django_assert_max_num_queries: Any
) -> None:
    OrganismeFabrique()
    connectee(client, administrateur=True)
    for total in (1, 60):
        Execution.objects.all().delete()
        Execution.objects.bulk_create(
            [Execution(flux=flux, au=AU, etat=EtatExecution.PUBLIE, formations=n) for n in range(total)]
        )
        for adresse in (reverse("diffusion"), reverse("flux_executions", args=[flux.slug])):
            with django_assert_max_num_queries(10):
                assert client.get(adresse).status_code == 200
