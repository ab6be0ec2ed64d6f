"""Balises et filtres de toutes les pages : icônes, états, références, composants à contenu, champs, typographie."""

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.forms import BaseForm, BoundField
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from dokelio.socle import etats, panneaux, typographie

register = template.Library()

CLASSES_ICONE = {"": "ic", "p": "ic ic-p", "g": "ic ic-g"}


# ---------- icônes, états, références ----------
@lru_cache(maxsize=1024)
def _svg(nom: str, classe: str) -> str:
    try:
        rendu = lucide._render_icon(nom, None, **{"class": classe, "aria-hidden": "true"})
    except lucide.IconDoesNotExist as absente:
        raise template.TemplateSyntaxError(f"L'icône « {nom} » n'existe pas dans Lucide.") from absente
    return re.sub(r">\s+<", "><", rendu).replace(' width="24" height="24"', "").strip()


@register.simple_tag
def icone(nom: str, taille: str = "", classe: str = "", titre: str = "") -> SafeString:
    """Une icône Lucide, décorative par défaut. `taille` : "p" ou "g" ; `titre` : ce qu'une synthèse vocale lit."""
    svg = mark_safe(_svg(str(nom), f"{CLASSES_ICONE[taille]} {classe}".strip()))
    return format_html('{}<span class="visually-hidden">{}</span>', svg, titre) if titre else svg


@register.simple_tag
def etat(genre: str, code: str, libelle: str = "", grand: bool = False) -> SafeString:
    """L'étiquette d'un état : icône, texte et ton viennent du registre `dokelio.socle.etats`."""
    connu = etats.etat(genre, code or "")
    contexte = {"icone_etat": connu.icone, "ton": connu.ton, "libelle": libelle or connu.libelle, "grand": grand}
    return render_to_string("composants/etat.html", contexte)


@register.simple_tag
def reference(valeur: str, connue: bool = True, url: str = "") -> SafeString:
    """Une référence AF_, SE_ ou OF_ et sa copie. `connue=False` : grisée, pas encore connue de France Travail."""
    return render_to_string("composants/reference.html", {"reference": valeur, "connue": connue, "url": url})


# ---------- composants à contenu ----------
class EmplacementNode(Node):
    """Une partie nommée du contenu d'un composant."""

    def __init__(self, nom: str, nodelist: NodeList) -> None:
        self.nom = nom
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        return self.nodelist.render(context)


