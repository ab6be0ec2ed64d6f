"""Lire, dans le navigateur, les courriels que le produit a écrits."""

from __future__ import annotations

from tests.parcours.poste import Poste


def ouvrir_le_courriel(poste: Poste, destinataire: str, sujet: str) -> None:
    """Ouvre le dernier courriel de ce sujet reçu à cette adresse, sur les pages de développement."""
    poste.ouvrir(f"/courriels/?q={destinataire}")
    poste.page.locator("main li a").filter(has_text=sujet).first.click()
    poste.titre(sujet)


def suivre_le_lien(poste: Poste, destinataire: str, sujet: str) -> str:
    """Suit le lien du courriel ; rend son adresse, pour la rejouer."""
    ouvrir_le_courriel(poste, destinataire, sujet)
    lien = poste.page.locator(".dk-texte-courriel a[href^='http']").first
    adresse = lien.get_attribute("href")
    assert adresse
    lien.click()
    return adresse
