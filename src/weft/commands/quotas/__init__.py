"""Quotas: limits set, and creates held to them."""
