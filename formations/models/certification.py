"""Les certifications préparées par une action, et la règle « une certification = une action »."""

import re

from django.db import models
from django.db.models import Q

from dokelio.socle.lheo import TexteLheo
from formations.models import declencheurs


def cle_de(code_rncp: str, code_rs: str, code_certifinfo: str, code_cpf: str) -> str:
    """Clé d'une certification, comme la colonne engendrée : RNCP320, RS5080, CI52747, CPF206, ou vide."""
    for prefixe, code in (("RNCP", code_rncp), ("RS", code_rs)):
        if chiffres := re.sub(r"[^0-9]", "", code):
            return prefixe + chiffres.lstrip("0")
    return f"CI{code_certifinfo}" if code_certifinfo else code_cpf


class ActionCertification(models.Model):
    """Certification préparée par une action : LHEO `certification`. Une certification = une action par organisme."""

    NIVEAU = "certification"

    action = models.ForeignKey("formations.Action", on_delete=models.CASCADE, related_name="certifications")
    organisme = models.ForeignKey("structures.Organisme", on_delete=models.PROTECT, related_name="+")
    rang = models.PositiveSmallIntegerField(default=1)
    conventionnee = models.BooleanField(default=False)
    lot = models.CharField(max_length=60, blank=True, default="")
    retiree = models.BooleanField("retirée de la fiche, encore dans la version en diffusion", default=False)
    occupe = models.BooleanField("occupe la place de cette certification", default=False)

    code_rncp = TexteLheo(chemin=f"{NIVEAU}/code-RNCP")
    code_certifinfo = TexteLheo(chemin=f"{NIVEAU}/code-CERTIFINFO")
    code_rs = TexteLheo(chemin=f"{NIVEAU}/code-RS")
    code_cpf = TexteLheo(chemin=f"{NIVEAU}/code-CPF")
    reference_formacode = TexteLheo(chemin=f"{NIVEAU}/reference-code-FORMACODE")
    reste_lheo = models.JSONField(default=dict, blank=True)
    certification = models.ForeignKey(
        "referentiels.Certification", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cle = models.GeneratedField(
        expression=declencheurs.CleCertification(), output_field=models.CharField(max_length=24), db_persist=True
    )

    class Meta:
        verbose_name = "certification préparée"
        ordering = ["action_id", "rang", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "rang"],
                violation_error_message="Deux certifications de la fiche ont le même rang.",
                name="certification_rang_unique",
                condition=Q(retiree=False),
            ),
            models.UniqueConstraint(
                fields=["organisme", "cle"],
                name="une_action_par_certification",
                condition=Q(occupe=True, rang=1, conventionnee=False) & ~Q(cle=""),
                violation_error_message=(
                    "Une certification = une seule action de formation : votre organisme en a déjà une pour celle-ci. "
                    "Ajoutez-y des sessions."
                ),
            ),
            models.UniqueConstraint(
                fields=["organisme", "lot", "cle"],
                name="une_action_par_lot_et_certification",
                condition=Q(occupe=True, rang=1, conventionnee=True) & ~Q(cle=""),
                violation_error_message="Ce lot a déjà une action conventionnée pour cette certification.",
            ),
        ]
        triggers = declencheurs.CERTIFICATION

    def __str__(self) -> str:
        return self.cle or "certification sans code"
