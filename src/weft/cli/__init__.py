"""`weft …`: what operators type."""
