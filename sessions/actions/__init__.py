"""Les gestes sur les lieux, les sessions et les financements."""
