"""Les verbes des structures."""
