"""Balises et filtres des gabarits."""
