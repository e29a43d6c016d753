"""Typed client of /weft/v1."""
