"""Avant d'ouvrir : la base migrée, la démonstration chargée une fois si elle est vide, la liste des comptes d'essai."""

import io
import json
import os
import sys
from pathlib import Path

COMPTES = {
    "organisme@dokelio.exemple": "membre d'un organisme de formation",
    "reseau@dokelio.exemple": "membre de plusieurs structures",
    "documentaliste@dokelio.exemple": "documentaliste du Carif-Oref",
    "conventionne@dokelio.exemple": "documentaliste, offre conventionnée",
    "admin@dokelio.exemple": "administrateur du Carif-Oref",
}
MOT_DE_PASSE = "Demonstration-2026!"


def preparer() -> dict[str, str]:
    """Migre, charge la démonstration dans une base sans compte, et rend les comptes d'essai présents avec leur rôle."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    modele = get_user_model()
    if not modele._default_manager.exists():
        print("Chargement des données de démonstration, une seule fois…", flush=True)
        try:
            call_command("donnees_demo")
            # Une première nuit : les tableaux de bord et la page Diffusion ont de quoi dire dès l'ouverture.
            call_command("taches_nocturnes", stdout=io.StringIO())
        except (Exception, SystemExit) as erreur:  # la page d'accueil vaut mieux qu'un refus d'ouvrir
            print(f"Les données de démonstration n'ont pas pu être chargées : {erreur}", file=sys.stderr)
    champ = modele.USERNAME_FIELD
    presents = set(modele._default_manager.filter(**{f"{champ}__in": COMPTES}).values_list(champ, flat=True))
    return {compte: role for compte, role in COMPTES.items() if compte in presents}


def main() -> int:
    """Écrit les comptes d'essai, en JSON, dans le fichier donné en argument."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dokelio.settings.dev")
    Path(sys.argv[1]).write_text(json.dumps(preparer()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
