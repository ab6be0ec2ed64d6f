"""Le dessin de la vie des objets, tiré des tables : une page Markdown par application, avec ses diagrammes Mermaid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from django.apps import apps

from dokelio.publication.machine import MEME, ORIGINE, Commentaire, Machine, Transition, machines

EN_TETE = "<!-- Page tirée des tables de transitions par `manage.py diagrammes` : ne pas l'écrire à la main. -->"
COMMENTAIRES = {
    Commentaire.AUCUN: "aucun",
    Commentaire.FACULTATIF: "facultatif",
    Commentaire.OBLIGATOIRE: "**obligatoire**",
}


def pages() -> dict[str, str]:
    """Nom de fichier (« formations.md ») → texte, pour chaque application de la maison qui a une machine."""
    de_la_maison = [m for m in machines() if not apps.get_app_config(_label(m)).name.startswith("tests.")]
    return {f"{label}.md": _page(label, list(groupe)) for label, groupe in groupby(de_la_maison, key=_label)}


def diagramme(machine: Machine) -> str:
    """Le diagramme d'états Mermaid d'une machine."""
    lignes = ["stateDiagram-v2", *(f'    state "{etat.label}" as {etat.value}' for etat in machine.etats)]
    naissances = [t for t in machine.transitions.values() if t.naissance]
    if not naissances:
        lignes.append(f"    [*] --> {machine.initial}")
    for transition in machine.transitions.values():
        libelle = transition.libelle.replace(":", " ").replace(";", ",")
        lignes += [f"    {depart} --> {arrivee} : {libelle}" for depart, arrivee in _fleches(machine, transition)]
    return "\n".join(lignes)


def _label(machine: Machine) -> str:
    return machine.label.split(".")[0]


def _page(label: str, tables: Iterable[Machine]) -> str:
    titre = apps.get_app_config(label).verbose_name
    return "\n\n".join([f"# {titre} : la vie des objets", EN_TETE, *(_section(table) for table in tables)]) + "\n"


def _section(machine: Machine) -> str:
    nom = str(machine.modele._meta.verbose_name)
    lignes = [
        "| transition | de | vers | qui | conditions | suites | commentaire |",
        "|---|---|---|---|---|---|---|",
        *(_ligne(machine, transition) for transition in machine.transitions.values()),
    ]
    return "\n\n".join([f"## {nom[:1].upper()}{nom[1:]}", f"```mermaid\n{diagramme(machine)}\n```", "\n".join(lignes)])


def _ligne(machine: Machine, transition: Transition) -> str:
    nom = transition.nom
    suites = [*(e.fonction for e in machine.estampilles(nom)), *(e.fonction for e in machine.effets(nom))]
    cases = [
        f"{transition.libelle} (`{nom}`)",
        ", ".join(machine.libelle_etat(str(etat)) for etat in transition.sources or ()) or "–",
        _vers(machine, transition),
        _qui(transition),
        "<br>".join(_dire(garde.fonction) for garde in machine.gardes(nom)) or "–",
        "<br>".join(_dire(suite) for suite in suites) or "–",
        COMMENTAIRES[transition.commentaire],
    ]
    return "| " + " | ".join(case.replace("|", "\\|") for case in cases) + " |"


def _vers(machine: Machine, transition: Transition) -> str:
    if transition.cible is None:
        return "supprimé"
    if transition.cible is MEME:
        return "même état"
    if transition.cible is ORIGINE:
        return "d'où l'on venait"
    return machine.libelle_etat(str(transition.cible))


def _qui(transition: Transition) -> str:
    qui = [_dire(transition.permission)] if transition.permission is not None else []
    if transition.systeme:
        qui.append("le système, en masse" if transition.en_masse else "le système")
    return "<br>".join(qui)


def _dire(fonction: Callable[..., Any]) -> str:
    """La première ligne de la docstring, sans point ; sinon le nom."""
    fonction = getattr(fonction, "fonction", fonction)
    phrase = (fonction.__doc__ or "").strip().split("\n")[0].rstrip(".")
    return phrase or fonction.__name__.replace("_", " ")


def _fleches(machine: Machine, transition: Transition) -> Iterator[tuple[str, str]]:
    departs = ["[*]"] if transition.sources is None else [str(etat) for etat in transition.sources]
    for depart in departs:
        if transition.cible is ORIGINE:
            for arrivee in _origines(machine, depart):
                yield depart, arrivee
        elif transition.cible is None:
            yield depart, "[*]"
        else:
            yield depart, depart if transition.cible is MEME else str(transition.cible)


def _origines(machine: Machine, etat: str) -> list[str]:
    """Les états d'où une transition nommée mène à `etat`, dans l'ordre des états."""
    menent = {
        str(source)
        for transition in machine.transitions.values()
        if transition.cible == etat
        for source in transition.sources or ()
    }
    return [str(valeur) for valeur in machine.etats.values if valeur in menent and valeur != etat]
