"""Routers and floating IPs, and what belongs to them."""
