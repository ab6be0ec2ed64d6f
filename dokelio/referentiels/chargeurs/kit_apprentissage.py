"""Kit apprentissage de France compétences : le CSV qui relie codes de formation-diplôme et fiches RNCP."""

from collections import defaultdict
from typing import BinaryIO

from dokelio.lheo.identifiants import bien_forme
from dokelio.referentiels.chargeurs.lecture import Colonnes, texte
from dokelio.referentiels.chargeurs.versement import Rapport, verser
from dokelio.referentiels.models import Certification


def charger(flux: BinaryIO, rapport: Rapport) -> None:
    """Ajoute aux fiches connues leurs CFD (zéro de tête rendu) et, si elle est ouverte, la voie de l'apprentissage."""
    colonnes = Colonnes(texte(flux), rapport.fichier)
    colonnes.exiger("Code Diplôme", "FicheRNCP")
    codes: dict[str, set[str]] = defaultdict(set)
    ouvertes: set[str] = set()
    premieres: dict[str, int] = {}
    connues = {
        c.code: c for c in Certification.objects.only("code", "codes_cfd", "voies_acces", "repertoire", "intitule")
    }
    for ligne in colonnes:
        fiche, cfd = ligne["ficherncp"].upper(), ligne["codediplome"].upper()
        if len(cfd) == 7:
            cfd = f"0{cfd}"
        if not bien_forme("cfd", cfd):
            rapport.ecarter(
                ligne.numero, f"«\u00a0{ligne['codediplome']}\u00a0» n'est pas un code de formation-diplôme"
            )
            continue
        if fiche not in connues:
            rapport.ecarter(ligne.numero, f"la fiche «\u00a0{fiche}\u00a0» n'est pas chargée")
            continue
        premieres.setdefault(fiche, ligne.numero)
        codes[fiche].add(cfd)
        if ligne["accesalapprentissagedelaficherncpouinon"].lower() == "oui":
            ouvertes.add(fiche)
    lignes = []
    for fiche, numero in premieres.items():
        certification = connues[fiche]
        voies = certification.voies_acces
        if fiche in ouvertes and "CA" not in voies:
            voies = [*voies, "CA"]
        cfd_de_la_fiche = sorted(codes[fiche] | set(certification.codes_cfd))
        lignes.append((numero, (fiche, certification.repertoire, certification.intitule, cfd_de_la_fiche, voies)))
    champs = ("repertoire", "intitule", "codes_cfd", "voies_acces")
    verser(Certification, ("code",), champs, lignes, rapport)
