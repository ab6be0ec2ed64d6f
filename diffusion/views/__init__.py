"""Pages de la diffusion."""
