"""Les financeurs et les dispositifs d'Île-de-France que cite la FAQ, avec leur première règle."""

from datetime import date
from typing import Any

from django.db import migrations

DEPARTEMENTS = (
    ("75", "Ville de Paris"),
    ("77", "Département de Seine-et-Marne"),
    ("78", "Département des Yvelines"),
    ("91", "Département de l'Essonne"),
    ("92", "Département des Hauts-de-Seine"),
    ("93", "Département de la Seine-Saint-Denis"),
    ("94", "Département du Val-de-Marne"),
    ("95", "Département du Val-d'Oise"),
)
OPCO = (
    "AFDAS", "AKTO", "ATLAS", "Constructys", "L'Opcommerce", "OCAPIAT", "OPCO 2i", "OPCO EP", "OPCO Mobilités",
    "OPCO Santé", "Uniformation",
)  # fmt: skip
REGION, FRANCE_TRAVAIL = "Région Île-de-France", "France Travail"
FINANCEURS = (
    (REGION, "", "2"),
    (FRANCE_TRAVAIL, "", "4"),
    ("L'apprenant ou son employeur", "", "10"),
    ("Mon Compte Formation (Caisse des dépôts)", "Mon Compte Formation", "0"),
    ("Transitions Pro Île-de-France", "Transitions Pro", "17"),
)
SOUPLE = ["etat_recrutement", "inscription", "contacts", "recrutements"]
# code, nom, programme, financeur, conventionné, début, qui change les dates, champs libres
DISPOSITIFS = (
    ("non-conv", "Non conv", "Non conv", "L'apprenant ou son employeur", False, date(2010, 1, 1), "organisme", []),
    ("cpf", "CPF", "CPF", "Mon Compte Formation (Caisse des dépôts)", False, date(2015, 1, 1), "organisme", []),
    ("aif", "AIF possible", "AIF", FRANCE_TRAVAIL, False, date(2011, 1, 1), "organisme", []),
    ("transitions-pro", "Transitions Pro", "Transitions Pro", "Transitions Pro Île-de-France", False,
     date(2020, 1, 1), "organisme", []),
    ("prfe", "PRFE", "PRFE", REGION, True, date(2019, 1, 1), "documentaliste", SOUPLE),
    ("prft", "PRFT", "PRFT", REGION, True, date(2019, 1, 1), "documentaliste", SOUPLE),
    ("e-learning", "E-learning", "E-learning", REGION, True, date(2020, 1, 1), "organisme",
     [*SOUPLE, "rythme", "entrees_sorties"]),
    ("sanitaire-et-social", "Sanitaire et social", "Formations sanitaires et sociales", REGION, True,
     date(2015, 1, 1), "documentaliste", [*SOUPLE, "blocs"]),
    ("afc", "AFC", "AFC", FRANCE_TRAVAIL, True, date(2012, 1, 1), "documentaliste", ["contacts"]),
    ("foad", "FOAD", "FOAD", FRANCE_TRAVAIL, True, date(2018, 1, 1), "organisme", [*SOUPLE, "rythme"]),
    ("poec", "POEC", "POEC", FRANCE_TRAVAIL, True, date(2014, 1, 1), "organisme", [*SOUPLE, "formateurs"]),
    *((f"pdi-{code}", f"PDI {code}", "PDI", nom, True, date(2017, 1, 1), "documentaliste", SOUPLE)
      for code, nom in DEPARTEMENTS),
)  # fmt: skip


def installer(apps: Any, schema_editor: Any) -> None:
    """Écrit ce qui manque ; une ligne déjà connue par son nom ou son code n'est pas touchée."""
    financeur, dispositif = apps.get_model("conventionne", "Financeur"), apps.get_model("conventionne", "Dispositif")
    regle = apps.get_model("conventionne", "RegleDispositif")
    lignes = [
        *FINANCEURS,
        *((nom, "", "8") for _, nom in DEPARTEMENTS),
        *((nom, nom, "16") for nom in OPCO),
    ]
    for nom, sigle, code in lignes:
        financeur.objects.get_or_create(nom=nom, defaults={"sigle": sigle, "code_lheo": code})
    par_nom = {une.nom: une for une in financeur.objects.all()}
    for code, nom, programme, payeur, conventionne, debut, dates_par, libres in DISPOSITIFS:
        une, neuve = dispositif.objects.get_or_create(
            code=code,
            defaults={
                "nom": nom,
                "programme": programme,
                "financeur": par_nom[payeur],
                "conventionne": conventionne,
                "debut": debut,
            },
        )
        if neuve and conventionne:
            regle.objects.create(dispositif=une, a_partir_du=debut, dates_par=dates_par, champs_libres=libres)


class Migration(migrations.Migration):
    dependencies = [("conventionne", "0001_initial")]

    operations = [migrations.RunPython(installer, migrations.RunPython.noop)]
