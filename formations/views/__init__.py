"""Pages des actions de formation."""
