"""Les gestes sur les actions de formation qui ne se réduisent pas à une transition."""
