"""Formulaires des actions de formation."""
