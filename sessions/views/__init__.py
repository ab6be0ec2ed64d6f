"""Pages de l'onglet Sessions et de la pré-création conventionnée."""
