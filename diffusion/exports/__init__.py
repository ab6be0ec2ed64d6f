"""Les flux : choisir ce qui part, en faire des arbres LHEO, écrire le document, tenir le registre des exécutions."""
