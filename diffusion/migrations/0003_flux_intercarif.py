from typing import Any

from django.db import migrations


def creer(apps: Any, schema_editor: Any) -> None:
    """Le flux complet du réseau des Carif-Oref : toute l'offre de la région."""
    flux = apps.get_model("diffusion", "Flux")
    flux.objects.using(schema_editor.connection.alias).get_or_create(
        slug="intercarif",
        defaults={"nom": "Intercarif complet", "destinataire": "Réseau des Carif-Oref", "delai": "48 h ouvrées"},
    )


class Migration(migrations.Migration):
    dependencies = [("diffusion", "0002_exports")]

    operations = [migrations.RunPython(creer, migrations.RunPython.noop)]
