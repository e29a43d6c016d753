"""Trunks as JSON."""
