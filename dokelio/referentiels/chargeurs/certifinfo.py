"""CertifInfo (réseau des Carif-Oref) : le CSV ouvert, sans guillemets de protection, en UTF-8 ou Windows-1252.

Complète aussi les fiches connues : codes CertifInfo, codes de formation-diplôme, Formacode et ROME s'ils manquent."""

import re
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.db import connection

from dokelio.lheo.identifiants import bien_forme
from dokelio.referentiels.chargeurs.lecture import Colonnes, Ligne, niveau, sur_une_ligne, texte
from dokelio.referentiels.chargeurs.versement import Compte, Rapport, verser
from dokelio.referentiels.models import CertifInfo

CHAMPS = (
    "libelle", "type", "niveau", "code_cfd", "formacode", "codes_rome", "code_nsf", "fiches", "etat", "ancien_code",
)  # fmt: skip


@dataclass(slots=True)
class _Diplome:
    """Un code, toutes lignes réunies : il est répété pour chacune de ses fiches."""

    ligne: int
    valeurs: Ligne
    fiches: list[str] = field(default_factory=list)


def charger(flux: BinaryIO, rapport: Rapport) -> None:
    """Un CertifInfo par code (ses lignes répétées réunies), puis report sur les fiches RNCP et RS."""
    colonnes = Colonnes(texte(flux), rapport.fichier, separateurs=";", guillemets=False)
    colonnes.exiger("Code_Diplome", "Libelle_Diplome", "Code_RNCP", "Code_RS")
    diplomes: dict[str, _Diplome] = {}
    for ligne in colonnes:
        code = ligne["codediplome"]
        if not bien_forme("certifinfo", code) or not ligne["libellediplome"]:
            rapport.ecarter(ligne.numero, f"«\u00a0{code}\u00a0» n'est pas un code CertifInfo, ou le libellé manque")
            continue
        diplome = diplomes.setdefault(code, _Diplome(ligne.numero, ligne))
        for prefixe, colonne in (("RNCP", "coderncp"), ("RS", "coders")):
            numero = re.sub(rf"^{prefixe}", "", ligne[colonne].upper())
            fiche = prefixe + numero
            if numero.isdecimal() and len(numero) <= 6 and fiche not in diplome.fiches:
                diplome.fiches.append(fiche)
    lignes = ((d.ligne, (code, *_valeurs(d))) for code, d in diplomes.items())
    verser(CertifInfo, ("code",), CHAMPS, lignes, rapport)
    reporter_sur_les_fiches(rapport)


def _valeurs(diplome: _Diplome) -> tuple[Any, ...]:
    ligne = diplome.valeurs
    romes = [code for rang in range(1, 6) if bien_forme("rome", code := ligne[f"coderome{rang}"])]
    cfd = ligne["codescolarite"].upper()
    nsf = ligne["codensf"]
    return (
        sur_une_ligne(ligne["libellediplome"])[:500],
        sur_une_ligne(ligne["libelletypediplome"])[:255],
        niveau(ligne["codeniveaueuropeen"]),
        cfd if bien_forme("cfd", cfd) else "",
        ligne["codeformacode"] if bien_forme("formacode", ligne["codeformacode"]) else "",
        list(dict.fromkeys(romes)),
        nsf if bien_forme("nsf", nsf) else "",
        diplome.fiches,
        int(ligne["etat"]) if re.fullmatch(r"[0-9]{1,4}", ligne["etat"], re.ASCII) else 0,
        ligne["codeanciendiplome"][:10],
    )


REPORT = """
WITH apport AS (
    SELECT fiche, array_agg(DISTINCT code ORDER BY code) AS certifinfo,
           coalesce(array_agg(DISTINCT code_cfd ORDER BY code_cfd) FILTER (WHERE code_cfd <> ''), '{}') AS cfd,
           coalesce(array_agg(DISTINCT formacode ORDER BY formacode)
                    FILTER (WHERE formacode <> ''), '{}') AS formacodes,
           coalesce(array_agg(DISTINCT code_nsf ORDER BY code_nsf) FILTER (WHERE code_nsf <> ''), '{}') AS nsf
      FROM referentiels_certifinfo, unnest(fiches) AS fiche GROUP BY fiche
), voulu AS (
    SELECT c.id, a.certifinfo AS codes_certifinfo,
           (SELECT array_agg(x ORDER BY x)
              FROM (SELECT unnest(c.codes_cfd) UNION SELECT unnest(a.cfd)) u(x)) AS codes_cfd,
           CASE WHEN c.formacodes = '{}' THEN a.formacodes ELSE c.formacodes END AS formacodes,
           CASE WHEN c.codes_nsf = '{}' THEN a.nsf ELSE c.codes_nsf END AS codes_nsf,
           CASE WHEN c.codes_rome = '{}' THEN coalesce(
               (SELECT array_agg(DISTINCT r ORDER BY r) FROM referentiels_certifinfo i, unnest(i.codes_rome) r
                 WHERE c.code = ANY(i.fiches)), '{}') ELSE c.codes_rome END AS codes_rome
      FROM referentiels_certification c JOIN apport a ON a.fiche = c.code
)
UPDATE referentiels_certification c
   SET codes_certifinfo = v.codes_certifinfo, codes_cfd = coalesce(v.codes_cfd, '{}'), formacodes = v.formacodes,
       codes_nsf = v.codes_nsf, codes_rome = v.codes_rome
  FROM voulu v
 WHERE v.id = c.id
   AND (c.codes_certifinfo, c.codes_cfd, c.formacodes, c.codes_nsf, c.codes_rome)
       IS DISTINCT FROM (v.codes_certifinfo, coalesce(v.codes_cfd, '{}'), v.formacodes, v.codes_nsf, v.codes_rome)
"""


def reporter_sur_les_fiches(rapport: Rapport) -> None:
    """Écrit sur les fiches RNCP et RS ce que les codes CertifInfo en disent."""
    with connection.cursor() as curseur:
        curseur.execute(REPORT)
        rapport.tables.setdefault("certification", Compte()).modifies += curseur.rowcount
