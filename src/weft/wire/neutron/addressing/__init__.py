"""Attributes of address scopes and subnet pools."""
