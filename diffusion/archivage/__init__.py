"""Archiver ce qui est fini, après l'avoir annoncé."""