class ComposantNode(Node):
    """Rend `composants/<nom>.html` avec les seules variables données, le contenu et les emplacements."""

    def __init__(self, nom: FilterExpression, variables: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.nom = nom
        self.variables = variables
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        valeurs: dict[str, Any] = {cle: valeur.resolve(context) for cle, valeur in self.variables.items()}
        contenu: list[str] = []
        for noeud in self.nodelist:
            rendu = str(noeud.render_annotated(context))
            if isinstance(noeud, EmplacementNode):
                valeurs[noeud.nom] = mark_safe(rendu.strip())
            else:
                contenu.append(rendu)
        valeurs["contenu"] = mark_safe("".join(contenu).strip())
        valeurs["request"] = context.get("request")
        valeurs["csrf_token"] = context.get("csrf_token")
        assert context.template is not None
        gabarit = context.template.engine.get_template(f"composants/{self.nom.resolve(context)}.html")
        return gabarit.render(context.new(valeurs))


@register.tag
def composant(parser: Parser, token: Token) -> ComposantNode:
    """`{% composant "carte" titre="…" %}contenu{% endcomposant %}` ; parties nommées : `{% emplacement actions %}`."""
    bits = token.split_contents()
    if len(bits) < 2:
        raise template.TemplateSyntaxError("composant : donnez le nom du composant.")
    reste = bits[2:]
    variables = token_kwargs(reste, parser)
    if reste:
        raise template.TemplateSyntaxError(f"composant : « {reste[0]} » n'est pas une variable nommée.")
    nodelist = parser.parse(("endcomposant",))
    parser.delete_first_token()
    return ComposantNode(parser.compile_filter(bits[1]), variables, nodelist)


@register.tag
def emplacement(parser: Parser, token: Token) -> EmplacementNode:
    """Partie nommée du contenu d'un composant, enfant direct de `{% composant %}`."""
    _, nom = token.split_contents()
    nodelist = parser.parse(("endemplacement",))
    parser.delete_first_token()
    return EmplacementNode(nom.strip("\"'"), nodelist)


@register.simple_tag(takes_context=True, name="panneaux")
def panneaux_inscrits(context: Context, nom: str, objet: Any) -> SafeString:
    """Les panneaux inscrits à un emplacement (« formations.gestion »), dans leur ordre."""
    return mark_safe("\n".join(panneaux.rendre(nom, context["request"], objet)))


# ---------- champs de formulaire ----------
@register.simple_tag
def attributs(widget: dict[str, Any], classe: str = "") -> SafeString:
    """Les attributs d'un contrôle, avec la classe du thème ; `maxlength` est omis : la saisie n'est jamais coupée."""
    attrs = dict(widget["attrs"])
    if widget.get("type") == "hidden":
        classe = ""
    classes = f"{classe} {attrs.pop('class', '')}".split()
    if attrs.get("aria-invalid") == "true" and classe:
        classes.append("is-invalid")
    attrs.pop("maxlength", None)
    paires = [("class", " ".join(dict.fromkeys(classes)))] if classes else []
    paires += [(nom, valeur) for nom, valeur in attrs.items() if valeur is not False and valeur is not None]
    return format_html_join("", "{}", ((_attribut(nom, valeur),) for nom, valeur in paires))


def _attribut(nom: str, valeur: Any) -> SafeString:
    return format_html(" {}", nom) if valeur is True else format_html(' {}="{}"', nom, valeur)


class Presentation:
    """Ce qu'un champ montre autour de son contrôle ; lu sur le champ, puis sur le formulaire.

    Champ : `obligatoire_lheo`, `limite_lheo`, `aide`, `colonnes`. Formulaire, par nom de champ : `avertissements`,
    `remarques` (objets du composant remarque), `motifs_verrou` (pourquoi le champ est en lecture seule).
    """

    def __init__(self, champ: BoundField) -> None:
        self.champ = champ
        self.source = champ.field
        self.id = champ.auto_id or champ.html_name

    def _du_formulaire(self, table: str) -> Any:
        return (getattr(self.champ.form, table, None) or {}).get(self.champ.name)

    @property
    def avertissement(self) -> str:
        return self._du_formulaire("avertissements") or ""

    @property
    def remarques(self) -> Any:
        return self._du_formulaire("remarques") or ()

    @property
    def verrou(self) -> str:
        return self._du_formulaire("motifs_verrou") or ""

    @property
    def aide(self) -> str:
        return getattr(self.source, "aide", "") or ""

    @property
    def colonnes(self) -> int | None:
        return getattr(self.source, "colonnes", None)

    @property
    def obligatoire(self) -> bool:
        return bool(getattr(self.source, "obligatoire_lheo", False) or self.source.required)

    @property
    def case(self) -> bool:
        return getattr(self.source.widget, "input_type", "") == "checkbox" and not self.champ.use_fieldset

    @property
    def limite(self) -> int | None:
        """La limite annoncée : celle de LHEO ou celle d'un texte long ; un petit champ ordinaire n'en montre pas."""
        limite = getattr(self.source, "limite_lheo", None)
        if limite is None and (hasattr(self.source, "obligatoire_lheo") or self._texte_long):
            limite = getattr(self.source, "max_length", None)
        return limite if isinstance(limite, int) else None

    @property
    def _texte_long(self) -> bool:
        return self.champ.widget_type.endswith("textarea")

    @property
    def id_compteur(self) -> str:
        return f"{self.id}_compteur"

    @property
    def taille(self) -> int:
        return len(str(self.champ.value() or "").replace("\r\n", "\n"))

    @property
    def attributs(self) -> dict[str, str | bool]:
        """Attributs ajoutés au contrôle : la description (erreur, aide, compteur) et le crochet du compteur."""
        liens = [self.champ.aria_describedby or ""]
        if self.avertissement:
            liens.append(f"{self.id}_avert")
        if self.verrou:
            liens.append(f"{self.id}_verrou")
        ajouts: dict[str, str | bool] = {}
        if self.limite:
            liens.append(self.id_compteur)
            ajouts["data-dk-compteur"] = str(self.limite)
        decrit = " ".join(lien for lien in liens if lien)
        if decrit and not self.source.widget.attrs.get("aria-describedby"):
            ajouts["aria-describedby"] = decrit
        return ajouts


@register.filter
def presentation(champ: BoundField) -> Presentation:
    """Ce que `composants/champ.html` montre d'un champ de formulaire."""
    return Presentation(champ)


@register.filter
def champs_fautifs(formulaire: BaseForm) -> list[BoundField]:
    """Les champs d'un formulaire qui portent une erreur, dans leur ordre."""
    return [champ for champ in formulaire if champ.errors]


@register.simple_tag
def controle(champ: BoundField) -> SafeString:
    """Le contrôle d'un champ (sans étiquette), décrit par son erreur, son aide et son compteur."""
    return champ.as_widget(attrs=Presentation(champ).attributs)


@register.inclusion_tag("composants/compteur.html")
def compteur(taille: int, limite: int, identifiant: str = "") -> dict[str, Any]:
    """« 184 / 200, reste 16 » : gris, ambre à partir de 90 %, rouge au-delà."""
    etape = "depasse" if taille > limite else "proche" if taille >= limite * 0.9 else ""
    return {
        "taille": taille,
        "limite": limite,
        "reste": limite - taille,
        "exces": taille - limite,
        "etape": etape,
        "identifiant": identifiant,
    }


# ---------- typographie ----------
@register.filter
def typo(texte: Any) -> SafeString:
    """Espaces insécables devant « : ; ? ! % € » et dans les guillemets ; les balises d'un texte sûr sont laissées."""
    sur = conditional_escape(texte)
    morceaux = re.split(r"(<[^>]*>)", sur)
    rendus = [m if m.startswith("<") else typographie.insecables(m) for m in morceaux]
    return mark_safe("".join(rendus))


@register.filter
def date_fr(valeur: date | datetime | str | None) -> str:
    """« 23/11/2026 »."""
    return typographie.date_courte(valeur)


@register.filter
def date_longue(valeur: date | datetime | str | None) -> str:
    """« lundi 23 novembre 2026 »."""
    return typographie.date_longue(valeur)


@register.filter
def heure(valeur: datetime | time | str | None) -> str:
    """« 14 h 30 »."""
    return typographie.heure(valeur)


@register.filter
def date_heure(valeur: datetime | str | None) -> str:
    """« 20/11/2026, 16 h 20 »."""
    return typographie.date_et_heure(valeur)


@register.filter
def nombre(valeur: Any, decimales: int | None = None) -> str:
    """« 49 348 » ; `|nombre:1` impose une décimale."""
    return typographie.nombre(valeur, decimales)


@register.filter
def montant(valeur: Any) -> str:
    """« 1 180,00 € »."""
    return typographie.montant(valeur)


@register.filter
def octets(valeur: int | None) -> str:
    """« 1,8 Mo »."""
    return typographie.octets(valeur)


@register.filter
def telephone(valeur: str | None) -> str:
    """« 01 43 00 00 12 »."""
    return typographie.telephone(valeur)


@register.filter
def siret(valeur: str | None) -> str:
    """« 123 456 789 00012 »."""
    return typographie.siret(valeur)


@register.filter
def accorde(quantite: int | None, mots: str) -> str:
    """`{{ n|accorde:"session,sessions" }}` : « 0 session », « 2 sessions » (un seul mot : pluriel en s)."""
    singulier, _, pluriel = mots.partition(",")
    return typographie.accorde(quantite, singulier, pluriel)


@register.filter
def lieu_court(code_postal: str | None, ville: str | None = "") -> SafeString:
    """`{{ cp|lieu_court:ville }}` : « 75020 Paris 20<sup>e</sup> », jamais le code INSEE."""
    base, arrondissement = typographie.lieu(code_postal, ville)
    texte = escape(base).replace(" ", typographie.INSECABLE, 1)
    if arrondissement is None:
        return mark_safe(texte)
    rang = "er" if arrondissement == 1 else "e"
    return mark_safe(f"{texte}{typographie.INSECABLE}{arrondissement}<sup>{rang}</sup>")


@register.simple_tag
def lieu(code_postal: str | None, ville: str | None) -> SafeString:
    """La même chose en balise, quand l'une des deux variables peut manquer."""
    return lieu_court(code_postal, ville)
