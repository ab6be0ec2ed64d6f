"""Ce que le grand catalogue tire au sort : noms, adresses, dates. Même graine, même tirage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from dokelio.demo.catalogue import PERMANENTES, Lieu, Offre
from dokelio.demo.chronologie import Calendrier
from dokelio.referentiels.models import Commune
from structures.models import DEPARTEMENTS_REGION

NOMS = ("Ateliers", "Centre", "Institut", "École", "Campus", "Pôle", "Maison", "Espace", "Compagnie", "Fabrique")
SUJETS = (
    *("des métiers", "du numérique", "des savoirs", "de la réussite", "du bâtiment", "de l'image", "des langues"),
    *("du soin", "des services", "de l'artisanat", "de la mobilité", "du commerce", "des arts culinaires"),
)
SUITES = ("Formation", "& Compétences", "Avenir", "Conseil", "Parcours", "Insertion", "Tremplin", "Passerelles")
VOIES = ("rue", "avenue", "boulevard", "allée", "place", "chemin", "quai")
PERSONNES = (
    *("Simone Veil", "Jean Jaurès", "Rosa Parks", "Louis Pasteur", "Marie Curie", "des Lilas", "de la Gare"),
    *("du Marché", "Victor Hugo", "des Écoles", "Salvador Allende", "Olympe de Gouges", "du Moulin", "des Tanneurs"),
)
PRENOMS = ("Camille", "Nour", "Léa", "Mehdi", "Chloé", "Antoine", "Fatou", "Lucas", "Inès", "Hugo", "Awa", "Paul")
FAMILLES = ("Martin", "Bernard", "Traoré", "Dubois", "Nguyen", "Leroy", "Benali", "Roux", "Garcia", "Fontaine", "Diop")


@dataclass(slots=True)
class Tirage:
    """Le hasard d'un catalogue."""

    hasard: Random
    calendrier: Calendrier
    communes: list[tuple[str, str, str]]

    @classmethod
    def de_la_graine(cls, graine: int, calendrier: Calendrier) -> Tirage:
        """Le tirage de cette graine, avec les communes de la région."""
        lignes = Commune.objects.filter(departement__in=DEPARTEMENTS_REGION, codes_postaux__len=1)
        lignes = lignes.order_by("code_insee")
        communes = [
            (codes[0], nom, code) for code, nom, codes in lignes.values_list("code_insee", "nom", "codes_postaux")
        ]
        return cls(Random(graine), calendrier, communes)

    def nom(self, rang: int) -> str:
        """Le nom d'un organisme ; le numéro le rend unique."""
        h = self.hasard
        return f"{h.choice(NOMS)} {h.choice(SUJETS)} {h.choice(SUITES)} {rang + 1}"

    def personne(self) -> tuple[str, str]:
        return self.hasard.choice(PRENOMS), self.hasard.choice(FAMILLES)

    def lieu(self, nom: str) -> Lieu:
        """Une adresse de la région."""
        h = self.hasard
        code_postal, ville, insee = h.choice(self.communes)
        return Lieu(nom, f"{h.randint(1, 180)} {h.choice(VOIES)} {h.choice(PERSONNES)}", code_postal, ville, insee)

    def telephone(self) -> str:
        return "01 " + " ".join(f"{self.hasard.randint(0, 99):02d}" for _ in range(4))

    def dates_a_venir(self, offre: Offre, depuis: int, nombre: int) -> list[tuple[date, date | None]]:
        """`nombre` sessions, de quarante jours après `depuis` (jours d'aujourd'hui) à cinq mois d'ici."""
        premier, dernier = depuis + 40, 150
        pas = (dernier - premier) / max(1, nombre - 1)
        debuts = [self.calendrier.lundi(round(dernier - pas * rang)) for rang in range(nombre)]
        return [(debut, self._fin(offre, debut, rang)) for rang, debut in enumerate(reversed(debuts))]

    def dates_finies(self, offre: Offre, nombre: int) -> list[tuple[date, date | None]]:
        """`nombre` sessions finies depuis plus de deux mois."""
        fin = -70 - self.hasard.randint(0, 90)
        fins = [self.calendrier.vendredi(self.calendrier.jour(fin - 14 * rang)) for rang in range(nombre)]
        return [(une - timedelta(days=min(offre.jours, 60)), une) for une in reversed(fins)]

    def _fin(self, offre: Offre, debut: date, rang: int) -> date | None:
        if offre.entrees == PERMANENTES and rang % 4 == 0 and debut > self.calendrier.jour(-100):
            return None
        return max(debut, self.calendrier.vendredi(debut + timedelta(days=offre.jours)))
