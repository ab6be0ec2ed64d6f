"""Vues de la pièce « accueil », une par sujet."""
