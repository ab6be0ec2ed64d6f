"""Correspondances entre la base et LHEO, un module par niveau ; fonctions pures entre instances et arbres.

Lire : un arbre devient les valeurs des modèles. Écrire : des instances déjà chargées redeviennent un arbre.
"""

VERSION = "1"
"""À changer quand une correspondance change : tout document est alors relu, même inchangé."""
