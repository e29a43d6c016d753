"""JSON dialects of the APIs as types."""
