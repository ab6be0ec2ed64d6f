"""Formulaires des lieux, des dates, des sessions et des financements."""
