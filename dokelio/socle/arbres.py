"""Entre une ligne de la base et un arbre LHEO : répartir ce qu'on reçoit, rassembler ce qu'on écrit, rien ne se perd.

Dans `reste_lheo`, une feuille `{"#": texte, "=": canon}` veut dire : écrire `texte` tant que le champ écrit encore
`canon` (`None` : rien) ; si le champ a changé depuis, c'est lui qui parle. Un modèle qui tient deux niveaux (`Action` :
`formation`, et ce qu'elle dit une fois d'`action`) garde le reste du second sous son nom, dans celui du premier.
"""

from functools import cache
from typing import Any

from django.db import models
from django.db.models import Expression, Func

from dokelio.socle.lheo import ArbreLheo, ChampLheo

Arbre = dict[str, Any]


@cache
def champs_lheo(modele: type[models.Model], niveau: str) -> tuple[Any, ...]:
    """Champs du modèle qui se rangent sous l'élément `niveau`, dans l'ordre de leur déclaration."""
    return tuple(c for c in modele._meta.get_fields() if isinstance(c, ChampLheo) and c.niveau == niveau)


def texte_de(noeud: Any) -> str:
    """Texte d'une feuille, avec ou sans attribut ; chaîne vide quand elle est absente."""
    if isinstance(noeud, dict):
        return str(noeud.get("#", ""))
    return noeud if isinstance(noeud, str) else ""


def suivre(noeud: Any, *chemin: str) -> Any:
    """Nœud au bout du chemin, dans des éléments non répétés ; `None` s'il manque."""
    for nom in chemin:
        if not isinstance(noeud, dict):
            return None
        noeud = noeud.get(nom)
    return noeud


# ------------------------------------------------------------------ recevoir


def repartir(modele: type[models.Model], niveau: str, arbre: Arbre) -> tuple[dict[str, Any], Arbre]:
    """Range un arbre dans les champs du modèle.

    Rend les valeurs par nom de champ (toutes, absentes comprises) et le reste : ce qu'aucun champ ne tient.
    L'arbre donné n'est pas modifié.
    """
    valeurs = {champ.attname: champ.absente for champ in champs_lheo(modele, niveau)}
    return valeurs, _ranger(_plan(modele, niveau), arbre, valeurs)


@cache
def _plan(modele: type[models.Model], niveau: str) -> dict[str, Any]:
    """Les champs du niveau, en arbre de noms : un champ, ou le plan d'un contenant."""
    plan: dict[str, Any] = {}
    for champ in champs_lheo(modele, niveau):
        etage = plan
        for nom in champ.chemin[1:-1]:
            etage = etage.setdefault(nom, {})
        etage[champ.chemin[-1]] = champ
    return plan


def _ranger(plan: dict[str, Any], arbre: Arbre, valeurs: dict[str, Any]) -> Arbre:
    """Remplit `valeurs` et rend le reste ; un contenant vidé disparaît, un contenant reçu vide demeure."""
    reste = {}
    for cle, noeud in arbre.items():
        place = plan.get(cle)
        if place is None:
            reste[cle] = noeud
        elif place.__class__ is dict:
            if not isinstance(noeud, dict):
                reste[cle] = noeud
            elif (garde := _ranger(place, noeud, valeurs)) or not noeud:
                reste[cle] = garde
        elif isinstance(place, ArbreLheo):
            valeurs[place.attname] = noeud
        elif garde := _prelever(place, noeud, valeurs):
            reste[cle] = garde
    return reste


def _prelever(champ: Any, noeud: Any, valeurs: dict[str, Any]) -> Arbre:
    """Donne une feuille à son champ ; rend ce qu'il n'en tient pas, avec ce qu'il écrira à la place."""
    texte = noeud if isinstance(noeud, str) else texte_de(noeud)
    try:
        valeur = champ.depuis_lheo(texte)
    except (ValueError, ArithmeticError):
        valeur = champ.absente
    valeurs[champ.attname] = valeur
    canon = champ.vers_lheo(valeur)
    if noeud.__class__ is str and canon == texte:
        return {}
    garde: Arbre = {cle: v for cle, v in noeud.items() if cle != "#"} if isinstance(noeud, dict) else {}
    if canon != texte:
        garde["#"] = texte
    return garde | {"=": canon} if garde else garde


def ecarter(reste: Arbre, champ: Any, valeur: Any) -> Any:
    """Retire d'un champ une valeur que l'objet ne peut pas tenir (une fin avant le début) : elle passe au reste."""
    noeud = reste
    for nom in champ.chemin[1:-1]:
        noeud = noeud.setdefault(nom, {})
    feuille = noeud.setdefault(champ.chemin[-1], {})
    feuille.setdefault("#", champ.vers_lheo(valeur))
    feuille["="] = champ.vers_lheo(champ.absente)
    return champ.absente


# ------------------------------------------------------------------ écrire


def rassembler(objet: models.Model, niveau: str) -> Arbre:
    """Arbre de ce que tiennent les champs d'un objet, sans son reste."""
    arbre: Arbre = {}
    for champ in champs_lheo(type(objet), niveau):
        noeud = champ.vers_lheo(getattr(objet, champ.attname))
        if noeud is not None:
            poser(arbre, champ.chemin[1:], noeud)
    return arbre


def poser(arbre: Arbre, chemin: tuple[str, ...], noeud: Any) -> None:
    """Pose un nœud au bout du chemin, en créant les contenants qui manquent."""
    for nom in chemin[:-1]:
        arbre = arbre.setdefault(nom, {})
    arbre[chemin[-1]] = noeud


