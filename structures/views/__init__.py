"""Pages des structures."""
