"""LHEO 2.3 : la grammaire, et ce qui lit, écrit et valide les documents. Ne connaît ni Django ni aucun modèle."""
