"""Formulaires des structures."""
