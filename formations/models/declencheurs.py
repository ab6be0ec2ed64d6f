"""Déclencheurs PostgreSQL de la règle « une certification = une action » : la colonne `occupe` dit qui tient la place.

Une certification est occupée par une action vivante (ni brouillon ni archive), ou par la version en diffusion.
"""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Func


class CleCertification(Func):
    """Clé d'une certification, la même quelle que soit l'écriture : RNCP320, RS5080, CI52747, CPF206, ou vide."""

    template = (
        "CASE WHEN code_rncp ~ '[0-9]' THEN 'RNCP' || ltrim(regexp_replace(code_rncp, '[^0-9]', '', 'g'), '0')"
        " WHEN code_rs ~ '[0-9]' THEN 'RS' || ltrim(regexp_replace(code_rs, '[^0-9]', '', 'g'), '0')"
        " WHEN code_certifinfo <> '' THEN 'CI' || code_certifinfo"
        " ELSE code_cpf END"
    )
    output_field = models.CharField()

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **contexte: Any) -> Any:
        return self.template, []


_OCCUPE = """
    (NOT {cert}.retiree AND {action}.statut NOT IN ('brouillon', 'archive'))
    OR EXISTS (
        SELECT 1 FROM formations_versiondiffusee v
        WHERE v.id = {action}.version_en_diffusion_id AND {cle} = ANY (v.cles_certification)
    )
"""

# La clé est une colonne engendrée : un déclencheur BEFORE ne la voit pas encore, il la recalcule.
_CLE_NEUVE = CleCertification.template
for _colonne in ("code_rncp", "code_rs", "code_certifinfo", "code_cpf"):
    _CLE_NEUVE = _CLE_NEUVE.replace(_colonne, f"NEW.{_colonne}")

CERTIFICATION = [
    pgtrigger.Trigger(
        name="occupe_la_certification",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("mere", "formations_action%ROWTYPE")],
        func=f"""
            SELECT * INTO mere FROM formations_action WHERE id = NEW.action_id;
            NEW.organisme_id := mere.organisme_id;
            NEW.conventionnee := mere.conventionnee;
            NEW.occupe := {_OCCUPE.format(cert="NEW", action="mere", cle="(" + _CLE_NEUVE + ")")};
            RETURN NEW;
        """,
    )
]

ACTION = [
    pgtrigger.Trigger(
        name="action_occupe_ses_certifications",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("statut", "version_en_diffusion_id", "organisme_id", "conventionnee"),
        func="""
            UPDATE formations_actioncertification SET occupe = occupe WHERE action_id = NEW.id;
            RETURN NULL;
        """,
    )
]
