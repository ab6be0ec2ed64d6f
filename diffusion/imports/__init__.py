"""Les imports de documents LHEO : `deposer` garde le document, `executer` le fait entrer."""

from diffusion.imports.depot import deposer, executer

__all__ = ["deposer", "executer"]