def refondre(noeud: Any, reste: Any) -> Any:
    """Rend le nœud avec le reste remis à sa place ; `None` si ni l'un ni l'autre n'a rien à dire."""
    if not isinstance(reste, dict):
        return reste if noeud is None else noeud
    if "=" in reste:
        return _refondre_feuille(noeud, reste)
    if noeud is None:
        noeud = {}
    elif not isinstance(noeud, dict) or "xml" in noeud:
        return noeud
    fondu = dict(noeud)
    for cle, valeur in reste.items():
        resultat = refondre(fondu.get(cle), valeur)
        if resultat is not None:
            fondu[cle] = resultat
    return fondu if fondu or not reste else None


def _refondre_feuille(noeud: Any, reste: Arbre) -> Any:
    texte = texte_de(noeud) if noeud is not None else None
    if "#" in reste and reste.get("=") == texte:
        texte = reste["#"]
    if texte is None:
        return None
    attributs = {cle: v for cle, v in reste.items() if cle not in ("#", "=")}
    return {**attributs, "#": texte} if attributs else texte


def contenu(objet: Any, niveau: str) -> Arbre:
    """Arbre complet d'un objet à son niveau : ses champs et son reste."""
    resultat: Arbre = refondre(rassembler(objet, niveau), reste_de(type(objet), objet.reste_lheo, niveau)) or {}
    return resultat


@cache
def niveaux(modele: type[models.Model]) -> tuple[str, ...]:
    """Niveaux de LHEO que tient un modèle, le principal d'abord."""
    vus = (c.niveau for c in modele._meta.get_fields() if isinstance(c, ChampLheo))
    return tuple(dict.fromkeys(vus))


def reste_de(modele: type[models.Model], reste: Arbre | None, niveau: str) -> Arbre:
    """La part d'un `reste_lheo` qui concerne un niveau."""
    reste = reste or {}
    principal, *autres = niveaux(modele)
    if niveau != principal:
        part: Arbre = reste.get(niveau, {})
        return part
    return {cle: v for cle, v in reste.items() if cle not in autres} if autres else reste


def joindre_restes(modele: type[models.Model], restes: dict[str, Arbre]) -> Arbre:
    """Le `reste_lheo` d'un modèle, d'après le reste de chacun de ses niveaux : le contraire de `reste_de`."""
    principal, *autres = niveaux(modele)
    return restes.get(principal, {}) | {nom: restes[nom] for nom in autres if restes.get(nom)}


# ------------------------------------------------------------------ comparer


def ecarts(base: Arbre, arbre: Arbre) -> Arbre:
    """Ce qui, dans `arbre`, diffère de `base` ; `None` pour ce qui n'y est pas ; vide s'ils sont égaux."""
    differences: Arbre = {}
    for cle in base.keys() | arbre.keys():
        avant, apres = base.get(cle), arbre.get(cle)
        if avant == apres:
            continue
        if _contenant(avant) and _contenant(apres):
            differences[cle] = ecarts(base[cle], arbre[cle])
        else:
            differences[cle] = apres
    return differences


def appliquer(base: Arbre, differences: Arbre) -> Arbre:
    """L'arbre que décrivent `ecarts` : `appliquer(base, ecarts(base, arbre)) == arbre`. `base` n'est pas modifiée."""
    arbre = dict(base)
    for cle, ecart in differences.items():
        if ecart is None:
            arbre.pop(cle, None)
        elif _contenant(ecart) and _contenant(arbre.get(cle)):
            arbre[cle] = appliquer(arbre[cle], ecart)
        elif not _contenant(ecart):
            arbre[cle] = ecart
        elif (propre := appliquer({}, ecart)) or not ecart:
            arbre[cle] = propre
    return arbre


def _contenant(noeud: Any) -> bool:
    """Vrai pour une séquence : ni feuille, ni extra, ni liste."""
    return isinstance(noeud, dict) and not ("#" in noeud or "contenu" in noeud or "xml" in noeud)


# ------------------------------------------------------------------ colonnes tirées d'un arbre


class TexteDArbre(Func):
    """Texte d'une feuille d'un ArbreLheo, pour une colonne engendrée : `TexteDArbre("lieux", "0", …)`."""

    template = "COALESCE(%(expressions)s #>> '{%(chemin)s,#}'::text[], %(expressions)s #>> '{%(chemin)s}'::text[], '')"
    output_field = models.CharField()

    def __init__(self, arbre: str | Expression, *chemin: str, **extra: Any) -> None:
        super().__init__(arbre, chemin=",".join(chemin), **extra)


class DepartementDe(Func):
    """Département d'un code postal tiré d'un arbre : deux chiffres, trois outre-mer."""

    template = "CASE WHEN left(%(t)s, 2) IN ('97', '98') THEN left(%(t)s, 3) ELSE left(%(t)s, 2) END"
    output_field = models.CharField()

    def __init__(self, arbre: str | Expression, *chemin: str, **extra: Any) -> None:
        super().__init__(arbre, chemin=",".join(chemin), **extra)

    def as_sql(self, compiler: Any, connection: Any, **contexte: Any) -> Any:  # type: ignore[override]
        texte, _ = TexteDArbre(self.source_expressions[0], self.extra["chemin"]).as_sql(compiler, connection)
        return self.template % {"t": texte}, []
