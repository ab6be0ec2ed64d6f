"""Typographie : dates, heures, montants, lieux et espaces insécables, tels qu'ils se lisent."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe

from dokelio.socle import typographie

IN, FINE = "\u00a0", "\u202f"


def rendre(gabarit: str, **variables: object) -> str:
    return Template("{% load dokelio %}" + gabarit).render(Context(variables))


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("Pourquoi ? Ainsi : voilà !", f"Pourquoi{IN}? Ainsi{IN}: voilà{IN}!"),
        ("un « mot » choisi", f"un «{IN}mot{IN}» choisi"),
        ("un «mot» serré", f"un «{IN}mot{IN}» serré"),
        ("soit 1 180,00 € et 38 %", f"soit 1{FINE}180,00{IN}€ et 38{IN}%"),
        ("à 14 h 30 puis 9 h", f"à 14{IN}h{IN}30 puis 9{IN}h"),
        ("https://exemple.fr/?a=1", "https://exemple.fr/?a=1"),
        ("tél. 01 43 00 00 12", "tél. 01 43 00 00 12"),
    ],
)
def test_les_espaces_insecables_se_posent_ou_le_francais_les_veut(brut: str, attendu: str) -> None:
    assert typographie.insecables(brut) == attendu


def test_typo_echappe_le_texte_et_laisse_les_balises_d_un_texte_sur() -> None:
    assert rendre("{{ t|typo }}", t="<b> ?") == f"&lt;b&gt;{IN}?"
    sur = mark_safe('<a href="?a=1 :b">vu ?</a>')
    assert rendre("{{ t|typo }}", t=sur) == f'<a href="?a=1 :b">vu{IN}?</a>'


def test_un_instant_se_lit_au_jour_et_a_l_heure_de_paris() -> None:
    instant = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert typographie.date_courte(instant) == "23/11/2026"
    assert typographie.heure(instant) == f"0{IN}h{IN}30"
    assert typographie.date_et_heure(instant) == f"23/11/2026, 0{IN}h{IN}30"


def test_les_dates_et_heures_s_ecrivent_comme_sur_les_pages() -> None:
    assert rendre("{{ d|date_fr }}", d=date(2026, 3, 1)) == "01/03/2026"
    assert rendre("{{ d|date_fr }}", d="2026-03-01") == "01/03/2026"
    assert rendre("{{ d|date_fr }}", d=None) == ""
    assert rendre("{{ d|date_fr }}", d="sans objet") == "sans objet"
    assert rendre("{{ d|date_longue }}", d=date(2026, 11, 23)) == f"lundi 23{IN}novembre 2026"
    assert rendre("{{ d|date_longue }}", d=date(2026, 5, 1)) == f"vendredi 1er{IN}mai 2026"
    assert rendre("{{ h|heure }}", h=time(9, 0)) == f"9{IN}h"
    assert rendre("{{ h|heure }}", h="14:05") == f"14{IN}h{IN}05"


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (Decimal("1180"), f"1{FINE}180,00{IN}€"),
        ("8950.5", f"8{FINE}950,50{IN}€"),
        (Decimal("0.005"), f"0,01{IN}€"),
        (-1904, f"\u22121{FINE}904,00{IN}€"),
        (None, ""),
        ("gratuit", "gratuit"),
    ],
)
def test_un_montant_a_deux_decimales_et_l_euro(valeur: object, attendu: str) -> None:
    assert typographie.montant(valeur) == attendu


def test_les_nombres_les_tailles_et_les_accords() -> None:
    assert typographie.nombre(1234567) == f"1{FINE}234{FINE}567"
    assert typographie.nombre(Decimal("1.40")) == "1,4"
    assert typographie.nombre(2, 1) == "2,0"
    assert typographie.octets(1) == f"1{IN}octet"
    assert typographie.octets(999) == f"999{IN}octets"
    assert typographie.octets(1_800_000) == f"1,8{IN}Mo"
    assert typographie.octets(1_240_000_000) == f"1,24{IN}Go"
    assert rendre("{{ n|accorde:'session' }}", n=0) == f"0{IN}session"
    assert rendre("{{ n|accorde:'travail,travaux' }}", n=2) == f"2{IN}travaux"


@pytest.mark.parametrize(
    ("code_postal", "ville", "attendu"),
    [
        ("75020", "Paris", f"75020{IN}Paris{IN}20<sup>e</sup>"),
        ("75001", "PARIS", f"75001{IN}Paris{IN}1<sup>er</sup>"),
        ("75116", "Paris", f"75116{IN}Paris{IN}16<sup>e</sup>"),
        ("75011", "Paris 11e Arrondissement", f"75011{IN}Paris{IN}11<sup>e</sup>"),
        ("69003", "Lyon", f"69003{IN}Lyon{IN}3<sup>e</sup>"),
        ("93100", "Montreuil", f"93100{IN}Montreuil"),
        ("91300", "Paris-Massy", f"91300{IN}Paris-Massy"),
        ("75700", "Paris", f"75700{IN}Paris"),
        ("93200", "<b>", f"93200{IN}&lt;b&gt;"),
        (None, "", ""),
    ],
)
def test_un_lieu_montre_l_arrondissement_et_jamais_le_code_insee(
    code_postal: str | None, ville: str, attendu: str
) -> None:
    assert rendre("{{ cp|lieu_court:v }}", cp=code_postal, v=ville) == attendu
    assert rendre("{% lieu cp v %}", cp=code_postal, v=ville) == attendu


def test_un_lieu_sans_balise_pour_les_courriels_et_les_tableurs() -> None:
    assert typographie.lieu_texte("75020", "Paris") == "75020 Paris 20ᵉ"
    assert typographie.lieu_texte("75001", "Paris") == "75001 Paris 1er"


def test_telephones_et_siret_se_groupent_et_le_reste_est_rendu_tel_quel() -> None:
    assert rendre("{{ t|telephone }}", t="0143000012") == f"01{IN}43{IN}00{IN}00{IN}12"
    assert rendre("{{ t|telephone }}", t="+33 1 43 00 00 12") == f"+33{IN}1{IN}43{IN}00{IN}00{IN}12"
    assert rendre("{{ t|telephone }}", t="3949") == "3949"
    assert rendre("{{ s|siret }}", s="12345678900012") == f"123{IN}456{IN}789{IN}00012"
    assert rendre("{{ s|siret }}", s="1234") == "1234"
