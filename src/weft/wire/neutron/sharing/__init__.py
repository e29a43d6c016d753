"""Sharing, as the API has it."""
